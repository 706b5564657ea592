"""Reading without a connection, and sending later what was answered meanwhile: the service worker, copies
of a module's screens, and who is signed in now.
"""

import re
from functools import cache
from typing import Any

from flask import jsonify, request, url_for
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra.database import reading
from app.kernel.refusal import NotFound
from app.training.learning import policy
from app.training.learning.queries.lessons import lesson_text, objectives_of_unit
from app.training.learning.queries.practice import checks_of_unit
from app.training.learning.queries.seat import seat_of, unit_at
from app.training.learning.values.outline import CoursePosition, ModuleOutline, Seat, UnitOutline
from app.training.learning.views import bp
from app.training.learning.views.door import address, learner_key
from app.training.learning.views.lesson import (
    NOTHING_SAID,
    pictures_of,
    screen_html,
    screen_text,
)
from app.web.guards import anyone, current_actor, requires
from app.web.locale import reader_language
from app.web.render import STATIC, asset

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
    return jsonify(learner=learner_key(), csrf_token=generate_csrf())


@bp.get("/courses/lessons-worker.js")
@requires(anyone)
def lessons_worker() -> Response:
    """Sends the service worker, which sees only what lies below its own address: the courses."""
    answer = Response((STATIC / "lessons-worker.js").read_bytes(), mimetype="text/javascript")
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
