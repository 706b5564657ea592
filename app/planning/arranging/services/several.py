"""One step taken with several events: each by its own rules, each wholly or not at all."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.refusal import Refusal
from app.kernel.text import LocalizedText
from app.planning.arranging.services.life import approve_event
from app.planning.arranging.services.loading import open_event
from app.planning.arranging.services.planning import change_event, publish_event
from app.planning.events.queries.references import draft_of
from app.planning.events.rules.life import DateHasPassed


@dataclass(frozen=True)
class StepOutcome:
    """What became of one of several. `refusal` None: it was done."""

    event_id: UUID
    refusal: Refusal | None = None


@dataclass(frozen=True)
class Translation:
    """What was written for one event: only the languages that were missing. `seen`: the
    mark of the event that the writer began from.
    """

    title: LocalizedText
    summary: LocalizedText
    seen: str = ""


def publish_several(
    db: Session, *, actor: Actor, event_ids: Collection[UUID], now: datetime
) -> tuple[StepOutcome, ...]:
    """Each draft asks the whole rule book. One whose date has passed is refused (DateHasPassed):
    its form asks whether that is meant.
    """

    def publish(event_id: UUID) -> None:
        event = open_event(db, actor, event_id)
        if event.ends_at is not None and event.ends_at <= now:
            raise DateHasPassed
        publish_event(db, actor=actor, event_id=event_id, now=now)

    return _each(db, event_ids, publish)


def approve_several(
    db: Session, *, actor: Actor, event_ids: Collection[UUID], now: datetime
) -> tuple[StepOutcome, ...]:
    def approve(event_id: UUID) -> None:
        approve_event(db, actor=actor, event_id=event_id, now=now)

    return _each(db, event_ids, approve)


def translate_several(
    db: Session, *, actor: Actor, texts: Mapping[UUID, Translation], now: datetime
) -> tuple[StepOutcome, ...]:
    """Adds to each event what was written; a language that has its text keeps it. What stands
    already, as after a second press, is not refused for being older than what is on record.
    """

    def translate(event_id: UUID) -> None:
        draft, written = draft_of(db, open_event(db, actor, event_id)), texts[event_id]
        changed = replace(
            draft,
            title=LocalizedText({**written.title, **draft.title}),
            summary=LocalizedText({**written.summary, **draft.summary}),
        )
        if changed == draft:
            return
        change_event(
            db,
            actor=actor,
            event_id=event_id,
            draft=changed,
            now=now,
            seen=written.seen,
        )

    return _each(db, texts, translate)


def _each(
    db: Session, event_ids: Collection[UUID], step: Callable[[UUID], None]
) -> tuple[StepOutcome, ...]:
    outcomes = []
    for event_id in dict.fromkeys(event_ids):
        try:
            with db.begin_nested():
                step(event_id)
        except Refusal as refusal:
            outcomes.append(StepOutcome(event_id, refusal))
        else:
            outcomes.append(StepOutcome(event_id))
    return tuple(outcomes)
