"""The only writers of the calendar of record: claim, move, swap, release.

Order in each: lock, drop holds that have lapsed, load what stands, let the rules decide, write. The
lock is for liveness (an exclusion constraint alone makes PostgreSQL's writers deadlock); the
guarantee is the rule in the database.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.infra.database import is_sqlite
from app.kernel.refusal import NotFound
from app.kernel.timespan import Timespan
from app.planning.scheduling import rules
from app.planning.scheduling.models import Engagement, Override
from app.planning.scheduling.queries import engagement_of, findings_for, terms_of
from app.planning.scheduling.rules.book import SOFT, Terms
from app.planning.scheduling.schema import is_overlap
from app.planning.scheduling.services import tiling
from app.planning.scheduling.services.cases import close_settled_cases, open_case
from app.planning.scheduling.services.needs import needs_of
from app.planning.scheduling.values import EngagementDraft, Finding, Nature, Party, Permission, Rule

CALENDAR_LOCK = 0x52434D  # any number, as long as nobody else takes the same
SIDE_EVENT = "side event"


def lock(db: Session) -> None:
    """One writer of the calendar at a time, until the transaction ends. Call it before you flush
    anything of your own: then all writers take their locks in one order and cannot deadlock. On
    SQLite a transaction is alone from its start.
    """
    if not is_sqlite(db):
        db.execute(select(func.pg_advisory_xact_lock(CALENDAR_LOCK)))


def claim(
    db: Session,
    *,
    engagement: EngagementDraft,
    parties: Sequence[Party],
    now: datetime,
    permissions: Sequence[Permission] = (),
) -> None:
    """Afterwards the holder occupies exactly this: whatever it held before is replaced.

    Permissions let it stand beside others; those given before stay while it keeps its time. Soft
    engagements are never refused. Refuses with Clash, leaving what was held before and the session
    as they were, and with TooLong.
    """
    rules.require_bounded(engagement.span)
    lock(db)
    drop_lapsed(db, now=now)
    asked = _Asked(
        engagement, parties, terms_of(db, beside=engagement.side_event_of), permissions, now
    )
    beside = {finding.against for finding in _require_free(db, asked)} | {engagement.side_event_of}
    try:
        with db.begin_nested():
            _write(db, asked, beside=beside)
    except IntegrityError as error:
        if not is_overlap(error):
            raise
        _require_free(db, asked)
        raise rules.Clash from error
    close_settled_cases(db, holder=engagement.holder, now=now)


def reclaim(
    db: Session,
    *,
    engagement: EngagementDraft,
    parties: Sequence[Party],
    cause: str,
    now: datetime,
    permissions: Sequence[Permission] = (),
) -> tuple[Finding, ...]:
    """Like claim, but what has been scheduled already is never refused: a clash that arises stands
    beside the other and opens a conflict case that says why (`cause`). Returns what the cases are
    about.
    """
    rules.require_bounded(engagement.span)
    lock(db)
    drop_lapsed(db, now=now)
    asked = _Asked(
        engagement, parties, terms_of(db, beside=engagement.side_event_of), permissions, now
    )
    found = [finding for finding in _findings(db, asked) if finding.is_refused]
    _write(db, asked, beside=None)
    for finding in found:
        for party in (
            finding.parties
            if finding.rule is Rule.SAME_PERSON
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


def move(
    db: Session,
    *,
    holder: str,
    span: Timespan,
    now: datetime,
    timezone: str | None = None,
    permissions: Sequence[Permission] = (),
) -> None:
    """The same parties at another time. Refuses with Clash, with TooLong, and with NotFound for an
    unknown holder.
    """
    lock(db)
    draft, parties = held(db, holder)
    moved = replace(draft, span=span, timezone=timezone or draft.timezone)
    claim(db, engagement=moved, parties=parties, now=now, permissions=permissions)


def let_pass(db: Session, *, holders: Collection[str]) -> tuple[tiling.Freed, ...]:
    """Takes the claims of engagements away while they change places: the first half of a swap. Hand
    the answer to `settle` once each has claimed anew, all in one transaction.
    """
    lock(db)
    ids = db.scalars(select(Engagement.id).where(Engagement.holder.in_(holders))).all()
    return tiling.let_go(db, ids)


def settle(db: Session, *, freed: Iterable[tiling.Freed]) -> None:
    """Who waits for room takes what a swap left open."""
    tiling.fill(db, freed)


def release(db: Session, *, holder: str, now: datetime | None = None) -> None:
    """The holder occupies nothing any more; nothing happens when it did not."""
    lock(db)
    ids = db.scalars(select(Engagement.id).where(Engagement.holder == holder)).all()
    tiling.fill(db, tiling.remove(db, ids))
    if now is not None:
        close_settled_cases(db, holder=holder, now=now)


def drop_lapsed(db: Session, *, now: datetime) -> None:
    """Holds that nobody published in time make room."""
    ids = db.scalars(select(Engagement.id).where(Engagement.expires_at <= now)).all()
    if ids:
        tiling.fill(db, tiling.remove(db, ids))


@dataclass(frozen=True)
class _Asked:
    """One request to the calendar, with the terms it is read under."""

    draft: EngagementDraft
    parties: Sequence[Party]
    terms: Terms
    permissions: Sequence[Permission]
    now: datetime


def _findings(db: Session, asked: _Asked) -> tuple[Finding, ...]:
    permitted = {(permission.rule.value, permission.against) for permission in asked.permissions}
    return findings_for(
        db,
        span=asked.draft.span,
        parties=asked.parties,
        now=asked.now,
        ignoring_holder=asked.draft.holder,
        terms=asked.terms,
        permitted=permitted,
    )


def _require_free(db: Session, asked: _Asked) -> tuple[Finding, ...]:
    """What it stands beside by an override; refuses with Clash anything that no override covers."""
    if asked.draft.nature in SOFT:
        return ()
    found = _findings(db, asked)
    rules.require_free(found)
    return tuple(finding for finding in found if finding.is_overridden)


def _write(db: Session, asked: _Asked, *, beside: Collection[str] | None) -> None:
    """`beside`: the holders that it yields to; None yields to everybody."""
    draft = asked.draft
    row = db.scalar(select(Engagement).where(Engagement.holder == draft.holder))
    freed: tuple[tiling.Freed, ...] = ()
    stays = False
    if row is None:
        row = Engagement(holder=draft.holder)
        db.add(row)
    else:
        stays = (row.starts_at, row.ends_at) == (draft.span.starts_at, draft.span.ends_at)
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
    _note_permissions(db, row.id, asked, keeping=stays)
    needs = needs_of(db, row.id, draft, asked.parties, asked.terms)
    tiling.occupy(db, row.id, needs, beside=None if beside is None else _ids_of(db, beside))
    if freed:
        tiling.fill(db, freed)


def _ids_of(db: Session, holders: Collection[str]) -> list[int]:
    named = [holder for holder in holders if holder]
    if not named:
        return []
    return list(db.scalars(select(Engagement.id).where(Engagement.holder.in_(named))))


def _note_permissions(db: Session, engagement_id: int, asked: _Asked, *, keeping: bool) -> None:
    """A new decision replaces the one before. At another time none of the old ones counts any
    more.
    """
    given = list(asked.permissions)
    if asked.draft.side_event_of:
        given.append(Permission(Rule.BLACKOUT, asked.draft.side_event_of, SIDE_EVENT))
    mine = delete(Override).where(Override.engagement_id == engagement_id)
    if not keeping:
        db.execute(mine)
    for one in given:
        if keeping:
            db.execute(mine.where(Override.rule == one.rule.value, Override.against == one.against))
        db.add(
            Override(
                engagement_id=engagement_id,
                rule=one.rule.value,
                against=one.against,
                reason=one.reason,
                decided_by=one.decided_by,
                decided_at=asked.now,
            )
        )
    db.flush()


def held(db: Session, holder: str) -> tuple[EngagementDraft, tuple[Party, ...]]:
    """What a holder asked for, as it would have to ask again. Refuses an unknown one with
    NotFound.
    """
    row = db.scalar(select(Engagement).where(Engagement.holder == holder))
    if row is None:
        raise NotFound
    side = select(Override.against).where(
        Override.engagement_id == row.id, Override.reason == SIDE_EVENT
    )
    draft = EngagementDraft(
        holder,
        row.title,
        Timespan(row.starts_at, row.ends_at),
        row.timezone,
        row.is_confidential,
        row.expires_at,
        Nature(row.nature),
        db.scalar(side) or "",
    )
    standing = engagement_of(db, holder=holder)
    return draft, standing.parties if standing else ()
