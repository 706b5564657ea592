"""answers to surveys, good practices, reports that were made

Revision: 0009, after 0008
"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('survey_ballot',
    sa.Column('event_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', BIG, nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_survey_ballot_event_id_event')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_survey_ballot_person_id_person')),
    sa.PrimaryKeyConstraint('event_id', 'person_id', name=op.f('pk_survey_ballot')),
    sqlite_with_rowid=False,
    )
    op.create_index('ix_survey_ballot_person_id', 'survey_ballot', ['person_id'])
    op.create_table('survey_answer',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('event_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', BIG, nullable=True),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('useful', sa.Integer(), nullable=True),
    sa.Column('clear', sa.Integer(), nullable=True),
    sa.Column('timely', sa.Integer(), nullable=True),
    sa.Column('applied', sa.Integer(), nullable=True),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.Column('answered_on', sa.Date(), nullable=False),
    *(sa.CheckConstraint(f'{name} IS NULL OR {name} BETWEEN 1 AND 5', name=op.f(f'ck_survey_answer_{name}'))
      for name in ('useful', 'clear', 'timely', 'applied')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_survey_answer_event_id_event')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_survey_answer_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_survey_answer')),
    sqlite_with_rowid=False,
    )
    op.create_index('ix_survey_answer_event_id', 'survey_answer', ['event_id'])
    op.create_index('ix_survey_answer_person_id', 'survey_answer', ['person_id'])
    op.create_table('good_practice',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('event_id', sa.Uuid(), nullable=True),
    sa.Column('category', sa.String(length=20), nullable=False),
    sa.Column('title_es', sa.Text(), nullable=False),
    sa.Column('title_en', sa.Text(), nullable=False),
    sa.Column('summary_es', sa.Text(), nullable=False),
    sa.Column('summary_en', sa.Text(), nullable=False),
    sa.Column('organisation', sa.String(length=200), nullable=False),
    sa.Column('organisation_type', sa.String(length=20), nullable=False),
    sa.Column('country_code', sa.String(length=2), nullable=True),
    sa.Column('url', sa.String(length=500), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('submitted_by', BIG, nullable=True),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reviewed_by', BIG, nullable=True),
    sa.Column('reviewed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['country_code'], ['country.code'], name=op.f('fk_good_practice_country_code_country')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_good_practice_event_id_event')),
    sa.ForeignKeyConstraint(['reviewed_by'], ['account.id'], name=op.f('fk_good_practice_reviewed_by_account')),
    sa.ForeignKeyConstraint(['submitted_by'], ['person.id'], name=op.f('fk_good_practice_submitted_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_good_practice'))
    )
    op.create_index('ix_good_practice_event_id', 'good_practice', ['event_id'])
    op.create_index('ix_good_practice_status_submitted_at', 'good_practice', ['status', 'submitted_at'])
    op.create_index('ix_good_practice_submitted_by', 'good_practice', ['submitted_by'])
    op.create_table('report_file',
    sa.Column('event_id', sa.Uuid(), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('file_key', sa.String(length=70), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_report_file_event_id_event')),
    sa.PrimaryKeyConstraint('event_id', 'language', name=op.f('pk_report_file'))
    )


def downgrade() -> None:
    for table in ('report_file', 'good_practice', 'survey_answer', 'survey_ballot'):
        op.drop_table(table)
