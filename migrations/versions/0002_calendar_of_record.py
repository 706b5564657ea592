"""rule book, overrides, cases, series, calendars, seasons

Revision: 0002, after 0001, 2026-11-24 20:09:13.326510
"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('group_pair',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('first', sa.String(length=60), nullable=False),
    sa.Column('second', sa.String(length=60), nullable=False),
    sa.CheckConstraint('first < second', name=op.f('ck_group_pair_pair_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_group_pair')),
    sa.UniqueConstraint('first', 'second', name=op.f('uq_group_pair_first_second'))
    )
    op.create_table('calendar_source',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('name_es', sa.String(), nullable=False),
    sa.Column('name_en', sa.String(), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('content_sha256', sa.String(length=64), nullable=False),
    sa.Column('etag', sa.String(length=200), nullable=False),
    sa.Column('last_modified', sa.String(length=60), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('entries', sa.Integer(), nullable=False),
    sa.Column('problems', sa.JSON(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('error', sa.String(length=300), nullable=False),
    sa.Column('created_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('refreshed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['created_by'], ['account.id'], name=op.f('fk_calendar_source_created_by_account')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_calendar_source_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_source'))
    )
    with op.batch_alter_table('calendar_source', schema=None) as batch_op:
        batch_op.create_index('ix_calendar_source_next_at', ['next_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_calendar_source_person_id'), ['person_id'], unique=False)

    op.create_table('conflict_case',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('holder', sa.String(length=80), nullable=False),
    sa.Column('against', sa.String(length=80), nullable=False),
    sa.Column('rule', sa.String(length=30), nullable=False),
    sa.Column('party_kind', sa.String(length=20), nullable=False),
    sa.Column('party_key', sa.String(length=130), nullable=False),
    sa.Column('party_label_es', sa.String(), nullable=False),
    sa.Column('party_label_en', sa.String(), nullable=False),
    sa.Column('cause', sa.String(length=30), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('outcome', sa.String(length=10), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('closed_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['closed_by'], ['account.id'], name=op.f('fk_conflict_case_closed_by_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conflict_case'))
    )
    with op.batch_alter_table('conflict_case', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_conflict_case_against'), ['against'], unique=False)
        batch_op.create_index(batch_op.f('ix_conflict_case_holder'), ['holder'], unique=False)
        batch_op.create_index('ix_conflict_case_state_opened_at', ['state', 'opened_at'], unique=False)

    op.create_table('override',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('engagement_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('rule', sa.String(length=30), nullable=False),
    sa.Column('against', sa.String(length=80), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('decided_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['decided_by'], ['account.id'], name=op.f('fk_override_decided_by_account')),
    sa.ForeignKeyConstraint(['engagement_id'], ['engagement.id'], name=op.f('fk_override_engagement_id_engagement'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_override')),
    sa.UniqueConstraint('engagement_id', 'rule', 'against', name=op.f('uq_override_engagement_id_rule_against'))
    )
    with op.batch_alter_table('override', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_override_against'), ['against'], unique=False)

    op.create_table('rule_setting',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('rule', sa.String(length=30), nullable=False),
    sa.Column('severity', sa.String(length=10), nullable=False),
    sa.Column('threshold', sa.Integer(), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('decided_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('valid_until IS NULL OR valid_until > valid_from', name=op.f('ck_rule_setting_span')),
    sa.ForeignKeyConstraint(['decided_by'], ['account.id'], name=op.f('fk_rule_setting_decided_by_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rule_setting'))
    )
    with op.batch_alter_table('rule_setting', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rule_setting_rule'), ['rule'], unique=False)

    op.create_table('season',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('timezone', sa.String(length=40), nullable=False),
    sa.Column('options', sa.JSON(), nullable=False),
    sa.Column('progress', sa.Integer(), nullable=False),
    sa.Column('solver', sa.String(length=10), nullable=False),
    sa.Column('cost', sa.Integer(), nullable=True),
    sa.Column('error', sa.Text(), nullable=False),
    sa.Column('created_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('solved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['created_by'], ['account.id'], name=op.f('fk_season_created_by_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_season'))
    )
    op.create_table('series',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('title_es', sa.Text(), nullable=False),
    sa.Column('title_en', sa.Text(), nullable=False),
    sa.Column('recurrence', sa.String(length=200), nullable=False),
    sa.Column('timezone', sa.String(length=40), nullable=False),
    sa.Column('created_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['created_by'], ['account.id'], name=op.f('fk_series_created_by_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_series'))
    )
    op.create_table('event_country',
    sa.Column('event_id', sa.Uuid(), nullable=False),
    sa.Column('country_code', sa.String(length=2), nullable=False),
    sa.ForeignKeyConstraint(['country_code'], ['country.code'], name=op.f('fk_event_country_country_code_country')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_event_country_event_id_event')),
    sa.PrimaryKeyConstraint('event_id', 'country_code', name=op.f('pk_event_country'))
    )
    with op.batch_alter_table('event_country', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_event_country_country_code'), ['country_code'], unique=False)

    op.create_table('season_wish',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('season_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('title_es', sa.Text(), nullable=False),
    sa.Column('title_en', sa.Text(), nullable=False),
    sa.Column('groups', sa.JSON(), nullable=False),
    sa.Column('people', sa.JSON(), nullable=False),
    sa.Column('countries', sa.JSON(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('earliest', sa.Date(), nullable=True),
    sa.Column('latest', sa.Date(), nullable=True),
    sa.Column('spacing', sa.Integer(), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('chosen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('pinned_event_id', sa.Uuid(), nullable=True),
    sa.Column('event_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint('minutes > 0', name=op.f('ck_season_wish_minutes')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_season_wish_event_id_event')),
    sa.ForeignKeyConstraint(['pinned_event_id'], ['event.id'], name=op.f('fk_season_wish_pinned_event_id_event')),
    sa.ForeignKeyConstraint(['season_id'], ['season.id'], name=op.f('fk_season_wish_season_id_season'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_season_wish')),
    sa.UniqueConstraint('season_id', 'position', name=op.f('uq_season_wish_season_id_position'))
    )
    with op.batch_alter_table('season_wish', schema=None) as batch_op:
        batch_op.create_index('ix_season_wish_season_id', ['season_id'], unique=False)

    # Columns are added without rebuilding tables: rebuilding one on SQLite would delete what refers to it.
    op.add_column('claim', sa.Column('part', sa.String(length=10), server_default='whole', nullable=False))
    op.add_column('engagement', sa.Column('nature', sa.String(length=10), server_default='event', nullable=False))
    op.add_column('resource', sa.Column('capacity', sa.Integer(), server_default='1', nullable=False))
    op.add_column('event_person', sa.Column('seat', sa.String(length=200), server_default='', nullable=False))
    op.add_column('country_holiday', sa.Column('scope', sa.String(length=10), server_default='national', nullable=False))
    op.add_column('country_holiday', sa.Column('is_binding', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('country_holiday', sa.Column('is_observed', sa.Boolean(), server_default=sa.true(), nullable=False))
    add_reference('country_holiday', 'changed_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), 'account')
    op.add_column('country_holiday', sa.Column('changed_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('event', sa.Column('wall_starts', sa.String(length=19), server_default='', nullable=False))
    op.add_column('event', sa.Column('wall_ends', sa.String(length=19), server_default='', nullable=False))
    op.add_column('event', sa.Column('licence', sa.String(length=60), server_default='', nullable=False))
    op.add_column('event', sa.Column('series_position', sa.Integer(), nullable=True))
    add_reference('event', 'side_event_of', sa.Uuid(), 'event')
    add_reference('event', 'series_id', sa.Uuid(), 'series')
    op.create_index('ix_event_side_event_of', 'event', ['side_event_of'])
    op.create_index('ix_event_series_id', 'event', ['series_id'])


def add_reference(table: str, column: str, kind: sa.types.TypeEngine, target: str) -> None:
    key = sa.ForeignKey(f'{target}.id', name=f'fk_{table}_{column}_{target}')
    op.add_column(table, sa.Column(column, kind, key, nullable=True), inline_references=True)


def downgrade() -> None:
    op.drop_index('ix_event_side_event_of', 'event')
    op.drop_index('ix_event_series_id', 'event')
    for table, columns in (('event', ('series_id', 'side_event_of')), ('country_holiday', ('changed_by',))):
        with op.batch_alter_table(table) as batch_op:
            for column in columns:
                batch_op.drop_column(column)
    for table, column in (
        ('event', 'series_position'), ('event', 'licence'), ('event', 'wall_ends'), ('event', 'wall_starts'),
        ('country_holiday', 'changed_at'), ('country_holiday', 'is_observed'), ('country_holiday', 'is_binding'),
        ('country_holiday', 'scope'), ('event_person', 'seat'), ('resource', 'capacity'), ('engagement', 'nature'),
        ('claim', 'part'),
    ):
        op.drop_column(table, column)
    for table in (
        'season_wish', 'season', 'event_country', 'series', 'rule_setting', 'override', 'conflict_case',
        'calendar_source', 'group_pair',
    ):
        op.drop_table(table)
