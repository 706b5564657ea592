"""what was typed when a session ended; which forms have been sent, so that a double press makes one thing

Revision: 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('kept_form',
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('page', sa.String(length=500), nullable=False),
    sa.Column('action', sa.String(length=500), nullable=False),
    sa.Column('typed', sa.JSON(), nullable=False),
    sa.Column('had_files', sa.Boolean(), nullable=False),
    sa.Column('kept_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_kept_form_account_id_account')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_kept_form'))
    )
    op.create_index('ix_kept_form_account_id', 'kept_form', ['account_id'])
    op.create_index('ix_kept_form_expires_at', 'kept_form', ['expires_at'])

    op.create_table('sent_form',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('made_id', sa.String(length=64), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_sent_form'))
    )
    op.create_index('ix_sent_form_sent_at', 'sent_form', ['sent_at'])


def downgrade() -> None:
    op.drop_table('sent_form')
    op.drop_table('kept_form')
