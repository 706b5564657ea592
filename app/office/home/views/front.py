"""Home: what needs the reader, by their role."""

from flask import render_template

from app.infra import clock
from app.infra.database import reading
from app.office.home.queries import COURSE, today
from app.office.home.views.door import bp
from app.web.guards import anyone, current_actor, requires


@bp.get("/")
@requires(anyone)
def home() -> str:
    """Signed in: what needs you. Otherwise: what this is, the next events, verify a certificate."""
    actor = current_actor()
    with reading() as db:
        page = today(db, actor=actor, now=clock.now())
    return render_template(
        "office/home/home.html" if actor.signed_in else "office/home/welcome.html",
        page=page,
        course=COURSE,
    )
