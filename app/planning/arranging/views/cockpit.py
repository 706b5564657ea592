"""What an event's page says to its organizers beside its facts: the acts that are open, the next one
first, and what is ready for the day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.infra import clock
from app.kernel.text import languages
from app.planning.arranging.views.event_parts import BriefPage
from app.planning.arranging.views.port import event_port
from app.planning.arranging.views.tabs import points_of_event
from app.planning.events.queries.life import phase_of_event
from app.planning.events.rules.stages import OVER, STAGE_OF, needs_of, to_see_to
from app.planning.events.values import EventDetail, EventWork, Mode, OpenKind, Stage

SHOWN_ONCE = frozenset({Stage.PREPARE})
"""What stands with its act in the list of what is ready is not repeated."""


@dataclass(frozen=True)
class ReadyRow:
    """One thing for the day. `label` and `url`: the act, where it is missing."""

    name: str
    is_met: bool
    detail: str = ""
    label: str = ""
    url: str = ""


def cockpit(event: EventDetail, shown: Any, page: BriefPage) -> dict[str, Any]:
    """Returns what event.html wants beside the event. `shown`: the figures, from the office."""
    work: EventWork = shown.progress.work
    phase = phase_of_event(event, clock.now())
    points = to_see_to(points_of_event(event, work), phase)
    acts = [event_port().act_of(event.id, point, work) for point in points]
    others = [
        act
        for point, act in zip(points[1:], acts[1:], strict=True)
        if STAGE_OF[point.kind] not in SHOWN_ONCE
    ]
    by_kind = {point.kind: act for point, act in zip(points, acts, strict=True)}
    return {
        "work": work,
        "acts": acts,
        "others": others,
        "shown": shown,
        "ready": _ready(event, work, shown, page, by_kind),
        "is_over": phase in OVER,
    }


NAMES = {
    OpenKind.DATE: lambda: (_("Date"), _("The date is missing")),
    OpenKind.LINK: lambda: (_("Link to join"), _("Link to join is missing")),
    OpenKind.PEOPLE: lambda: (_("Speakers and moderators"), _("Nobody speaks or moderates")),
    OpenKind.ANSWERS: lambda: (
        _("Answers from the outside speakers"),
        _("An outside speaker has not answered"),
    ),
    OpenKind.DESCRIPTION: lambda: (_("Description"), _("Description is missing")),
    OpenKind.TRANSLATION: lambda: (_("Text in every language"), _("A translation is missing")),
}


def _ready(
    event: EventDetail,
    work: EventWork,
    shown: Any,
    page: BriefPage,
    acts: dict[OpenKind, Any],
) -> Sequence[ReadyRow]:
    """What is missing stands above what is there. A date is no row of its own once it is known."""
    rows = []
    is_in_person = event.mode is Mode.IN_PERSON
    for kind, is_met in needs_of(event, work, languages=languages()).items():
        is_told = kind is OpenKind.DATE and is_met
        if is_told or (kind is OpenKind.LINK and is_in_person):
            continue
        there, missing = NAMES[kind]()
        act = acts.get(kind)
        rows.append(
            ReadyRow(
                there if is_met else missing,
                is_met,
                label=act.label if act else "",
                url=act.url if act else "",
            )
        )
    furnishing = shown.progress.furnishing
    if furnishing.sessions:
        parts = ngettext("%(num)s part", "%(num)s parts", furnishing.sessions)
        rows.append(ReadyRow(_("Agenda"), is_met=True, detail=parts))
    if furnishing.materials:
        files = ngettext("%(num)s file or link", "%(num)s files and links", furnishing.materials)
        rows.append(ReadyRow(_("Materials"), is_met=True, detail=files))
    if page.shown.brief.interpretation:
        rows.append(ReadyRow(_("Interpretation"), is_met=True))
    return sorted(rows, key=lambda row: row.is_met)
