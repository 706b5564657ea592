"""The player, the forms under a screen, and reading without a connection."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from io import BytesIO
from typing import Any

from flask import jsonify, redirect, render_template, request, send_file, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.files import files, key_of
from app.infra.language import say
from app.kernel.refusal import Kind, NotFound, Refusal
from app.kernel.text import Language
from app.training.learning import policy
from app.training.learning.forms.answers import read_answer
from app.training.learning.queries.courses import require_enrolled, seat_of, unit_at
from app.training.learning.queries.lessons import (
    CheckCard,
    LessonText,
    VideoLine,
    attended_in,
    captions,
    checks_of_unit,
    checks_under,
    coming,
    drawing,
    figures_of_unit,
    lesson_text,
    media_type_of,
    note_at,
    objectives_of_unit,
    spec_of_unit,
    videos_of_unit,
)
from app.training.learning.rules import progress
from app.training.learning.rules.citing import linked
from app.training.learning.rules.duration import asks_to_think, reading_minutes, words_in
from app.training.learning.rules.progress import NoteRefused
from app.training.learning.rules.quiz import NoOptionChosen, OneAnswerOnly, UnknownOption
from app.training.learning.services import study
from app.training.learning.values import (
    GUIDELINES,
    CoursePosition,
    ModuleOutline,
    Outline,
    Seat,
    UnitOutline,
)
from app.training.learning.views import bp
from app.training.learning.views.door import (
    Page,
    address,
    gone_on,
    is_from_outbox,
    learner_key,
    learner_names,
    press_sent,
    refused,
)
from app.training.learning.views.quiz import quiz_page
from app.training.learning.wording import kind_word
from app.web.assets import STATIC, asset, content_of
from app.web.errors import STATUS
from app.web.guards import anyone, current_actor, requires
from app.web.kept_forms import typed_fields
from app.web.locale import reader_language
from app.web.markdown import Picture, rich_text

DRAWING_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""A drawing opened by itself may style its own shapes and nothing else."""


@dataclass(frozen=True)
class Said:
    """An answer to a form under a screen: about the check of that code, or about the private line."""

    check: str = ""
    error: str = ""
    note_error: str = ""

    @property
    def is_refused(self) -> bool:
        return bool(self.error or self.note_error)


NOTHING_SAID = Said()


@bp.get("/courses/<slug>/<module_slug>/<unit_code>")
@requires(policy.may_study)
def unit(slug: str, module_slug: str, unit_code: str) -> Page:
    """Shows a quiz's introduction or a webinar's dates; leads to where the reader is in a lesson."""
    try:
        with reading() as db:
            seat = seat_of(db, actor=current_actor(), slug=slug)
            module, outline = unit_at(seat, module_slug, unit_code)
            if outline.is_quiz:
                return quiz_page(db, seat, module, outline)
            if outline.is_webinar:
                return webinar_page(db, seat, module, outline)
    except Refusal as refusal:
        return refused(refusal, slug)
    reached = seat.standing.reading.get(outline.id, progress.UNREAD)
    return redirect(
        address(
            slug, CoursePosition(module_slug, unit_code, 1 if reached.is_done else reached.screen)
        )
    )


@bp.get("/courses/<slug>/<module_slug>/<unit_code>/<int:screen>")
@requires(policy.may_study)
def screen(slug: str, module_slug: str, unit_code: str, screen: int) -> Page:
    """Shows a screen; one further than the learner has read leads to where they are."""
    return screen_page(slug, CoursePosition(module_slug, unit_code, screen))


def webinar_page(db: Session, seat: Seat, module: ModuleOutline, unit: UnitOutline) -> str:
    """Returns the webinars that count, with the way to register, and what was attended of them."""
    spec = spec_of_unit(db, unit.id)
    if spec is None:
        raise NotFound
    lines = attended_in(db, enrolment_id=require_enrolled(seat), webinar=spec)
    following = progress.place_after(module, unit, 1)
    return render_template(
        "training/learning/webinar.html",
        outline=seat.outline,
        module=module,
        unit=unit,
        percent=spec.percent,
        coming=coming(db, actor=current_actor(), webinar=spec, now=clock.now()),
        attended=lines,
        is_done=progress.unit_is_done(unit, seat.standing),
        next_url=address(seat.outline.slug, following) if following else None,
    )


def screen_page(slug: str, place: CoursePosition, said: Said = NOTHING_SAID) -> Page:
    """Shows a screen; `said` is what a form under it just answered."""
    language, screen = reader_language(), place.screen
    try:
        with reading() as db:
            seat = seat_of(db, actor=current_actor(), slug=slug)
            module, unit = unit_at(seat, place.module_slug, place.unit_code)
            reached = seat.standing.reading.get(unit.id, progress.UNREAD)
            if not unit.is_read or not 1 <= screen <= (
                unit.screens if reached.is_done else reached.screen
            ):
                return redirect(
                    url_for(
                        "learning.unit",
                        slug=slug,
                        module_slug=place.module_slug,
                        unit_code=place.unit_code,
                    )
                )
            page = _screen_words(db, seat, unit, screen)
            if screen == 1:
                page["objectives"] = objectives_of_unit(db, unit_id=unit.id)
    except Refusal as refusal:
        return refused(refusal, slug)
    where: dict[str, Any] = {
        "slug": slug,
        "module_slug": place.module_slug,
        "unit_code": place.unit_code,
        "screen": screen,
    }
    page["note"] = typed_fields(url_for("learning.write_note", **where)).get("note", page["note"])
    html = screen_html(
        seat.outline,
        module,
        unit,
        screen,
        said=said,
        ticked={
            one.code: typed_fields(
                url_for("learning.answer_check", check_code=one.code, **where)
            ).getlist("option")
            for one in page["checks"]
        },
        copies_url=url_for("learning.copies", slug=slug, module_slug=module.slug),
        copy=copy_name(seat.outline, module, language),
        **page,
    )
    return (html, STATUS[Kind.INVALID]) if said.is_refused else html


def screen_html(
    outline: Outline, module: ModuleOutline, unit: UnitOutline, screen: int, **words: Any
) -> str:
    """Returns the page of a screen. `words` are what it says and asks; see `_screen_words`."""
    before = progress.place_before(module, unit, screen)
    following = progress.place_after(module, unit, screen)
    if outline.slug == GUIDELINES:
        words["body"] = Markup(linked(words["body"], _section_link))  # noqa: S704 - sound before
    return render_template(
        "training/learning/screen.html",
        outline=outline,
        module=module,
        unit=unit,
        screen=screen,
        kind=kind_word(unit.kind, reader_language()),
        previous_url=address(outline.slug, before) if before else None,
        following=following,
        next_url=address(outline.slug, following) if following else None,
        **words,
    )


def _section_link(code: str) -> str:
    return f'<a href="{url_for("guidelines.section", section_code=code)}">{code}</a>'


def copy_name(outline: Outline, module: ModuleOutline, language: Language) -> str:
    """Returns the fingerprint of a module's copies: whose they are, what they say and how they
    look.

    A published edition never changes, so its number stands for its content.
    """
    parts = (learner_key(), outline.edition_id, module.id, language)
    looks = (asset("learning.css"), asset("player.js"))
    return sha256(repr((*parts, *looks)).encode()).hexdigest()[:24]


@bp.post("/courses/<slug>/<module_slug>/<unit_code>/<int:screen>")
@requires(policy.may_study)
def leave_screen(slug: str, module_slug: str, unit_code: str, screen: int) -> Page:
    place, actor, language = (
        CoursePosition(module_slug, unit_code, screen),
        current_actor(),
        reader_language(),
    )
    try:
        with transaction() as db:
            following = study.leave_screen(
                db,
                actor=actor,
                course_slug=slug,
                place=place,
                language=language,
                press=press_sent(),
                now=clock.now(),
            )
    except Refusal as refusal:
        return refused(refusal, slug, back=place)
    return gone_on(address(slug, following))


@bp.get("/courses/<slug>/figures/<sha256>.svg")
@requires(policy.may_study)
def figure(slug: str, sha256: str) -> Response:
    """Sends a drawing, to be kept for good: its address is its fingerprint."""
    with reading() as db:
        body = drawing(db, sha256=sha256)
    answer = Response(body, mimetype="image/svg+xml")
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    answer.headers["Content-Security-Policy"] = DRAWING_POLICY
    return answer


@bp.get("/courses/<slug>/files/<sha256>")
@requires(policy.may_study)
def course_file(slug: str, sha256: str) -> Response:
    """Sends a picture or a film, to be kept for good; a part where a player asks for one."""
    with reading() as db:
        media_type = media_type_of(db, sha256=sha256)
    return stored_file(sha256, media_type)


@bp.get("/courses/<slug>/videos/<int:video_id>/<language>.vtt")
@requires(policy.may_study)
def video_captions(slug: str, video_id: int, language: str) -> Response:
    with reading() as db:
        body = captions(db, video_id=video_id, language=language)
    return Response(body, mimetype="text/vtt")


def stored_file(sha256: str, media_type: str) -> Response:
    """Sends a file of the storage by its fingerprint, in parts where they are asked for."""
    try:
        content = files().get(key_of(sha256))
    except FileNotFoundError as lost:
        raise NotFound from lost
    answer = send_file(BytesIO(content), mimetype=media_type, etag=sha256, conditional=True)
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return answer


def with_videos(screen: str, videos: Sequence[VideoLine]) -> tuple[str, tuple[VideoLine, ...]]:
    """Returns the Markdown in which a film is a link to its place under the text, and the films it
    names.
    """
    shown = {video.code: video for video in videos if f"]({video.code})" in screen}
    for code in shown:
        screen = re.sub(rf"!\[([^\]]*)\]\({re.escape(code)}\)", rf"[\1](#video-{code})", screen)
    return screen, tuple(shown.values())


def pictures_of(db: Session, slug: str, unit_id: int, language: Language) -> tuple[Picture, ...]:
    """Returns the figures that a unit's text in a language may show."""
    return tuple(
        Picture(
            line.code,
            url_for(
                "learning.course_file" if line.media_type else "learning.figure",
                slug=slug,
                sha256=line.sha256,
            ),
            line.width,
            line.height,
        )
        for line in figures_of_unit(db, unit_id=unit_id, language=language)
    )


def screen_text(
    text: LessonText,
    screen: int,
    pictures: tuple[Picture, ...],
    videos: Sequence[VideoLine] = (),
) -> dict[str, Any]:
    """Returns what a screen says and shows, and the minutes from it to the end of its part."""
    body, shown = with_videos(text.screen(screen), videos)
    return {
        "text": text,
        "body": rich_text(body, pictures),
        "videos": shown,
        "minutes_left": reading_minutes(sum(map(words_in, text.screens[screen - 1 :]))),
    }


def _screen_words(db: Session, seat: Seat, unit: UnitOutline, screen: int) -> dict[str, Any]:
    """Returns what the page of a screen says and asks."""
    text = lesson_text(db, unit_id=unit.id, language=reader_language())
    shows = "![" in text.screen(screen)
    pictures = pictures_of(db, seat.outline.slug, unit.id, text.language) if shows else ()
    videos = videos_of_unit(db, unit_id=unit.id) if shows else ()
    enrolment_id = require_enrolled(seat)
    thinks = asks_to_think(text.screen(screen))
    return {
        **screen_text(text, screen, pictures, videos),
        "thinks": thinks,
        "note": note_at(db, enrolment_id=enrolment_id, unit_id=unit.id, screen=screen)
        if thinks
        else "",
        "checks": checks_under(db, enrolment_id=enrolment_id, unit_id=unit.id, screen=screen),
    }


# The forms under a screen: a check answered in place, a private line kept. Both work as plain
# forms; htmx gets the part of the page alone.


@bp.post("/courses/<slug>/<module_slug>/<unit_code>/<int:screen>/checks/<check_code>")
@requires(policy.may_study)
def answer_check(slug: str, module_slug: str, unit_code: str, screen: int, check_code: str) -> Page:
    place, actor = CoursePosition(module_slug, unit_code, screen), current_actor()
    try:
        answer = read_answer(request.form.getlist("option"), "next")
        with transaction() as db:
            card = study.answer_check(
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
            study.write_note(
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


# Reading without a connection, and sending later what was answered meanwhile: the service worker, copies
# of a module's screens, and who is signed in now.

STYLES = ("tokens", "base", "app", "components", "learning")
SCRIPTS = ("player.js", "counters.js", "vendor/htmx-2.0.11.d6fdc75f.js")
FACE = re.compile(r'url\("(vendor/[^"]+-latin-[46]00-[^"]+)"\)')


@cache
def _faces() -> tuple[str, ...]:
    """Returns the files of the face for Latin as the style sheet names them."""
    return tuple(FACE.findall((STATIC / "tokens.css").read_text("utf-8")))


@bp.get("/courses/learner")
@requires(policy.may_study)
def who() -> Response:
    """Sends who is signed in, opaquely, and a fresh token: asked for before kept answers are sent,
    because the page they stood on may be days old and its reader another one.
    """
    return jsonify(learner=learner_names(), csrf_token=generate_csrf())


@bp.get("/courses/lessons-worker.js")
@requires(anyone)
def lessons_worker() -> Response:
    """Sends the service worker, which sees only what lies below its own address: the courses."""
    answer = Response(content_of("lessons-worker.js"), mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    answer.add_etag()
    answer.make_conditional(request)
    return answer


@bp.get("/courses/<slug>/<module_slug>/copies")
@requires(policy.may_study)
def copies(slug: str, module_slug: str) -> Response:
    """Sends every screen of a module as it looks before anything is answered, with nobody's name,
    answers or private lines; also those that were not reached, since a reader without a connection
    reads on.
    """
    with reading() as db:
        seat = seat_of(db, actor=current_actor(), slug=slug)
        module = seat.outline.module(module_slug)
        if module is None or not module.units:
            raise NotFound
        unit_at(seat, module_slug, module.units[0].code)
        pages: dict[str, str] = {}
        drawings: set[str] = set()
        for unit in module.units:
            if unit.is_read:
                pages |= _pages_of(db, seat, module, unit, drawings)
    assets = [asset(f"{name}.css") for name in STYLES] + [asset(name) for name in SCRIPTS]
    faces = [url_for("static", filename=name) for name in _faces()]
    return jsonify(pages=pages, assets=assets + faces + sorted(drawings))


def _pages_of(
    db: Session, seat: Seat, module: ModuleOutline, unit: UnitOutline, drawings: set[str]
) -> dict[str, str]:
    """Returns the screens of a unit by their addresses; adds the addresses of its drawings."""
    slug = seat.outline.slug
    text = lesson_text(db, unit_id=unit.id, language=reader_language())
    pictures = pictures_of(db, slug, unit.id, text.language)
    drawings |= {picture.address for picture in pictures if picture.code in "".join(text.screens)}
    checks = checks_of_unit(db, unit_id=unit.id)
    objectives = objectives_of_unit(db, unit_id=unit.id)
    pages = {}
    for screen in range(1, unit.screens + 1):
        url = address(slug, CoursePosition(module.slug, unit.code, screen))
        words: dict[str, Any] = screen_text(text, screen, pictures)
        pages[url] = screen_html(
            seat.outline,
            module,
            unit,
            screen,
            said=NOTHING_SAID,
            ticked={},
            objectives=objectives if screen == 1 else (),
            checks=checks.get(screen, ()),
            page_url=url,
            is_copy=True,
            actor=None,
            nav=[],
            links={},
            **words,
        )
    return pages
