"""What an event occupies: its claim in scheduling, what must be confirmed for it, and by whom it
was.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.timespan import Timespan
from app.planning.arranging.queries.asking import asking_of
from app.planning.arranging.rules.requests import can_be_lifted
from app.planning.arranging.services.approval import held_until
from app.planning.events.facts import RuleOverridden
from app.planning.events.models import Event
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
    event: Event,
    draft: EventDraft,
    known: References,
    *,
    actor: Actor,
    now: datetime,
    is_firm: bool,
    overrides: Sequence[OverrideAsked] = (),
    is_same: bool = False,
    may_wait: bool = False,
) -> bool:
    """Claims the time that the draft gives the event, and returns whether it is held.

    Partial dates occupy nothing; other processes' meetings are only known of; a draft (not
    `is_firm`) holds its time for a while, and for as long as the presidency has to answer where it
    was asked. `is_same`: the event stands already just as it is asked about. With `may_wait` an hour
    that only the presidency may allow is held by nobody until it does, and is only wished for.
    Refuses with Clash, then only what nobody may allow.
    """
    if draft.span is None:
        scheduling.release(db, holder=holder_of(event.id), now=now)
        return False
    engagement = _engagement_of(event, draft, draft.span, is_firm=is_firm, now=now)
    is_agreed = holds_only(engagement, actor=actor, is_agreed=is_same)
    if engagement.nature is Nature.EXTERNAL:
        question = agreed(engagement, (Party.region(exclusive=False),), now=now)
    elif is_agreed and not overrides:  # holidays, delegates and notice need not be read
        question = agreed(engagement, parties_of(draft, known), now=now)
    else:
        asking = asking_of(db, draft=draft, known=known, now=now, event_id=event.id)
        assert asking is not None  # noqa: S101 - it has a time and is no other process's
        question = replace(asking.at(draft.span), is_agreed=is_agreed)
    try:
        permissions = scheduling.claim(
            db, actor=actor, question=question, engagement=engagement, overrides=overrides
        )
    except Clash as refusal:
        if is_firm or not may_wait or not can_be_lifted(refusal.findings):
            raise
        scheduling.release(db, holder=holder_of(event.id), now=now)
        return False
    for permission in permissions:
        fact = RuleOverridden(event.id, str(permission.rule), permission.against)
        journal.record(db, fact, actor=actor, now=now)
    return True


def put_back(
    db: Session,
    event: Event,
    draft: EventDraft,
    known: References,
    *,
    actor: Actor,
    now: datetime,
    is_firm: bool,
    beside: Collection[str] = (),
) -> None:
    """Gives the event back the time that it had, with the overrides that stood there, whatever the
    rules say today. Refuses with Clash where somebody else has it meanwhile.
    """
    if draft.span is None or draft.kind is EventKind.EXTERNAL:
        occupy(db, event, draft, known, actor=actor, now=now, is_firm=is_firm)
        return
    scheduling.restore(
        db,
        engagement=_engagement_of(event, draft, draft.span, is_firm=is_firm, now=now),
        parties=parties_of(draft, known),
        now=now,
        beside=beside,
    )


def _engagement_of(
    event: Event, draft: EventDraft, span: Timespan, *, is_firm: bool, now: datetime
) -> EngagementDraft:
    lapses_at = max(now + HOLD, held_until(event) or now)
    return EngagementDraft(
        holder=holder_of(event.id),
        title=draft.title,
        span=span,
        timezone=draft.timezone,
        is_confidential=draft.is_confidential,
        tentative_until=None if is_firm else lapses_at,
        nature=Nature.EXTERNAL if draft.kind is EventKind.EXTERNAL else Nature.EVENT,
        side_event_of=holder_of(draft.side_event_of) if draft.side_event_of else "",
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
