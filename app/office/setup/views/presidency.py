"""The presidency: which country presides, until when, and who acts for it."""

from datetime import date, timedelta

from flask import flash, request
from flask_babel import gettext as _

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel import dated
from app.kernel.actor import Role
from app.kernel.refusal import InvalidInput, Refusal
from app.office.handover.queries.offices import presidency_terms
from app.office.setup import policy, services
from app.office.setup.forms import HOLDER, InviteesForm, PresidencyForm
from app.office.setup.queries import invitee_rows
from app.office.setup.values import InviteeDraft, MarkState, PresidencyDraft, SetupStep
from app.office.setup.views.first import has_mail
from app.office.setup.views.frame import Answer, bp, finish, go_on, step_page
from app.office.setup.views.letters import keep_typed, letters_said, typed_before
from app.people.directory.queries.roster import countries
from app.web.guards import current_actor, require_confirmation, requires
from app.web.locale import reader_language
from app.web.mistakes import show_refusal
from app.web.render import by_name

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
        has_mail=has_mail(),
        day=DAY,
        page_has_errors=bool(form.errors or (holder and holder.errors)),
    )


def _end_of_term(today: date) -> date:
    """Returns the last day of the year, of the next one where this one nearly ends."""
    end = date(today.year, 12, 31)
    return end if end - today >= SHORTEST_PROPOSED else date(today.year + 1, 12, 31)
