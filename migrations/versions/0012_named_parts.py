"""what speakers, moderators, rapporteurs and interpreters were told of their part in an event

Revision: 0012, after 0011
"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table('named_part',
    sa.Column('event_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', BIG, autoincrement=False, nullable=False),
    sa.Column('roles', sa.String(length=60), server_default='', nullable=False),
    sa.Column('turns', sa.Integer(), server_default='0', nullable=False),
    sa.Column('partstat', sa.String(length=14), server_default='', nullable=False),
    sa.Column('answered_at', AT, nullable=True),
    sa.Column('changed_at', AT, nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_named_part_event_id_event')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_named_part_person_id_person')),
    sa.PrimaryKeyConstraint('event_id', 'person_id', name=op.f('pk_named_part'))
    )
    op.create_index(op.f('ix_named_part_person_id'), 'named_part', ['person_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_named_part_person_id'), table_name='named_part')
    op.drop_table('named_part')
