"""The forms under a screen: a check answered in place, a private line kept. Both work as plain
forms; htmx gets the part of the page alone.
"""

from flask import redirect, render_template, request, url_for

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import Kind, NotFound, Refusal
from app.training.learning import policy
from app.training.learning.forms.answers import read_answer
from app.training.learning.queries.practice import CheckCard, checks_under
from app.training.learning.queries.seat import require_enrolled, seat_of, unit_at
from app.training.learning.rules.practice import NoteRefused
from app.training.learning.rules.quiz import NoOptionChosen, OneAnswerOnly, UnknownOption
from app.training.learning.services import practice as services
from app.training.learning.values.outline import CoursePosition
from app.training.learning.views import bp
from app.training.learning.views.door import Page, gone_on, is_from_outbox, press_sent, refused
from app.training.learning.views.lesson import Said, screen_page
from app.web.errors import STATUS
from app.web.guards import current_actor, requires
from app.web.locale import reader_language


@bp.post("/courses/<slug>/<module_slug>/<unit_code>/<int:screen>/checks/<check_code>")
@requires(policy.may_study)
def answer_check(slug: str, module_slug: str, unit_code: str, screen: int, check_code: str) -> Page:
    place, actor = CoursePosition(module_slug, unit_code, screen), current_actor()
    try:
        answer = read_answer(request.form.getlist("option"), "next")
        with transaction() as db:
            card = services.answer_check(
                db,
                actor=actor,
                course_slug=slug,
                place=place,
                code=check_code,
                chosen=answer.option_ids,
                language=reader_language(),
                press=press_sent(),
                now=clock.now(),
            )
    except (NoOptionChosen, OneAnswerOnly, UnknownOption) as refusal:
        return _check_refused(slug, place, check_code, say(reader_language(), refusal.sentence))
    except Refusal as refusal:
        return refused(refusal, slug, back=place)
    if _wants_part() and not is_from_outbox():
        return _check_part(slug, place, card)
    return gone_on(_screen_url(slug, place, f"check-{check_code}"))


@bp.post("/courses/<slug>/<module_slug>/<unit_code>/<int:screen>/note")
@requires(policy.may_study)
def write_note(slug: str, module_slug: str, unit_code: str, screen: int) -> Page:
    place, actor = CoursePosition(module_slug, unit_code, screen), current_actor()
    text = request.form.get("note", "")
    try:
        with transaction() as db:
            services.write_note(
                db, actor=actor, course_slug=slug, place=place, text=text, now=clock.now()
            )
    except NoteRefused as refusal:
        sentence = say(reader_language(), refusal.sentence)
        if _wants_part():
            return _note_part(error=sentence), STATUS[Kind.INVALID]
        return screen_page(slug, place, Said(note_error=sentence))
    except Refusal as refusal:
        return refused(refusal, slug, back=place)
    if _wants_part():
        return _note_part()
    return redirect(_screen_url(slug, place, "note"))


def _wants_part() -> bool:
    return "HX-Request" in request.headers and "HX-Boosted" not in request.headers


def _screen_url(slug: str, place: CoursePosition, anchor: str) -> str:
    return url_for(
        "learning.screen",
        slug=slug,
        module_slug=place.module_slug,
        unit_code=place.unit_code,
        screen=place.screen,
        _anchor=anchor,
    )


def _check_refused(slug: str, place: CoursePosition, code: str, sentence: str) -> Page:
    if not _wants_part():
        return screen_page(slug, place, Said(check=code, error=sentence))
    with reading() as db:
        seat = seat_of(db, actor=current_actor(), slug=slug)
        _module, unit = unit_at(seat, place.module_slug, place.unit_code)
        cards = checks_under(
            db, enrolment_id=require_enrolled(seat), unit_id=unit.id, screen=place.screen
        )
    card = next((one for one in cards if one.code == code), None)
    if card is None:
        raise NotFound
    return _check_part(slug, place, card, sentence), STATUS[Kind.INVALID]


def _check_part(slug: str, place: CoursePosition, card: CheckCard, error: str = "") -> str:
    return render_template(
        "training/learning/check_part.html", slug=slug, place=place, card=card, error=error
    )


def _note_part(error: str = "") -> str:
    return render_template("training/learning/note_part.html", error=error)
