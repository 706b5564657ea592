"""Events of a congress that no group convenes claim the time of all working groups."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0039_congress_claims"
down_revision = "0038_handover_notes"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
ALL_LANES = (0, 2**62)
EVERY_GROUP, CONGRESS = ("working-groups", "all"), ("congress", "cycle")
LABELS = {EVERY_GROUP: {}, CONGRESS: {"es": "el ciclo del congreso", "en": "the congress cycle"}}

event = sa.table(
    "event",
    sa.column("id", sa.Uuid()),
    sa.column("kind"),
    sa.column("status"),
    sa.column("ends_at", INSTANT),
    sa.column("side_event_of", sa.Uuid()),
)
event_group = sa.table("event_group", sa.column("event_id", sa.Uuid()))
event_link = sa.table("event_link", sa.column("event_id", sa.Uuid()))
engagement = sa.table(
    "engagement",
    sa.column("id", sa.BigInteger()),
    sa.column("holder"),
    sa.column("starts_at", INSTANT),
    sa.column("ends_at", INSTANT),
)
resource = sa.table(
    "resource",
    sa.column("id", sa.BigInteger()),
    sa.column("kind"),
    sa.column("key"),
    sa.column("label", sa.JSON()),
    sa.column("capacity"),
)
claim = sa.table(
    "claim",
    sa.column("engagement_id", sa.BigInteger()),
    sa.column("resource_id", sa.BigInteger()),
    sa.column("lane_lo", sa.BigInteger()),
    sa.column("lane_hi", sa.BigInteger()),
    sa.column("starts_at", INSTANT),
    sa.column("ends_at", INSTANT),
    sa.column("enforced", sa.Boolean()),
    sa.column("part"),
)


def upgrade() -> None:
    connection = op.get_bind()
    grouped = sa.select(event_group.c.event_id)
    linked = sa.select(event_link.c.event_id)
    ours = sa.select(event.c.id).where(
        event.c.id.in_(linked),
        event.c.id.not_in(grouped),
        event.c.kind.not_in(("congress", "governance", "external")),
        event.c.side_event_of.is_(None),
        event.c.status != "cancelled",
        event.c.ends_at > datetime.now(UTC),
    )
    holders = [f"event:{row.id}" for row in connection.execute(ours)]
    held = sa.select(engagement).where(engagement.c.holder.in_(holders))
    for row in connection.execute(held.order_by(engagement.c.id)).all():
        _claim(connection, row)


def _claim(connection: sa.Connection, row: sa.Row) -> None:
    groups, cycle = _resource(connection, EVERY_GROUP), _resource(connection, CONGRESS)
    taken = sa.select(sa.func.count()).where(
        claim.c.resource_id == groups,
        claim.c.enforced.is_(True),
        claim.c.starts_at < row.ends_at,
        claim.c.ends_at > row.starts_at,
    )
    stands_beside = bool(connection.scalar(taken.select_from(claim)))
    own = {"engagement_id": row.id, "starts_at": row.starts_at, "ends_at": row.ends_at}
    connection.execute(
        claim.insert(),
        [
            {
                **own,
                "resource_id": cycle,
                "lane_lo": row.id,
                "lane_hi": row.id + 1,
                "enforced": True,
                "part": "whole",
            },
            {
                **own,
                "resource_id": groups,
                "lane_lo": ALL_LANES[0],
                "lane_hi": ALL_LANES[1],
                "enforced": not stands_beside,
                "part": "need" if stands_beside else "whole",
            },
        ],
    )


def _resource(connection: sa.Connection, name: tuple[str, str]) -> int:
    kind, key = name
    known = sa.select(resource.c.id).where(resource.c.kind == kind, resource.c.key == key)
    found = connection.scalar(known)
    if found is None:
        values = {"kind": kind, "key": key, "label": LABELS[name], "capacity": 1}
        connection.execute(resource.insert().values(**values))
        found = connection.scalar(known)
    return int(found)


def downgrade() -> None:
    """The claims of all groups stay: what no rule asks for harms nobody and is written anew with the
    event.
    """
    ids = sa.select(resource.c.id).where(resource.c.kind == CONGRESS[0])
    op.execute(claim.delete().where(claim.c.resource_id.in_(ids)))
    op.execute(resource.delete().where(resource.c.kind == CONGRESS[0]))
