"""The four stages of an event as its organizers see them, and what it still lacks; pure."""

from enum import StrEnum

from app.planning.events.rules.life import Phase
from app.planning.events.values import EventDetail, Mode


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


STAGE_OF: dict[str, Stage] = {
    "invitations.invitations": Stage.INVITE,
    "invitations.nominations": Stage.INVITE,
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


def needs_of(event: EventDetail, languages: tuple[str, ...]) -> dict[Need, bool]:
    """Returns for each need whether it is met, in the order of the list.

    `event` as its organizer sees it, with its link to join.
    """
    said = [event.title, *([event.summary] if event.summary else [])]
    return {
        Need.DESCRIPTION: bool(event.summary),
        Need.TRANSLATION: not any(text.lacks(code) for text in said for code in languages),
        Need.LINK: event.mode is Mode.IN_PERSON or bool(event.join_url),
        Need.PEOPLE: bool(event.people),
    }
