"""The tabs and the line of life above each page of an event, and what packages above show there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.lists import format_list
from flask import current_app, request, url_for
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import reading
from app.infra.language import ntranslate, translate
from app.infra.platform import platform
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput
from app.kernel.text import N_, Language, interface_language, languages
from app.planning.arranging.views import bp
from app.planning.events.policy import may_plan_for
from app.planning.events.queries.life import phase_of_event
from app.planning.events.rules.life import Phase
from app.planning.events.rules.stages import (
    OVER,
    PAGES_OF_STAGE,
    in_stage,
    is_proven,
    needs_of,
    open_points,
    state_of,
)
from app.planning.events.values import (
    EventDetail,
    EventKind,
    EventWork,
    OpenKind,
    OpenPoint,
    Stage,
    Unreached,
)
from app.web.guards import current_actor
from app.web.locale import reader_language, reader_timezone
from app.web.render import short_day_text

EventTab = tuple[str, str, Callable[[Actor, EventDetail], bool]]
"""The msgid of a label, an endpoint that takes `event_id`, and for whom of which event."""


class RegistrationPanelOf(Protocol):
    def __call__(
        self,
        db: Session,
        *,
        event: EventDetail,
        actor: Actor,
        now: datetime,
        language: Language,
        refused: InvalidInput | None = None,
    ) -> object: ...


class MeetingPanelOf(Protocol):
    def __call__(
        self, db: Session, *, event: EventDetail, language: Language, now: datetime
    ) -> object: ...


class ReadingListOf(Protocol):
    def __call__(
        self, db: Session, *, event: EventDetail, actor: Actor, today: date
    ) -> Sequence[object]: ...


class SpeakersOf(Protocol):
    def __call__(self, db: Session, *, event: EventDetail, actor: Actor) -> Sequence[object]: ...


class WorkOf(Protocol):
    """Returns the rows by which an event is judged."""

    def __call__(self, db: Session, *, event: EventDetail) -> EventWork: ...


class ProgressOf(Protocol):
    """Returns the figures of an event, with the rows by which it is judged."""

    def __call__(self, db: Session, *, event: EventDetail) -> Any: ...


@dataclass
class EventPort:
    tabs: Sequence[EventTab]
    registration_panel: RegistrationPanelOf
    meeting_panel: MeetingPanelOf
    room_offer: Callable[[Session], str]
    """Returns the program in which a room is created on publishing; "" without a connection."""
    reading_list: ReadingListOf
    speakers: SpeakersOf
    work: WorkOf
    progress: ProgressOf
    act_of: Callable[[UUID, OpenPoint, EventWork], Any]
    """Returns what to do about one open point."""


def event_port() -> EventPort:
    return platform().port(EventPort)


# The pages of one event as tabs, whichever domain each belongs to; the list is in
# app/wiring/menus.py.

# Pages that have no tab of their own and stand within that of another.
WITHIN = {
    "registrations.capacity": "registrations.registrations",
    "surveys.results": "surveys.survey",
}


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    is_current: bool
    endpoint: str = ""


def event_tabs(event: EventDetail) -> tuple[Tab, ...]:
    """Returns those that the reader may open, in the order of the list."""
    actor: Actor = current_actor()
    shown, here = [], WITHIN.get(request.endpoint or "", request.endpoint)
    for label, endpoint, is_for in event_port().tabs:
        if endpoint in current_app.view_functions and is_for(actor, event):
            text = translate(reader_language(), label)
            url = url_for(endpoint, event_id=event.id)
            shown.append(Tab(label=text, url=url, is_current=here == endpoint, endpoint=endpoint))
    return tuple(shown)


@dataclass(frozen=True)
class StageShown:
    """One cell of the bar; see components/stages.html. `mark`: "good" where rows say that it was
    done, "warn" where something is missing, "" where neither can be said.
    """

    number: int
    name: str
    state: str
    links: tuple[tuple[str, str, bool], ...]
    mark: str = ""
    words: str = ""


NAMES = {
    Stage.PREPARE: N_("Prepare"),
    Stage.INVITE: N_("Invite"),
    Stage.HOLD: N_("Hold"),
    Stage.CLOSE: N_("Close"),
}
NOBODY, NOT_APPLIED = N_("Nobody was invited"), N_("A report was sent and not applied")
MISSING, WAS_MISSING = N_("Missing: %(what)s"), N_("Was missing: %(what)s")
LACKS: Mapping[OpenKind, str] = {
    OpenKind.DATE: N_("date"),
    OpenKind.DESCRIPTION: N_("description"),
    OpenKind.TRANSLATION: N_("text in every language"),
    OpenKind.LINK: N_("link to join"),
    OpenKind.PEOPLE: N_("speakers and moderators"),
    OpenKind.ANSWERS: N_("answers from the outside speakers"),
    OpenKind.NOBODY_REGISTERED: N_("people registered"),
    OpenKind.REQUESTS: N_("answer to who asked for a place"),
    OpenKind.ATTENDANCE: N_("attendance"),
    OpenKind.UNDECIDED_NAMES: N_("whose names stand in the report"),
    OpenKind.CLOSING: N_("closing the event"),
}
READY = N_("%(met)s of %(all)s ready")
ONCE_PUBLISHED = N_("once it is published")
ON, FROM, RECORDED = N_("on %(day)s"), N_("from %(day)s on"), N_("attendance is written down")
CLOSED_ON = N_("closed on %(day)s")


def work_of_event(event: EventDetail) -> EventWork:
    """Returns the rows by which the event is judged."""
    with reading() as db:
        return event_port().work(db, event=event)


def points_of_event(event: EventDetail, work: EventWork) -> tuple[OpenPoint, ...]:
    phase = phase_of_event(event, clock.now())
    return open_points(event, phase, work, languages=languages())


def event_stages(event: EventDetail, work: EventWork | None = None) -> tuple[StageShown, ...]:
    """Returns the pages of an event by stage, for whoever organizes it; nothing for other readers.

    `work`: where it has been read already.
    """
    actor = current_actor()
    if event.kind is EventKind.EXTERNAL or not may_plan_for(actor, event.group_slugs, event.kind):
        return ()
    phase = phase_of_event(event, clock.now())
    pages: dict[Stage, list[tuple[str, str, bool]]] = {stage: [] for stage in Stage}
    for tab in event_tabs(event):
        stage = PAGES_OF_STAGE.get(tab.endpoint, Stage.PREPARE)
        pages[stage].append((tab.url, tab.label, tab.is_current))
    work = work or work_of_event(event)
    points = points_of_event(event, work)
    shown = []
    for number, stage in enumerate(Stage, start=1):
        state, lacks = state_of(stage, phase), in_stage(points, stage)
        is_done = state == "passed" and is_proven(stage, event, work, points)
        shown.append(
            StageShown(
                number=number,
                name=translate(reader_language(), NAMES[stage]),
                state=state,
                links=tuple(pages[stage]),
                mark="warn" if lacks else "good" if is_done else "",
                words=_lacking(lacks, work, phase) or _standing(stage, event, work, phase),
            )
        )
    return tuple(shown)


def _lacking(lacks: Sequence[OpenPoint], work: EventWork, phase: Phase) -> str:
    """Returns what a stage lacks: sentences of their own first, then the rest in one."""
    language = reader_language()
    are_vacant = all(one.why is Unreached.VACANT for one in work.inviting.unreached)
    sentences = [
        sentence for point in lacks if (sentence := _sentence(point, are_vacant=are_vacant))
    ]
    named = [translate(language, LACKS[point.kind]) for point in lacks if point.kind in LACKS]
    if named:
        is_past = phase in OVER and lacks[0].kind is not OpenKind.CLOSING
        what = format_list(named, locale=interface_language(language))
        sentences.append(translate(language, WAS_MISSING if is_past else MISSING, what=what))
    return ". ".join(sentences)


def _sentence(point: OpenPoint, *, are_vacant: bool) -> str:
    """Returns a sentence of its own, "" for what is named among others. `are_vacant`: nobody
    answers for any of the countries.
    """
    language, number = reader_language(), point.count
    match point.kind:
        case OpenKind.NOBODY_ASKED:
            return translate(language, NOBODY)
        case OpenKind.REPORT_NOT_APPLIED:
            return translate(language, NOT_APPLIED)
        case OpenKind.NOT_REACHED if are_vacant:
            return ntranslate(
                language,
                "%(n)s country without a focal point: nobody there got the letter",
                "%(n)s countries without a focal point: nobody there got the letter",
                number,
            )
        case OpenKind.NOT_REACHED:
            return ntranslate(
                language,
                "%(n)s country did not get the letter",
                "%(n)s countries did not get the letter",
                number,
            )
        case OpenKind.LETTERS_BACK:
            return ntranslate(
                language,
                "%(n)s letter of invitation came back",
                "%(n)s letters of invitation came back",
                number,
            )
        case OpenKind.LETTERS_WAITING:
            return ntranslate(
                language,
                "%(n)s letter of invitation waits to leave",
                "%(n)s letters of invitation wait to leave",
                number,
            )
    return ""


def _standing(stage: Stage, event: EventDetail, work: EventWork, phase: Phase) -> str:
    """Returns how a stage stands that lacks nothing: by what is on record, or when it comes."""
    language = reader_language()
    if phase is Phase.CANCELLED:
        return ""
    match stage:
        case Stage.PREPARE:
            needs = needs_of(event, work, languages=languages())
            return translate(language, READY, met=sum(needs.values()), all=len(needs))
        case Stage.INVITE if event.published_at is None:
            return translate(language, ONCE_PUBLISHED)
        case Stage.INVITE if work.inviting.reached:
            return ntranslate(
                language,
                "%(n)s letter of invitation was delivered",
                "%(n)s letters of invitation were delivered",
                work.inviting.reached,
            )
        case Stage.HOLD if work.part.is_recorded:
            return translate(language, RECORDED)
        case Stage.HOLD if event.starts_at and phase not in OVER:
            return translate(language, ON, day=_day(event.starts_at))
        case Stage.CLOSE if event.closed_at:
            return translate(language, CLOSED_ON, day=_day(event.closed_at))
        case Stage.CLOSE if event.ends_at and phase not in OVER:
            return translate(language, FROM, day=_day(event.ends_at))
    return ""


def _day(at: datetime) -> str:
    """Returns a day as "jue, 3 dic"."""
    local = at.astimezone(ZoneInfo(reader_timezone()))
    return short_day_text(local.date(), "MMMEd", reader_language())


@bp.app_context_processor
def _tabs() -> dict[str, object]:
    return {"event_tabs": event_tabs, "event_stages": event_stages}
