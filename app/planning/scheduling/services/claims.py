"""The only writers of the calendar of record: claim, reclaim, swap, release.

Order in each: lock, drop holds that have lapsed, load what stands, let the rules decide, write. The
lock is for liveness (an exclusion constraint alone makes PostgreSQL's writers deadlock); the
guarantee is the rule in the database.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.infra.database import is_sqlite
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.timespan import Timespan
from app.planning.scheduling import rules
from app.planning.scheduling.models import Engagement, Override
from app.planning.scheduling.queries import engagement_of, findings, terms_of
from app.planning.scheduling.rules.cases import Cause
from app.planning.scheduling.rules.overlaps import SOFT
from app.planning.scheduling.rules.question import Question, agreed, holds_only
from app.planning.scheduling.rules.spec import Terms
from app.planning.scheduling.schema import is_overlap
from app.planning.scheduling.services import tiling
from app.planning.scheduling.services.cases import close_settled_cases, open_case
from app.planning.scheduling.services.needs import needs_of
from app.planning.scheduling.services.past import keep_past, past_permissions
from app.planning.scheduling.services.permitting import permissions_of
from app.planning.scheduling.values import (
    EngagementDraft,
    Finding,
    Nature,
    OverrideAsked,
    Party,
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
    rules.require_bounded(engagement.span)
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
    beside, found = _require_free(db, engagement, question, terms)
    permissions = permissions_of(actor, overrides, found)
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
        raise rules.Clash from error
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
    rules.require_bounded(engagement.span)
    lock(db)
    drop_lapsed(db, now=now)
    permitted = frozenset((str(one.rule), one.against) for one in permissions)
    question = replace(agreed(engagement, parties, now=now), permitted=permitted)
    terms = terms_of(db, beside=engagement.side_event_of)
    found = [one for one in findings(db, question, terms=terms) if one.is_refused]
    _write(db, engagement, question, terms, permissions=permissions, beside=None)
    for finding in found:
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
    return tuple(found)


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
    found = findings(db, question, terms=terms)
    taken = [one for one in found if one.is_refused and one.against not in beside]
    rules.require_free([one for one in taken if terms.book.spec(one.rule).holds])
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
    found = findings(db, agreed(draft, parties, now=now))
    return tuple(sorted({one.against for one in found if one.against and one.is_overridden}))


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
    found = findings(db, whole, terms=terms)
    binding = [one for one in found if terms.book.spec(one.rule).binds_holds]
    rules.require_free(binding if question.is_agreed else found)
    return {finding.against for finding in binding if finding.is_overridden}, found


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
