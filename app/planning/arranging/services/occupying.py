"""What an event occupies: its claim in scheduling, what must be confirmed for it, and by whom it
was.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.timespan import Timespan
from app.planning.arranging.queries.asking import asking_of
from app.planning.arranging.rules.requests import can_be_lifted
from app.planning.events.facts import RuleOverridden
from app.planning.events.queries.references import References, parties_of
from app.planning.events.values import (
    EventDraft,
    EventKind,
    holder_of,
)
from app.planning.scheduling import services as scheduling
from app.planning.scheduling.rules import Clash
from app.planning.scheduling.rules.question import agreed, holds_only
from app.planning.scheduling.values import EngagementDraft, Nature, OverrideAsked, Party

HOLD = timedelta(days=14)
"""How long a draft keeps its time before the next organizer may take it."""


def occupy(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    draft: EventDraft,
    known: References,
    now: datetime,
    is_firm: bool,
    overrides: Sequence[OverrideAsked] = (),
    held_until: datetime | None = None,
    is_same: bool = False,
    may_wait: bool = False,
) -> bool:
    """Claims the time of an event and returns whether it is held. Partial dates occupy nothing;
    other processes' meetings are only known of; a draft (not `is_firm`) holds its time for a while.

    `held_until`: until when it does where that is later, as the presidency has been asked.
    `is_same`: it stands already just as it is asked about. With `may_wait` an hour that only the
    presidency may allow is held by nobody until it does, and is only wished for. Refuses with
    Clash, then only what nobody may allow.
    """
    if draft.span is None:
        scheduling.release(db, holder=holder_of(event_id), now=now)
        return False
    lapses_at = None if is_firm else _lapses_at(now, held_until)
    engagement = engagement_for(event_id, draft, draft.span, tentative_until=lapses_at)
    is_agreed = holds_only(engagement, actor=actor, is_agreed=is_same)
    if engagement.nature is Nature.EXTERNAL:
        question = agreed(engagement, (Party.region(exclusive=False),), now=now)
    elif is_agreed and not overrides:  # holidays, delegates and notice need not be read
        question = agreed(engagement, parties_of(draft, known), now=now)
    else:
        asking = asking_of(db, draft=draft, known=known, now=now, event_id=event_id)
        assert asking is not None  # noqa: S101 - it has a time and is no other process's
        question = replace(asking.at(draft.span), is_agreed=is_agreed)
    try:
        permissions = scheduling.claim(
            db, actor=actor, question=question, engagement=engagement, overrides=overrides
        )
    except Clash as refusal:
        if not may_wait or not can_be_lifted(refusal.findings):
            raise
        scheduling.release(db, holder=holder_of(event_id), now=now)
        return False
    for permission in permissions:
        fact = RuleOverridden(event_id, str(permission.rule), permission.against)
        journal.record(db, fact, actor=actor, now=now)
    return True


def _lapses_at(now: datetime, held_until: datetime | None) -> datetime:
    usual = now + HOLD
    return max(usual, held_until) if held_until else usual


def engagement_for(
    event_id: UUID, draft: EventDraft, span: Timespan, *, tentative_until: datetime | None
) -> EngagementDraft:
    is_external = draft.kind is EventKind.EXTERNAL
    return EngagementDraft(
        holder=holder_of(event_id),
        title=draft.title,
        span=span,
        timezone=draft.timezone,
        is_confidential=draft.is_confidential,
        tentative_until=tentative_until,
        nature=Nature.EXTERNAL if is_external else Nature.EVENT,
        side_event_of=holder_of(draft.side_event_of) if draft.side_event_of else "",
    )


def put_back(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    draft: EventDraft,
    known: References,
    now: datetime,
    is_firm: bool,
    held_until: datetime | None = None,
    beside: Collection[str] = (),
) -> None:
    """Gives the event back the time that it had, with the overrides that stood there, whatever the
    rules say today. Refuses with Clash where somebody else has it meanwhile.
    """
    if draft.span is None or draft.kind is EventKind.EXTERNAL:
        occupy(
            db,
            actor=actor,
            event_id=event_id,
            draft=draft,
            known=known,
            now=now,
            is_firm=is_firm,
            held_until=held_until,
        )
        return
    lapses_at = None if is_firm else _lapses_at(now, held_until)
    scheduling.restore(
        db,
        engagement=engagement_for(event_id, draft, draft.span, tentative_until=lapses_at),
        parties=parties_of(draft, known),
        now=now,
        beside=beside,
    )


def occupies_same(before: EventDraft, after: EventDraft) -> bool:
    """Returns True when nothing changed that the rule book speaks of."""
    return (
        before.span,
        before.kind,
        before.groups,
        before.people,
        before.countries,
        before.licence,
        before.mode,
        before.side_event_of,
    ) == (
        after.span,
        after.kind,
        after.groups,
        after.people,
        after.countries,
        after.licence,
        after.mode,
        after.side_event_of,
    )
