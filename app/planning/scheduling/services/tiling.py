"""Writing claims so that of each resource the enforced ones never overlap and together cover all
that is needed.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from app.infra.orm import table_of
from app.planning.scheduling.models import Claim, Engagement
from app.planning.scheduling.queries.calendar import LOOK_BACK
from app.planning.scheduling.rules.tiles import Tile, uncovered

WHOLE, NEED, TILE, SOFT = "whole", "need", "tile", "soft"
THEIRS = Claim.engagement_id.in_(bindparam("engagements", expanding=True))
HELD_BY = select(Claim.resource_id, Claim.starts_at, Claim.ends_at).where(THEIRS, Claim.enforced)
ENFORCED = select(
    Claim.resource_id, Claim.starts_at, Claim.ends_at, Claim.lane_lo, Claim.lane_hi
).where(
    Claim.resource_id.in_(bindparam("resources", expanding=True)),
    Claim.enforced,
    Claim.starts_at > bindparam("looks_back"),
    Claim.starts_at < bindparam("until"),
    Claim.ends_at > bindparam("since"),
)
ENFORCED_OF = ENFORCED.where(THEIRS)
WAITING = (
    select(Claim)
    .where(
        Claim.resource_id.in_(bindparam("resources", expanding=True)),
        Claim.part == NEED,
        Claim.starts_at > bindparam("looks_back"),
        Claim.starts_at < bindparam("until"),
        Claim.ends_at > bindparam("since"),
    )
    .order_by(Claim.resource_id, Claim.engagement_id, Claim.id)
)
"""Claims that an override let overlap others. The bound on their start lets the index serve."""
CLAIMS = insert(table_of(Claim))
CLAIMS_OF = delete(Claim).where(THEIRS)
ENGAGEMENTS = delete(Engagement).where(Engagement.id.in_(bindparam("engagements", expanding=True)))


@dataclass(frozen=True)
class ResourceNeed:
    """What an engagement needs of a resource. A soft one warns and holds nothing."""

    resource_id: int
    area: Tile
    is_soft: bool = False


class Freed(NamedTuple):
    """What was held of a resource and is not any more."""

    resource_id: int
    starts_at: datetime
    ends_at: datetime


def occupy(
    db: Session,
    engagement_id: int,
    needs: Sequence[ResourceNeed],
    *,
    beside: Collection[int] | None,
) -> None:
    """Writes the claims of an engagement that holds none. It yields to the tiles of the engagements
    in `beside`, or of whoever stands there (None); what anybody else holds is for the database to
    refuse.
    """
    taken = _enforced(db, needs, beside) if beside is None or beside else {}
    rows: list[dict[str, Any]] = []
    for need in needs:
        if need.is_soft:
            rows.append(_row(engagement_id, need.resource_id, need.area, SOFT))
            continue
        left = uncovered(need.area, taken.get(need.resource_id, ()))
        rows += _rows(engagement_id, need.resource_id, need.area, left)
    if rows:
        db.execute(CLAIMS, rows)


def fill(db: Session, freed: Iterable[Freed]) -> None:
    """Gives what was let go of to engagements that an override put beside it, in the order in which
    they came.
    """
    pieces = tuple(freed)
    if not pieces:
        return
    first = min(piece.starts_at for piece in pieces)
    parameters = {
        "resources": list({piece.resource_id for piece in pieces}),
        "looks_back": first - LOOK_BACK,
        "since": first,
        "until": max(piece.ends_at for piece in pieces),
    }
    for need in db.scalars(WAITING, parameters).all():
        if any(_takes(need, piece) for piece in pieces):
            _retile(db, need)


def _takes(need: Claim, freed: Freed) -> bool:
    return (
        need.resource_id == freed.resource_id
        and need.starts_at < freed.ends_at
        and need.ends_at > freed.starts_at
    )


def _retile(db: Session, need: Claim) -> None:
    db.execute(
        delete(Claim).where(
            Claim.engagement_id == need.engagement_id,
            Claim.part == TILE,
            Claim.resource_id == need.resource_id,
        )
    )
    area = Tile(
        starts_at=need.starts_at, ends_at=need.ends_at, lane_lo=need.lane_lo, lane_hi=need.lane_hi
    )
    taken = _enforced(db, (ResourceNeed(need.resource_id, area),), None).get(need.resource_id, ())
    left = uncovered(area, taken)
    if left == (area,):
        db.execute(update(Claim).where(Claim.id == need.id).values(part=WHOLE, enforced=True))
    elif left:
        db.execute(
            CLAIMS, [_row(need.engagement_id, need.resource_id, tile, TILE) for tile in left]
        )


def taken_lanes(db: Session, resource_id: int, area: Tile) -> tuple[Tile, ...]:
    """Returns what is held of a resource within an area."""
    return tuple(_enforced(db, (ResourceNeed(resource_id, area),), None).get(resource_id, ()))


def _enforced(
    db: Session, needs: Sequence[ResourceNeed], of: Collection[int] | None
) -> dict[int, list[Tile]]:
    """Returns the enforced tiles by resource within the needs' time, of some engagements or of all."""
    if not needs:
        return {}
    since = min(need.area.starts_at for need in needs)
    parameters: dict[str, Any] = {
        "resources": list({need.resource_id for need in needs}),
        "since": since,
        "until": max(need.area.ends_at for need in needs),
        "looks_back": since - LOOK_BACK,
    }
    if of is not None:
        parameters["engagements"] = list(of)
    rows = db.execute(ENFORCED if of is None else ENFORCED_OF, parameters)
    tiles: dict[int, list[Tile]] = {}
    for resource_id, starts, ends, lane_lo, lane_hi in rows:
        tiles.setdefault(resource_id, []).append(
            Tile(starts_at=starts, ends_at=ends, lane_lo=lane_lo, lane_hi=lane_hi)
        )
    return tiles


def _rows(
    engagement_id: int, resource_id: int, area: Tile, left: Sequence[Tile]
) -> list[dict[str, Any]]:
    if tuple(left) == (area,):
        return [_row(engagement_id, resource_id, area, WHOLE)]
    tiles = [_row(engagement_id, resource_id, tile, TILE) for tile in left]
    return [_row(engagement_id, resource_id, area, NEED), *tiles]


def _row(engagement_id: int, resource_id: int, tile: Tile, part: str) -> dict[str, Any]:
    return {
        "engagement_id": engagement_id,
        "resource_id": resource_id,
        "lane_lo": tile.lane_lo,
        "lane_hi": tile.lane_hi,
        "starts_at": tile.starts_at,
        "ends_at": tile.ends_at,
        "part": part,
        "enforced": part in (WHOLE, TILE),
    }


def let_go(db: Session, engagement_ids: Collection[int]) -> tuple[Freed, ...]:
    """Removes all claims of engagements and returns what became free; the engagements stay."""
    engagements = {"engagements": list(engagement_ids)}
    freed = tuple(Freed(*row) for row in db.execute(HELD_BY, engagements))
    db.execute(CLAIMS_OF, engagements)
    return freed


def remove(db: Session, engagement_ids: Collection[int]) -> tuple[Freed, ...]:
    """Removes engagements with all they hold and says what became free."""
    if not engagement_ids:
        return ()
    freed = let_go(db, engagement_ids)
    db.execute(ENGAGEMENTS, {"engagements": list(engagement_ids)})
    return freed
