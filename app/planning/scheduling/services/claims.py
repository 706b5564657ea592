"""The only writers of the calendar of record: claim, reclaim, swap, release.

Order in each: lock, drop holds that have lapsed, load what stands, let the rules decide, write. The
lock is for liveness (an exclusion constraint alone makes PostgreSQL's writers deadlock); the
guarantee is the rule in the database.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, delete, func, insert, literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.infra.database import is_sqlite
from app.infra.orm import table_of
from app.kernel.actor import Actor
from app.kernel.refusal import NotAllowed, NotFound
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.scheduling import policy
from app.planning.scheduling.models import (
    ConflictCase,
    Engagement,
    Override,
    PastOverride,
    Resource,
)
from app.planning.scheduling.queries.calendar import (
    ALL_LANES,
    EVERY_GROUP,
    Key,
    engagement_of,
    findings,
    resources_of,
    terms_of,
)
from app.planning.scheduling.rules import refusals
from app.planning.scheduling.rules.cases import Cause
from app.planning.scheduling.rules.judging import require_reason
from app.planning.scheduling.rules.overlaps import BUFFERED, SOFT
from app.planning.scheduling.rules.spec import REFUSED, Question, Terms, agreed, holds_only
from app.planning.scheduling.rules.tiles import Tile, first_free_lane
from app.planning.scheduling.schema import is_overlap
from app.planning.scheduling.services import tiling
from app.planning.scheduling.services.cases import close_settled_cases, open_case
from app.planning.scheduling.services.tiling import CLAIMS, ResourceNeed, taken_lanes
from app.planning.scheduling.values import (
    EngagementDraft,
    Finding,
    Nature,
    OverrideAsked,
    Party,
    PartyKind,
    Permission,
    Rule,
)

CALENDAR_LOCK = 0x52434D  # any number, as long as nobody else takes the same
SIDE_EVENT = "side event"
LOCK = select(func.pg_advisory_xact_lock(CALENDAR_LOCK))
LAPSED = select(Engagement.id).where(Engagement.expires_at <= bindparam("now"))
HELD_BY = select(Engagement).where(Engagement.holder == bindparam("holder"))
IDS_OF = select(Engagement.id).where(Engagement.holder.in_(bindparam("holders", expanding=True)))
PERMISSIONS_OF = delete(Override).where(Override.engagement_id == bindparam("engagement"))
PERMISSION_OF = PERMISSIONS_OF.where(
    Override.rule == bindparam("rule_name"), Override.against == bindparam("other")
)


def lock(db: Session) -> None:
    """Makes writers of the calendar queue, one at a time, until the transaction ends.

    Call it before you flush anything of your own: then all writers take their locks in one order
    and cannot deadlock. On SQLite a transaction is alone from its start.
    """
    if not is_sqlite(db):
        db.execute(LOCK)


def claim(
    db: Session,
    *,
    actor: Actor,
    question: Question,
    engagement: EngagementDraft,
    overrides: Sequence[OverrideAsked] = (),
) -> tuple[Permission, ...]:
    """Occupies exactly this for the holder: whatever it held before is replaced.

    Returns the permissions that the `overrides` gave; those given before stay while it keeps its
    time.

    The question is asked about the engagement's own time, and the whole rule book is enforced. Only
    the rules that hold time are for a hold, for what is no event of its own, for what the system
    records, and for what `is_agreed`; soft engagements are never refused.

    Refuses with Clash, leaving what was held before and the session as they were, with TooLong,
    with NotAllowed what is not the actor's to permit, and with InvalidInput a reason that says too
    little.
    """
    refusals.require_bounded(engagement.span)
    lock(db)
    drop_lapsed(db, now=question.now)
    terms = terms_of(db, beside=engagement.side_event_of)
    question = replace(
        question,
        span=engagement.span,
        holder=engagement.holder,
        side_event_of=engagement.side_event_of,
        permitted=frozenset((str(one.rule), one.against) for one in overrides),
        is_agreed=holds_only(engagement, actor=actor, is_agreed=question.is_agreed),
    )
    beside, all_findings = _require_free(db, engagement, question, terms)
    permissions = permissions_of(actor, overrides, all_findings)
    try:
        with db.begin_nested():
            _write(
                db,
                engagement,
                question,
                terms,
                permissions=permissions,
                beside={*beside, engagement.side_event_of},
            )
    except IntegrityError as error:
        if not is_overlap(error):
            raise
        _require_free(db, engagement, question, terms)
        raise refusals.Clash from error
    close_settled_cases(db, holder=engagement.holder, now=question.now)
    return permissions


def reclaim(
    db: Session,
    *,
    engagement: EngagementDraft,
    parties: Sequence[Party],
    cause: str,
    now: datetime,
    permissions: Sequence[Permission] = (),
) -> tuple[Finding, ...]:
    """Occupies as `claim` does, for what has been scheduled already, and is never refused.

    A clash that arises is let be and opens a conflict case that says why (`cause`). Returns what
    the cases are about.
    """
    refusals.require_bounded(engagement.span)
    lock(db)
    drop_lapsed(db, now=now)
    permitted = frozenset((str(one.rule), one.against) for one in permissions)
    question = replace(agreed(engagement, parties, now=now), permitted=permitted)
    terms = terms_of(db, beside=engagement.side_event_of)
    clashes = [one for one in findings(db, question, terms=terms) if one.is_refused]
    _write(db, engagement, question, terms, permissions=permissions, beside=None)
    for finding in clashes:
        for party in (
            finding.parties
            if finding.rule == Rule.SAME_PERSON
            else (next(iter(finding.parties), None),)
        ):
            open_case(
                db,
                holder=engagement.holder,
                against=finding.against,
                rule=finding.rule,
                party=party,
                cause=cause,
                now=now,
            )
    close_settled_cases(db, holder=engagement.holder, now=now)
    return tuple(clashes)


def restore(
    db: Session,
    *,
    engagement: EngagementDraft,
    parties: Sequence[Party],
    now: datetime,
    beside: Collection[str] = (),
) -> tuple[Finding, ...]:
    """Gives a holder back the time that it left, with the overrides that stood there, whatever the
    rule book says today. `beside`: other holders that it stood beside there. A clash with one of
    these that no override covers opens a conflict case; returns what these are about.

    Refuses with Clash where somebody else has taken the time meanwhile.
    """
    lock(db)
    drop_lapsed(db, now=now)
    permissions = past_permissions(db, holder=engagement.holder, span=engagement.span)
    permitted = frozenset((str(one.rule), one.against) for one in permissions)
    question = replace(agreed(engagement, parties, now=now), permitted=permitted)
    terms = terms_of(db, beside=engagement.side_event_of)
    all_findings = findings(db, question, terms=terms)
    taken = [one for one in all_findings if one.is_refused and one.against not in beside]
    refusals.require_free([one for one in taken if terms.book.spec(one.rule).holds])
    return reclaim(
        db,
        engagement=engagement,
        parties=parties,
        cause=Cause.UNDONE,
        now=now,
        permissions=permissions,
    )


def stands_beside(db: Session, *, holder: str, now: datetime) -> tuple[str, ...]:
    """Returns the holders that an engagement stands beside, by an override or a conflict case."""
    standing = engagement_of(db, holder=holder)
    if standing is None:
        return ()
    draft, parties = held(db, holder)
    all_findings = findings(db, agreed(draft, parties, now=now))
    return tuple(sorted({one.against for one in all_findings if one.against and one.is_overridden}))


def let_pass(db: Session, *, holders: Collection[str]) -> tuple[tiling.Freed, ...]:
    """Takes the claims of engagements away while they change places: the first half of a swap. Hand
    the answer to `settle` once each has claimed anew, all in one transaction.
    """
    lock(db)
    ids = db.scalars(select(Engagement.id).where(Engagement.holder.in_(holders))).all()
    return tiling.let_go(db, ids)


def settle(db: Session, *, freed: Iterable[tiling.Freed]) -> None:
    """Gives what a swap left open to the engagements that wait for it."""
    tiling.fill(db, freed)


def release(db: Session, *, holder: str, now: datetime | None = None) -> None:
    """Frees all that the holder occupies; does nothing when it occupies nothing."""
    lock(db)
    ids = db.scalars(select(Engagement.id).where(Engagement.holder == holder)).all()
    if now is not None:
        for engagement_id in ids:
            keep_past(db, engagement_id, now=now)
    tiling.fill(db, tiling.remove(db, ids))
    if now is not None:
        close_settled_cases(db, holder=holder, now=now)


def drop_lapsed(db: Session, *, now: datetime) -> None:
    """Holds that nobody published in time make room."""
    ids = db.scalars(LAPSED, {"now": now}).all()
    if ids:
        tiling.fill(db, tiling.remove(db, ids))


def _require_free(
    db: Session, engagement: EngagementDraft, question: Question, terms: Terms
) -> tuple[set[str], tuple[Finding, ...]]:
    """Returns the holders that it stands beside by an override, and all findings; refuses with
    Clash whatever no override covers. An override is judged by the whole book, also for a hold.
    """
    if engagement.nature in SOFT:
        return set(), ()
    whole = replace(question, is_agreed=question.is_agreed and not question.permitted)
    all_findings = findings(db, whole, terms=terms)
    binding = [one for one in all_findings if terms.book.spec(one.rule).binds_holds]
    refusals.require_free(binding if question.is_agreed else all_findings)
    return {finding.against for finding in binding if finding.is_overridden}, all_findings


def _write(
    db: Session,
    draft: EngagementDraft,
    question: Question,
    terms: Terms,
    *,
    permissions: Sequence[Permission],
    beside: Collection[str] | None,
) -> None:
    """Writes the engagement with its needs and overrides.

    `beside`: the holders that it yields to; None yields to everybody.
    """
    row = db.scalar(HELD_BY, {"holder": draft.holder})
    freed: tuple[tiling.Freed, ...] = ()
    is_new, stays = row is None, False
    if row is None:
        row = Engagement(holder=draft.holder)
        db.add(row)
    else:
        stays = (row.starts_at, row.ends_at) == (draft.span.starts_at, draft.span.ends_at)
        if not stays:
            keep_past(db, row.id, now=question.now)
        freed = tiling.let_go(db, [row.id])
    row.title, row.timezone, row.is_confidential = (
        draft.title,
        draft.timezone,
        draft.is_confidential,
    )
    row.starts_at, row.ends_at, row.expires_at = (
        draft.span.starts_at,
        draft.span.ends_at,
        draft.tentative_until,
    )
    row.nature = draft.nature.value
    db.flush()
    given = list(permissions)
    if draft.side_event_of:
        given.append(Permission(Rule.BLACKOUT, draft.side_event_of, SIDE_EVENT))
    _note_permissions(db, row.id, given, is_new=is_new, keeping=stays, now=question.now)
    needs = needs_of(db, row.id, draft, question.parties, terms)
    tiling.occupy(db, row.id, needs, beside=None if beside is None else _ids_of(db, beside))
    if freed:
        tiling.fill(db, freed)


def _ids_of(db: Session, holders: Collection[str]) -> list[int]:
    named = [holder for holder in holders if holder]
    if not named:
        return []
    return list(db.scalars(IDS_OF, {"holders": named}))


def _note_permissions(
    db: Session,
    engagement_id: int,
    given: Sequence[Permission],
    *,
    is_new: bool,
    keeping: bool,
    now: datetime,
) -> None:
    """Writes the overrides given; a new decision replaces the one before.

    At another time none of the old ones counts any more.
    """
    if not (is_new or keeping):
        db.execute(PERMISSIONS_OF, {"engagement": engagement_id})
    for one in given:
        if keeping:
            asked_of = {
                "engagement": engagement_id,
                "rule_name": str(one.rule),
                "other": one.against,
            }
            db.execute(PERMISSION_OF, asked_of)
        db.add(
            Override(
                engagement_id=engagement_id,
                rule=str(one.rule),
                against=one.against,
                reason=one.reason,
                decided_by=one.decided_by,
                decided_at=one.decided_at or now,
            )
        )
    db.flush()


def held(db: Session, holder: str) -> tuple[EngagementDraft, tuple[Party, ...]]:
    """Returns what a holder asked for, as it would have to ask again; raises NotFound for an
    unknown one.
    """
    row = db.scalar(HELD_BY, {"holder": holder})
    if row is None:
        raise NotFound
    side = select(Override.against).where(
        Override.engagement_id == row.id, Override.reason == SIDE_EVENT
    )
    draft = EngagementDraft(
        holder=holder,
        title=row.title,
        span=Timespan(row.starts_at, row.ends_at),
        timezone=row.timezone,
        is_confidential=row.is_confidential,
        tentative_until=row.expires_at,
        nature=Nature(row.nature),
        side_event_of=db.scalar(side) or "",
    )
    standing = engagement_of(db, holder=holder)
    return draft, standing.parties if standing else ()


# From parties to resources: what an engagement needs of each, and how firmly under the terms in
# force.

NO_LABEL = LocalizedText()
RESOURCES = select(Resource).where(
    Resource.kind.in_(bindparam("kinds", expanding=True)),
    Resource.key.in_(bindparam("keys", expanding=True)),
)


def needs_of(
    db: Session, engagement_id: int, draft: EngagementDraft, parties: Sequence[Party], terms: Terms
) -> list[ResourceNeed]:
    """Returns one need for each resource.

    What the book only warns of is soft; a quiet time lengthens the trailing side.
    """
    needed = resources_of(parties, terms.pairs)
    rule_of: dict[str, str] = {spec.holds: spec.name for spec in terms.book.specs if spec.holds}
    if not any(party.kind is PartyKind.WORKING_GROUP for party in parties):
        rule_of[EVERY_GROUP[0]] = Rule.CONGRESS_CYCLE
    ids = _resource_ids(db, needed)
    buffer = None if draft.nature is Nature.SITTING else terms.buffer(draft.span)
    needs = []
    for key, party in needed.items():
        quiet = buffer if key[0] in BUFFERED else None
        ends_at = (
            min(draft.span.ends_at + quiet, draft.span.starts_at + refusals.LONGEST)
            if quiet
            else draft.span.ends_at
        )
        rule = rule_of.get(key[0])  # the cycle of the congress itself is shared and holds nothing
        is_soft = draft.nature in SOFT or (
            rule is not None and terms.setting(rule, draft.span).severity not in REFUSED
        )
        span = (draft.span.starts_at, ends_at)
        needs.append(
            ResourceNeed(
                ids[key], Tile(*span, *_lanes(db, engagement_id, ids[key], party, span)), is_soft
            )
        )
    return needs


def _lanes(
    db: Session,
    engagement_id: int,
    resource_id: int,
    party: Party | None,
    span: tuple[datetime, datetime],
) -> tuple[int, int]:
    """Returns the first and last lane to hold: all for an exclusive party, else one's own.

    Of a licence it is the first lane that is free, or the first of all.
    """
    if party is None or party.exclusive:
        return ALL_LANES
    if party.kind is not PartyKind.LICENCE:
        return engagement_id, engagement_id + 1
    taken = taken_lanes(db, resource_id, Tile(*span, *ALL_LANES))
    lane = first_free_lane(party.capacity, *span, taken) or 0
    return lane, lane + 1


def _resource_ids(db: Session, needed: dict[Key, Party | None]) -> dict[Key, int]:
    """Returns the resources' ids; writes those that are new, and brings labels up to the names of
    today.
    """
    kinds, keys = {kind for kind, _ in needed}, {key for _, key in needed}
    rows = db.scalars(RESOURCES, {"kinds": list(kinds), "keys": list(keys)})
    known = {(row.kind, row.key): row for row in rows}
    for (kind, key), party in needed.items():
        row = known.get((kind, key))
        label = party.label if party else NO_LABEL
        if row is None:
            row = known[kind, key] = Resource(
                kind=kind, key=key, label=label, capacity=party.capacity if party else 1
            )
            db.add(row)
        elif row.label != label:
            row.label = label
    db.flush()
    return {key: row.id for key, row in known.items()}


OVERRIDE_FIELD = "override_reason"


def permissions_of(
    actor: Actor, overrides: Sequence[OverrideAsked], findings: Sequence[Finding]
) -> tuple[Permission, ...]:
    """Returns the permissions that the overrides give; one that overrides nothing is left out.

    Refuses with NotAllowed what is not the actor's to permit, and with InvalidInput a reason that
    says too little.
    """
    overridden = {(finding.rule, finding.against) for finding in findings if finding.is_overridden}
    return tuple(
        _permission(actor, override, findings)
        for override in overrides
        if (override.rule, override.against) in overridden
    )


def _permission(actor: Actor, override: OverrideAsked, findings: Sequence[Finding]) -> Permission:
    key = (override.rule, override.against)
    approvers = {finding.approver for finding in findings if (finding.rule, finding.against) == key}
    if not all(policy.may_override(actor, approver) for approver in approvers):
        raise NotAllowed
    reason = require_reason(OVERRIDE_FIELD, override.reason)
    return Permission(
        rule=override.rule,
        against=override.against,
        reason=reason,
        decided_by=actor.account_id or None,
    )


COLUMNS = (
    "holder",
    "rule",
    "against",
    "reason",
    "decided_by",
    "decided_at",
    "starts_at",
    "ends_at",
    "ended_at",
)
PAST = (
    select(PastOverride)
    .where(
        PastOverride.holder == bindparam("holder"),
        PastOverride.starts_at == bindparam("starts_at"),
        PastOverride.ends_at == bindparam("ends_at"),
    )
    .order_by(PastOverride.ended_at, PastOverride.id)
)


def keep_past(db: Session, engagement_id: int, *, now: datetime) -> None:
    """Keeps the overrides of an engagement, before it leaves its time.

    What the book itself permits is not kept.
    """
    leaving = (
        select(
            Engagement.holder,
            Override.rule,
            Override.against,
            Override.reason,
            Override.decided_by,
            Override.decided_at,
            Engagement.starts_at,
            Engagement.ends_at,
            literal(now, PastOverride.ended_at.type),
        )
        .join(Override, Override.engagement_id == Engagement.id)
        .where(Engagement.id == engagement_id, Override.decided_by.is_not(None))
    )
    db.execute(insert(PastOverride).from_select(COLUMNS, leaving))


def past_permissions(db: Session, *, holder: str, span: Timespan) -> tuple[Permission, ...]:
    """Returns what somebody decided for the holder at exactly that time; the latest decision
    counts.
    """
    parameters = {"holder": holder, "starts_at": span.starts_at, "ends_at": span.ends_at}
    latest = {
        (row.rule, row.against): Permission(
            rule=row.rule,
            against=row.against,
            reason=row.reason,
            decided_by=row.decided_by,
            decided_at=row.decided_at,
        )
        for row in db.scalars(PAST, parameters)
    }
    return tuple(latest.values())


def retile_all(db: Session, *, now: datetime) -> int:
    """Claims anew whatever has not ended yet, first come first, under the terms in force; a clash
    that a harder rule makes of what stood before opens a conflict case and refuses nothing. Returns
    how many engagements were read.
    """
    lock(db)
    drop_lapsed(db, now=now)
    firm = (Nature.EVENT.value, Nature.SITTING.value, Nature.HOLIDAY.value)
    standing = select(Engagement.holder).where(
        Engagement.ends_at > now, Engagement.nature.in_(firm)
    )
    holders = db.scalars(standing.order_by(Engagement.id)).all()
    drafts = [held(db, holder) for holder in holders]
    let_pass(db, holders=holders)
    for draft, parties in drafts:
        reclaim(db, engagement=draft, parties=parties, cause=Cause.RULE, now=now)
    return len(drafts)


# Soft engagements in bulk: another process's dates, somebody's busy hours. They warn, hold nothing
# and refuse nothing, so they are written without asking the rule book, some statements for a whole
# calendar.

BATCH = 500
Kept = tuple[LocalizedText, object, object, str]


def keep_soft(db: Session, *, prefix: str, party: Party, wanted: Sequence[EngagementDraft]) -> int:
    """Makes exactly the wanted soft engagements exist under the prefix ("calendar:12:"), each a
    claim on the party.

    Returns how many had to be written or removed: what is there already as it is wanted is left
    alone. The holders must begin with the prefix, and the natures be soft.
    """
    lock(db)
    drafts = {draft.holder: draft for draft in wanted}
    standing = {row.holder: row for row in db.scalars(select(Engagement).where(_begins(prefix)))}
    stale = [
        row.id
        for holder, row in standing.items()
        if holder not in drafts or _kept(row) != _wanted(drafts[holder])
    ]
    fresh = [
        d
        for d in drafts.values()
        if d.holder not in standing or _kept(standing[d.holder]) != _wanted(d)
    ]
    for start in range(0, len(stale), BATCH):
        db.execute(delete(Engagement).where(Engagement.id.in_(stale[start : start + BATCH])))
    for row in standing.values():
        db.expunge(row)
    if fresh:
        _write_soft(db, fresh, party)
    return len(set(stale)) + sum(draft.holder not in standing for draft in fresh)


def _begins(prefix: str) -> ColumnElement[bool]:
    return Engagement.holder.startswith(prefix, autoescape=True)


def _kept(row: Engagement) -> Kept:
    return row.title, row.starts_at, row.ends_at, row.timezone


def _wanted(draft: EngagementDraft) -> Kept:
    return draft.title, draft.span.starts_at, draft.span.ends_at, draft.timezone


def _write_soft(db: Session, drafts: Sequence[EngagementDraft], party: Party) -> None:
    resource_id = _resource_of(db, party)
    table = table_of(Engagement)
    rows = [
        {
            "holder": d.holder,
            "title": d.title,
            "starts_at": d.span.starts_at,
            "ends_at": d.span.ends_at,
            "timezone": d.timezone,
            "is_confidential": d.is_confidential,
            "nature": d.nature.value,
        }
        for d in drafts
    ]
    written = db.execute(insert(table).returning(table.c.holder, table.c.id), rows)
    ids: dict[str, int] = {row.holder: row.id for row in written}
    claims = []
    for draft in drafts:
        own = ids[draft.holder]
        lane_lo, lane_hi = ALL_LANES if party.exclusive else (own, own + 1)
        claims.append(
            {
                "engagement_id": own,
                "resource_id": resource_id,
                "lane_lo": lane_lo,
                "lane_hi": lane_hi,
                "starts_at": draft.span.starts_at,
                "ends_at": draft.span.ends_at,
                "enforced": False,
                "part": "soft",
            }
        )
    db.execute(CLAIMS, claims)


def _resource_of(db: Session, party: Party) -> int:
    kind, key = party.kind.value, party.key
    row = db.scalar(select(Resource).where(Resource.kind == kind, Resource.key == key))
    if row is None:
        row = Resource(kind=kind, key=key, label=party.label)
        db.add(row)
        db.flush()
    return row.id


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Replaces the name of a person by their number; the hours that were held stay."""
    key, nobody = str(person_id), LocalizedText(es=f"Persona {person_id}", en=f"Person {person_id}")
    for resource in db.scalars(
        select(Resource).where(Resource.kind == PartyKind.PERSON, Resource.key == key)
    ):
        resource.label = nobody
    about = select(ConflictCase).where(
        ConflictCase.party_kind == PartyKind.PERSON, ConflictCase.party_key == key
    )
    for case in db.scalars(about):
        case.party_label = nobody
    db.flush()
