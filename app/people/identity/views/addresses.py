"""The link in a letter that confirms another address, shown by GET and used up by POST; and calling
such a change off.
"""

from flask import flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.people.identity import queries
from app.people.identity.rules import AddressTaken
from app.people.identity.rules.signing_in import AddressChangeNotValid
from app.people.identity.services.addresses import revoke_address_change, use_address_change
from app.people.identity.values import LinkState
from app.people.identity.views.door import bp
from app.web.errors import STATUS
from app.web.guards import anyone, current_actor, requires, signed_in
from app.web.locale import reader_language

GONE = 410


@bp.get("/new-address/<token>")
@requires(anyone)
def new_address(token: str) -> BaseResponse:
    """Shows only a button: mail scanners fetch every link in a letter."""
    return _page(token)


@bp.post("/new-address/<token>")
@requires(anyone)
def confirm_address(token: str) -> BaseResponse:
    try:
        with transaction() as db:
            use_address_change(db, token=token, now=clock.now())
    except AddressChangeNotValid:
        return _page(token)
    except AddressTaken as refusal:
        said = say(reader_language(), refusal.sentence)
        return _page(token, said, STATUS[refusal.kind])
    flash(_("The address is confirmed. Sign in with it from now on."), "success")
    return redirect(url_for("identity.sign_in"), 303)


@bp.post("/account/address/withdrawal")
@requires(signed_in)
def keep_address() -> BaseResponse:
    """Withdraws the change of address that waits: the owner stays with the one that signs in."""
    with transaction() as db:
        is_done = revoke_address_change(db, actor=current_actor(), now=clock.now())
    if is_done:
        flash(_("Nothing changes: you go on signing in with the same address."), "success")
    return redirect(url_for("identity.account"), 303)


def _page(token: str, refusal: str = "", status: int = 0) -> BaseResponse:
    with reading() as db:
        waiting = queries.address_change_standing(db, token=token, now=clock.now())
    works = waiting.standing is LinkState.WORKS
    answer = make_response(
        render_template(
            "people/identity/new_address.html", waiting=waiting, token=token, refusal=refusal
        ),
        status or (200 if works else GONE),
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
