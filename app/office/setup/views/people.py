"""Focal points: one row a country; they are designated and invited by letter."""

from collections.abc import Iterable

from flask import flash, request

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.refusal import InvalidInput, Refusal
from app.office.setup import policy, services
from app.office.setup.forms import InviteesForm
from app.office.setup.queries import FocalPointRow, focal_point_rows
from app.office.setup.values import InviteeDraft, MarkState, SetupStep
from app.office.setup.views.colleagues import colleagues_page
from app.office.setup.views.first import has_mail
from app.office.setup.views.frame import Answer, bp, finish, go_on, step_page
from app.office.setup.views.letters import keep_typed, letters_said, link_of, typed_before
from app.office.setup.views.presidency import presidency_page
from app.web.fields import Typed
from app.web.guards import current_actor, require_confirmation, requires
from app.web.mistakes import show_refusal


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
        has_mail=has_mail(),
        page_has_errors=bool(form.errors),
    )
