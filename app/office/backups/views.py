"""Two presses of the status page: make a backup now, and try the newest one out."""

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import transaction
from app.infra.platform import platform
from app.office.backups.services import ask_by_hand
from app.office.backups.values import BackupWork
from app.office.setup.policy import may_set_up
from app.web.guards import current_actor, require_confirmation, requires

bp = Blueprint("backups", __name__)


@bp.post("/status/backup")
@requires(may_set_up)
def make() -> Response:
    return _asked(
        BackupWork.MAKE, _("A backup was asked for. Its row says here when it is made, or why not.")
    )


@bp.post("/status/drill")
@requires(may_set_up)
def drill() -> Response:
    return _asked(
        BackupWork.DRILL,
        _(
            "The newest backup is being restored on trial, beside what is in use. Its row says here "
            "how it went."
        ),
    )


def _asked(work: BackupWork, said: str) -> Response:
    require_confirmation()
    with transaction() as db:
        is_asked = ask_by_hand(
            db,
            actor=current_actor(),
            work=work,
            now=clock.now(),
            settings=platform().settings,
        )
    platform().health.forget()
    flash(said if is_asked else _("That is under way already: please wait until it has ended."))
    return redirect(url_for("status.status"), 303)
