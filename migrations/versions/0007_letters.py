"""letters: invitations, answers, reminders, wishes, what came back

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('mail_wish',
    sa.Column('person_id', BIG, autoincrement=False, nullable=False),
    sa.Column('week', sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column('day', sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column('hour', sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column('calendar', sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column('attachment', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_mail_wish_person_id_person')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_mail_wish'))
    )
    op.create_table('answer_address',
    sa.Column('token', sa.String(length=20), nullable=False),
    sa.Column('event_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', BIG, nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_answer_address_event_id_event')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_answer_address_person_id_person')),
    sa.PrimaryKeyConstraint('token', name=op.f('pk_answer_address'))
    )
    op.create_index('ix_answer_address_person_id', 'answer_address', ['person_id'])
    op.create_index('uq_answer_address_event_id_person_id', 'answer_address', ['event_id', 'person_id'], unique=True)
    op.create_table('reminder_round',
    sa.Column('event_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=5), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_reminder_round_event_id_event')),
    sa.PrimaryKeyConstraint('event_id', 'kind', 'starts_at', name=op.f('pk_reminder_round'))
    )
    for name, kind, default in (
        ('calendar', sa.Text(), ''), ('calendar_method', sa.String(length=10), ''),
        ('has_attachment', sa.Boolean(), sa.false()), ('reply_to', sa.String(length=254), ''),
        ('unsubscribe_url', sa.String(length=500), ''), ('token', sa.String(length=20), ''),
        ('bounce_note', sa.String(length=400), ''), ('given_up_reason', sa.String(length=300), ''),
    ):
        op.add_column('message', sa.Column(name, kind, server_default=default, nullable=False))
    op.add_column('message', sa.Column('bounced_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('message', sa.Column('given_up_at', sa.DateTime(timezone=True), nullable=True))
    add_reference('message', 'event_id', sa.Uuid(), 'event')
    add_reference('message', 'entry_id', BIG, 'journal_entry')
    for column in ('token', 'recipient', 'entry_id', 'person_id'):
        op.create_index(f'ix_message_{column}', 'message', [column])
    # Messages of before: which fact's delivery sends them is found by their number in the journal.
    op.execute(
        "UPDATE message SET entry_id = (SELECT max(journal_entry.id) FROM journal_entry WHERE "
        "journal_entry.fact = 'MessageQueued' AND journal_entry.subject_kind = 'message' "
        "AND journal_entry.subject_id = CAST(message.id AS VARCHAR(64)))"
    )


def add_reference(table: str, column: str, kind: sa.types.TypeEngine, target: str) -> None:
    key = sa.ForeignKey(f'{target}.id', name=f'fk_{table}_{column}_{target}')
    op.add_column(table, sa.Column(column, kind, key, nullable=True), inline_references=True)


def downgrade() -> None:
    for column in ('person_id', 'entry_id', 'recipient', 'token'):
        op.drop_index(f'ix_message_{column}', 'message')
    with op.batch_alter_table('message') as batch_op:
        for column in ('entry_id', 'event_id'):
            batch_op.drop_column(column)
    for column in (
        'given_up_at', 'bounced_at', 'given_up_reason', 'bounce_note', 'token', 'unsubscribe_url', 'reply_to', 'has_attachment', 'calendar_method',
        'calendar',
    ):
        op.drop_column('message', column)
    for table in ('reminder_round', 'answer_address', 'mail_wish'):
        op.drop_table(table)
