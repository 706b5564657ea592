"""Focal points: one row a country; they are designated and invited by letter."""

from collections.abc import Iterable

from flask import flash, request
from flask_babel import ngettext

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.installation import site_address
from app.kernel.refusal import InvalidInput, Refusal
from app.office.setup import policy, services
from app.office.setup.forms import FocalPointsForm
from app.office.setup.queries import FocalPointRow, focal_point_rows
from app.office.setup.values import FocalPointDraft, SetupStep
from app.office.setup.views.first import has_mail
from app.office.setup.views.frame import Answer, bp, finish, go_on, step_page
from app.people.identity.services import hand_over_invitation
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
    drafts = form.drafts()
    if errors := services.defects_of(drafts):
        return _page(form, status=show_refusal(form, InvalidInput(errors)))
    if not drafts:
        with transaction() as db:
            finish(db, SetupStep.PEOPLE)
        return go_on(SetupStep.PEOPLE)
    if request.form.get("act") != "send":
        return _page(form, leaving=drafts)
    require_confirmation()
    return _sent(form, drafts)


def _sent(form: FocalPointsForm, drafts: list[FocalPointDraft]) -> Answer:
    try:
        with transaction() as db:
            invited = services.invite_focal_points(
                db, actor=current_actor(), drafts=drafts, today=clock.today(), now=clock.now()
            )
            finish(db, SetupStep.PEOPLE)
    except Refusal as refusal:
        return _page(form, status=show_refusal(form, refusal))
    if has_mail():
        said = ngettext(
            "%(num)s letter of invitation is on its way. Its link works for 14 days.",
            "%(num)s letters of invitation are on their way. Their links work for 14 days.",
            invited,
        )
    else:
        said = ngettext(
            "%(num)s letter of invitation is written. It waits until letters can leave.",
            "%(num)s letters of invitation are written. They wait until letters can leave.",
            invited,
        )
    flash(said, "success")
    return go_on(SetupStep.PEOPLE)


@bp.post("/setup/people/<int:invitation_id>/link")
@requires(policy.may_set_up)
def show_link(invitation_id: int) -> Answer:
    """Shows the link of an invitation to the organizer, who hands it over where no mail is sent."""
    require_confirmation()
    with transaction() as db:
        token = hand_over_invitation(
            db, actor=current_actor(), invitation_id=invitation_id, now=clock.now()
        )
    return _page(link=f"{site_address()}/invited/{token}", link_of=invitation_id)


def _form(rows: Iterable[FocalPointRow], sent: Typed | None = None) -> FocalPointsForm:
    return FocalPointsForm([row.country_code for row in rows if not row.person], sent)


def _page(
    form: FocalPointsForm | None = None,
    *,
    status: int = 200,
    leaving: list[FocalPointDraft] | None = None,
    link: str = "",
    link_of: int = 0,
) -> Answer:
    with reading() as db:
        rows = focal_point_rows(db, actor=current_actor(), on=clock.today())
    form = form or _form(rows)
    return step_page(
        SetupStep.PEOPLE,
        "office/setup/people.html",
        status=status,
        rows=rows,
        form=form,
        leaving=leaving or [],
        link=link,
        link_of=link_of,
        has_mail=has_mail(),
        page_has_errors=bool(form.errors),
    )
