"""The link in a letter of invitation: shown by GET, used up by POST."""

from flask import make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.people.identity import queries, services
from app.people.identity.rules import InvitationNotValid
from app.people.identity.values import LinkState, SignInWay
from app.people.identity.views.door import bp, enter
from app.people.identity.wording import ROLE_NAMES
from app.web.guards import anyone, requires

GONE = 410


@bp.get("/invited/<token>")
@requires(anyone)
def invitation(token: str) -> BaseResponse:
    """Shows only a button: mail scanners fetch every link in a letter, and fetching must not use it
    up.
    """
    return _page(token)


@bp.post("/invited/<token>")
@requires(anyone)
def accept_invitation(token: str) -> BaseResponse:
    try:
        with transaction() as db:
            account_id = services.use_invitation(db, token=token, now=clock.now())
    except InvitationNotValid:
        return _page(token)
    enter(account_id, SignInWay.LINK)
    return redirect(url_for("home.home"), 303)


def _page(token: str) -> BaseResponse:
    with reading() as db:
        standing = queries.invitation_standing(db, token=token, now=clock.now())
    works = standing.state is LinkState.WORKS
    answer = make_response(
        render_template(
            "people/identity/invited.html",
            standing=standing,
            token=token,
            role_names=ROLE_NAMES,
        ),
        200 if works else GONE,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
