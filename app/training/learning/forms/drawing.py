"""An SVG drawing, checked: shapes and words only, nothing that runs or reaches outside."""

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from app.kernel.refusal import Sentence
from app.kernel.text import N_
from app.training.learning.forms.document import BAD_CHARACTER, is_storable

MOST_BYTES = 20_000
MOST_PIXELS = 4_000
SVG = "http://www.w3.org/2000/svg"
ELEMENTS = frozenset(
    (
        "svg",
        "g",
        "defs",
        "title",
        "desc",
        "style",
        "symbol",
        "use",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "text",
        "tspan",
        "marker",
        "clipPath",
        "mask",
        "pattern",
        "linearGradient",
        "radialGradient",
        "stop",
    )
)
VIEW_BOX = re.compile(r"\s*0[\s,]+0[\s,]+(\d{1,4})(?:\.\d+)?[\s,]+(\d{1,4})(?:\.\d+)?\s*")
INSIDE = re.compile(r"url\(\s*['\"]?#[\w.-]+['\"]?\s*\)")
REACHES_OUT = re.compile(r"url\s*\(|@import|expression|javascript:|data:|\\", re.IGNORECASE)
TOO_LARGE = N_("This drawing is larger than %(limit)s bytes.")
NOT_SVG = N_("This file cannot be read as an SVG drawing: %(reason)s")
DOCTYPE = N_("A drawing has no DOCTYPE and no entities of its own.")
FORBIDDEN = N_("A drawing may not hold this: %(what)s")
NO_SIZE = N_('A drawing begins with <svg xmlns="…" viewBox="0 0 width height">.')


@dataclass
class DrawingRefused(Exception):
    sentence: Sentence


@dataclass
class _Reader:
    """What expat reports of a drawing: raises at the first thing that may not be there."""

    size: tuple[int, int] | None = None
    depth: int = 0
    style: list[str] = field(default_factory=list)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        if space != SVG or local not in ELEMENTS:
            raise _forbidden(f"<{local}>")
        if self.depth == 0:
            self.size = _size_of(attributes) if local == "svg" else None
            if self.size is None:
                raise DrawingRefused(Sentence(NO_SIZE))
        self.depth += 1
        for key, value in attributes.items():
            _, _, plain = key.rpartition(" ")
            if plain.lower().startswith("on") or (plain == "href" and not value.startswith("#")):
                raise _forbidden(plain)
            if _reaches_out(value):
                raise _forbidden(f'{plain}="{value[:40]}"')

    def end(self, _name: str) -> None:
        self.depth -= 1

    def text(self, text: str) -> None:
        self.style.append(text)

    def refuse_doctype(self, *_declared: object) -> None:
        raise DrawingRefused(Sentence(DOCTYPE))

    def refuse_instruction(self, target: str, _data: str) -> None:
        raise _forbidden(f"<?{target}?>")


def _forbidden(what: str) -> DrawingRefused:
    return DrawingRefused(Sentence(FORBIDDEN, {"what": what}))


def _reaches_out(text: str) -> bool:
    return REACHES_OUT.search(INSIDE.sub("", text)) is not None


def _size_of(attributes: dict[str, str]) -> tuple[int, int] | None:
    view_box = VIEW_BOX.fullmatch(attributes.get("viewBox", ""))
    if view_box is None:
        return None
    width, height = int(view_box[1]), int(view_box[2])
    return (width, height) if 0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS else None


def drawing_size(svg: str) -> tuple[int, int]:
    """Returns width and height in pixels of a drawing that may be shown. Raises DrawingRefused."""
    if not is_storable(svg):
        raise DrawingRefused(Sentence(BAD_CHARACTER))
    if len(svg.encode()) > MOST_BYTES:
        raise DrawingRefused(Sentence(TOO_LARGE, {"limit": MOST_BYTES}))
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.refuse_doctype
    parser.EntityDeclHandler = reader.refuse_doctype
    parser.ProcessingInstructionHandler = reader.refuse_instruction
    try:
        parser.Parse(svg, True)
    except expat.ExpatError as error:
        raise DrawingRefused(Sentence(NOT_SVG, {"reason": str(error)})) from error
    if _reaches_out("".join(reader.style)):
        raise _forbidden("url(…), @import")
    if reader.size is None:
        raise DrawingRefused(Sentence(NO_SIZE))
    return reader.size
