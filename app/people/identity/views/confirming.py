"""The first sign-in of somebody whom another person wrote down: is this you, and do you serve
here?
"""

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.people.identity import queries, services
from app.people.identity.rules import safe_next
from app.people.identity.values import Confirmation
from app.people.identity.views.door import bp, leave
from app.web.guards import current_actor, requires, signed_in

OPEN_BEFORE = {
    "identity.confirm_identity",
    "identity.answer_identity",
    "identity.sign_out",
    "static",
}
YES, MISTAKE, NO = "yes", "mistake", "no"


@bp.before_app_request
def _ask_first() -> BaseResponse | None:
    """Leads to the question until it is answered. Requests of the API pass: only somebody who has
    answered can make its tokens.
    """
    if (
        request.endpoint is None
        or request.endpoint in OPEN_BEFORE
        or request.path.startswith("/api/")
    ):
        return None
    if not _is_asked():
        return None
    target = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return redirect(
        url_for("identity.confirm_identity", next=target if target != "/" else None), 303
    )


@bp.get("/account/confirmation")
@requires(signed_in)
def confirm_identity() -> BaseResponse | tuple[str, int]:
    target = safe_next(request.args.get("next"))
    if not _is_asked():
        return redirect(target or "/")
    return _page(target)


@bp.post("/account/confirmation")
@requires(signed_in)
def answer_identity() -> BaseResponse | tuple[str, int]:
    target, answer = safe_next(request.form.get("next")), request.form.get("answer")
    if not _is_asked():
        return redirect(target or "/", 303)
    if answer not in (YES, MISTAKE, NO):
        return _page(target, 422)
    actor = current_actor()
    if answer == NO:
        with transaction() as db:
            services.deny_identity(db, actor=actor, now=clock.now())
        leave(actor)
        flash(_("Thank you. The account is closed, and the secretariat has been told."), "success")
        return redirect(url_for("identity.sign_in"), 303)
    with transaction() as db:
        services.confirm_identity(db, actor=actor, now=clock.now())
    if answer == MISTAKE:
        return redirect(url_for("access.correction"), 303)
    return redirect(target or "/", 303)


def _is_asked() -> bool:
    return bool(g.get("confirmation") == Confirmation.ASKED)


def _page(target: str, status: int = 200) -> tuple[str, int]:
    actor = current_actor()
    with reading() as db:
        person = queries.person_written_down(db, actor=actor, today=clock.today(actor.timezone))
    html = render_template(
        "people/identity/confirmation.html",
        person=person,
        target=target,
        is_unanswered=status != 200,  # noqa: PLR2004
    )
    return html, status
