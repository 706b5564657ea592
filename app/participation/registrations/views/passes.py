"""The code that opens the door of an in-person event, as a picture to scan and as letters to read
out.
"""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from app.infra.database import reading
from app.participation.registrations.queries.capacity import event_capacity
from app.participation.registrations.rules.registering import has_entrance
from app.participation.registrations.views import bp
from app.planning.events.queries.events import event_of
from app.planning.programme.views.feeds import address
from app.web.guards import current_actor, requires, signed_in

GROUPS_OF = 5


@bp.get("/my-webinars/<uuid:event_id>/pass")
@requires(signed_in)
def entry_pass(event_id: UUID) -> AnyResponse | str:
    """Shows the pass on a phone or for print. Readers who have none, because they wait or attend
    online, are led to the event.
    """
    with reading() as db:
        event = event_of(db, actor=current_actor(), event_id=event_id)
        own = event_capacity(db, actor=current_actor(), event=event).own
    if own is None or not own.code or not has_entrance(event.mode):
        return redirect(url_for("events.event", event_id=event_id, _anchor="registration"))
    return render_template(
        "participation/registrations/pass.html",
        event=event,
        name=current_actor().name,
        **pass_of(event_id, own.code),
    )


def pass_of(event_id: UUID, code: str) -> dict[str, Any]:
    """Returns what `registrations/pass.html` wants beside the event and the name."""
    link = f"{address()}/events/{event_id}/check-in/{code}"
    parts = [code[start : start + GROUPS_OF] for start in range(0, len(code), GROUPS_OF)]
    return {"picture": _picture(link), "parts": parts}


def _picture(link: str) -> Markup:
    """Draws a link dark on white whatever the theme: a camera reads nothing else."""
    import segno

    code = segno.make(link, error="m", micro=False)
    drawn = code.svg_inline(
        omitsize=True, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None
    )
    return Markup(drawn)  # noqa: S704 - drawn by segno; the address holds an id and a code of ours
