"""What the meeting service did for one event: the line on its page, the button beside it, and the
hint in the planning form.
"""

from datetime import datetime
from uuid import UUID

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import transaction
from app.kernel.text import Language
from app.participation.meetings import policy, queries
from app.participation.meetings.services import following
from app.participation.meetings.views import bp
from app.participation.meetings.wording import NAMES, MeetingPanel, panel_of
from app.planning.events.values import EventDetail
from app.web.guards import current_actor, requires


@bp.post("/events/<uuid:event_id>/meeting")
@requires(policy.may_ask_for_meetings)
def try_again(event_id: UUID) -> Response:
    with transaction() as db:
        following.ask_again(db, actor=current_actor(), event_id=event_id, now=clock.now())
    flash(_("It is being tried. Load this page again in a moment."), "info")
    return redirect(url_for("events.event", event_id=event_id, _anchor="meeting"), 303)


def meeting_panel(
    db: Session, *, event: EventDetail, language: Language, now: datetime
) -> MeetingPanel | None:
    """Returns the panel for planners of an event; None where there is nothing to say."""
    row = queries.meeting_of(db, event_id=event.id)
    return panel_of(event, queries.connection(db), row, language=language, now=now)


def room_offer(db: Session) -> str:
    """Returns the program in which a room is created on publishing; "" without a connection."""
    known = queries.connection(db)
    return NAMES[known.provider] if known is not None else ""
