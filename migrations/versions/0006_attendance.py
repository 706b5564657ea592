"""participant reports, who was matched, merged times, corrections with their reasons

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table('attendance_import',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('event_id', sa.Uuid(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('file_key', sa.String(length=80), nullable=False),
    sa.Column('filename', sa.String(length=200), nullable=False),
    sa.Column('provider', sa.String(length=10), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('progress', sa.Integer(), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('skipped', sa.Integer(), nullable=False),
    sa.Column('starts_at', AT, nullable=False),
    sa.Column('ends_at', AT, nullable=False),
    sa.Column('uploaded_at', AT, nullable=False),
    sa.Column('uploaded_by', BIG, nullable=True),
    sa.Column('applied_at', AT, nullable=True),
    sa.Column('applied_by', BIG, nullable=True),
    sa.ForeignKeyConstraint(['applied_by'], ['account.id'], name=op.f('fk_attendance_import_applied_by_account')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_attendance_import_event_id_event')),
    sa.ForeignKeyConstraint(['uploaded_by'], ['account.id'], name=op.f('fk_attendance_import_uploaded_by_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance_import')),
    sa.UniqueConstraint('event_id', 'sha256', name=op.f('uq_attendance_import_event_id_sha256'))
    )

    op.create_table('attendance_participant',
    sa.Column('id', BIG, nullable=False),
    sa.Column('import_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('spans', sa.JSON(), nullable=False),
    sa.Column('verdict', sa.String(length=10), nullable=False),
    sa.Column('suggestions', sa.JSON(), nullable=False),
    sa.Column('by_email', sa.Boolean(), nullable=False),
    sa.Column('decision', sa.String(length=10), nullable=False),
    sa.Column('person_id', BIG, nullable=True),
    sa.ForeignKeyConstraint(['import_id'], ['attendance_import.id'], name=op.f('fk_attendance_participant_import_id_attendance_import')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_attendance_participant_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance_participant')),
    sa.UniqueConstraint('import_id', 'position', name=op.f('uq_attendance_participant_import_id_position'))
    )
    op.create_index('ix_attendance_participant_import_id_decision', 'attendance_participant', ['import_id', 'decision'])
    op.create_index('ix_attendance_participant_person_id', 'attendance_participant', ['person_id'])

    op.create_table('attendance_interval',
    sa.Column('id', BIG, nullable=False),
    sa.Column('event_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('starts_at', AT, nullable=False),
    sa.Column('ends_at', AT, nullable=False),
    sa.Column('source', sa.String(length=10), nullable=False),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_attendance_interval_span')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_attendance_interval_event_id_event')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_attendance_interval_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance_interval')),
    sa.UniqueConstraint('event_id', 'person_id', 'source', 'starts_at', name=op.f('uq_attendance_interval_event_id_person_id_source_starts_at'))
    )
    op.create_index('ix_attendance_interval_person_id', 'attendance_interval', ['person_id'])

    op.create_table('attendance_change',
    sa.Column('id', BIG, nullable=False),
    sa.Column('event_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('before', sa.Integer(), nullable=True),
    sa.Column('after', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('source', sa.String(length=10), nullable=False),
    sa.Column('at', AT, nullable=False),
    sa.Column('by', BIG, nullable=True),
    sa.ForeignKeyConstraint(['by'], ['account.id'], name=op.f('fk_attendance_change_by_account')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_attendance_change_event_id_event')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_attendance_change_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance_change'))
    )
    op.create_index('ix_attendance_change_event_id_at', 'attendance_change', ['event_id', 'at'])
    op.create_index('ix_attendance_change_person_id', 'attendance_change', ['person_id'])


def downgrade() -> None:
    op.drop_table('attendance_change')
    op.drop_table('attendance_interval')
    op.drop_table('attendance_participant')
    op.drop_table('attendance_import')
