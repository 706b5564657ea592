"""The pages of one event as tabs, whichever domain each belongs to; the list is in
app/wiring/menus.py.
"""

from dataclasses import dataclass

from flask import current_app, request, url_for

from app.infra.language import translate
from app.kernel.actor import Actor
from app.planning.events.values import EventDetail
from app.planning.events.views import bp
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


def event_tabs(event: EventDetail) -> tuple[Tab, ...]:
    """Those that the reader may open, in the order of the list."""
    actor: Actor = current_actor()
    shown, here = [], WITHIN.get(request.endpoint or "", request.endpoint)
    for label, endpoint, is_for in current_app.extensions["convoca_event_tabs"]:
        if endpoint in current_app.view_functions and is_for(actor, event):
            text = translate(reader_language(), label)
            shown.append(Tab(text, url_for(endpoint, event_id=event.id), here == endpoint))
    return tuple(shown)


@bp.app_context_processor
def _tabs() -> dict[str, object]:
    return {"event_tabs": event_tabs}
