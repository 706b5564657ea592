"""A certificate as a small picture: for pages and for sharing. The PDF remains the certificate.

Pillow sets the text with the fonts of the paper; `art.png` beside this file is the
paper's own `art.svg`, drawn once at this size.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw, ImageFont, ImageOps

from app.training.certificates.exports import DESIGNS
from app.training.certificates.exports.colours import matrix_to
from app.training.certificates.exports.texts import said
from app.training.certificates.exports.words import (
    date_in_words,
    hours_in_words,
    place_in_words,
    taken_in_words,
)
from app.training.certificates.rules import AS_DRAWN, GROUND, grouped
from app.training.certificates.values import (
    FIRST_DESIGNS,
    NAMED_IN_THE_PAGE,
    CertificateFacts,
    CertificateKind,
    PaperLook,
)

DRAWN, SIZE = (960, 679), (768, 543)
"""In pixels: as it is drawn, and as it is kept, twice what a phone shows."""
LARGEST = 25 * 1024
"""In bytes."""
QUALITIES = (60, 40, 25, 15, 8)
INK, SOFT, RED = "#111a1d", "#47575d", "#9b1c12"
MIDDLE = DRAWN[0] // 2
TEXT_WIDTH = 760
MARK_BOX, SEAL_HEART = (440, 60, 520, 121), (480, 553)
Face = Literal["paper", "italic", "label", "bold"]
FILES: dict[Face, str] = {
    "paper": "eb-garamond-500-normal.woff2",
    "italic": "eb-garamond-400-italic.woff2",
    "label": "source-sans-3-latin-400-normal.woff2",
    "bold": "source-sans-3-latin-600-normal.woff2",
}
QR_PLACE, QR_SIDE = (617, 408), 86
"""On the picture as it is kept, so that its modules are whole pixels."""


def render_picture(facts: CertificateFacts, pictures: Mapping[str, bytes] | None = None) -> bytes:
    """Returns a WebP picture of at most LARGEST bytes. The same facts give the same bytes on the
    same machine; some 100 ms of CPU. `pictures` are the PNG files that the facts name, by their
    SHA-256.
    """
    look = facts.paper.look if facts.paper else PaperLook()
    picture = _ground(look)
    sheet = _Sheet(ImageDraw.Draw(picture), look.deep)
    _middle(sheet, facts)
    _foot(sheet, facts)
    if facts.paper:
        for sha256, box, is_left in (
            (look.logo, LOGO_BOX, False),
            (facts.paper.signature, SIGNATURE_BOX, True),
        ):
            if sha256:
                _lay(picture, (pictures or {})[sha256], box, is_left=is_left)
    kept = picture.resize(SIZE, Image.Resampling.LANCZOS)
    kept.paste(_qr(facts.verify_url), QR_PLACE)
    return _small(kept)


@dataclass(frozen=True)
class Style:
    face: Face
    size: int
    ink: str
    anchor: str = "ms"
    width: int = TEXT_WIDTH


NAME, LONG_NAME = Style("paper", 56, INK), Style("paper", 38, INK)
TEXT, ENGLISH, SMALL = Style("paper", 23, INK), Style("italic", 19, SOFT), Style("label", 15, SOFT)
TITLE, LONG_TITLE = replace(TEXT, size=27), replace(TEXT, size=18)
ISSUER, CODE = Style("paper", 20, INK, "ls", 320), Style("bold", 19, INK, "rs")
LEFT = replace(SMALL, anchor="ls", width=320)
SMALLEST = 8
LOGO_BOX, SIGNATURE_BOX = (350, 66, 610, 115), (92, 499, 290, 545)
"""Left, upper, right and lower edge on the picture as it is drawn."""
SIZES_OF_SENTENCE, MOST_LINES, LEADING = (23, 21, 19, 17, 15, 13, 11, 9), 4, 1.2
NAME_IN_THE_PAGE = "Conferencia Regional sobre Migración"


class _Sheet:
    """Text on the picture, each line no wider than the paper allows."""

    def __init__(self, draw: ImageDraw.ImageDraw, deep: str) -> None:
        self.draw, self.deep = draw, deep

    def line(self, at: tuple[int, int], text: str, style: Style) -> None:
        """Draws a line of text; `at` is on the baseline, and a line too wide becomes smaller."""
        size, font = style.size, _font(style.face, style.size)
        while size > SMALLEST and font.getlength(text) > style.width:
            size -= 1
            font = _font(style.face, size)
        self.draw.text(at, text, font=font, fill=style.ink, anchor=style.anchor)

    def name(self, y: int, name: str) -> None:
        """Draws the name on one line where it fits, else on two of much the same length."""
        words = name.split(" ")
        if len(words) == 1 or _font(NAME.face, LONG_NAME.size).getlength(name) <= NAME.width:
            self.line((MIDDLE, y), name, NAME)
            return
        first, second = _halves(words)
        self.line((MIDDLE, y - 30), first, LONG_NAME)
        self.line((MIDDLE, y + 8), second, LONG_NAME)

    def title(self, y: int, title: str) -> None:
        """Draws the title of a course or event on one line, on two where one would be too small."""
        words = title.split(" ")
        if len(words) == 1 or _font(TITLE.face, LONG_TITLE.size).getlength(title) <= TITLE.width:
            self.line((MIDDLE, y), title, TITLE)
            return
        first, second = _halves(words)
        self.line((MIDDLE, y - 9), first, LONG_TITLE)
        self.line((MIDDLE, y + 9), second, LONG_TITLE)

    def sentence(self, top: int, bottom: int, sentence: str) -> None:
        """Draws a sentence between two heights, on as few lines as the largest type allows."""
        for size in SIZES_OF_SENTENCE:
            lines = _lines(sentence, _font(TEXT.face, size), TEXT.width)
            step = round(size * LEADING)
            if len(lines) <= MOST_LINES and step * len(lines) <= bottom - top:
                break
        first = (top + bottom - step * len(lines)) // 2 + size
        for number, line in enumerate(lines):
            self.line((MIDDLE, first + number * step), line, replace(TEXT, size=size))


def _lines(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Returns the text in lines no wider than that; a space that does not break holds its words."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _halves(words: list[str]) -> tuple[str, str]:
    """Returns the words on two lines of much the same length."""
    splits = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    return min(splits, key=lambda pair: max(map(len, pair)))


TITLES = {
    CertificateKind.COMPLETION: ("Certificado de finalización", "Certificate of completion"),
    CertificateKind.MODULE: ("Certificado de módulo", "Certificate of module completion"),
    CertificateKind.ATTENDANCE: ("Constancia de asistencia", "Certificate of attendance"),
    CertificateKind.SPEAKER: ("Constancia de ponente", "Speaker’s certificate"),
    CertificateKind.MODERATOR: ("Constancia de moderación", "Moderator’s certificate"),
    CertificateKind.HOST: ("Constancia de organización", "Organizing country’s certificate"),
}
TITLES_OF_SOME = ("Certificado de módulos completados", "Certificate of completed modules")
"""Of a course whose other modules are only announced."""


def _middle(sheet: _Sheet, facts: CertificateFacts) -> None:
    is_partial = (
        facts.kind is CertificateKind.COMPLETION and len(facts.modules) < facts.modules_total
    )
    if facts.paper:
        title, english = facts.paper.text.title["es"], facts.paper.text.title["en"]
    else:
        title, english = TITLES_OF_SOME if is_partial else TITLES[facts.kind]
    demo = " (DEMO)" if facts.is_demo else ""
    day, place = (
        date_in_words(facts.completed_on),
        place_in_words(facts.institution, facts.country)["es"],
    )
    sheet.line((MIDDLE, 140), _body_of(facts).upper(), Style("bold", 17, sheet.deep))
    sheet.line((MIDDLE, 196), f"{title}{demo}", Style("paper", 50, sheet.deep))
    sheet.line((MIDDLE, 226), f"{english}{demo}", replace(ENGLISH, size=23))
    sheet.name(304, facts.holder_name)
    sheet.line((MIDDLE, 344), place, replace(TEXT, size=24))
    if words := said(facts):
        sheet.sentence(358, 456, words.sentence["es"])
    else:
        sheet.line((MIDDLE, 384), _deed(facts), TEXT)
        sheet.title(416, f"«{facts.course_title['es']}»")
        sheet.line((MIDDLE, 447), f"el {day['es']}", TEXT)
    sheet.line((MIDDLE, 478), facts.course_title["en"], ENGLISH)


def _deed(facts: CertificateFacts) -> str:
    """Returns what the holder did, up to the title of the course or event, as the paper says it."""
    match facts.kind:
        case CertificateKind.ATTENDANCE if facts.design in FIRST_DESIGNS:
            return "asistió a"
        case CertificateKind.ATTENDANCE:
            return f"asistió durante {hours_in_words(facts.hours, facts.design)['es']} a"
        case CertificateKind.SPEAKER:
            return "participó como ponente en"
        case CertificateKind.MODERATOR:
            return "tuvo a su cargo la moderación de"
        case CertificateKind.HOST:
            return "tuvo a su cargo, por el país organizador, la realización de"
        case _:
            pass
    if not facts.modules_total:
        return "completó el curso"
    taken = taken_in_words(facts.modules, facts.modules_total)["es"]
    if facts.kind is CertificateKind.MODULE:
        return f"completó {taken}, «{facts.modules[0].title['es']}», del curso"
    return f"completó {taken} del curso"


def _body_of(facts: CertificateFacts) -> str:
    """Returns the name of the body; of records of older designs the one in their page."""
    return NAME_IN_THE_PAGE if facts.design in NAMED_IN_THE_PAGE else facts.body_name["es"]


def _foot(sheet: _Sheet, facts: CertificateFacts) -> None:
    until = date_in_words(facts.last_valid_on)["es"] if facts.last_valid_on else ""
    valid = f"Vigente hasta el {until}" if until else "Sin fecha de vencimiento"
    if facts.issuer_name:
        sheet.draw.line((92, 543, 372, 543), fill=sheet.deep, width=1)
        sheet.line((92, 564), facts.issuer_name, ISSUER)
        sheet.line((92, 584), facts.issuer_role["es"], LEFT)
    sheet.line((92, 603), valid, LEFT)
    right = 760
    sheet.line((right, 550), "Compruebe", Style("bold", 16, sheet.deep, "rs"))
    parts = grouped(facts.code).split("-")
    half = len(parts) // 2
    sheet.line((right, 575), "-".join(parts[:half]), CODE)
    sheet.line((right, 598), "-".join(parts[half:]), CODE)
    if facts.is_demo:
        said = "Muestra: no certifica a nadie · Sample: it certifies nobody"
        sheet.line((MIDDLE, 502), said, Style("bold", 15, RED))


def _qr(verify_url: str) -> Image.Image:
    import segno

    code = segno.make(verify_url.upper(), error="m", micro=False, boost_error=False)
    rows = [list(row) for row in code.matrix_iter(border=2)]
    small = Image.new("RGB", (len(rows), len(rows)), "white")
    for y, row in enumerate(rows):
        for x, is_dark in enumerate(row):
            if is_dark:
                small.putpixel((x, y), (17, 26, 29))
    side = max(1, QR_SIDE // len(rows)) * len(rows)
    return small.resize((side, side), Image.Resampling.NEAREST)


def _small(picture: Image.Image) -> bytes:
    """Returns the picture in the best quality that is small enough."""
    content = b""
    for quality in QUALITIES:
        written = BytesIO()
        picture.save(written, "WEBP", quality=quality, method=4)
        content = written.getvalue()
        if len(content) <= LARGEST:
            return content
    return content


def _ground(look: PaperLook) -> Image.Image:
    """Returns the art in the colours of a look, without its marks where that has a logo."""
    art = _art().copy()
    if look.logo:
        draw = ImageDraw.Draw(art)
        draw.rectangle(MARK_BOX, fill=GROUND)
        draw.ellipse(_around(SEAL_HEART, 20), fill=GROUND)
        draw.ellipse(_around(SEAL_HEART, 16), outline=AS_DRAWN.accent)
        draw.ellipse(_around(SEAL_HEART, 7), fill=AS_DRAWN.deep)
    matrix = matrix_to(look)
    return art if matrix is None else art.convert("RGB", matrix)


def _around(middle: tuple[int, int], radius: int) -> tuple[int, int, int, int]:
    x, y = middle
    return x - radius, y - radius, x + radius, y + radius


def _lay(ground: Image.Image, png: bytes, box: tuple[int, int, int, int], *, is_left: bool) -> None:
    """Lays a picture into a box, as large as it fits: in the middle, or at its left on its bottom."""
    left, upper, right, lower = box
    with Image.open(BytesIO(png)) as picture:
        laid = ImageOps.contain(picture.convert("RGBA"), (right - left, lower - upper))
    x = left if is_left else (left + right - laid.width) // 2
    y = lower - laid.height if is_left else (upper + lower - laid.height) // 2
    ground.paste(laid, (x, y), laid)


@cache
def _art() -> Image.Image:
    with Image.open(Path(__file__).parent / "art.png") as art:
        return art.convert("RGB")


@cache
def _font(face: Face, size: int) -> ImageFont.FreeTypeFont:
    path: Path = DESIGNS / "shared" / "fonts" / FILES[face]
    return ImageFont.truetype(path, size)
