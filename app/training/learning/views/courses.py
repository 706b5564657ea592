"""The catalogue, a course's own page, enrolling, glossary and sources, and a module to print."""

from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.files import files, key_of
from app.infra.language import date_text, say
from app.infra.pdf import pdf_of
from app.infra.platform import platform
from app.kernel.refusal import InvalidInput, Kind, NotFound, Refusal
from app.kernel.text import Language
from app.people.directory.queries.roster import countries
from app.people.identity.services.accounts import record_owner
from app.training.learning import policy, wording
from app.training.learning.forms.answers import NO_COUNTRY, WhoForm
from app.training.learning.queries import courses
from app.training.learning.queries.courses import (
    later_edition,
    measured_minutes,
    require_enrolled,
    seat_of,
)
from app.training.learning.queries.editions import content_of, glossary_of, sources_of_course
from app.training.learning.queries.lessons import (
    WebinarLine,
    coming,
    webinar_units,
)
from app.training.learning.queries.quiz import pretest_states
from app.training.learning.rules import progress
from app.training.learning.rules.duration import WORDS_A_MINUTE, number_spans
from app.training.learning.services.study import start_enrolment
from app.training.learning.values import (
    CheckContent,
    FigureContent,
    ModuleOutline,
    Outline,
    Seat,
    UnitContent,
    UnitOutline,
    UnitReading,
)
from app.training.learning.views import bp
from app.training.learning.views.door import Page, address, refused
from app.training.learning.wording import cited_kind_word, kind_word
from app.training.library.queries import document_line
from app.web.downloads import name_file
from app.web.errors import STATUS
from app.web.guards import anyone, current_actor, requires
from app.web.limits import PDF
from app.web.locale import reader_language, reader_timezone
from app.web.markdown import Picture, rich_text


@dataclass
class CoursePort:
    """Filled by `app/wiring`."""

    more_courses: Callable[[], Markup]
    """Renders the courses made elsewhere, which stand below ours."""


@bp.get("/courses")
@requires(anyone)
def catalogue() -> str:
    actor = current_actor()
    with reading() as db:
        lines = courses.catalogue(db, actor=actor)
    entries = [
        {
            "line": line,
            "word": wording.state_word(line.state, reader_language()),
            "look": wording.STATE_LOOKS[line.state],
            "extent": ngettext("%(num)d module", "%(num)d modules", line.modules),
            "minutes": wording.length_text(line.minutes, reader_language()),
        }
        for line in lines
    ]
    return render_template(
        "training/learning/catalogue.html",
        entries=entries,
        may_study=policy.may_study(actor),
        more_courses=platform().port(CoursePort).more_courses(),
    )


# Glossary, sources, and a module as a page or a PDF to print.

PRINTED_FIGURE = 560  # pixels wide on paper
SCREEN_FACE, PAPER_FACE = "Source Sans 3", "Label"


@bp.get("/courses/<slug>/glossary")
@requires(anyone)
def glossary(slug: str) -> str:
    with reading() as db:
        outline = seat_of(db, actor=current_actor(), slug=slug).outline
        terms = glossary_of(db, edition_id=outline.edition_id, language=reader_language())
    return render_template("training/learning/glossary.html", outline=outline, terms=terms)


@bp.get("/courses/<slug>/sources")
@requires(anyone)
def sources(slug: str) -> str:
    language = reader_language()
    with reading() as db:
        outline = seat_of(db, actor=current_actor(), slug=slug).outline
        lines = sources_of_course(db, edition_id=outline.edition_id, language=language)
        document = document_line(db, outline.guideline_version_id)
    kinds = {line.kind: cited_kind_word(line.kind, language) for line in lines}
    return render_template(
        "training/learning/sources.html",
        outline=outline,
        lines=lines,
        kinds=kinds,
        document=document,
    )


@bp.get("/courses/<slug>/<module_slug>/pack")
@requires(policy.may_study)
def pack(slug: str, module_slug: str) -> Page:
    """Shows a module on one page: to print, to read without a connection, to forward."""
    try:
        words = _printed_words(slug, module_slug)
    except Refusal as refusal:
        return refused(refusal, slug)
    return render_template("training/learning/pack.html", **words)


@bp.get("/courses/<slug>/<module_slug>/pack.pdf")
@requires(policy.may_study, costs=PDF)
def pack_pdf(slug: str, module_slug: str) -> Response:
    words = _printed_words(slug, module_slug, face=PAPER_FACE)
    answer = Response(
        pdf_of(render_template("training/learning/pack_print.html", **words)),
        mimetype="application/pdf",
    )
    name_file(answer, f"{slug}-{module_slug}-{reader_language()}.pdf")
    return answer


def _printed_words(slug: str, module_slug: str, face: str = SCREEN_FACE) -> dict[str, Any]:
    """Returns what the page of a module says, for whoever may study: reading ahead completes nothing.

    `face` is the name by which the drawings find the house's type.
    """
    language = reader_language()
    with reading() as db:
        outline = seat_of(db, actor=current_actor(), slug=slug).outline
        module = outline.module(module_slug)
        if module is None or not module.is_available:
            raise NotFound
        edition = content_of(db, edition_id=outline.edition_id)
    [content] = [one for one in edition.modules if one.number == module.number]
    drawings = {(one.code, one.language): _inline(one, face) for one in content.figures}
    return {
        "outline": outline,
        "module": module,
        "units": [
            _printed(unit, content.checks, drawings, language)
            for unit in content.units
            if unit.screens
        ],
        "share": share_lines(outline, module),
    }


def _inline(drawing: FigureContent, face: str) -> str:
    """Returns a drawing as part of the page itself, which may be read without a connection."""
    if not drawing.media_type:
        return drawing.svg.replace(SCREEN_FACE, face)
    try:
        content = files().get(key_of(drawing.sha256))
    except FileNotFoundError:
        return ""
    data = b64encode(content).decode()
    return f'<img src="data:{drawing.media_type};base64,{data}" alt="">'


def _printed(
    unit: UnitContent,
    checks: Iterable[CheckContent],
    drawings: dict[tuple[str, Language], str],
    language: Language,
) -> dict[str, Any]:
    """Returns a unit with its checks, its screens as HTML and its drawings inside them, in the
    reader's language or in the one there is.
    """
    shown = language if language in unit.screens else next(iter(unit.screens))
    held = {code: body for (code, spoken), body in drawings.items() if spoken == shown}
    pictures = tuple(Picture(code, f"#{code}", PRINTED_FIGURE, 0) for code in sorted(held))
    screens = []
    for screen in unit.screens[shown]:
        html = str(rich_text(screen, pictures))
        for picture in pictures:
            html = _with_drawing(html, picture, held[picture.code])
        screens.append(Markup(html))  # noqa: S704 - rich_text cleaned it, drawings were checked
    return {
        "unit": unit,
        "language": shown,
        "kind": kind_word(unit.kind, language),
        "screens": screens,
        "checks": [check for check in checks if check.unit == unit.code],
    }


def _with_drawing(html: str, picture: Picture, drawing: str) -> str:
    head, image, rest = html.partition(f'<img src="{picture.address}" alt="')
    if not image:
        return html
    words, _quote, after = rest.partition('"')
    return (
        f'{head}<span class="drawing" role="img" aria-label="{words}">{drawing}</span>'
        f"{after.partition('>')[2]}"
    )


def share_lines(outline: Outline, module: ModuleOutline | None = None) -> tuple[str, ...]:
    """Returns four plain lines to forward: what, which part, when, where."""
    language = reader_language()
    published = date_text(
        language, outline.published_at.astimezone(ZoneInfo(reader_timezone())).date()
    )
    part = (
        _("Module %(number)s: %(title)s", number=module.number, title=module.title.in_(language))
        if module
        else _("%(count)s modules, at your own pace", count=len(outline.available))
    )
    return (
        outline.title.in_(language),
        part,
        _("Start any day. Edition %(label)s, of %(day)s.", label=outline.label, day=published),
        url_for("learning.course", slug=outline.slug, _external=True),
    )


# The course page, enrolling, and the page of a course that is done.

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
