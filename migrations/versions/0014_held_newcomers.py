"""newcomers whose address belongs elsewhere wait for the secretariat; an official confirms name and country

Revision: 0014, after 0013
"""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A plain column: a table written anew would lose its triggers on SQLite.
    op.add_column('account', sa.Column('confirmation', sa.String(length=10), server_default='', nullable=False))
    op.create_table(
        'held_newcomer',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('country_code', sa.String(length=2), nullable=False),
        sa.Column('full_name', sa.String(length=200), nullable=False),
        sa.Column('email', sa.String(length=254), nullable=False),
        sa.Column('institution_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('post_title', sa.String(length=200), nullable=False),
        sa.Column('valid_from', sa.Date(), nullable=False),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['country_code'], ['country.code'], name=op.f('fk_held_newcomer_country_code_country')),
        sa.ForeignKeyConstraint(
            ['institution_id'], ['institution.id'], name=op.f('fk_held_newcomer_institution_id_institution')
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_held_newcomer')),
        sa.UniqueConstraint('country_code', 'email', 'full_name', name=op.f('uq_held_newcomer_country_code_email_full_name')),
    )


def downgrade() -> None:
    op.drop_table('held_newcomer')
    op.drop_column('account', 'confirmation')
