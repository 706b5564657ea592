"""The page behind the word "Demonstration" in the header: what that means, and how it ends."""

from urllib.parse import urlsplit

from flask import Blueprint, render_template
from sqlalchemy import select

from app.infra import clock
from app.infra.database import database, reading
from app.infra.demo_mark import holds_demo, is_demonstration
from app.infra.platform import platform
from app.infra.server import can_start_anew, end_serving
from app.kernel.actor import Role
from app.kernel.refusal import NotAllowed, NotFound
from app.office.demo.services.clean import put_aside, start_anew
from app.people.identity.models import Account
from app.web.guards import anyone, current_actor, requires
from config import Settings

bp = Blueprint("demo", __name__)
LOCAL = {"127.0.0.1", "localhost", "::1"}
INVENTED = "%@example.org"


@bp.get("/demo")
@requires(anyone)
def demonstration() -> str:
    if not is_demonstration():
        raise NotFound
    with reading() as db:
        holds = holds_demo(db)
    is_file = _settings().database.startswith("sqlite:///")
    return render_template(
        "office/demo/demonstration.html",
        holds=holds,
        is_file=is_file,
        may_begin=holds and is_file and _may_begin(),
        lets_anybody_in=_settings().demo,
    )


@bp.post("/demo/clean")
@requires(anyone)
def begin_clean() -> str:
    """Ends the server once this answer is out; what starts in its place is empty."""
    with reading() as db:
        holds = holds_demo(db)
    if not holds:
        raise NotFound
    if not _may_begin():
        raise NotAllowed
    settings, today = _settings(), clock.today()

    def anew() -> None:
        database.engine.dispose()
        put_aside(settings, on=today)
        start_anew()

    end_serving(anew)
    return render_template("office/demo/clean.html", folder=settings.data)


def _may_begin() -> bool:
    """Returns whether one press may end the demonstration: on a computer of one's own, where the
    server can start itself anew, for an organizer; also for a visitor, where nobody but invented
    people has an account and nobody could sign in.
    """
    if not can_start_anew() or urlsplit(_settings().address).hostname not in LOCAL:
        return False
    if current_actor().acts_as(Role.ORGANIZER):
        return True
    if _settings().demo or current_actor().signed_in:
        return False
    with reading() as db:
        real = select(Account.id).where(Account.email.not_like(INVENTED)).limit(1)
        return db.scalar(real) is None


def _settings() -> Settings:
    return platform().settings
