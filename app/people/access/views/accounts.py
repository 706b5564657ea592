"""Accounts: the list, one account, and what changes it. Roles count from the next request on."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.actor import Role
from app.kernel.refusal import InvalidInput, Refusal
from app.people.access import policy, queries, services, wording
from app.people.access.forms import EndForm, InviteForm, RoleForm
from app.people.access.values import AccountFilter, AccountState, RoleSpan
from app.people.directory.queries.roster import LONGEST_SEARCH, countries
from app.people.identity.policy import may_grant, may_manage, may_manage_accounts
from app.people.identity.values import AccountReach
from app.people.identity.wording import ROLE_NAMES, role_text, span_text
from app.web.form_token import press_once
from app.web.guards import current_actor, require_confirmation, requires
from app.web.locale import reader_language
from app.web.mistakes import show_refusal
from app.web.paging import addresses, page_asked
from app.web.render import by_name
from app.web.sent import flash_sent

bp = Blueprint("access", __name__)
Answer = Response | tuple[str, int]
INVALID = 422
FIELD_OF = {"person_id": "email", "scope": "role", "country": "country_code"}
"""What the services name otherwise than the forms."""


@bp.get("/people-and-access")
@requires(policy.may_open)
def accounts() -> str:
    asked, actor, language = request.args.get, current_actor(), reader_language()
    wanted = AccountFilter(
        asked("search", "").strip()[:LONGEST_SEARCH], asked("state", ""), asked("role", "")
    )
    with reading() as db:
        page = queries.accounts(
            db,
            actor=actor,
            wanted=wanted,
            today=clock.today(),
            now=clock.now(),
            number=page_asked(),
        )
        waiting = queries.requests_waiting(db, actor=actor, now=clock.now())
    return render_template(
        "people/access/accounts.html",
        page=page,
        waiting=len(waiting),
        wanted=wanted,
        states=wording.STATES,
        role_names=ROLE_NAMES,
        roles={row.id: [role_text(language, one.held) for one in row.roles] for row in page.rows},
        day=lambda at: wording.local_day(language, at, actor.timezone),
        address=addresses("search", "state", "role"),
        may_invite=policy.may_invite(actor),
        may_see_to_factors=may_manage_accounts(actor),
        own=sorted(actor.scopes(Role.FOCAL_POINT)),
    )


@bp.get("/people-and-access/<int:account_id>")
@requires(policy.may_open)
def account(account_id: int) -> str:
    return _account_page(account_id, _blank())


@bp.post("/people-and-access/<int:account_id>/roles")
@requires(policy.may_open)
def give_role(account_id: int) -> Answer:
    require_confirmation()
    form = RoleForm()
    _offer(form)
    if not form.validate():
        return _account_page(account_id, form), INVALID
    try:
        with transaction() as db:
            services.give_role(
                db,
                actor=current_actor(),
                account_id=account_id,
                grant=form.grant(),
                span=form.span(),
                now=clock.now(),
            )
    except Refusal as refusal:
        return _refused(account_id, form, refusal)
    flash(_("The role is given."), "success")
    return redirect(url_for("access.account", account_id=account_id), 303)


@bp.post("/people-and-access/<int:account_id>/roles/<int:grant_id>/end")
@requires(policy.may_open)
def take_role(account_id: int, grant_id: int) -> Answer:
    require_confirmation()
    form, blank = EndForm(grant_id, request.form), _blank()
    if not form.validate():
        return _account_page(account_id, blank, form), INVALID
    try:
        with transaction() as db:
            services.take_role(
                db,
                actor=current_actor(),
                account_id=account_id,
                grant_id=grant_id,
                span=RoleSpan(clock.today(), form.until.data),
                now=clock.now(),
            )
    except InvalidInput as refusal:
        status = show_refusal(form, refusal)
        return _account_page(account_id, blank, form), status
    except Refusal as refusal:
        return _refused(account_id, blank, refusal)
    flash(_("The end of the role is noted."), "success")
    return redirect(url_for("access.account", account_id=account_id), 303)


@bp.post("/people-and-access/<int:account_id>/block")
@requires(policy.may_open)
def block(account_id: int) -> Answer:
    require_confirmation()
    try:
        with transaction() as db:
            services.block(db, actor=current_actor(), account_id=account_id, now=clock.now())
    except Refusal as refusal:
        return _refused(account_id, _blank(), refusal)
    flash(_("The account is blocked. Its sessions have ended."), "success")
    return redirect(url_for("access.account", account_id=account_id), 303)


@bp.post("/people-and-access/<int:account_id>/unblock")
@requires(policy.may_open)
def unblock(account_id: int) -> Answer:
    require_confirmation()
    with transaction() as db:
        services.unblock(db, actor=current_actor(), account_id=account_id, now=clock.now())
    flash(_("The account is open again, with the roles below."), "success")
    return redirect(url_for("access.account", account_id=account_id), 303)


@bp.post("/people-and-access/<int:account_id>/invitation")
@requires(policy.may_open)
def invite_again(account_id: int) -> Answer:
    press_once(
        lambda db, now: services.invite_again(
            db, actor=current_actor(), account_id=account_id, now=now
        )
    )
    flash_sent(
        _("A new letter is on its way. The link in the earlier one no longer works."),
        _("A new letter is written. The link in the earlier one no longer works."),
    )
    return redirect(url_for("access.account", account_id=account_id), 303)


@bp.get("/people-and-access/invite")
@requires(policy.may_invite)
def invitation() -> str:
    return _invite_page(InviteForm(formdata=None, valid_from=clock.today()))


@bp.post("/people-and-access/invite")
@requires(policy.may_invite)
def invite() -> Answer:
    require_confirmation()
    form = InviteForm()
    _offer(form)
    if not form.validate():
        return _invite_page(form), INVALID
    try:
        account_id = press_once(
            lambda db, now: services.invite_colleague(
                db, actor=current_actor(), invitee=form.invitee(), now=now
            )
        )
    except Refusal as refusal:
        status = _show(form, refusal)
        return _invite_page(form), status
    flash_sent(
        _("The invitation is on its way; its link works for 14 days."),
        _("The invitation is written."),
    )
    return redirect(url_for("access.account", account_id=account_id), 303)


def _offer(form: RoleForm) -> None:
    language = reader_language()
    with reading() as db:
        choices = queries.role_choices(db, actor=current_actor())
        there = countries(db) if isinstance(form, InviteForm) else ()
    form.offer([(one.key, wording.choice_text(language, one)) for one in choices])
    if isinstance(form, InviteForm):
        form.offer_countries([(one.code, one.name.in_(language)) for one in by_name(there)])


def _blank() -> RoleForm:
    return RoleForm(formdata=None, valid_from=clock.today())


def _show(form: RoleForm, refusal: Refusal) -> int:
    """Puts each sentence at its field, the others above the form; returns the status code."""
    if isinstance(refusal, InvalidInput):
        named = {FIELD_OF.get(name, name): said for name, said in refusal.errors.items()}
        refusal = InvalidInput(named)
    return show_refusal(form, refusal)


def _refused(account_id: int, form: RoleForm, refusal: Refusal) -> Answer:
    status = _show(form, refusal)
    return _account_page(account_id, form), status


def _account_page(account_id: int, form: RoleForm, end_form: EndForm | None = None) -> str:
    """Renders the page of an account; `end_form` is the form that was refused, if any."""
    actor, language, today = current_actor(), reader_language(), clock.today()
    with reading() as db:
        row = queries.account_row(
            db, actor=actor, account_id=account_id, today=today, now=clock.now()
        )
    if form.role.choices is None:
        _offer(form)
    standing = frozenset(one.grant for one in row.roles if not one.is_over)
    return render_template(
        "people/access/account.html",
        row=row,
        form=form,
        page_has_errors=bool(form.errors or (end_form and end_form.errors)),
        end_form=end_form,
        state=wording.STATES[row.state],
        invitation=wording.invitation_text(language, row, actor.timezone),
        may_resend=row.invitation_id is not None
        and row.state in (AccountState.INVITED, AccountState.LAPSED),
        roles=[
            (one, role_text(language, one.held), span_text(language, one.held)) for one in row.roles
        ],
        ends={
            one.id: end_form
            if end_form and end_form.name == f"until-{one.id}"
            else EndForm(one.id, first=today)
            for one in row.roles
            if not one.is_over
            and one.held.role in queries.BY_HAND
            and may_grant(actor, one.held.role, one.held.scope)
        },
        may_manage=may_manage(actor, AccountReach(row.country_code, standing)),
        is_own=row.id == actor.account_id,
        may_see_to_factors=may_manage_accounts(actor),
        day=lambda at: wording.local_day(language, at, actor.timezone),
    )


def _invite_page(form: InviteForm) -> str:
    if form.role.choices is None:
        _offer(form)
    return render_template("people/access/invite.html", form=form)
