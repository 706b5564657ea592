"""The pages of one event as tabs, whichever domain each belongs to; the list is in
app/wiring/menus.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from babel.lists import format_list
from flask import current_app, request, url_for

from app.infra import clock
from app.infra.database import reading
from app.infra.language import translate
from app.kernel.actor import Actor
from app.kernel.text import N_, languages
from app.planning.arranging.views import bp
from app.planning.events.policy import may_plan_for
from app.planning.events.queries.stages import is_agenda_led, taking_part
from app.planning.events.rules.life import Phase, phase_of
from app.planning.events.rules.stages import (
    COUNTED,
    STAGE_OF,
    Need,
    Stage,
    StageLack,
    TakingPart,
    lacks_of_stage,
    needs_of,
    state_of,
)
from app.planning.events.values import EventDetail, EventKind
from app.web.guards import current_actor
from app.web.locale import reader_language

# Pages that have no tab of their own and stand within that of another.
WITHIN = {
    "registrations.places": "registrations.registrations",
    "surveys.results": "surveys.survey",
}


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    is_current: bool
    endpoint: str = ""


def event_tabs(event: EventDetail) -> tuple[Tab, ...]:
    """Those that the reader may open, in the order of the list."""
    actor: Actor = current_actor()
    shown, here = [], WITHIN.get(request.endpoint or "", request.endpoint)
    for label, endpoint, is_for in current_app.extensions["convoca_event_tabs"]:
        if endpoint in current_app.view_functions and is_for(actor, event):
            text = translate(reader_language(), label)
            url = url_for(endpoint, event_id=event.id)
            shown.append(Tab(text, url, here == endpoint, endpoint))
    return tuple(shown)


@dataclass(frozen=True)
class StageShown:
    """One cell of the bar; see components/stages.html."""

    number: int
    name: str
    state: str
    links: tuple[tuple[str, str, bool], ...]
    is_complete: bool = True
    words: str = ""


NAMES = {
    Stage.PREPARE: N_("Prepare"),
    Stage.INVITE: N_("Invite"),
    Stage.HOLD: N_("Hold"),
    Stage.CLOSE: N_("Close"),
}


MISSING, NOTHING_MISSING = N_("Missing: %(what)s"), N_("Nothing missing")
NOTHING_YET = N_("Nothing missing yet")
LACKS: dict[Need | StageLack, str] = {
    Need.DESCRIPTION: N_("description"),
    Need.TRANSLATION: N_("text in every language"),
    Need.LINK: N_("link to join"),
    Need.PEOPLE: N_("speakers and moderators"),
    StageLack.REGISTRATIONS: N_("people registered"),
    StageLack.DECISIONS: N_("answer to who asked for a place"),
    StageLack.ATTENDANCE: N_("attendance"),
    StageLack.CLOSING: N_("closing the event"),
}


def event_stages(event: EventDetail) -> tuple[StageShown, ...]:
    """The pages of an event by stage, for whoever organizes it; nothing for other readers."""
    actor = current_actor()
    if event.kind is EventKind.EXTERNAL or not may_plan_for(actor, event.group_slugs, event.kind):
        return ()
    phase = phase_of(
        event.status,
        event.asked_at,
        event.approved_at,
        event.starts_at,
        event.ends_at,
        event.closed_at,
        clock.now(),
    )
    pages: dict[Stage, list[tuple[str, str, bool]]] = {stage: [] for stage in Stage}
    for tab in event_tabs(event):
        stage = STAGE_OF.get(tab.endpoint, Stage.PREPARE)
        pages[stage].append((tab.url, tab.label, tab.is_current))
    with reading() as db:
        part = taking_part(db, event_id=event.id) if phase in COUNTED else TakingPart()
        is_led = not event.people and is_agenda_led(db, event_id=event.id)
    needs = needs_of(event, languages(), is_agenda_led=is_led)
    shown = []
    for number, stage in enumerate(Stage, start=1):
        state, lacks = state_of(stage, phase), lacks_of_stage(stage, phase, needs, part)
        shown.append(
            StageShown(
                number,
                translate(reader_language(), NAMES[stage]),
                state,
                tuple(pages[stage]),
                is_complete=not lacks,
                words=_words(lacks, state) if phase is not Phase.CANCELLED else "",
            )
        )
    return tuple(shown)


def _words(lacks: Sequence[Need | StageLack], state: str) -> str:
    """What a stage lacks, in words."""
    language = reader_language()
    if lacks:
        what = format_list([translate(language, LACKS[one]) for one in lacks], locale=language)
        return translate(language, MISSING, what=what)
    nothing = NOTHING_YET if state == "to-come" else NOTHING_MISSING
    return translate(language, nothing)


@bp.app_context_processor
def _tabs() -> dict[str, object]:
    return {"event_tabs": event_tabs, "event_stages": event_stages}
