"""Pages of other bodies: all of them, and one with what is done together."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template

from app.followup.bodies import policy, queries
from app.infra.database import reading
from app.web.guards import current_actor, requires
from app.web.locale import reader_language
from app.web.render import day_text

bp = Blueprint("bodies", __name__)


@bp.get("/bodies")
@requires(policy.may_read_bodies)
def bodies() -> str:
    with reading() as db:
        shown_bodies = queries.other_bodies(db, actor=current_actor())
    return render_template("followup/bodies/bodies.html", bodies=shown_bodies)


@bp.get("/bodies/<body_key>")
@requires(policy.may_read_bodies)
def body(body_key: str) -> str:
    with reading() as db:
        shown_body = queries.other_body(db, actor=current_actor(), key=body_key)
    return render_template("followup/bodies/body.html", body=shown_body, day_of=_day_of)


def _day_of(starts_at: datetime, timezone: str) -> str:
    """Returns the day on the clock of the event."""
    return day_text(starts_at.astimezone(ZoneInfo(timezone)).date(), reader_language())
