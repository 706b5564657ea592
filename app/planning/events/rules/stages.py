"""The four stages of an event as its organizers see them, and what is still open for it; pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from app.planning.events.rules.life import Phase
from app.planning.events.values import (
    EventDetail,
    EventDraft,
    EventKind,
    EventWork,
    LetterArrival,
    Mode,
    OpenKind,
    OpenPoint,
    Stage,
    TakingPart,
    Unreached,
)

PAGES_OF_STAGE: dict[str, Stage] = {
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
STAGE_OF: Mapping[OpenKind, Stage] = {
    OpenKind.DATE: Stage.PREPARE,
    OpenKind.PEOPLE: Stage.PREPARE,
    OpenKind.LINK: Stage.PREPARE,
    OpenKind.ANSWERS: Stage.PREPARE,
    OpenKind.DESCRIPTION: Stage.PREPARE,
    OpenKind.TRANSLATION: Stage.PREPARE,
    OpenKind.NOBODY_ASKED: Stage.INVITE,
    OpenKind.NOT_REACHED: Stage.INVITE,
    OpenKind.LETTERS_WAITING: Stage.INVITE,
    OpenKind.LETTERS_BACK: Stage.INVITE,
    OpenKind.REQUESTS: Stage.INVITE,
    OpenKind.NOBODY_REGISTERED: Stage.INVITE,
    OpenKind.REPORT_NOT_APPLIED: Stage.HOLD,
    OpenKind.ATTENDANCE: Stage.HOLD,
    OpenKind.UNDECIDED_NAMES: Stage.HOLD,
    OpenKind.WITHOUT_MINUTES: Stage.HOLD,
    OpenKind.CLOSING: Stage.CLOSE,
}
MAY_STAY = frozenset({OpenKind.WITHOUT_MINUTES})
"""What is said before an event is closed, and is no fault: somebody registered and did not come."""
PUBLIC = frozenset({Phase.PUBLISHED, Phase.RUNNING, Phase.ENDED, Phase.CLOSED})
OVER = frozenset({Phase.ENDED, Phase.CLOSED})
CAN_WAIT = frozenset({OpenKind.DESCRIPTION, OpenKind.TRANSLATION})
"""People come without them: whoever is to come is invited first."""
LATE_ORDER = (Stage.HOLD, Stage.INVITE, Stage.CLOSE, Stage.PREPARE)
"""Once an event is over, whoever was there comes first."""


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
    """Returns True where readers can be told when it takes place: exactly, or as the sources have
    it.
    """
    return event.span is not None or bool(event.found_start)


def is_news(event: EventDetail) -> bool:
    """Returns False for what was entered once it was over: nobody was invited here, and it is a
    record of the past from the start.
    """
    return not event.is_recorded_as_past


def needs_of(
    event: EventDetail, work: EventWork, *, languages: Sequence[str]
) -> dict[OpenKind, bool]:
    """Returns for each need whether it is met, in the order of the list. `event` as its organizer
    sees it, with its link to join.
    """
    outside = work.outside
    is_named = bool(event.people) or work.is_agenda_led
    said = [event.title, *([event.summary] if event.summary else [])]
    return {
        OpenKind.DATE: is_dated(event),
        OpenKind.PEOPLE: is_named or "confirmed" in outside or "asked" in outside,
        OpenKind.LINK: event.mode is Mode.IN_PERSON or bool(event.join_url),
        **({OpenKind.ANSWERS: "asked" not in outside} if outside else {}),
        OpenKind.DESCRIPTION: bool(event.summary),
        OpenKind.TRANSLATION: not any(text.lacks(code) for text in said for code in languages),
    }


def open_points(
    event: EventDetail, phase: Phase, work: EventWork, *, languages: Sequence[str]
) -> tuple[OpenPoint, ...]:
    """Returns all that is open for an event, the next thing to do first. What is cancelled and what
    others hold asks for nothing.

    The one answer for its page, home, the page that closes it, and every count. What passed with a
    fault keeps it: a closed event says which countries its letter never reached.
    """
    if phase is Phase.CANCELLED or event.kind is EventKind.EXTERNAL:
        return ()
    points = [
        *_to_prepare(event, phase, work, languages),
        *_to_invite(event, phase, work),
        *_to_hold(event, phase, work.part),
        *([OpenPoint(OpenKind.CLOSING)] if phase is Phase.ENDED and is_news(event) else []),
    ]
    points.sort(key=lambda point: point.kind in CAN_WAIT)
    if phase in OVER:
        points.sort(key=lambda point: LATE_ORDER.index(STAGE_OF[point.kind]))
    return tuple(points)


def in_stage(points: Sequence[OpenPoint], stage: Stage) -> tuple[OpenPoint, ...]:
    """Returns the points that keep a stage from being complete."""
    return tuple(p for p in points if STAGE_OF[p.kind] is stage and p.kind not in MAY_STAY)


def to_see_to(points: Sequence[OpenPoint], phase: Phase) -> tuple[OpenPoint, ...]:
    """Returns the points that somebody can still do something about. Once an event is over nobody
    is invited to it any more; once it is closed, nothing is.
    """
    if phase is Phase.CLOSED:
        return ()
    is_over = phase in OVER
    return tuple(
        point
        for point in points
        if point.kind not in MAY_STAY
        and not (
            is_over and STAGE_OF[point.kind] is Stage.INVITE and point.kind is not OpenKind.REQUESTS
        )
    )


def is_proven(
    stage: Stage, event: EventDetail, work: EventWork, points: Sequence[OpenPoint]
) -> bool:
    """Returns True where nothing of a stage is open and there are rows that say it was done: only
    then does a page show a tick.
    """
    if in_stage(points, stage):
        return False
    match stage:
        case Stage.INVITE:
            return work.inviting.reached > 0
        case Stage.HOLD:
            return work.part.is_recorded
        case Stage.CLOSE:
            return event.closed_at is not None
    return True


def why_unreached(
    arrivals: Collection[LetterArrival], *, serves: bool, has_address: bool
) -> Unreached | None:
    """Returns why nobody of a country has got its letter; None where somebody has.

    `arrivals`: what became of each letter that asked the country. `serves`: somebody answers for
    the country today.
    """
    if LetterArrival.HANDED_OVER in arrivals:
        return None
    if not serves:
        return Unreached.VACANT
    if LetterArrival.WAITING in arrivals:
        return Unreached.WAITING
    if LetterArrival.RETURNED in arrivals:
        return Unreached.RETURNED
    if not has_address:
        return Unreached.NO_ADDRESS
    return Unreached.NOT_SENT if LetterArrival.NOT_SENT in arrivals else Unreached.NOT_WRITTEN


def _to_prepare(
    event: EventDetail, phase: Phase, work: EventWork, languages: Sequence[str]
) -> Iterator[OpenPoint]:
    """Yields what is still to prepare; after the end nobody needs a link or is waited for."""
    needs = needs_of(event, work, languages=languages)
    for kind, is_met in needs.items():
        if not is_met and not (phase in OVER and kind in {OpenKind.LINK, OpenKind.ANSWERS}):
            yield OpenPoint(kind)


def _to_invite(event: EventDetail, phase: Phase, work: EventWork) -> Iterator[OpenPoint]:
    """Yields what is open in inviting; a confidential meeting is for those named for it."""
    if phase not in PUBLIC:
        return
    inviting, part = work.inviting, work.part
    is_among_named = event.is_confidential and bool(event.people)
    if not inviting.standing and is_news(event) and not is_among_named:
        yield OpenPoint(OpenKind.NOBODY_ASKED)
    unreached = tuple(one.code for one in inviting.unreached)
    if unreached:
        yield OpenPoint(OpenKind.NOT_REACHED, len(unreached), unreached)
    if inviting.returned:
        yield OpenPoint(OpenKind.LETTERS_BACK, inviting.returned)
    if inviting.waiting and phase not in OVER:
        yield OpenPoint(OpenKind.LETTERS_WAITING, inviting.waiting)
    if part.pending:
        yield OpenPoint(OpenKind.REQUESTS, part.pending)
    if phase is Phase.PUBLISHED and inviting.standing and not part.registered:
        yield OpenPoint(OpenKind.NOBODY_REGISTERED)


def _to_hold(event: EventDetail, phase: Phase, part: TakingPart) -> Iterator[OpenPoint]:
    """Yields what is open after it: without any minutes its attendance, with some that of people."""
    if phase not in OVER:
        return
    for report in part.reports:
        kind = OpenKind.UNDECIDED_NAMES if report.is_applied else OpenKind.REPORT_NOT_APPLIED
        yield OpenPoint(kind, report.undecided, import_id=report.id, filename=report.filename)
    if (
        not part.is_recorded
        and is_news(event)
        and all(report.is_applied for report in part.reports)
    ):
        yield OpenPoint(OpenKind.ATTENDANCE)
    if part.is_recorded and part.without_minutes:
        yield OpenPoint(OpenKind.WITHOUT_MINUTES, part.without_minutes)
