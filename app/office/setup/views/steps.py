"""The overview, steps that lead to other pages, and leaving a step for later."""

from flask import flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.refusal import NotFound
from app.office.setup import policy, services
from app.office.setup.queries import progress
from app.office.setup.values import MarkState, SetupStep
from app.office.setup.views.frame import BACK, Answer, address_of, bp, finish, go_on, step_page
from app.office.setup.wording import STEPS
from app.planning.scheduling.queries.settings import rule_lines
from app.planning.scheduling.wording import BookWords
from app.web.guards import current_actor, requires
from app.web.locale import reader_language

LEADS_TO = {SetupStep.RULES: "scheduling.rule_book", SetupStep.WEBINAR: "events.plan"}


@bp.get("/setup")
@requires(policy.may_set_up)
def overview() -> Answer:
    """Redirects to the first step that waits. When none waits, shows what is set up and where to
    change it.
    """
    with reading() as db:
        found = progress(db, actor=current_actor(), on=clock.today())
    waiting = found.next_step
    if waiting is not None and waiting not in found.marks:
        return redirect(address_of(waiting))
    html = render_template(
        "office/setup/overview.html", progress=found, steps=list(SetupStep), names=STEPS, step=None
    )
    return html, 200


@bp.get("/setup/rules")
@requires(policy.may_set_up)
def rules() -> Answer:
    today = clock.today(REFERENCE_ZONE)
    with reading() as db:
        lines = rule_lines(db, actor=current_actor(), on=today)
    return step_page(
        SetupStep.RULES, "office/setup/rules.html", lines=lines, words=BookWords(reader_language())
    )


@bp.post("/setup/rules")
@requires(policy.may_set_up)
def rules_accepted() -> Response:
    with transaction() as db:
        finish(db, SetupStep.RULES)
    return go_on(SetupStep.RULES)


@bp.get("/setup/webinar")
@requires(policy.may_set_up)
def webinar() -> Answer:
    return step_page(SetupStep.WEBINAR, "office/setup/webinar.html")


@bp.post("/setup/<name>/leave")
@requires(policy.may_set_up)
def leave_to(name: str) -> Response:
    """Redirects to the page on which the step is done, which has a link back at its top."""
    step = _step(name)
    if step not in LEADS_TO:
        raise NotFound
    session[BACK] = step.value
    return redirect(url_for(LEADS_TO[step]), 303)


@bp.post("/setup/back")
@requires(policy.may_set_up)
def back() -> Response:
    step = session.pop(BACK, "")
    return redirect(
        address_of(SetupStep(step)) if step in list(SetupStep) else url_for("setup.overview"), 303
    )


@bp.post("/setup/<name>/skip")
@requires(policy.may_set_up)
def skip(name: str) -> Response:
    step = _step(name)
    with transaction() as db:
        services.mark_step(
            db, actor=current_actor(), step=step, state=MarkState.SKIPPED, now=clock.now()
        )
    return go_on(step)


@bp.post("/setup/checklist/dismiss")
@requires(policy.may_set_up)
def dismiss() -> Response:
    with transaction() as db:
        services.dismiss_checklist(db, actor=current_actor(), now=clock.now())
    flash(_("The list is hidden. “Set up” stays under Planning."), "success")
    return redirect(url_for("home.home"), 303)


def _step(name: str) -> SetupStep:
    if name not in list(SetupStep):
        raise NotFound
    return SetupStep(name)
