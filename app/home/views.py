"""Home, and the pages about this place."""

from flask import Blueprint, render_template

from app.home.queries import COURSE, today
from app.infra import clock
from app.infra.database import reading
from app.web.guards import anyone, current_actor, requires

bp = Blueprint("home", __name__)


@bp.get("/")
@requires(anyone)
def home() -> str:
    """Signed in: what needs you. Otherwise: what this is, the next events, verify a certificate."""
    actor = current_actor()
    with reading() as db:
        page = today(db, actor=actor, now=clock.now())
    return render_template("home/home.html" if actor.signed_in else "home/welcome.html", page=page, course=COURSE)


@bp.get("/about")
@requires(anyone)
def about() -> str:
    return render_template("home/about.html")


@bp.get("/accessibility")
@requires(anyone)
def accessibility() -> str:
    return render_template("home/accessibility.html")
