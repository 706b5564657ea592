"""Newcomers who wait for the secretariat, and first sign-ins at which somebody said: this is not
me.
"""

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.numbers import LARGEST_ID
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound, Refusal, Sentence
from app.people.directory import policy as directory_policy
from app.people.directory import queries
from app.people.directory.services.held import NOBODY_CHOSEN, decline_newcomer
from app.people.identity.queries import denied_accounts
from app.people.identity.services.accounts import settle_denial
from app.training.turnover import services, wording
from app.training.turnover.views.roster import bp
from app.web.errors import STATUS
from app.web.guards import current_actor, requires
from app.web.locale import reader_language

Answer = Response | tuple[str, int]
SOMEBODY_ELSE = "new"
NOTHING: Mapping[int, str] = {}


@bp.get("/newcomers/held")
@requires(directory_policy.may_decide_held)
def held_newcomers() -> Answer:
    return _page(), 200


@bp.post("/newcomers/held/<int:held_id>/acceptance")
@requires(directory_policy.may_decide_held)
def accept_held(held_id: int) -> Answer:
    answer = request.form.get("person", "")
    try:
        person_id = _person_in(answer)
        with transaction() as db:
            services.accept_held(
                db,
                actor=current_actor(),
                held_id=held_id,
                person_id=person_id,
                today=clock.today(),
                now=clock.now(),
            )
    except (NotFound, NotAllowed):
        raise
    except Refusal as refusal:
        errors = refusal.errors if isinstance(refusal, InvalidInput) else {}
        sentence = next(iter(errors.values()), refusal.sentence)
        return _page({held_id: say(reader_language(), sentence)}), STATUS[refusal.kind]
    flash(_("The person is on the list of the country now."), "success")
    return redirect(url_for("directory.held_newcomers"), 303)


@bp.post("/newcomers/held/<int:held_id>/refusal")
@requires(directory_policy.may_decide_held)
def decline_held(held_id: int) -> Answer:
    with transaction() as db:
        decline_newcomer(db, actor=current_actor(), held_id=held_id, now=clock.now())
    flash(
        _("Nobody was added. The focal point can add the person with another address."),
        "success",
    )
    return redirect(url_for("directory.held_newcomers"), 303)


@bp.post("/newcomers/denied/<int:account_id>/settlement")
@requires(directory_policy.may_decide_held)
def settle_denied(account_id: int) -> Answer:
    with transaction() as db:
        settle_denial(db, actor=current_actor(), account_id=account_id, now=clock.now())
    flash(_("Taken off this list. The closed account stays closed."), "success")
    return redirect(url_for("directory.held_newcomers"), 303)


def _person_in(answer: str) -> int | None:
    """The chosen person's number; None for somebody new. Refuses anything else at the field."""
    if answer == SOMEBODY_ELSE:
        return None
    if answer.isascii() and answer.isdigit() and len(answer) <= len(str(LARGEST_ID)):
        return int(answer)
    raise InvalidInput({"person": Sentence(NOBODY_CHOSEN)})


def _page(errors: Mapping[int, str] = NOTHING) -> str:
    actor, language = current_actor(), reader_language()
    with reading() as db:
        held = queries.held_newcomers(db, actor=actor)
        denied = denied_accounts(db, actor=actor)
    return render_template(
        "people/directory/held.html",
        held=held,
        denied=denied,
        errors=errors,
        short_day=lambda on: wording.short_day(on, language),
        page_has_errors=bool(errors),
    )
