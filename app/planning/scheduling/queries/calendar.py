"""What stands in the calendar of record. The number of statements does not grow with the parties
asked about.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import ColumnElement, Select, and_, exists, not_, or_, select
from sqlalchemy.orm import Session

from app.kernel.reference import REFERENCE_ZONE
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.scheduling import rules
from app.planning.scheduling.models import Claim, Engagement, GroupPair, Override, Resource
from app.planning.scheduling.queries.settings import book_of
from app.planning.scheduling.rules.book import EVERY_GROUP as ALL_GROUPS
from app.planning.scheduling.rules.overlaps import pair_of
from app.planning.scheduling.rules.spec import Terms
from app.planning.scheduling.values import (
    Nature,
    Party,
    PartyKind,
    Standing,
)

# An exclusive party takes all lanes of its resource. Shared ones take one each, numbered by their
# engagement's id; the topmost is nobody's, so that asking for it finds exclusive claims only.
ALL_LANES = (0, 2**62)
NOBODYS_LANE = (2**62 - 1, 2**62)
# All working groups claim this one too: no two of them meet at once, not even one that was founded
# yesterday.
EVERY_GROUP = (ALL_GROUPS, "all")
OF_NO_PARTY = (EVERY_GROUP[0], PartyKind.GROUP_PAIR.value)
NO_TITLE = LocalizedText()
LOOK_BACK = rules.LONGEST + timedelta(days=1)

Key = tuple[str, str]


def resources_of(
    parties: Iterable[Party], pairs: Iterable[tuple[str, str]] = ()
) -> dict[Key, Party | None]:
    """What the parties come down to, each once; None for a resource that stands for no single
    party.
    """
    needed: dict[Key, Party | None] = {}
    groups = set()
    for party in parties:
        key = (party.kind.value, party.key)
        known = needed.get(key)
        needed[key] = known if known and known.exclusive else party
        if party.kind is PartyKind.WORKING_GROUP:
            groups.add(party.key)
            needed[EVERY_GROUP] = None
    for pair in pairs:
        if groups & set(pair):
            needed[PartyKind.GROUP_PAIR.value, "+".join(pair_of(*pair))] = None
    return needed


def terms_of(db: Session, *, beside: str = "") -> Terms:
    """The terms in force: the rule book as it is set, and the pairs declared."""
    pairs = db.execute(select(GroupPair.first, GroupPair.second))
    return Terms(book_of(db), frozenset((first, second) for first, second in pairs), beside)


def with_buffer(span: Timespan, terms: Terms) -> Timespan:
    buffer = terms.buffer(span)
    return Timespan(span.starts_at - buffer, span.ends_at + buffer)


def kept_permissions(
    db: Session, holder: str | None, span: Timespan
) -> tuple[set[tuple[str, str]], str]:
    """The overrides of an engagement and its holder; none of either when it stood at another
    time.
    """
    if holder is None:
        return set(), ""
    at_this_time = and_(
        Engagement.holder == holder,
        Engagement.starts_at == span.starts_at,
        Engagement.ends_at == span.ends_at,
    )
    rows = db.execute(
        select(Engagement.id, Override.rule, Override.against)
        .outerjoin(Override, Override.engagement_id == Engagement.id)
        .where(at_this_time)
    ).all()
    return {(row.rule, row.against) for row in rows if row.rule}, holder if rows else ""


def standing_around(
    db: Session,
    *,
    span: Timespan,
    parties: Sequence[Party],
    now: datetime,
    ignoring_holder: str | None = None,
    terms: Terms = rules.ORDINARY,
) -> tuple[Standing, ...]:
    """The engagements within the span that hold something the parties need, and the soft ones they
    should know of.

    A hold that has lapsed does not stand.
    """
    needed = resources_of(parties, terms.pairs)
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
        wanted = wanted.where(
            Engagement.holder != ignoring_holder, not_(_is_sitting_of(ignoring_holder))
        )
    return _standing(db, wanted)


def _is_sitting_of(holder: str) -> ColumnElement[bool]:
    """The parts of an event move with it and are never in its way."""
    belongs = exists().where(Override.engagement_id == Engagement.id, Override.against == holder)
    return and_(Engagement.nature == Nature.SITTING.value, belongs)


def engagements_during(
    db: Session,
    *,
    span: Timespan,
    parties: Sequence[Party],
    now: datetime,
    ignoring_holder: str | None = None,
) -> tuple[Standing, ...]:
    """All events within the span that any of the parties takes part in, with all their parties:
    what is counted.
    """
    named = _is_named(parties)
    if named is None:
        return ()
    during = (
        select(Claim.engagement_id)
        .join(Resource, Resource.id == Claim.resource_id)
        .where(named, *_within(span))
    )
    wanted = _engagements().where(Engagement.id.in_(during), *_counted(now, ignoring_holder))
    return _standing(db, wanted)


def counted_during(
    db: Session,
    *,
    span: Timespan,
    parties: Sequence[Party],
    now: datetime,
    ignoring_holder: str | None = None,
) -> tuple[Standing, ...]:
    """The same events without title, each with those of the parties alone: enough to count them,
    and quick to read for many weeks. One statement.
    """
    named = _is_named(parties)
    if named is None:
        return ()
    columns = (
        Engagement.holder,
        Engagement.starts_at,
        Engagement.ends_at,
        Resource.kind,
        Resource.key,
    )
    rows = db.execute(
        select(*columns)
        .join(Claim, Claim.engagement_id == Engagement.id)
        .join(Resource, Resource.id == Claim.resource_id)
        .where(Claim.part != "tile", named, *_within(span), *_counted(now, ignoring_holder))
        .order_by(Engagement.starts_at, Engagement.id)
    )
    known = {(party.kind.value, party.key): party for party in parties}
    return tuple(
        Standing(
            holder,
            NO_TITLE,
            Timespan(starts_at, ends_at),
            REFERENCE_ZONE,
            False,
            tuple(known[kind, key] for *_engagement, kind, key in its),
        )
        for (holder, starts_at, ends_at), its in groupby(rows, key=lambda row: tuple(row[:3]))
    )


def _is_named(parties: Iterable[Party]) -> ColumnElement[bool] | None:
    """True for the resources of the parties but the region, in which all take part; None when there
    are none.
    """
    keys = sorted(
        {(party.kind.value, party.key) for party in parties if party.kind is not PartyKind.REGION}
    )
    if not keys:
        return None
    return or_(
        *(
            and_(Resource.kind == kind, Resource.key.in_([key for _, key in group]))
            for kind, group in groupby(keys, key=lambda key: key[0])
        )
    )


def _within(span: Timespan) -> tuple[ColumnElement[bool], ...]:
    return (
        Claim.starts_at < span.ends_at,
        Claim.starts_at > span.starts_at - LOOK_BACK,
        Claim.ends_at > span.starts_at,
    )


def _counted(now: datetime, ignoring_holder: str | None) -> tuple[ColumnElement[bool], ...]:
    """True for events whose hold has not lapsed, and are not the asker's own."""
    conditions: tuple[ColumnElement[bool], ...] = (
        Engagement.nature == Nature.EVENT.value,
        or_(Engagement.expires_at.is_(None), Engagement.expires_at > now),
    )
    if ignoring_holder is not None:
        conditions += (Engagement.holder != ignoring_holder,)
    return conditions


def engagement_of(db: Session, *, holder: str) -> Standing | None:
    """What a holder occupies, with all parties."""
    return next(iter(_standing(db, _engagements().where(Engagement.holder == holder))), None)


Rows = Select[Engagement, Resource, int, int]


def _engagements() -> Rows:
    return (
        select(Engagement, Resource, Claim.lane_lo, Claim.lane_hi)
        .join(Claim, Claim.engagement_id == Engagement.id)
        .join(Resource, Resource.id == Claim.resource_id)
        .where(Claim.part != "tile")
        .order_by(Engagement.starts_at, Engagement.id, Claim.id)
    )


def _is_one_of(needed: dict[Key, Party | None]) -> ColumnElement[bool]:
    """Claims that get in the way: whole kinds at once, so that the index over kind and key
    serves.
    """
    conditions: list[ColumnElement[bool]] = []
    for kind, keys in groupby(sorted(needed), key=lambda key: key[0]):
        names = [key[1] for key in keys]
        shared = [name for name in names if _is_shared(needed[kind, name])]
        exclusive = [name for name in names if name not in shared]
        if exclusive:
            conditions.append(and_(Resource.kind == kind, Resource.key.in_(exclusive)))
        if shared:
            in_the_way: ColumnElement[bool] = Claim.lane_hi > NOBODYS_LANE[0]
            if kind == PartyKind.REGION.value:  # where other processes stand, who hold nothing
                in_the_way = or_(in_the_way, Claim.part == "soft")
            conditions.append(and_(Resource.kind == kind, Resource.key.in_(shared), in_the_way))
    return or_(*conditions)


def _is_shared(party: Party | None) -> bool:
    """Whether any number may have it at once, so that only those matter who have it to
    themselves.
    """
    return party is not None and not party.exclusive and party.kind is not PartyKind.LICENCE


def _standing(db: Session, rows: Rows) -> tuple[Standing, ...]:
    found = [
        (engagement, tuple(its))
        for engagement, its in groupby(db.execute(rows), key=lambda row: row[0])
    ]
    permits = _permits(db, [engagement.id for engagement, _ in found])
    return tuple(
        Standing(
            engagement.holder,
            engagement.title,
            Timespan(engagement.starts_at, engagement.ends_at),
            engagement.timezone,
            engagement.is_confidential,
            tuple(
                _party(resource, lo, hi)
                for _, resource, lo, hi in its
                if resource.kind not in OF_NO_PARTY
            ),
            Nature(engagement.nature),
            frozenset(permits.get(engagement.id, ())),
        )
        for engagement, its in found
    )


def _party(resource: Resource, lane_lo: int, lane_hi: int) -> Party:
    exclusive = (lane_lo, lane_hi) == ALL_LANES
    return Party(
        PartyKind(resource.kind),
        resource.key,
        resource.label,
        exclusive,
        resource.capacity,
        lane_lo,
    )


def _permits(db: Session, engagement_ids: Sequence[int]) -> dict[int, set[tuple[str, str]]]:
    permits: dict[int, set[tuple[str, str]]] = {}
    if engagement_ids:
        rows = select(Override.engagement_id, Override.rule, Override.against)
        for engagement_id, rule, against in db.execute(
            rows.where(Override.engagement_id.in_(engagement_ids))
        ):
            permits.setdefault(engagement_id, set()).add((rule, against))
    return permits
