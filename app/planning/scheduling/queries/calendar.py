"""What stands in the calendar of record, and what it answers about a proposed time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, not_, or_, select
from sqlalchemy.orm import Session, aliased

from app.kernel.reference import REFERENCE_ZONE, reference_day
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.people.directory.models import Person
from app.people.identity.models import Account
from app.planning.scheduling.models import (
    Claim,
    ConflictCase,
    Engagement,
    GroupPair,
    Override,
    Resource,
)
from app.planning.scheduling.queries.cases import covered_by_cases
from app.planning.scheduling.queries.settings import book_of
from app.planning.scheduling.rules import book, judging, refusals
from app.planning.scheduling.rules.book import EVERY_GROUP as ALL_GROUPS
from app.planning.scheduling.rules.judging import counts_anything, judge, judge_week
from app.planning.scheduling.rules.limits import reach
from app.planning.scheduling.rules.overlaps import pair_of
from app.planning.scheduling.rules.slots import HORIZON, Search, best, free_days, stretches
from app.planning.scheduling.rules.spec import Question, Terms
from app.planning.scheduling.values import Finding, FreeSlot, Nature, Party, PartyKind, Standing

# An exclusive party takes all lanes of its resource. Shared ones take one each, numbered by their
# engagement's id; the topmost is nobody's, so that asking for it finds exclusive claims only.
ALL_LANES = (0, 2**62)
NOBODYS_LANE = (2**62 - 1, 2**62)
# All working groups claim this one too: no two of them meet at once, not even one that was founded
# yesterday.
EVERY_GROUP = (ALL_GROUPS, "all")
OF_NO_PARTY = (EVERY_GROUP[0], PartyKind.GROUP_PAIR.value)
SAID_OF_OTHERS = (PartyKind.WORKING_GROUP.value, PartyKind.CONGRESS.value)
"""Of another engagement in the way, these are told besides what is shared."""
NO_TITLE = LocalizedText()
# No engagement lasts longer, so an earlier start cannot reach into the time asked about: the bound
# lets the index over the start serve.
LOOK_BACK = refusals.LONGEST + timedelta(days=1)

Key = tuple[str, str]
Rows = Select[Engagement, Resource, int, int]
Mix = tuple[tuple[str, bool, bool], ...]
"""Of the resources that parties need: each kind, with whether exclusive and whether shared ones are
among them. There are few such mixes, and a statement is built once for each.
"""

ENGAGEMENTS: Rows = (
    select(Engagement, Resource, Claim.lane_lo, Claim.lane_hi)
    .join(Claim, Claim.engagement_id == Engagement.id)
    .join(Resource, Resource.id == Claim.resource_id)
    .where(Claim.part != "tile")
    .order_by(Engagement.starts_at, Engagement.id, Claim.id)
)
ENGAGEMENT_OF = ENGAGEMENTS.where(Engagement.holder == bindparam("holder"))
PAIRS = select(GroupPair.first, GroupPair.second)
KEPT_PERMISSIONS = (
    select(Engagement.id, Override.rule, Override.against)
    .outerjoin(Override, Override.engagement_id == Engagement.id)
    .where(
        Engagement.holder == bindparam("holder"),
        Engagement.starts_at == bindparam("starts_at"),
        Engagement.ends_at == bindparam("ends_at"),
    )
)
PERMITS = select(Override.engagement_id, Override.rule, Override.against).where(
    Override.engagement_id.in_(bindparam("engagements", expanding=True))
)


def resources_of(
    parties: Iterable[Party], pairs: Iterable[tuple[str, str]] = ()
) -> dict[Key, Party | None]:
    """Returns the resources that the parties need, each once; None for one that stands for no
    single party.
    """
    needed: dict[Key, Party | None] = {}
    groups = set()
    for party in parties:
        key = (party.kind.value, party.key)
        known = needed.get(key)
        needed[key] = known if known and known.exclusive else party
        if party.kind is PartyKind.WORKING_GROUP:
            groups.add(party.key)
        if party.kind in (PartyKind.WORKING_GROUP, PartyKind.CONGRESS):
            needed[EVERY_GROUP] = None
    for pair in pairs:
        if groups & set(pair):
            needed[PartyKind.GROUP_PAIR.value, "+".join(pair_of(*pair))] = None
    return needed


def terms_of(db: Session, *, beside: str = "") -> Terms:
    """Returns the terms in force: the rule book as it is set, and the pairs declared."""
    pairs = frozenset((first, second) for first, second in db.execute(PAIRS))
    return Terms(book_of(db), pairs, beside)


def with_buffer(span: Timespan, terms: Terms) -> Timespan:
    buffer = terms.buffer(span)
    return Timespan(span.starts_at - buffer, span.ends_at + buffer)


def kept_permissions(
    db: Session, holder: str | None, span: Timespan
) -> tuple[set[tuple[str, str]], str]:
    """Returns the overrides of an engagement and its holder; neither when it was held at another
    time.
    """
    if holder is None:
        return set(), ""
    parameters = {"holder": holder, "starts_at": span.starts_at, "ends_at": span.ends_at}
    rows = db.execute(KEPT_PERMISSIONS, parameters).all()
    return {(row.rule, row.against) for row in rows if row.rule}, holder if rows else ""


def standing_around(
    db: Session,
    *,
    span: Timespan,
    parties: Sequence[Party],
    now: datetime,
    ignoring_holder: str | None = None,
    terms: Terms = book.ORDINARY,
) -> tuple[Standing, ...]:
    """Returns the engagements within the span that hold something the parties need, and the soft
    ones to tell them of.

    A hold that has lapsed does not count.
    """
    needed = resources_of(parties, terms.pairs)
    if not needed:
        return ()
    mix, names = _mix_of(needed)
    parameters = {**names, **_span_asked(span), "now": now, "holder": ignoring_holder}
    return _standing(db, _standing_rows(mix, is_ignoring=ignoring_holder is not None), parameters)


@cache
def _standing_rows(mix: Mix, *, is_ignoring: bool) -> Rows:
    is_needed = _is_one_of(mix)
    holding = (
        select(Claim.engagement_id)
        .join(Resource, Resource.id == Claim.resource_id)
        .where(is_needed, *_within())
    )
    wanted = ENGAGEMENTS.where(
        Engagement.id.in_(holding),
        _has_not_lapsed(),
        or_(Resource.kind.in_(SAID_OF_OTHERS), is_needed),
    )
    if is_ignoring:
        wanted = wanted.where(Engagement.holder != bindparam("holder"), not_(_is_sitting()))
    return wanted


def _is_sitting() -> ColumnElement[bool]:
    """Returns the condition for parts of the event `holder`, which move with it and are never in
    its way.
    """
    belongs = exists().where(
        Override.engagement_id == Engagement.id, Override.against == bindparam("holder")
    )
    return and_(Engagement.nature == Nature.SITTING.value, belongs)


def engagements_during(
    db: Session,
    *,
    span: Timespan,
    parties: Sequence[Party],
    now: datetime,
    ignoring_holder: str | None = None,
) -> tuple[Standing, ...]:
    """Returns all events within the span that any of the parties takes part in, with all their
    parties: what is counted.
    """
    keys = _keys_of(parties)
    if not keys:
        return ()
    statement = _rows_during(tuple(keys), is_ignoring=ignoring_holder is not None)
    return _standing(db, statement, _during_asked(keys, span, now, ignoring_holder))


@cache
def _rows_during(kinds: tuple[str, ...], *, is_ignoring: bool) -> Rows:
    during = (
        select(Claim.engagement_id)
        .join(Resource, Resource.id == Claim.resource_id)
        .where(_is_named(kinds), *_within())
    )
    return ENGAGEMENTS.where(Engagement.id.in_(during), *_counted(is_ignoring=is_ignoring))


def counted_during(
    db: Session,
    *,
    span: Timespan,
    parties: Sequence[Party],
    now: datetime,
    ignoring_holder: str | None = None,
) -> tuple[Standing, ...]:
    """Returns the same events as `engagements_during` without title, each with the given parties
    alone.

    That is enough to count them, and quick to read for many weeks. One statement.
    """
    keys = _keys_of(parties)
    if not keys:
        return ()
    statement = _counts_during(tuple(keys), is_ignoring=ignoring_holder is not None)
    rows = db.execute(statement, _during_asked(keys, span, now, ignoring_holder))
    known = {(party.kind.value, party.key): party for party in parties}
    return tuple(
        Standing(
            holder=holder,
            title=NO_TITLE,
            span=Timespan(starts_at, ends_at),
            timezone=REFERENCE_ZONE,
            is_confidential=False,
            parties=tuple(known[kind, key] for *_engagement, kind, key in own_rows),
        )
        for (holder, starts_at, ends_at), own_rows in groupby(rows, key=lambda row: tuple(row[:3]))
    )


@cache
def _counts_during(
    kinds: tuple[str, ...], *, is_ignoring: bool
) -> Select[str, datetime, datetime, str, str]:
    columns = (
        Engagement.holder,
        Engagement.starts_at,
        Engagement.ends_at,
        Resource.kind,
        Resource.key,
    )
    return (
        select(*columns)
        .join(Claim, Claim.engagement_id == Engagement.id)
        .join(Resource, Resource.id == Claim.resource_id)
        .where(
            Claim.part != "tile",
            _is_named(kinds),
            *_within(),
            *_counted(is_ignoring=is_ignoring),
        )
        .order_by(Engagement.starts_at, Engagement.id)
    )


def _keys_of(parties: Iterable[Party]) -> dict[str, list[str]]:
    """Returns the keys of the parties by kind, to count by.

    The region is left out, because all take part in it, and so is the cycle of the congress, which
    nothing counts.
    """
    uncounted = (PartyKind.REGION, PartyKind.CONGRESS)
    keys = sorted(
        {(party.kind.value, party.key) for party in parties if party.kind not in uncounted}
    )
    return {
        kind: [key for _, key in group] for kind, group in groupby(keys, key=lambda key: key[0])
    }


def _during_asked(
    keys: dict[str, list[str]], span: Timespan, now: datetime, ignoring_holder: str | None
) -> dict[str, Any]:
    return {
        **{f"keys_{kind}": names for kind, names in keys.items()},
        **_span_asked(span),
        "now": now,
        "holder": ignoring_holder,
    }


def _is_named(kinds: Iterable[str]) -> ColumnElement[bool]:
    return or_(
        *(
            and_(
                Resource.kind == kind,
                Resource.key.in_(bindparam(f"keys_{kind}", expanding=True)),
            )
            for kind in kinds
        )
    )


def _span_asked(span: Timespan) -> dict[str, datetime]:
    return {
        "starts_at": span.starts_at,
        "ends_at": span.ends_at,
        "looks_back": span.starts_at - LOOK_BACK,
    }


def _within() -> tuple[ColumnElement[bool], ...]:
    return (
        Claim.starts_at < bindparam("ends_at"),
        Claim.starts_at > bindparam("looks_back"),
        Claim.ends_at > bindparam("starts_at"),
    )


def _has_not_lapsed() -> ColumnElement[bool]:
    return or_(Engagement.expires_at.is_(None), Engagement.expires_at > bindparam("now"))


def _counted(*, is_ignoring: bool) -> tuple[ColumnElement[bool], ...]:
    """Returns the conditions for events whose hold has not lapsed, and that are not the asker's
    own.
    """
    conditions: tuple[ColumnElement[bool], ...] = (
        Engagement.nature == Nature.EVENT.value,
        _has_not_lapsed(),
    )
    if is_ignoring:
        conditions += (Engagement.holder != bindparam("holder"),)
    return conditions


def engagement_of(db: Session, *, holder: str) -> Standing | None:
    """Returns what a holder occupies, with all parties."""
    return next(iter(_standing(db, ENGAGEMENT_OF, {"holder": holder})), None)


def _mix_of(needed: dict[Key, Party | None]) -> tuple[Mix, dict[str, list[str]]]:
    """Returns the mix and the names in it, as `_is_one_of` asks for them."""
    mix: list[tuple[str, bool, bool]] = []
    names: dict[str, list[str]] = {}
    for kind, keys in groupby(sorted(needed), key=lambda key: key[0]):
        exclusive: list[str] = []
        shared: list[str] = []
        for key in keys:
            (shared if _is_shared(needed[key]) else exclusive).append(key[1])
        mix.append((kind, bool(exclusive), bool(shared)))
        names |= {f"exclusive_{kind}": exclusive, f"shared_{kind}": shared}
    return tuple(mix), names


def _is_one_of(mix: Mix) -> ColumnElement[bool]:
    """Claims that get in the way: whole kinds at once, so that the index over kind and key
    serves.
    """
    conditions: list[ColumnElement[bool]] = []
    for kind, has_exclusive, has_shared in mix:
        if has_exclusive:
            among = Resource.key.in_(bindparam(f"exclusive_{kind}", expanding=True))
            conditions.append(and_(Resource.kind == kind, among))
        if has_shared:
            among = Resource.key.in_(bindparam(f"shared_{kind}", expanding=True))
            in_the_way: ColumnElement[bool] = Claim.lane_hi > NOBODYS_LANE[0]
            if kind == PartyKind.REGION.value:  # where other processes stand, who hold nothing
                in_the_way = or_(in_the_way, Claim.part == "soft")
            conditions.append(and_(Resource.kind == kind, among, in_the_way))
    return or_(*conditions)


def _is_shared(party: Party | None) -> bool:
    """Returns True when any number may hold it at once, so that only those who hold it exclusively
    are in the way.
    """
    return party is not None and not party.exclusive and party.kind is not PartyKind.LICENCE


def _standing(db: Session, rows: Rows, parameters: dict[str, Any]) -> tuple[Standing, ...]:
    by_engagement = [
        (engagement, tuple(own_rows))
        for engagement, own_rows in groupby(db.execute(rows, parameters), key=lambda row: row[0])
    ]
    permits = _permits(db, [engagement.id for engagement, _ in by_engagement])
    return tuple(
        Standing(
            holder=engagement.holder,
            title=engagement.title,
            span=Timespan(engagement.starts_at, engagement.ends_at),
            timezone=engagement.timezone,
            is_confidential=engagement.is_confidential,
            parties=tuple(
                _party(resource, lo, hi)
                for _, resource, lo, hi in own_rows
                if resource.kind not in OF_NO_PARTY
            ),
            nature=Nature(engagement.nature),
            permits=frozenset(permits.get(engagement.id, ())),
        )
        for engagement, own_rows in by_engagement
    )


def _party(resource: Resource, lane_lo: int, lane_hi: int) -> Party:
    exclusive = (lane_lo, lane_hi) == ALL_LANES
    return Party(
        kind=PartyKind(resource.kind),
        key=resource.key,
        label=resource.label,
        exclusive=exclusive,
        capacity=resource.capacity,
        lane=lane_lo,
    )


def _permits(db: Session, engagement_ids: Sequence[int]) -> dict[int, set[tuple[str, str]]]:
    permits: dict[int, set[tuple[str, str]]] = {}
    if engagement_ids:
        rows = db.execute(PERMITS, {"engagements": engagement_ids})
        for engagement_id, rule, against in rows:
            permits.setdefault(engagement_id, set()).add((rule, against))
    return permits


# What the calendar answers about a proposed time, and where there is room: other engagements,
# counts, clocks and imported calendars.


def findings(db: Session, question: Question, *, terms: Terms | None = None) -> tuple[Finding, ...]:
    """Returns every finding, the hardest first, with overridden ones marked. Runs at most nine
    statements. Reads the `terms` unless they are given.
    """
    terms = terms or terms_of(db, beside=question.side_event_of)
    span = with_buffer(question.span, terms)
    standing = standing_around(
        db,
        span=span,
        parties=question.parties,
        now=question.now,
        ignoring_holder=question.holder,
        terms=terms,
    )
    around: tuple[Standing, ...] = ()
    if counts_anything(question, terms):
        around = engagements_during(
            db,
            span=reach(question.span),
            parties=question.parties,
            now=question.now,
            ignoring_holder=question.holder,
        )
    judged = judge(
        question,
        standing=_with_also(standing, question, span),
        around=_with_also(around, question, reach(question.span)),
        terms=terms,
    )
    kept, holder = kept_permissions(db, question.holder, question.span)
    cases = covered_by_cases(db, holder=holder)
    return judging.with_overrides(
        judged,
        permitted={*question.permitted, *kept},
        holder=holder,
        cases=cases,
        main=question.holder or "",
    )


def findings_of_weeks(
    db: Session, questions: Sequence[Question]
) -> tuple[tuple[Finding, ...], ...]:
    """Returns for each question what is against its week, the hardest first; for what has a day and
    no hour yet. Reads the calendar once for all of them.
    """
    if not questions:
        return ()
    terms, now = terms_of(db), questions[0].now
    span = reach(
        Timespan(
            min(one.span.starts_at for one in questions), max(one.span.ends_at for one in questions)
        )
    )
    region = (Party.region(exclusive=False),)
    closed = standing_around(db, span=span, parties=region, now=now, terms=terms)
    parties = tuple({party for one in questions for party in one.parties})
    around = engagements_during(db, span=span, parties=parties, now=now)
    return tuple(judge_week(one, closed=closed, around=around, terms=terms) for one in questions)


def slots(
    db: Session, search: Search, *, limit: int = 3, horizon: int = HORIZON
) -> tuple[FreeSlot, ...]:
    """Returns the best spans, each on another day, that the whole rule book allows without
    confirmation.

    Reads a stretch of days at a time with three statements, and the next stretch only while slots
    are missing. Returns an empty result where none is free within `horizon` days.
    """
    terms = terms_of(db, beside=search.at(search.wish).side_event_of)
    free: list[FreeSlot] = []
    for days in stretches(search, terms, horizon=horizon):
        free += best(_free(db, search, days, terms), limit=limit - len(free))
        if len(free) >= limit:
            break
    return tuple(free)


def _free(db: Session, search: Search, days: Sequence[date], terms: Terms) -> Iterator[FreeSlot]:
    spans = [span for day in days for span in search.spans(day)]
    if not spans:
        return iter(())
    question = search.at(search.wish)
    stretch = with_buffer(
        Timespan(min(spans).starts_at, max(span.ends_at for span in spans)), terms
    )
    standing = standing_around(
        db,
        span=stretch,
        parties=search.parties,
        now=question.now,
        ignoring_holder=question.holder,
        terms=terms,
    )
    around = counted_during(
        db,
        span=reach(stretch),
        parties=search.parties,
        now=question.now,
        ignoring_holder=question.holder,
    )
    return free_days(
        days,
        search,
        standing=_with_also(standing, question, stretch),
        around=_with_also(around, question, reach(stretch)),
        terms=terms,
    )


def _with_also(
    standing: Sequence[Standing], question: Question, span: Timespan
) -> tuple[Standing, ...]:
    return (*standing, *(other for other in question.also if other.span.overlaps(span)))


# What an engagement stands against by somebody's decision, for whoever plans it.

HOLDER = bindparam("holder", type_=Engagement.holder.type)
OWN, OTHER = aliased(Engagement), aliased(Engagement)
OVERRIDES_OF = (
    select(Override, OWN, OTHER, Person.full_name)
    .join(OWN, OWN.id == Override.engagement_id)
    .outerjoin(OTHER, OTHER.holder == Override.against)
    .outerjoin(Account, Account.id == Override.decided_by)
    .outerjoin(Person, Person.id == Account.person_id)
    .where(or_(OWN.holder == HOLDER, Override.against == HOLDER), Override.decided_by.is_not(None))
    .order_by(Override.decided_at, Override.id)
)


@dataclass(frozen=True)
class OverrideNote:
    """`against`: the other engagement's title; None when there is no single one, or it is
    confidential. The day is that of the reference zone. `is_others`: it was given for the other
    engagement, which stands beside this one.
    """

    rule: str
    against: LocalizedText | None
    reason: str
    decided_by: str
    decided_on: date
    is_others: bool = False


def overrides_of(db: Session, *, holder: str) -> tuple[OverrideNote, ...]:
    """Returns what was confirmed for an engagement, and for others against it, in order of time;
    one statement.

    The reason that was given for a confidential engagement is not told beside the other one. Not
    scoped: for those who may plan the engagement's event.
    """
    rows = db.execute(OVERRIDES_OF, {"holder": holder})
    return tuple(
        _note(row, own, other, name or "", holder=holder) for row, own, other, name in rows
    )


def _note(
    row: Override, own: Engagement, other: Engagement | None, decided_by: str, *, holder: str
) -> OverrideNote:
    is_others = own.holder != holder
    beside = own if is_others else other
    is_hidden = beside is not None and beside.is_confidential
    return OverrideNote(
        rule=row.rule,
        against=None if beside is None or is_hidden else beside.title,
        reason="" if is_others and is_hidden else row.reason,
        decided_by=decided_by,
        decided_on=reference_day(row.decided_at),
        is_others=is_others,
    )


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns the names under which a person's hours are held, and the cases about them.

    The events behind the hours are given with the events.
    """
    key = str(person_id)
    labels = select(Resource.label).where(Resource.kind == PartyKind.PERSON, Resource.key == key)
    cases = select(ConflictCase.id).where(
        ConflictCase.party_kind == PartyKind.PERSON, ConflictCase.party_key == key
    )
    return {
        "known_as": [label.in_() for label in db.scalars(labels)],
        "conflict_cases": list(db.scalars(cases.order_by(ConflictCase.id))),
    }
