"""Keys that sign credentials are on record: a number and a mark for each. Those of before get their
mark here, where a record is kept; otherwise when it begins.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from app.infra.platform import platform
from app.infra.record_keys import content_of, mark_with, record_keys

revision = "0085_issuer_keys_on_record"
down_revision = "0083_tokens_at_rest"
branch_labels = None
depends_on = None

TABLE = "issuer_key"
issuer_key = sa.table(
    TABLE,
    sa.column("kid", sa.String),
    sa.column("public_jwk", sa.Text),
    sa.column("begins_at", sa.DateTime(timezone=True)),
    sa.column("number", sa.Integer),
    sa.column("record_mark", sa.String),
)
RECORD = sa.table("record_link", sa.column("id", sa.BigInteger))


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("number", sa.Integer(), nullable=True))
    op.add_column(TABLE, sa.Column("record_mark", sa.String(36), nullable=True))
    bind = op.get_bind()
    has_begun = bind.scalar(sa.select(sa.func.count()).select_from(RECORD)) > 0
    keys = record_keys(platform().settings) if has_begun else ()
    rows = bind.execute(
        sa.select(issuer_key).order_by(issuer_key.c.begins_at, issuer_key.c.kid)
    ).all()
    for number, row in enumerate(rows, start=1):
        content = content_of("issuer key", row.kid, row.public_jwk, _in_utc(row.begins_at))
        mark = mark_with(keys[-1], content) if keys else None
        bind.execute(
            issuer_key.update()
            .where(issuer_key.c.kid == row.kid)
            .values(number=number, record_mark=mark)
        )
    with op.batch_alter_table(TABLE) as table:
        table.alter_column("number", existing_type=sa.Integer(), nullable=False)
        table.create_unique_constraint(op.f("uq_issuer_key_number"), ["number"])


def _in_utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":  # its triggers are lifted already
        for rule in ("mark_append_only_0", "append_only"):
            op.execute(f"DROP TRIGGER IF EXISTS {TABLE}_{rule} ON {TABLE}")
    with op.batch_alter_table(TABLE) as table:
        table.drop_constraint(op.f("uq_issuer_key_number"), type_="unique")
        table.drop_column("number")
        table.drop_column("record_mark")
