"""Addresses of places, and what is said when a rule says no."""

import hmac
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from flask import Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from app.infra.language import say
from app.infra.platform import platform
from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_
from app.training.learning.forms.answers import LEARNER, read_press
from app.training.learning.queries.quiz import Choice
from app.training.learning.rules.progress import (
    ModuleInPreparation,
    ModuleLocked,
    NotEnrolled,
    ScreenNotReached,
)
from app.training.learning.rules.quiz import AlreadySubmitted, NoAttemptsLeft, PauseNotOver
from app.training.learning.values import CoursePosition, Press
from app.training.learning.views import bp
from app.training.learning.wording import instant_text
from app.web.errors import STATUS
from app.web.guards import current_actor
from app.web.locale import reader_language, reader_timezone

Page = str | BaseResponse | tuple[str, int]
OUTBOX = "X-Outbox"
"""The header of a press that the browser had kept and sends later: it wants no page."""


class OtherLearner(Refusal):
    kind = Kind.FORBIDDEN
    rule = "other-learner"
    msgid = N_(
        "This answer was given by somebody else on this device. It waits there until they sign in."
    )


@bp.app_template_global()
def press_id() -> str:
    """Returns a new name for a press of a form's button; scripts give each press its own."""
    return str(uuid4())


@bp.app_template_global()
def learner_key() -> str:
    """Returns an opaque name of the account that is signed in, the same in each of its sessions: a
    browser keeps apart by it what two people left unsent.
    """
    return learner_names().partition(" ")[0]


@bp.app_template_global()
def learner_names() -> str:
    """Returns the name of `learner_key` and those that earlier keys of the installation made, divided
    by spaces: what a browser kept under one of them is still this person's.
    """
    text = f"learner {current_actor().account_id}".encode()
    return " ".join(tag.hex()[:32] for tag in platform().keys.tags(text))


def press_sent() -> Press:
    """Returns the press of this request. Raises OtherLearner where another account answered."""
    sent = request.form.get(LEARNER, "")
    if sent and not any(
        hmac.compare_digest(sent.encode(), name.encode()) for name in learner_names().split()
    ):
        raise OtherLearner
    return read_press(request.form)


def is_from_outbox() -> bool:
    return OUTBOX in request.headers


def gone_on(url: str) -> BaseResponse:
    """Leads on to the next page; a press sent later only hears that it is kept."""
    return Response(status=204) if is_from_outbox() else redirect(url)


def as_ticked(choices: Iterable[Choice], typed: MultiDict[str, str]) -> tuple[Choice, ...]:
    """Returns the choices with those chosen that a form ticked, instead of what is stored."""
    ticked = typed.getlist("option")
    return tuple(replace(one, is_chosen=str(one.id) in ticked) for one in choices)


@bp.app_template_filter("instant")
def instant(at: datetime) -> str:
    return instant_text(at, reader_timezone(), reader_language())


def address(slug: str, place: CoursePosition | None) -> str:
    """Returns the page of a place; without one the course page."""
    if place is None:
        return url_for("learning.course", slug=slug)
    if place.is_quiz or place.is_webinar:
        return url_for(
            "learning.unit", slug=slug, module_slug=place.module_slug, unit_code=place.unit_code
        )
    return url_for(
        "learning.screen",
        slug=slug,
        module_slug=place.module_slug,
        unit_code=place.unit_code,
        screen=place.screen,
    )


def module_address(slug: str, module_slug: str) -> str:
    return url_for("learning.module", slug=slug, module_slug=module_slug)


def refused(
    refusal: Refusal,
    slug: str,
    *,
    back: CoursePosition | None = None,
    attempt_id: UUID | None = None,
) -> Page:
    """Shows the rule's own sentence with the way on. Raises the refusal again where no page of ours
    helps on, for the general page.
    """
    if is_from_outbox():
        said = say(reader_language(), refusal.sentence)
        return Response(said, STATUS[refusal.kind], mimetype="text/plain")
    again_at = refusal.until if isinstance(refusal, PauseNotOver) else None
    if isinstance(refusal, ModuleLocked):
        label = _("Go to module %(number)s", number=refusal.next_one.number)
        url = module_address(slug, refusal.next_one.slug)
    elif isinstance(refusal, AlreadySubmitted) and attempt_id:
        label, url = (
            _("See the result"),
            url_for("learning.attempt", slug=slug, attempt_id=attempt_id),
        )
    elif isinstance(refusal, PauseNotOver | NoAttemptsLeft | ScreenNotReached) and back:
        label, url = _("Read the module again"), module_address(slug, back.module_slug)
    elif isinstance(refusal, NotEnrolled | ModuleInPreparation):
        label, url = _("Go to the course page"), url_for("learning.course", slug=slug)
    else:
        raise refusal
    sentence = say(reader_language(), refusal.sentence)
    page = render_template(
        "training/learning/refused.html", sentence=sentence, label=label, url=url, again_at=again_at
    )
    return page, STATUS[refusal.kind]
