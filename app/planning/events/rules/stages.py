"""The four stages of an event as its organizers see them, and what it still lacks; pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.planning.events.rules.life import Phase
from app.planning.events.values import EventDetail, EventDraft, Mode


class Stage(StrEnum):
    PREPARE = "prepare"
    INVITE = "invite"
    HOLD = "hold"
    CLOSE = "close"


class Need(StrEnum):
    """What readers miss on the page of an event that is still to come."""

    TRANSLATION = "translation"
    DESCRIPTION = "description"
    LINK = "link"
    PEOPLE = "people"
    ANSWERS = "answers"


class StageLack(StrEnum):
    """What a later stage lacks: nobody is registered, requests wait for a decision, nobody's
    attendance is written down, the event is not closed.
    """

    REGISTRATIONS = "registrations"
    DECISIONS = "decisions"
    ATTENDANCE = "attendance"
    CLOSING = "closing"


@dataclass(frozen=True)
class TakingPart:
    """How many are registered and how many wait for a decision; whether anybody's attendance is
    written down.
    """

    registered: int = 0
    pending: int = 0
    is_recorded: bool = False


STAGE_OF: dict[str, Stage] = {
    "invitations.invitations": Stage.INVITE,
    "invitations.nominations": Stage.INVITE,
    "speakers.speakers": Stage.PREPARE,
    "registrations.registrations": Stage.INVITE,
    "writing.event_letters": Stage.INVITE,
    "attendance.attendance": Stage.HOLD,
    "agreements.event_agreements": Stage.CLOSE,
    "surveys.survey": Stage.CLOSE,
    "reports.event_report": Stage.CLOSE,
}
"""In which stage the page of an endpoint stands; all others belong to preparing."""
NOW: dict[Phase, Stage | None] = {
    Phase.DRAFT: Stage.PREPARE,
    Phase.HELD: Stage.PREPARE,
    Phase.APPROVED: Stage.PREPARE,
    Phase.PUBLISHED: Stage.INVITE,
    Phase.RUNNING: Stage.HOLD,
    Phase.ENDED: Stage.CLOSE,
    Phase.CLOSED: None,
    Phase.CANCELLED: None,
}


def state_of(stage: Stage, phase: Phase) -> str:
    """Returns "passed", "now" or "to-come", as components/stages.html has it."""
    now = NOW[phase]
    order = list(Stage)
    if now is None:
        return "passed" if phase is Phase.CLOSED else "to-come"
    if stage is now:
        return "now"
    return "passed" if order.index(stage) < order.index(now) else "to-come"


def is_dated(event: EventDetail | EventDraft) -> bool:
    """True where readers can be told when it takes place: exactly, or as the sources have it."""
    return event.span is not None or bool(event.found_start)


def needs_of(
    event: EventDetail,
    languages: tuple[str, ...],
    outside: Collection[str] = (),
    *,
    is_agenda_led: bool = False,
) -> dict[Need, bool]:
    """Returns for each need whether it is met, in the order of the list.

    `event` as its organizer sees it, with its link to join. `outside`: how its speakers from
    outside stand (asked, confirmed, declined). `is_agenda_led`: somebody speaks or moderates in
    each session, so that nobody need be named for the whole.
    """
    said = [event.title, *([event.summary] if event.summary else [])]
    return {
        Need.DESCRIPTION: bool(event.summary),
        Need.TRANSLATION: not any(text.lacks(code) for text in said for code in languages),
        Need.LINK: event.mode is Mode.IN_PERSON or bool(event.join_url),
        Need.PEOPLE: bool(event.people)
        or is_agenda_led
        or not {"confirmed", "asked"}.isdisjoint(outside),
        **({Need.ANSWERS: "asked" not in outside} if outside else {}),
    }


COUNTED = frozenset({Phase.PUBLISHED, Phase.RUNNING, Phase.ENDED})
"""In these phases it matters who takes part."""
OVER = frozenset({Phase.ENDED, Phase.CLOSED, Phase.CANCELLED})


def lacks_of_stage(
    stage: Stage, phase: Phase, needs: Mapping[Need, bool], part: TakingPart
) -> tuple[Need | StageLack, ...]:
    """What a stage lacks that has come or passed; what is closed or cancelled lacks nothing."""
    match stage:
        case Stage.PREPARE if phase not in OVER:
            return tuple(need for need, is_met in needs.items() if not is_met)
        case Stage.INVITE if phase in (Phase.PUBLISHED, Phase.RUNNING):
            none = () if part.registered or phase is Phase.RUNNING else (StageLack.REGISTRATIONS,)
            return (*none, *((StageLack.DECISIONS,) if part.pending else ()))
        case Stage.HOLD if phase is Phase.ENDED:
            return () if part.is_recorded else (StageLack.ATTENDANCE,)
        case Stage.CLOSE if phase is Phase.ENDED:
            return (StageLack.CLOSING,)
    return ()
