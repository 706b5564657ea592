"""materials handed out at events, and how often each was taken

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('material',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('event_id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=True),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('title_es', sa.Text(), nullable=False),
    sa.Column('title_en', sa.Text(), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('visibility', sa.String(length=10), nullable=False),
    sa.Column('url', sa.String(length=500), nullable=False),
    sa.Column('file_key', sa.String(length=70), nullable=False),
    sa.Column('filename', sa.String(length=120), nullable=False),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.Column('size_bytes', sa.Integer(), nullable=False),
    sa.Column('added_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(file_key = '') <> (url = '')", name=op.f('ck_material_file_or_link')),
    sa.ForeignKeyConstraint(['added_by'], ['account.id'], name=op.f('fk_material_added_by_account')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_material_event_id_event')),
    sa.ForeignKeyConstraint(['session_id'], ['session.id'], name=op.f('fk_material_session_id_session'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_material'))
    )
    op.create_index('ix_material_event_id', 'material', ['event_id'])
    op.create_index('ix_material_session_id', 'material', ['session_id'])
    op.create_table('material_download',
    sa.Column('material_id', sa.Uuid(), nullable=False),
    sa.Column('downloaded_on', sa.Date(), nullable=False),
    sa.Column('country_code', sa.String(length=2), nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['material_id'], ['material.id'], name=op.f('fk_material_download_material_id_material')),
    sa.PrimaryKeyConstraint('material_id', 'downloaded_on', 'country_code', name=op.f('pk_material_download'))
    )


def downgrade() -> None:
    op.drop_table('material_download')
    op.drop_table('material')
