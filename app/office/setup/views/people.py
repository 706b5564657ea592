"""Who is invited by letter: colleagues of the secretariat, the presidency and the focal points."""

from collections.abc import Iterable
from datetime import date, timedelta

from flask import flash, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.installation import letters_can_leave, site_address
from app.kernel import dated
from app.kernel.actor import Role
from app.kernel.refusal import InvalidInput, Refusal
from app.office.handover.queries.handovers import presidency_terms
from app.office.setup import policy, services
from app.office.setup.forms import HOLDER, InviteesForm, PresidencyForm
from app.office.setup.queries import FocalPointRow, draft_of, focal_point_rows, invitee_rows
from app.office.setup.values import (
    FEWEST_ORGANIZERS,
    InviteeDraft,
    MarkState,
    PresidencyDraft,
    SetupStep,
)
from app.office.setup.views.steps import Answer, bp, finish, go_on, keep, step_page
from app.people.directory.queries.roster import countries
from app.people.identity.services.inviting import hand_over_invitation
from app.web.fields import Typed
from app.web.guards import current_actor, require_confirmation, requires
from app.web.locale import reader_language
from app.web.mistakes import show_refusal
from app.web.render import by_name

TOKENS = ("csrf_token", "form_token", "act", "kept")


def typed_before(step: SetupStep) -> Typed | None:
    """Returns what was typed on a step and did not leave, for its form; None without."""
    with reading() as db:
        typed = draft_of(db, actor=current_actor(), step=step)
    return MultiDict(typed) if typed else None


def keep_typed(step: SetupStep, sent: Typed) -> None:
    keep(step, [pair for pair in sent.items(multi=True) if pair[0] not in TOKENS])


def letters_said(number: int) -> str:
    """Returns what happened to the invitations just written: nothing has left where no letter
    can.
    """
    if not letters_can_leave():
        return str(
            ngettext(
                "%(num)s letter of invitation is written. It waits until letters can leave.",
                "%(num)s letters of invitation are written. They wait until letters can leave.",
                number,
            )
        )
    return str(
        ngettext(
            "%(num)s letter of invitation is on its way. Its link works for 14 days.",
            "%(num)s letters of invitation are on their way. Their links work for 14 days.",
            number,
        )
    )


def link_of(invitation_id: int) -> str:
    """Returns a new link of an invitation; an earlier one stops working."""
    with transaction() as db:
        token = hand_over_invitation(
            db, actor=current_actor(), invitation_id=invitation_id, now=clock.now()
        )
    return f"{site_address()}/invited/{token}"


# Colleagues of the secretariat: at least a deputy, so that no lost mailbox locks the office out.

ROWS = ("1", "2", "3")


@bp.get("/setup/colleagues")
@requires(policy.may_set_up)
def colleagues() -> Answer:
    return colleagues_page()


@bp.post("/setup/colleagues")
@requires(policy.may_set_up)
def colleagues_saved() -> Answer:
    """Shows first which letters would be sent; sends them at the second press. Without anybody the
    step is left for later.
    """
    form = InviteesForm(ROWS, request.form)
    keep_typed(SetupStep.COLLEAGUES, request.form)
    if request.form.get("act") == "keep":
        return "", 204
    drafts = form.drafts()
    if errors := services.defects_of(drafts):
        return colleagues_page(form, status=show_refusal(form, InvalidInput(errors)))
    if not drafts:
        with transaction() as db:
            services.mark_step(
                db,
                actor=current_actor(),
                step=SetupStep.COLLEAGUES,
                state=MarkState.SKIPPED,
                now=clock.now(),
            )
        return go_on(SetupStep.COLLEAGUES)
    if request.form.get("act") != "send":
        return colleagues_page(form, leaving=drafts)
    require_confirmation()
    try:
        with transaction() as db:
            services.invite_colleagues(
                db, actor=current_actor(), drafts=drafts, today=clock.today(), now=clock.now()
            )
            services.keep_draft(
                db, actor=current_actor(), step=SetupStep.COLLEAGUES, typed=(), now=clock.now()
            )
            finish(db, SetupStep.COLLEAGUES)
    except Refusal as refusal:
        return colleagues_page(form, status=show_refusal(form, refusal))
    flash(letters_said(len(drafts)), "success")
    return go_on(SetupStep.COLLEAGUES)


def colleagues_page(
    form: InviteesForm | None = None,
    *,
    status: int = 200,
    leaving: list[InviteeDraft] | None = None,
    link: str = "",
) -> Answer:
    with reading() as db:
        rows = invitee_rows(db, actor=current_actor(), role=Role.ORGANIZER, on=clock.today())
    form = form or InviteesForm(ROWS, typed_before(SetupStep.COLLEAGUES))
    return step_page(
        SetupStep.COLLEAGUES,
        "office/setup/colleagues.html",
        status=status,
        rows=rows,
        is_alone=len(rows) < FEWEST_ORGANIZERS,
        form=form,
        leaving=leaving or [],
        link=link,
        has_mail=letters_can_leave(),
        page_has_errors=bool(form.errors),
    )


# The presidency: which country presides, until when, and who acts for it.

DAY = timedelta(days=1)
SHORTEST_PROPOSED = timedelta(days=60)
FIELD_OF = {"valid_until": "last_day"}


@bp.get("/setup/presidency")
@requires(policy.may_set_up)
def presidency() -> Answer:
    return presidency_page()


@bp.post("/setup/presidency")
@requires(policy.may_set_up)
def presidency_saved() -> Answer:
    """Shows first which letter would be sent; sets the term and sends it at the second press."""
    form, holder = PresidencyForm(request.form), InviteesForm([HOLDER], request.form)
    keep_typed(SetupStep.PRESIDENCY, request.form)
    if request.form.get("act") == "keep":
        return "", 204
    if not form.country.data and not holder.drafts():
        return _left_for_later()
    is_whole = form.validate()
    drafts = holder.drafts()
    if errors := services.defects_of(drafts):
        show_refusal(holder, InvalidInput(errors))
    if not is_whole or errors:
        return presidency_page(form, holder, status=422)
    if drafts and request.form.get("act") != "send":
        return presidency_page(form, holder, leaving=drafts)
    require_confirmation()
    draft = PresidencyDraft(
        form.country.data, form.last_day.data + DAY, drafts[0] if drafts else None
    )
    try:
        with transaction() as db:
            services.set_presidency(
                db, actor=current_actor(), draft=draft, today=clock.today(), now=clock.now()
            )
            services.keep_draft(
                db, actor=current_actor(), step=SetupStep.PRESIDENCY, typed=(), now=clock.now()
            )
            finish(db, SetupStep.PRESIDENCY)
    except InvalidInput as refusal:
        shown = {FIELD_OF.get(name, name): said for name, said in refusal.errors.items()}
        of_holder = {name: said for name, said in shown.items() if name.endswith(HOLDER)}
        status = show_refusal(holder if of_holder else form, InvalidInput(of_holder or shown))
        return presidency_page(form, holder, status=status)
    except Refusal as refusal:
        return presidency_page(form, holder, status=show_refusal(form, refusal))
    flash(letters_said(len(drafts)) if drafts else _("The term is set."), "success")
    return go_on(SetupStep.PRESIDENCY)


def _left_for_later() -> Answer:
    with transaction() as db:
        services.mark_step(
            db,
            actor=current_actor(),
            step=SetupStep.PRESIDENCY,
            state=MarkState.SKIPPED,
            now=clock.now(),
        )
    return go_on(SetupStep.PRESIDENCY)


def presidency_page(
    form: PresidencyForm | None = None,
    holder: InviteesForm | None = None,
    *,
    status: int = 200,
    leaving: list[InviteeDraft] | None = None,
    link: str = "",
) -> Answer:
    today, language = clock.today(), reader_language()
    typed = None if form else typed_before(SetupStep.PRESIDENCY)
    with reading() as db:
        terms = [one for one in presidency_terms(db) if dated.not_over(one.until, today)]
        known = countries(db)
        rows = invitee_rows(db, actor=current_actor(), role=Role.PRESIDENCY, on=today)
    form = form or PresidencyForm(typed, data={"last_day": _end_of_term(today)})
    form.offer([(one.code, one.name.in_(language)) for one in by_name(known)])
    return step_page(
        SetupStep.PRESIDENCY,
        "office/setup/presidency.html",
        status=status,
        terms=terms,
        rows=rows,
        form=form,
        holder=holder or InviteesForm([HOLDER], typed),
        leaving=leaving or [],
        link=link,
        has_mail=letters_can_leave(),
        day=DAY,
        page_has_errors=bool(form.errors or (holder and holder.errors)),
    )


def _end_of_term(today: date) -> date:
    """Returns the last day of the year, of the next one where this one nearly ends."""
    end = date(today.year, 12, 31)
    return end if end - today >= SHORTEST_PROPOSED else date(today.year + 1, 12, 31)


# Focal points: one row a country; they are designated and invited by letter.


@bp.get("/setup/people")
@requires(policy.may_set_up)
def people() -> Answer:
    return _page()


@bp.post("/setup/people")
@requires(policy.may_set_up)
def people_saved() -> Answer:
    """Shows first which letters would be sent; sends them at the second press."""
    with reading() as db:
        rows = focal_point_rows(db, actor=current_actor(), on=clock.today())
    form = _form(rows, request.form)
    keep_typed(SetupStep.PEOPLE, request.form)
    if request.form.get("act") == "keep":
        return "", 204
    drafts = form.drafts()
    if errors := services.defects_of(drafts):
        return _page(form, status=show_refusal(form, InvalidInput(errors)))
    if not drafts:
        is_covered = any(row.person for row in rows)
        with transaction() as db:
            services.mark_step(
                db,
                actor=current_actor(),
                step=SetupStep.PEOPLE,
                state=MarkState.DONE if is_covered else MarkState.SKIPPED,
                now=clock.now(),
            )
        return go_on(SetupStep.PEOPLE)
    if request.form.get("act") != "send":
        return _page(form, leaving=drafts)
    require_confirmation()
    return _sent(form, drafts)


def _sent(form: InviteesForm, drafts: list[InviteeDraft]) -> Answer:
    try:
        with transaction() as db:
            invited = services.invite_focal_points(
                db, actor=current_actor(), drafts=drafts, today=clock.today(), now=clock.now()
            )
            services.keep_draft(
                db, actor=current_actor(), step=SetupStep.PEOPLE, typed=(), now=clock.now()
            )
            finish(db, SetupStep.PEOPLE)
    except Refusal as refusal:
        return _page(form, status=show_refusal(form, refusal))
    flash(letters_said(invited), "success")
    return go_on(SetupStep.PEOPLE)


@bp.post("/setup/people/<int:invitation_id>/link")
@requires(policy.may_set_up)
def show_link(invitation_id: int) -> Answer:
    """Shows the link of an invitation to the organizer, who hands it over where no mail is sent.
    `step` in the address names the step that shows it.
    """
    pages = {
        SetupStep.COLLEAGUES.value: colleagues_page,
        SetupStep.PRESIDENCY.value: presidency_page,
    }
    require_confirmation()
    return pages.get(request.args.get("step", ""), _page)(link=link_of(invitation_id))


def _form(rows: Iterable[FocalPointRow], sent: Typed | None = None) -> InviteesForm:
    return InviteesForm([row.country_code for row in rows if not row.person], sent)


def _page(
    form: InviteesForm | None = None,
    *,
    status: int = 200,
    leaving: list[InviteeDraft] | None = None,
    link: str = "",
) -> Answer:
    with reading() as db:
        rows = focal_point_rows(db, actor=current_actor(), on=clock.today())
    form = form or _form(rows, typed_before(SetupStep.PEOPLE))
    return step_page(
        SetupStep.PEOPLE,
        "office/setup/people.html",
        status=status,
        rows=rows,
        form=form,
        leaving=leaving or [],
        link=link,
        has_mail=letters_can_leave(),
        page_has_errors=bool(form.errors),
    )
