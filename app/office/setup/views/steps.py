"""The overview, what every step shares, the page of the first address, steps that lead to other
pages, and leaving a step for later.
"""

from collections.abc import Sequence
from typing import Any

from flask import (
    Blueprint,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.body import current_body
from app.infra.database import reading, transaction
from app.infra.installation import letters_can_leave
from app.infra.language import say
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.refusal import InvalidInput, NotFound
from app.office.setup import policy, services
from app.office.setup.forms import FirstForm
from app.office.setup.queries import checklist, progress
from app.office.setup.values import MarkState, Progress, SetupStep
from app.office.setup.wording import STEPS
from app.people.identity import queries as identity
from app.people.identity.rules import FirstKeyNotValid, password_fault
from app.people.identity.services import accounts, inviting
from app.people.identity.values import SignInWay
from app.people.identity.views.door import enter
from app.planning.scheduling.queries.settings import rule_lines
from app.planning.scheduling.wording import BookWords
from app.web.guards import anyone, current_actor, requires
from app.web.locale import reader_language
from app.web.site import site

bp = Blueprint("setup", __name__)
Answer = Response | tuple[str, int]
BACK = "setup_step"
"""In the cookie: the step from which somebody went to another page, to be led back."""
IS_KEPT = "is_draft_kept"


def step_page(
    step: SetupStep,
    template: str,
    *,
    status: int = 200,
    found: Progress | None = None,
    **shown: Any,
) -> tuple[str, int]:
    """Renders a step beside the rail."""
    if found is None:
        with reading() as db:
            found = progress(db, actor=current_actor(), on=clock.today())
    steps = list(SetupStep)
    place = steps.index(step)
    html = render_template(
        template,
        progress=found,
        step=step,
        steps=steps,
        names=STEPS,
        body=current_body(),
        before=steps[place - 1] if place else None,
        is_kept=g.get(IS_KEPT, True),
        **shown,
    )
    return html, status


def keep(step: SetupStep, typed: Sequence[tuple[str, str]]) -> None:
    """Keeps what is typed on a step until it is saved. What is too long is not kept, and the page
    that is made now says so.
    """
    with transaction() as db:
        is_kept = services.keep_draft(
            db, actor=current_actor(), step=step, typed=typed, now=clock.now()
        )
    setattr(g, IS_KEPT, is_kept)


def go_on(step: SetupStep) -> Response:
    """Redirects to the next step, and after the last one to the overview."""
    steps = list(SetupStep)
    after = steps[steps.index(step) + 1 :]
    return redirect(address_of(after[0]) if after else url_for("setup.overview"), 303)


def address_of(step: SetupStep) -> str:
    return url_for(f"setup.{step.value}")


def finish(db: Session, step: SetupStep) -> None:
    services.mark_step(db, actor=current_actor(), step=step, state=MarkState.DONE, now=clock.now())


@bp.app_template_global()
def setup_step_left() -> SetupStep | None:
    """Returns the step that the reader left for another page; None on the pages of the steps."""
    left = session.get(BACK)
    if left not in list(SetupStep) or request.blueprint == bp.name:
        return None
    return SetupStep(left) if policy.may_set_up(current_actor()) else None


@bp.app_template_global()
def setup_checklist() -> Progress | None:
    """Returns the checklist of the organizer's home page; None when it is done or dismissed."""
    if not policy.may_set_up(current_actor()):
        return None
    with reading() as db:
        return checklist(db, actor=current_actor(), on=clock.today())


@bp.app_template_global()
def setup_step_name(step: SetupStep) -> str:
    """Returns the msgid of a step's name, for the checklist on the home page."""
    return STEPS[step]


@bp.app_template_global()
def is_not_set_up() -> bool:
    """Returns True while the installation has no account. Remembers the first account it finds:
    accounts are never deleted.
    """
    if current_actor().signed_in or site().has_accounts:
        return False
    if request.blueprint == bp.name:  # whoever sets it up knows
        return False
    try:
        with reading() as db:
            has_accounts = identity.has_accounts(db)
    except SQLAlchemyError:  # a page that says what is wrong must not fail over this
        return False
    if has_accounts:
        site().has_accounts = True
    return not has_accounts


# The page of the first address: GET shows the form, POST uses the address up.

GONE, INVALID = 410, 422


@bp.get("/first/<token>")
@requires(anyone)
def first(token: str) -> Response:
    return _page(token, FirstForm(language=reader_language()))


@bp.post("/first/<token>")
@requires(anyone)
def first_submitted(token: str) -> Response:
    """Checks the address before the password is hashed, because hashing takes time."""
    form = FirstForm()
    with reading() as db:
        works = identity.is_first_key(db, token=token, now=clock.now())
    is_typed_well = form.validate()
    if not works or not (_password_fits(form) and is_typed_well):
        return _page(token, form)
    hashed = accounts.hash_password(form.password.data) if form.password.data else None
    try:
        with transaction() as db:
            account_id = inviting.make_first_account(
                db,
                token=token,
                full_name=form.full_name.data,
                email=form.email.data,
                language=form.language.data,
                hashed=hashed,
                now=clock.now(),
            )
    except FirstKeyNotValid:
        return _page(token, form)
    except InvalidInput as refusal:
        for name, sentence in refusal.errors.items():
            form[name].errors = [say(reader_language(), sentence)]
        return _page(token, form)
    enter(account_id, SignInWay.PASSWORD if hashed else SignInWay.LINK)
    flash(_("Welcome. You are signed in as the organizer of this installation."), "success")
    return redirect(url_for("setup.overview"), 303)


def _password_fits(form: FirstForm) -> bool:
    """Requires a password where no mail is sent, because nobody could sign in by a link."""
    typed = form.password.data or ""
    if not typed:
        if letters_can_leave():
            return True
        form.password.errors = [
            _("Letters cannot be sent yet, so no link could reach you: choose a password.")
        ]
        return False
    fault = password_fault(typed, (form.email.data or "", form.full_name.data or ""))
    if fault:
        form.password.errors = [say(reader_language(), fault)]
    return fault is None


def _page(token: str, form: FirstForm) -> Response:
    with reading() as db:
        works = identity.is_first_key(db, token=token, now=clock.now())
        is_set_up = identity.has_accounts(db)
    if not letters_can_leave():
        form.password.flags.required = True
    html = render_template(
        "office/setup/first.html" if works else "office/setup/first_gone.html",
        form=form,
        token=token,
        has_mail=letters_can_leave(),
        is_set_up=is_set_up,
        page_has_errors=bool(form.errors),
    )
    status = GONE if not works else INVALID if form.errors else 200
    answer = make_response(html, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


# The overview, steps that lead to other pages, and leaving a step for later.

LEADS_TO = {SetupStep.RULES: "scheduling.rule_book", SetupStep.WEBINAR: "events.plan"}


@bp.get("/setup")
@requires(policy.may_set_up)
def overview() -> Answer:
    """Redirects to the first step that waits. When none waits, shows what is set up and where to
    change it.
    """
    with reading() as db:
        done = progress(db, actor=current_actor(), on=clock.today())
    waiting = done.next_step
    if waiting is not None and waiting not in done.marks:
        return redirect(address_of(waiting))
    html = render_template(
        "office/setup/overview.html", progress=done, steps=list(SetupStep), names=STEPS, step=None
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
