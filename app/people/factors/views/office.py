"""Second factors as the secretariat sees to them: who lacks one, how many days there are, and what
was lost.
"""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import date_text
from app.kernel.reference import reference_day
from app.kernel.refusal import Refusal
from app.people.factors import queries, services
from app.people.factors.forms import DecideForm, GraceForm, LostForm, RemindForm
from app.people.factors.views.place import INVALID, bp
from app.people.identity.policy import may_manage_accounts
from app.people.identity.wording import ROLE_NAMES
from app.web.form_token import press_once
from app.web.guards import current_actor, require_confirmation, requires
from app.web.locale import reader_language
from app.web.mistakes import show_refusal
from app.web.sent import flash_sent

Answer = BaseResponse | tuple[str, int]


@bp.get("/people-and-access/second-steps")
@requires(may_manage_accounts)
def obliged() -> str:
    return _page(_grace_form(), RemindForm(formdata=None))


@bp.post("/people-and-access/second-steps/days")
@requires(may_manage_accounts)
def change_grace() -> Answer:
    require_confirmation()
    form = GraceForm()
    if not form.validate():
        return _page(form, RemindForm(formdata=None)), INVALID
    with transaction() as db:
        services.change_grace(db, actor=current_actor(), days=form.days.data, now=clock.now())
    flash(
        _("The number of days is changed. Whoever signs in from now on reads the new day."),
        "success",
    )
    return redirect(url_for("factors.obliged"), 303)


@bp.post("/people-and-access/second-steps/letters")
@requires(may_manage_accounts)
def remind() -> Answer:
    form = RemindForm()
    _offer(form)
    if not form.validate():
        return _page(_grace_form(), form), INVALID
    wanted = form.accounts.data
    count = int(
        press_once(
            lambda db, now: services.remind(db, actor=current_actor(), accounts=wanted, now=now)
        )
    )
    flash_sent(
        ngettext("%(num)d letter is on its way.", "%(num)d letters are on their way.", count),
        ngettext("%(num)d letter is written.", "%(num)d letters are written.", count),
    )
    return redirect(url_for("factors.obliged"), 303)


def _grace_form() -> GraceForm:
    with reading() as db:
        return GraceForm(formdata=None, days=queries.factor_rule(db).grace_days)


def _offer(form: RemindForm) -> None:
    with reading() as db:
        rows = queries.obliged_list(db, actor=current_actor(), today=clock.today())
    form.accounts.choices = [(one.account_id, one.name) for one in rows]


def _page(grace: GraceForm, reminding: RemindForm) -> str:
    actor, language, today = current_actor(), reader_language(), clock.today()
    with reading() as db:
        rows = queries.obliged_list(db, actor=actor, today=today)
        count = queries.count_obliged(db, today=today)
        lost = queries.lost_factors_told(db, actor=actor)
    if reminding.accounts.choices is None:
        _offer(reminding)
    ticked = set(reminding.accounts.data or ())
    return render_template(
        "people/factors/obliged.html",
        rows=rows,
        count=count,
        lost=lost,
        grace=grace,
        reminding=reminding,
        ticked=ticked,
        today=today,
        role_names=ROLE_NAMES,
        day=lambda on: date_text(language, on),
        page_has_errors=bool(grace.errors or reminding.errors),
    )


# What was lost: one organizer tells, another agrees.


@bp.get("/people-and-access/<int:account_id>/lost-steps")
@requires(may_manage_accounts)
def lost(account_id: int) -> str:
    return _lost_page(account_id, LostForm(formdata=None))


@bp.post("/people-and-access/<int:account_id>/lost-steps")
@requires(may_manage_accounts)
def tell_lost(account_id: int) -> Answer:
    require_confirmation()
    form = LostForm()
    if not form.validate():
        return _lost_page(account_id, form), INVALID
    try:
        with transaction() as db:
            services.tell_lost(
                db,
                actor=current_actor(),
                account_id=account_id,
                note=form.note.data,
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _lost_page(account_id, form), status
    flash(_("It is noted. Nothing changes until another organizer agrees."), "success")
    return redirect(url_for("factors.lost", account_id=account_id), 303)


@bp.post("/people-and-access/<int:account_id>/lost-steps/agreement")
@requires(may_manage_accounts)
def agree_lost(account_id: int) -> Answer:
    require_confirmation()
    form = DecideForm()
    try:
        with transaction() as db:
            services.agree_lost(
                db,
                actor=current_actor(),
                account_id=account_id,
                seen=form.seen.data or "",
                now=clock.now(),
            )
    except Refusal as refusal:
        shown = LostForm(formdata=None)
        status = show_refusal(shown, refusal)
        return _lost_page(account_id, shown), status
    flash_sent(
        _(
            "Passkeys, codes, password and sessions of the account have ended. A letter with a link follows."
        ),
        _(
            "Passkeys, codes, password and sessions of the account have ended. A letter with a link is written."
        ),
    )
    return redirect(url_for("access.account", account_id=account_id), 303)


@bp.post("/people-and-access/<int:account_id>/lost-steps/refusal")
@requires(may_manage_accounts)
def decline_lost(account_id: int) -> Answer:
    try:
        with transaction() as db:
            services.decline_lost(db, actor=current_actor(), account_id=account_id, now=clock.now())
    except Refusal as refusal:
        shown = LostForm(formdata=None)
        status = show_refusal(shown, refusal)
        return _lost_page(account_id, shown), status
    flash(_("Nothing changes: the account signs in as before."), "success")
    return redirect(url_for("factors.obliged"), 303)


def _lost_page(account_id: int, form: LostForm) -> str:
    actor, language = current_actor(), reader_language()
    with reading() as db:
        name = queries.owner_name(db, account_id)
        told = next(
            (
                one
                for one in queries.lost_factors_told(db, actor=actor)
                if one.account_id == account_id
            ),
            None,
        )
        has_factor = queries.has_factor(db, account_id)
        others = queries.second_people(db, actor=actor, account_id=account_id, today=clock.today())
    return render_template(
        "people/factors/lost.html",
        account_id=account_id,
        name=name,
        told=told,
        told_on=date_text(language, reference_day(told.told_at)) if told else "",
        has_factor=has_factor,
        others=others,
        is_own=account_id == actor.account_id,
        form=form,
        page_has_errors=bool(form.errors),
    )
