"""Newcomers who wait for the secretariat, and first sign-ins at which somebody said: this is not
me.
"""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.refusal import Kind, Refusal
from app.people.directory import policy as directory_policy
from app.people.directory.forms import HeldNewcomerForm
from app.people.directory.queries import roster
from app.people.directory.services.roster import decline_newcomer
from app.people.identity.queries import denied_accounts
from app.people.identity.services.accounts import settle_denial
from app.training.turnover import services, wording
from app.training.turnover.views.roster import bp
from app.web.errors import STATUS
from app.web.forms import one_of_many
from app.web.guards import current_actor, requires
from app.web.locale import reader_language
from app.web.mistakes import show_refusal

Answer = Response | tuple[str, int] | str


@bp.get("/newcomers/held")
@requires(directory_policy.may_decide_held)
def held_newcomers() -> Answer:
    return _held_page(), 200


@bp.post("/newcomers/held/<int:held_id>/acceptance")
@requires(directory_policy.may_decide_held)
def accept_held(held_id: int) -> Answer:
    form = HeldNewcomerForm(request.form)
    if not form.validate():
        return _held_page(held_id, form), STATUS[Kind.INVALID]
    try:
        with transaction() as db:
            services.accept_held(
                db,
                actor=current_actor(),
                held_id=held_id,
                person_id=form.person_id,
                today=clock.today(),
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _held_page(held_id, form), status
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


def _held_page(held_id: int = 0, refused: HeldNewcomerForm | None = None) -> str:
    """Renders the page; `refused` is the form of the newcomer `held_id` as it came back."""
    actor, language = current_actor(), reader_language()
    with reading() as db:
        held = roster.held_newcomers(db, actor=actor)
        denied = denied_accounts(db, actor=actor)
    forms = {}
    for one in held:
        form = (
            refused
            if refused is not None and one.id == held_id
            else HeldNewcomerForm(
                meta=one_of_many(url_for("directory.accept_held", held_id=one.id))
            )
        )
        owners = [
            (owner.person_id, wording.owner_line(owner, one.country, language))
            for owner in one.owners
        ]
        form.offer(one.id, owners)
        forms[one.id] = form
    return render_template(
        "people/directory/held.html",
        held=held,
        forms=forms,
        denied=denied,
        short_day=lambda on: wording.short_day(on, language),
        page_has_errors=refused is not None,
    )
