"""What stands beside the lessons of a module: glossary, sources and figures."""

import re
from collections.abc import Iterable

from app.kernel.text import N_, Language, is_web_address, languages
from app.training.learning.forms.document import Files, Node, Problems
from app.training.learning.forms.drawing import DrawingRefused, drawing_size
from app.training.learning.values import CitedKind
from app.training.learning.values.content import (
    FigureContent,
    SourceContent,
    TermContent,
    UnitContent,
    VideoContent,
)

FIRST_YEAR, LAST_YEAR = 1800, 2100
LONGEST_ADDRESS = 300
FIGURE = re.compile(r"figures/(?P<code>[A-Za-z0-9-]{1,20})\.(?P<language>[a-z]{2})\.svg")
IMAGE = re.compile(r"!\[(?P<words>[^\]]*)\]\((?P<code>[^)\s]*)[^)]*\)")
FIGURE_NAME = N_("A figure is named like M2-F1.es.svg.")
NO_FIGURE = N_("There is no figure of this name in this language: %(code)s")
NO_FIGURE_WORDS = N_("Say in words what the figure shows: ![words](%(code)s)")
NO_ADDRESS = N_("Write the whole address, starting with https://.")


def terms_of(document: Node) -> tuple[TermContent, ...]:
    return tuple(
        TermContent(given.localized("term"), given.localized("meaning"))
        for given in document.children("terms")
    )


def sources_of(document: Node) -> tuple[SourceContent, ...]:
    return tuple(_source(given) for given in document.children("sources"))


def _source(node: Node) -> SourceContent:
    has = {key: node.child(key).value is not None for key in ("year", "url")}
    url = node.text("url", LONGEST_ADDRESS) if has["url"] else ""
    if url and not is_web_address(url):
        node.refuse(NO_ADDRESS, "url")
    return SourceContent(
        title=node.localized("title"),
        body=node.localized("body", optional=True),
        year=node.integer("year", FIRST_YEAR, LAST_YEAR) if has["year"] else 0,
        kind=node.choice("kind", CitedKind),
        url=url,
        note=node.localized("note", optional=True),
    )


def figures_of(files: Files, folder: str, problems: Problems) -> tuple[FigureContent, ...]:
    """Returns every drawing of the folder, checked."""
    figures = []
    for name in sorted(files):
        if not name.startswith(f"{folder}/") or not name.endswith(".svg"):
            continue
        parts = FIGURE.fullmatch(name.removeprefix(f"{folder}/"))
        if parts is None or parts["language"] not in languages():
            problems.add(name, FIGURE_NAME)
            continue
        try:
            width, height = drawing_size(files[name])
        except DrawingRefused as refused:
            problems.add(name, refused.sentence.msgid, **refused.sentence.params)
            continue
        figures.append(
            FigureContent(
                code=parts["code"],
                language=parts["language"],
                svg=files[name],
                width=width,
                height=height,
            )
        )
    return tuple(figures)


def refuse_lost_figures(
    folder: str,
    units: Iterable[UnitContent],
    figures: Iterable[FigureContent],
    problems: Problems,
    videos: Iterable[VideoContent] = (),
) -> None:
    """Refuses each text that shows a figure that is not there, or shows one without words for it."""
    held = {(figure.code, figure.language) for figure in figures}
    held |= {(video.code, language) for video in videos for language in languages()}
    for unit in units:
        for language, screens in unit.screens.items():
            for code, words in _images(screens):
                place = f"{folder}/{unit.code}.{language}.md"
                if (code, language) not in held:
                    problems.add(place, NO_FIGURE, code=code)
                elif not words:
                    problems.add(place, NO_FIGURE_WORDS, code=code)


def _images(screens: Iterable[str]) -> Iterable[tuple[Language, str]]:
    for screen in screens:
        for image in IMAGE.finditer(screen):
            yield image["code"], image["words"].strip()
