"""The course page, enrolling, and the page of a course that is done."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import InvalidInput, Kind, NotFound, Refusal
from app.people.directory.queries import countries
from app.people.identity.services import record_owner
from app.training.learning import policy, wording
from app.training.learning.forms.who import NO_COUNTRY, WhoForm
from app.training.learning.queries.duration import measured_minutes
from app.training.learning.queries.pretest import pretest_states
from app.training.learning.queries.renewing import later_edition
from app.training.learning.queries.seat import require_enrolled, seat_of
from app.training.learning.queries.webinars import WebinarLine, coming, webinar_units
from app.training.learning.rules import progress
from app.training.learning.rules.duration import WORDS_A_MINUTE, number_spans
from app.training.learning.services.study import start_enrolment
from app.training.learning.values.outline import ModuleOutline, Seat, UnitOutline, UnitReading
from app.training.learning.views import bp
from app.training.learning.views.beside import share_lines
from app.training.learning.views.door import Page, address, refused
from app.web.errors import STATUS
from app.web.guards import anyone, current_actor, requires
from app.web.locale import reader_language, reader_timezone

SHOWN = 2
"""Coming webinars in the syllabus; the unit's own page has more."""


@bp.get("/courses/guidelines", defaults={"slug": "guidelines"})
@bp.get("/courses/<slug>")
@requires(anyone)
def course(slug: str) -> str:
    """Shows the syllabus to everybody, with their progress and one button to whoever takes the
    course.
    """
    with reading() as db:
        seat = seat_of(db, actor=current_actor(), slug=slug)
        minutes = measured_minutes(db, seat.outline.edition_id)
        pretests = pretest_states(db, seat)
        webinars = _coming_webinars(db, seat)
        later = (
            later_edition(db, edition_id=seat.outline.edition_id, slug=seat.outline.slug)
            if seat.has_later and not seat.standing.completed_at
            else None
        )
    return render_template(
        "training/learning/course.html",
        pretests=pretests,
        seat=seat,
        may_study=policy.may_study(current_actor()),
        may_publish=policy.may_publish(current_actor()),
        continue_url=address(slug, progress.resume_place(seat)),
        minutes=sum(minutes.values()),
        words_a_minute=WORDS_A_MINUTE,
        modules=[_module_line(seat, module, minutes) for module in seat.outline.modules],
        share=share_lines(seat.outline),
        webinars=webinars,
        later=later,
    )


@bp.post("/courses/<slug>/enrolments")
@requires(policy.may_study)
def enrol(slug: str) -> BaseResponse:
    actor, language = current_actor(), reader_language()
    with transaction() as db:
        start_enrolment(db, actor=actor, course_slug=slug, language=language, now=clock.now())
    with reading() as db:
        place = progress.resume_place(seat_of(db, actor=actor, slug=slug))
    return redirect(address(slug, place))


@bp.get("/courses/<slug>/start")
@requires(policy.may_begin)
def start(slug: str) -> Page:
    """Asks an account without a person record who takes the course. Everybody else starts on the
    course page.
    """
    if policy.may_study(current_actor()):
        return redirect(url_for("learning.course", slug=slug))
    return _who_page(slug, WhoForm(formdata=None))


@bp.post("/courses/<slug>/start")
@requires(policy.may_begin)
def say_who(slug: str) -> Page:
    """Keeps who they are and enrols them, both or none."""
    actor, language, form = current_actor(), reader_language(), WhoForm()
    form.country.choices = _countries()
    if not form.validate():
        return _who_page(slug, form), STATUS[Kind.INVALID]
    try:
        with transaction() as db:
            person_id = record_owner(
                db,
                actor=actor,
                full_name=form.full_name.data,
                country_code=form.country_code,
                language=language,
                timezone=reader_timezone(),
                now=clock.now(),
            )
            learner = replace(actor, person_id=person_id)
            start_enrolment(db, actor=learner, course_slug=slug, language=language, now=clock.now())
    except InvalidInput as refusal:
        for name, sentence in refusal.errors.items():
            form[name].errors = [say(language, sentence)]
        return _who_page(slug, form), STATUS[Kind.INVALID]
    with reading() as db:
        place = progress.resume_place(seat_of(db, actor=learner, slug=slug))
    return redirect(address(slug, place))


def _countries() -> list[tuple[str, str]]:
    """Returns the Member Countries by name after an empty choice, and "none of them" at the end."""
    with reading() as db:
        named = sorted((one.name.in_(reader_language()), one.code) for one in countries(db))
    return [
        ("", _("Choose")),
        *((code, name) for name, code in named),
        (NO_COUNTRY, _("None of these: I work elsewhere")),
    ]


def _who_page(slug: str, form: WhoForm) -> str:
    form.country.choices = _countries()
    with reading() as db:
        outline = seat_of(db, actor=current_actor(), slug=slug).outline
    return render_template("training/learning/start.html", form=form, outline=outline)


@bp.get("/courses/<slug>/completed")
@requires(policy.may_study)
def completed(slug: str) -> Page:
    with reading() as db:
        seat = seat_of(db, actor=current_actor(), slug=slug)
    if seat.standing.completed_at is None:
        return redirect(url_for("learning.course", slug=slug))
    taken = number_spans(module.number for module in seat.outline.available)
    return render_template("training/learning/completed.html", seat=seat, taken=taken)


@bp.get("/courses/<slug>/<module_slug>")
@requires(policy.may_study)
def module(slug: str, module_slug: str) -> Page:
    """Leads to the first thing of the module that is not done, or to its beginning."""
    with reading() as db:
        seat = seat_of(db, actor=current_actor(), slug=slug)
    outline = seat.outline.module(module_slug)
    if outline is None or not outline.units:
        raise NotFound
    try:
        require_enrolled(seat)
        progress.require_open(seat.outline, outline, seat.standing)
    except Refusal as refusal:
        return refused(refusal, slug)
    first = url_for(
        "learning.unit", slug=slug, module_slug=module_slug, unit_code=outline.units[0].code
    )
    place = progress.first_open(outline, seat.standing)
    return redirect(address(slug, place) if place else first)


def _coming_webinars(db: Session, seat: Seat) -> dict[int, tuple[WebinarLine, ...]]:
    """Returns the next webinars that count for each unit not attended yet, by the unit's id."""
    if not any(unit.is_webinar for module in seat.outline.modules for unit in module.units):
        return {}
    units = webinar_units(db, [seat.outline.edition_id]).get(seat.outline.edition_id, ())
    return {
        unit.id: coming(db, actor=current_actor(), webinar=unit.webinar, now=clock.now())[:SHOWN]
        for unit in units
        if not seat.standing.reading.get(unit.id, UnitReading()).is_done
    }


def _module_line(seat: Seat, module: ModuleOutline, minutes: Mapping[int, int]) -> dict[str, Any]:
    state = progress.module_state(seat.outline, module, seat.standing)
    before = progress.modules_before(seat.outline, module, seat.standing)
    return {
        "module": module,
        "state": state,
        "word": wording.state_word(state, reader_language()),
        "look": wording.STATE_LOOKS[state],
        "percent": progress.module_percent(module, seat.standing),
        "before": before,
        "minutes": sum(minutes[unit.id] for unit in module.units),
        "units": [_unit_line(seat, unit, minutes[unit.id]) for unit in module.units],
        "is_open": seat.enrolment_id is not None
        and state.value in ("done", "in-progress", "not-started"),
    }


def _unit_line(seat: Seat, unit: UnitOutline, minutes: int) -> dict[str, Any]:
    reached = seat.standing.reading.get(unit.id, UnitReading())
    return {
        "unit": unit,
        "minutes": minutes,
        "kind": wording.kind_word(unit.kind, reader_language()),
        "is_done": progress.unit_is_done(unit, seat.standing),
        "is_optional": unit.is_optional,
        "is_begun": unit.id in seat.standing.tried or unit.id in seat.standing.reading,
        "reached": reached.screen,
    }
