"""what the outgoing leave in writing; what people agreed to; the journal in the order of what happened

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('handover_note',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('office', sa.String(length=20), nullable=False),
    sa.Column('country_code', sa.String(length=2), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('written_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['country_code'], ['country.code'], name=op.f('fk_handover_note_country_code_country')),
    sa.ForeignKeyConstraint(['written_by'], ['account.id'], name=op.f('fk_handover_note_written_by_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handover_note'))
    )
    op.create_index('ix_handover_note_office', 'handover_note', ['office', 'country_code', 'since'])

    op.create_table('consent',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('version', sa.String(length=10), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_consent_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent'))
    )
    op.create_index('ix_consent_person_id', 'consent', ['person_id'])
    op.create_index('uq_consent_standing', 'consent', ['person_id', 'purpose'], unique=True,
                    sqlite_where=sa.text('withdrawn_at IS NULL'),
                    postgresql_where=sa.text('withdrawn_at IS NULL'))

    op.create_index('ix_journal_entry_at', 'journal_entry', ['at', 'id'])


def downgrade() -> None:
    op.drop_index('ix_journal_entry_at', 'journal_entry')
    op.drop_table('consent')
    op.drop_table('handover_note')
