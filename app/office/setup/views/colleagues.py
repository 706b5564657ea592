"""Colleagues of the secretariat: at least a deputy, so that no lost mailbox locks the office out."""

from flask import flash, request

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.actor import Role
from app.kernel.refusal import InvalidInput, Refusal
from app.office.setup import policy, services
from app.office.setup.forms import InviteesForm
from app.office.setup.queries import invitee_rows
from app.office.setup.values import FEWEST_ORGANIZERS, InviteeDraft, MarkState, SetupStep
from app.office.setup.views.first import has_mail
from app.office.setup.views.frame import Answer, bp, finish, go_on, step_page
from app.office.setup.views.letters import keep_typed, letters_said, typed_before
from app.web.guards import current_actor, require_confirmation, requires
from app.web.mistakes import show_refusal

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
        has_mail=has_mail(),
        page_has_errors=bool(form.errors),
    )
