"""What stands in the calendar of record. Everything here is one SQL statement, however many parties are asked about."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from app.kernel.timespan import Timespan
from app.scheduling import rules
from app.scheduling.models import Claim, Engagement, Resource
from app.scheduling.values import Finding, FreeSlot, Holiday, InvitedCountry, Party, PartyKind, Standing

# An exclusive party takes all lanes of its resource. Shared ones take one each, numbered by their engagement's id;
# the topmost is nobody's, so that asking for it finds exclusive claims only.
ALL_LANES = (0, 2**62)
NOBODYS_LANE = (2**62 - 1, 2**62)
# All working groups claim this one too: no two of them meet at once, not even one that was founded yesterday.
EVERY_GROUP = ("working-groups", "all")
LOOK_BACK = rules.LONGEST + timedelta(days=1)

Key = tuple[str, str]


def resources_of(parties: Iterable[Party]) -> dict[Key, Party | None]:
    """What the parties come down to, each once; None for the resource that stands for no single party."""
    needed: dict[Key, Party | None] = {}
    for party in parties:
        key = (party.kind.value, party.key)
        known = needed.get(key)
        needed[key] = known if known and known.exclusive else party
        if party.kind is PartyKind.WORKING_GROUP:
            needed[EVERY_GROUP] = None
    return needed


def findings_for(
    db: Session,
    *,
    span: Timespan,
    parties: Sequence[Party],
    now: datetime,
    ignoring_holder: str | None = None,
    countries: Sequence[InvitedCountry] = (),
    holidays: Sequence[Holiday] = (),
) -> tuple[Finding, ...]:
    """All that is to be said about the span, hardest first. With countries, their hours and holidays too."""
    standing = standing_around(db, span=span, parties=parties, now=now, ignoring_holder=ignoring_holder)
    return rules.clashes(span, parties, standing) + rules.remarks(span, countries, holidays)


def free_slots(
    db: Session,
    *,
    wish: Timespan,
    parties: Sequence[Party],
    now: datetime,
    countries: Sequence[InvitedCountry] = (),
    holidays: Sequence[Holiday] = (),
    ignoring_holder: str | None = None,
    days: int = 28,
    limit: int = 3,
) -> tuple[FreeSlot, ...]:
    """The best free spans as long as the wish, from a week before it on and never in the past."""
    window = rules.search_window(wish, days=days, now=now)
    reach = Timespan(window.starts_at, window.ends_at + wish.duration)
    standing = standing_around(db, span=reach, parties=parties, now=now, ignoring_holder=ignoring_holder)
    spans = rules.nearest_first(rules.grid(window, wish.duration), wish)
    slots = rules.free(spans, parties=parties, standing=standing, countries=countries, holidays=holidays)
    return rules.best(slots, limit=limit)


def standing_around(
    db: Session, *, span: Timespan, parties: Sequence[Party], now: datetime, ignoring_holder: str | None = None
) -> tuple[Standing, ...]:
    """The engagements within the span that hold something the parties need. A hold that has lapsed does not stand."""
    needed = resources_of(parties)
    if not needed:
        return ()
    mine = _is_one_of(needed)
    holding = (
        select(Claim.engagement_id)
        .join(Resource, Resource.id == Claim.resource_id)
        .where(
            mine,
            Claim.starts_at < span.ends_at,
            Claim.starts_at > span.starts_at - LOOK_BACK,
            Claim.ends_at > span.starts_at,
        )
    )
    wanted = _engagements().where(
        Engagement.id.in_(holding),
        or_(Engagement.expires_at.is_(None), Engagement.expires_at > now),
        or_(Resource.kind == PartyKind.WORKING_GROUP.value, mine),
    )
    if ignoring_holder is not None:
        wanted = wanted.where(Engagement.holder != ignoring_holder)
    return _standing(db, wanted)


def engagement_of(db: Session, *, holder: str) -> Standing | None:
    """What a holder occupies, with all parties."""
    return next(iter(_standing(db, _engagements().where(Engagement.holder == holder))), None)


Rows = Select[Engagement, Resource, int]


def _engagements() -> Rows:
    return (
        select(Engagement, Resource, Claim.lane_lo)
        .join(Claim, Claim.engagement_id == Engagement.id)
        .join(Resource, Resource.id == Claim.resource_id)
        .order_by(Engagement.starts_at, Engagement.id, Claim.id)
    )


def _is_one_of(needed: dict[Key, Party | None]) -> ColumnElement[bool]:
    """Claims that get in the way: whole kinds at once, so that the index over kind and key serves."""
    conditions = []
    for kind, keys in groupby(sorted(needed), key=lambda key: key[0]):
        names = [key[1] for key in keys]
        shared = [name for name in names if (party := needed[kind, name]) and not party.exclusive]
        exclusive = [name for name in names if name not in shared]
        if exclusive:
            conditions.append(and_(Resource.kind == kind, Resource.key.in_(exclusive)))
        if shared:
            conditions.append(and_(Resource.kind == kind, Resource.key.in_(shared), Claim.lane_hi > NOBODYS_LANE[0]))
    return or_(*conditions)


def _standing(db: Session, rows: Rows) -> tuple[Standing, ...]:
    found = []
    for engagement, its_rows in groupby(db.execute(rows), key=lambda row: row[0]):
        parties = tuple(
            Party(PartyKind(resource.kind), resource.key, resource.label, exclusive=lane_lo == ALL_LANES[0])
            for _, resource, lane_lo in its_rows
            if resource.kind != EVERY_GROUP[0]
        )
        span = Timespan(engagement.starts_at, engagement.ends_at)
        found.append(Standing(engagement.holder, engagement.title, span, engagement.timezone,
                              engagement.is_confidential, parties))  # fmt: skip
    return tuple(found)
