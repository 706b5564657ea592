"""What an event occupies: its claim in scheduling, what must be confirmed for it, and by whom it
was.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.timespan import Timespan
from app.planning.arranging.queries.asking import question_of
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
from app.planning.scheduling.rules.question import Question, agreed
from app.planning.scheduling.values import EngagementDraft, Nature, OverrideAsked, Party

HOLD = timedelta(days=14)
"""How long a draft keeps its time before the next organizer may take it."""


@dataclass(frozen=True)
class Occupying:
    """Somebody wants an event to be at a time."""

    actor: Actor
    event_id: UUID
    draft: EventDraft
    known: References
    overrides: tuple[OverrideAsked, ...]
    now: datetime
    held_until: datetime | None = None
    """Until when a draft holds its time where that is later than the usual hold: the presidency has
    been asked.
    """

    @property
    def lapses_at(self) -> datetime:
        usual = self.now + HOLD
        return max(usual, self.held_until) if self.held_until else usual


def occupy(db: Session, asked: Occupying, *, is_firm: bool, is_counted: bool) -> None:
    """Partial dates occupy nothing; other processes' meetings are only known of; a draft holds its
    time for a while.

    `is_counted`: what the rule book counts (caps, notice, load) must be confirmed too. Whoever
    plans finds that when it is published; what the system records was agreed elsewhere and needs no
    confirmation. Refuses with Clash.
    """
    draft, holder = asked.draft, holder_of(asked.event_id)
    if draft.span is None:
        scheduling.release(db, holder=holder, now=asked.now)
        return
    engagement = engagement_for(asked, draft.span, is_firm=is_firm)
    permissions = scheduling.claim(
        db,
        actor=asked.actor,
        question=_question(db, asked, engagement, is_counted=is_counted),
        engagement=engagement,
        overrides=asked.overrides,
    )
    for permission in permissions:
        fact = RuleOverridden(asked.event_id, str(permission.rule), permission.against)
        journal.record(db, fact, actor=asked.actor, now=asked.now)


def engagement_for(asked: Occupying, span: Timespan, *, is_firm: bool) -> EngagementDraft:
    draft = asked.draft
    is_external = draft.kind is EventKind.EXTERNAL
    return EngagementDraft(
        holder=holder_of(asked.event_id),
        title=draft.title,
        span=span,
        timezone=draft.timezone,
        is_confidential=draft.is_confidential,
        tentative_until=None if is_firm else asked.lapses_at,
        nature=Nature.EXTERNAL if is_external else Nature.EVENT,
        side_event_of=holder_of(draft.side_event_of) if draft.side_event_of else "",
    )


def put_back(db: Session, asked: Occupying, *, is_firm: bool, beside: Collection[str] = ()) -> None:
    """Gives the event back the time that it had, with the overrides that stood there, whatever the
    rules say today. Refuses with Clash where somebody else has it meanwhile.
    """
    draft = asked.draft
    if draft.span is None or draft.kind is EventKind.EXTERNAL:
        occupy(db, asked, is_firm=is_firm, is_counted=False)
        return
    scheduling.restore(
        db,
        engagement=engagement_for(asked, draft.span, is_firm=is_firm),
        parties=parties_of(draft, asked.known),
        now=asked.now,
        beside=beside,
    )


def occupy_or_wait(db: Session, asked: Occupying) -> bool:
    """Holds a draft's time where that is possible; an hour that only the presidency may allow is
    held by nobody for it until it does, and is only wished for. Returns whether it is held. Refuses
    with Clash what nobody may allow.
    """
    try:
        occupy(db, asked, is_firm=False, is_counted=False)
    except Clash as refusal:
        if not can_be_lifted(refusal.findings):
            raise
        scheduling.release(db, holder=holder_of(asked.event_id), now=asked.now)
        return False
    return True


def _question(
    db: Session, asked: Occupying, engagement: EngagementDraft, *, is_counted: bool
) -> Question:
    """Returns what the event asks of the calendar. What need not be counted is asked in full only
    where something is overridden.
    """
    if engagement.nature is Nature.EXTERNAL:
        return agreed(engagement, (Party.region(exclusive=False),), now=asked.now)
    is_agreed = not is_counted or asked.actor.is_system
    if not is_agreed or asked.overrides:
        question = question_of(
            db,
            draft=asked.draft,
            known=asked.known,
            now=asked.now,
            event_id=asked.event_id,
            overrides=asked.overrides,
        )
        if question is not None:
            return replace(question, is_agreed=is_agreed)
    return agreed(engagement, parties_of(asked.draft, asked.known), now=asked.now)


def occupies_same(before: EventDraft, after: EventDraft) -> bool:
    """Whether nothing changed that the rule book speaks of."""
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
