"""Pairs of working groups that never meet at once."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import transaction
from app.kernel.refusal import InvalidInput, Kind
from app.planning.scheduling import policy
from app.planning.scheduling.forms import PairForm
from app.planning.scheduling.services import settings
from app.planning.scheduling.views import bp
from app.planning.scheduling.views.book_page import book_page
from app.web.errors import STATUS
from app.web.guards import current_actor, requires
from app.web.mistakes import show_errors

INVALID = STATUS[Kind.INVALID]


@bp.post("/rules/pairs")
@requires(policy.may_set_rules)
def declare_pair() -> Response | tuple[str, int]:
    form = PairForm(prefix="pair-")
    if not form.validate():
        return book_page(pair=form), INVALID
    try:
        with transaction() as db:
            settings.declare_pair(
                db,
                actor=current_actor(),
                first=form.first.data,
                second=form.second.data,
                now=clock.now(),
            )
    except InvalidInput as refusal:
        show_errors(form, refusal.errors)
        return book_page(pair=form), INVALID
    flash(_("The two groups never meet at once from now on."), "success")
    return redirect(url_for("scheduling.rule_book", _anchor="pairs"))


@bp.post("/rules/pairs/withdraw")
@requires(policy.may_decide_alone)
def withdraw_pair() -> Response:
    first, second = (request.form.get(name, "") for name in ("first", "second"))
    with transaction() as db:
        settings.withdraw_pair(
            db, actor=current_actor(), first=first, second=second, now=clock.now()
        )
    flash(_("The pair is withdrawn."), "success")
    return redirect(url_for("scheduling.rule_book", _anchor="pairs"))
