"""Parts that every step shares: the rail at the left, and the way to the next step."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.body import current_body
from app.infra.database import reading, transaction
from app.office.setup import policy, services
from app.office.setup.queries import checklist, progress
from app.office.setup.values import MarkState, Progress, SetupStep
from app.office.setup.wording import STEPS
from app.people.identity import queries as identity
from app.web.guards import current_actor
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
    """True while the installation has no account. Remembers the first account it finds: accounts
    are never deleted.
    """
    if current_actor().signed_in or site().has_accounts:
        return False
    if request.blueprint == bp.name:  # whoever sets it up knows
        return False
    try:
        with reading() as db:
            found = identity.has_accounts(db)
    except SQLAlchemyError:  # a page that says what is wrong must not fail over this
        return False
    if found:
        site().has_accounts = True
    return not found
