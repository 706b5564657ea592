"""Glossary, sources, and a module as a page or a PDF to print."""

from base64 import b64encode
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from app.infra.database import reading
from app.infra.files import files, key_of
from app.infra.language import date_text
from app.infra.pdf import pdf_of
from app.kernel.refusal import NotFound, Refusal
from app.kernel.text import Language
from app.training.learning import policy
from app.training.learning.queries.beside import (
    Drawing,
    PrintedUnit,
    drawings_of,
    glossary_of,
    printed_module,
    sources_of_course,
)
from app.training.learning.queries.seat import seat_of
from app.training.learning.values.outline import ModuleOutline, Outline
from app.training.learning.views import bp
from app.training.learning.views.door import Page, refused
from app.training.learning.wording import cited_kind_word, kind_word
from app.training.library.queries import document_line
from app.web.downloads import name_file
from app.web.guards import anyone, current_actor, requires
from app.web.locale import reader_language, reader_timezone
from app.web.markdown import Picture, rich_text

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
@requires(policy.may_study)
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
        units = printed_module(db, module_id=module.id, language=language)
        drawings = {
            key: _inline(drawing, face)
            for key, drawing in drawings_of(db, module_id=module.id).items()
        }
    return {
        "outline": outline,
        "module": module,
        "units": [_printed(unit, drawings, language) for unit in units],
        "share": share_lines(outline, module),
    }


def _inline(drawing: Drawing, face: str) -> str:
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
    unit: PrintedUnit, drawings: dict[tuple[str, Language], str], language: Language
) -> dict[str, Any]:
    """Returns a unit with its screens as HTML and its drawings inside them."""
    held = {code: body for (code, spoken), body in drawings.items() if spoken == unit.language}
    pictures = tuple(Picture(code, f"#{code}", PRINTED_FIGURE, 0) for code in sorted(held))
    screens = []
    for screen in unit.screens:
        html = str(rich_text(screen, pictures))
        for picture in pictures:
            html = _with_drawing(html, picture, held[picture.code])
        screens.append(Markup(html))  # noqa: S704 - rich_text cleaned it, drawings were checked
    return {"unit": unit, "kind": kind_word(unit.kind, language), "screens": screens}


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
