"""WeasyPrint, kept warm: fonts and styles are read once per process, the art is drawn once and laid
under every page.

Imported by the drawing process only. Uses public names of WeasyPrint and pydyf; what
it assumes about how they behave (`blockquote` becomes /BlockQuote, an uncompressed Stream is
written as it is, a square of SVG is one `re`) is pinned by tests.
"""

import atexit
import json
import zlib
from base64 import b64decode
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pydyf  # type: ignore[import-untyped]  # ships no types
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # ships no types
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from weasyprint import CSS, HTML, Attachment, Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcherResponse

from app.infra.printing import ClosedFetcher
from app.training.certificates.exports import DESIGNS
from app.training.certificates.exports.colours import art_of
from app.training.certificates.exports.standards import (
    VARIANT,
    add_validation_info,
    make_room_for_seal,
    name_attachments_once,
    promise_both_standards,
    write_once,
)
from app.training.certificates.exports.texts import said
from app.training.certificates.exports.words import (
    date_in_words,
    hours_in_words,
    name_lines,
    place_in_words,
    taken_in_words,
)
from app.training.certificates.rules import grouped
from app.training.certificates.values import (
    CertificateFacts,
    CertificateKind,
    CertificateModule,
    PaperSize,
    facts_from,
)

CREDENTIAL_FILE = "credential.json"
NAME_FONT = "eb-garamond-500-normal.woff2"
MODULES_IN_ONE_ROW = 4
A4, LETTER = (841.89, 595.276), (792, 612)
"""Width and height of the sheets, lying, in points."""
QR_MASK = 2
"""One of the eight patterns of ISO/IEC 18004. Trying all of them takes four times as long as the rest
of the code, and random letters read as well under each.
"""
QR_BORDER = 2
"""Light modules around the code, beside those of the paper."""
DENSITIES = ("roomy", "dense", "tight", "tightest")
"""The last one is the reserve for names longer than those of a preview."""
MOST_ARTS = 8
"""How many drawings in other colours are kept, some 80 kB each; each takes a second to make."""


class DoesNotFit(ValueError):
    """More text than the paper takes at its smallest legible size. A bug in what was issued, not in
    a request.
    """


class Engine:
    """Draws one certificate at a time."""

    def __init__(self, designs: Path) -> None:
        self._designs = designs
        self._fonts = FontConfiguration()
        self._fetcher = PictureFetcher(designs)
        self._templates = Environment(
            loader=FileSystemLoader(designs),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
        )
        self._styles: dict[Path, CSS] = {}
        self._drawings: dict[Path, str] = {}
        self._frozen_art: OrderedDict[str, FrozenArt] = OrderedDict()
        """By the text of the drawing, which papers share; the last one that was used at the end."""
        self._advances = _advances(designs / "shared" / "fonts" / NAME_FONT)

    def render(
        self,
        facts: CertificateFacts,
        size: PaperSize = PaperSize.A4,
        *,
        pictures: Mapping[str, bytes] | None = None,
        credential: str = "",
        to_seal: bool = False,
        validation: Mapping[str, Sequence[bytes]] | None = None,
        with_reserve: bool = False,
    ) -> bytes:
        paper = self._paper_of(facts.design)
        if paper not in self._styles:
            self._styles[paper] = CSS(
                paper / "page.css", font_config=self._fonts, url_fetcher=self._fetcher
            )
            self._drawings[paper] = (paper / "art.svg").read_text("utf-8")
        self._fetcher.pictures = pictures or {}
        code = QrCode(facts.verify_url)
        document = self._laid_out(facts, code, paper, DENSITIES[: -1 if with_reserve else None])
        art = self._frozen(art_of(self._drawings[paper], facts.paper), paper)

        def finish(_document: Any, pdf: pydyf.PDF) -> None:
            code.draw(pdf)
            art.lay_under(pdf)
            mark_english(pdf)
            if size is PaperSize.LETTER:
                lay_on_letter(pdf)
            promise_both_standards(pdf)
            name_attachments_once(pdf)
            if to_seal:
                make_room_for_seal(pdf)
            if validation:
                add_validation_info(pdf, validation)
            write_once(pdf)

        pdf: bytes = document.write_pdf(
            finisher=finish,
            pdf_variant=VARIANT,
            uncompressed_pdf=True,
            attachments=[self._attached(credential, facts.issued_at)] if credential else None,
        )
        return pdf

    def _attached(self, credential: str, at: datetime) -> Attachment:
        """Returns the credential as a file in the PDF, for programs that verify."""
        return Attachment(
            string=credential,
            name=CREDENTIAL_FILE,
            description="Open Badges 3.0",
            created=at,
            modified=at,
            relationship="Data",
            url_fetcher=self._fetcher,  # WeasyPrint would read the machine's authorities for TLS
        )

    def _laid_out(
        self, facts: CertificateFacts, code: "QrCode", paper: Path, densities: Sequence[str]
    ) -> Document:
        """Returns the layout of the roomiest density at which all fits on the page, so that long
        names never meet the signature.
        """
        for density in densities:
            document = self._html(self._page(facts, code.place, density), paper).render(
                font_config=self._fonts, stylesheets=[self._styles[paper]], pdf_variant=VARIANT
            )
            if len(document.pages) == 1:
                return document
        raise DoesNotFit(facts.code)

    def _html(self, text: str, folder: Path) -> HTML:
        return HTML(string=text, base_url=f"{folder.as_uri()}/", url_fetcher=self._fetcher)

    def _paper_of(self, design: str) -> Path:
        paper: str = json.loads((self._designs / design / "design.json").read_text("utf-8"))[
            "paper"
        ]
        return self._designs / paper

    def _page(self, facts: CertificateFacts, qr: str, density: str) -> str:
        return self._templates.get_template(f"{facts.design}/page.html").render(
            facts=facts,
            paper=facts.paper,
            said=said(facts),
            density=density,
            module_rows=_in_rows(_listed(facts)),
            name=name_lines(facts.holder_name, self._ems),
            place=place_in_words(facts.institution, facts.country),
            hours=hours_in_words(facts.hours, facts.design),
            taken=taken_in_words(facts.modules, facts.modules_total),
            is_whole=facts.is_whole,
            completed_on=date_in_words(facts.completed_on),
            valid_until=None if facts.last_valid_on is None else date_in_words(facts.last_valid_on),
            issued_at=facts.issued_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            code=grouped(facts.code),
            verify_place=urlsplit(facts.verify_url).netloc
            + urlsplit(facts.verify_url).path.rsplit("/", 1)[0],
            qr=Markup(qr),  # noqa: S704 - our own drawing, no text of a person inside
        )

    def _ems(self, text: str) -> float:
        return sum(self._advances.get(ord(character), 0.6) for character in text)

    def _frozen(self, art: str, folder: Path) -> "FrozenArt":
        if art not in self._frozen_art:
            self._frozen_art[art] = self._freeze(art, folder)
        self._frozen_art.move_to_end(art)
        if len(self._frozen_art) > MOST_ARTS:
            self._frozen_art.popitem(last=False)
        return self._frozen_art[art]

    def _freeze(self, art: str, folder: Path) -> "FrozenArt":
        html = self._html(
            "<style>@page{size:297mm 210mm;margin:0}*{margin:0}svg{display:block}</style>" + art,
            folder,
        )
        taken: list[FrozenArt] = []
        html.render(font_config=self._fonts).write_pdf(
            finisher=lambda _document, pdf: taken.append(FrozenArt(pdf))
        )
        return taken[0]


class PictureFetcher(ClosedFetcher):
    """Serves, beside the files of the designs, the pictures that came with the order: an address
    such as `picture:<SHA-256>`.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.pictures: Mapping[str, bytes] = {}

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        scheme, _, sha256 = url.partition(":")
        if scheme == "picture" and sha256 in self.pictures:
            return URLFetcherResponse(url, self.pictures[sha256], {"Content-Type": "image/png"})
        return super().fetch(url, headers)


class FrozenArt:
    """The drawing instructions of a page without resources, deflated once, to be re-attached as a
    form object.
    """

    def __init__(self, pdf: pydyf.PDF) -> None:
        page, content, resources = _first_page(pdf)
        opacities = [value for state in resources["ExtGState"].values() for value in state.values()]
        if (
            resources["XObject"]
            or resources["Pattern"]
            or resources["Shading"]
            or any(o != 1 for o in opacities)
        ):
            raise ValueError(
                "the art may hold opaque paths only: no transparency, no images, no gradients"
            )
        # What is left of the resources says "opacity 1", which a form object starts with anyway.
        drawing = b"\n".join(line for line in content.stream if not line.endswith(b" gs"))
        self._deflated = zlib.compress(drawing, 9)
        self._box = page["MediaBox"]

    def lay_under(self, pdf: pydyf.PDF) -> None:
        """Draws the art under everything else on the page, as an artifact: screen readers pass over
        it.
        """
        _page, content, resources = _first_page(pdf)
        form = pydyf.Stream(
            [self._deflated],
            extra={
                "Type": "/XObject",
                "Subtype": "/Form",
                "BBox": self._box,
                "Resources": pydyf.Dictionary(),
                "Filter": "/FlateDecode",
            },
        )
        pdf.add_object(form)
        resources["XObject"]["Art"] = form.reference
        content.stream[:0] = [b"/Artifact BMC", b"q", b"/Art Do", b"Q", b"EMC"]


class QrCode:
    """The QR code of an address, in upper case, so that it fits the alphanumeric mode and stays
    coarse enough for poor printers.

    WeasyPrint lays out one square in its place and takes some 6 ms longer over the code itself, so
    its rows are written into the page afterwards, where the square stands.
    """

    def __init__(self, verify_url: str) -> None:
        import segno

        self._code = segno.make(
            verify_url.upper(), error="m", micro=False, boost_error=False, mask=QR_MASK
        )
        side, _ = self._code.symbol_size(border=QR_BORDER)
        self._square = b"0 0 %d %d re" % (side, side)
        self.place = (
            f'<svg viewBox="0 0 {side} {side}"><title>Código QR: {escape(verify_url)}</title>'
            f'<rect width="{side}" height="{side}" fill="#111a1d"/></svg>'
        )

    def draw(self, pdf: pydyf.PDF) -> None:
        """Draws the dark modules in the place of the square, in its colour."""
        _page, content, _resources = _first_page(pdf)
        places = [number for number, item in enumerate(content.stream) if item == self._square]
        if len(places) != 1:
            raise ValueError("the page has no place for one QR code")
        content.stream[places[0]] = b"\n".join(self._rows())

    def _rows(self) -> Iterator[bytes]:
        for down, row in enumerate(self._code.matrix, QR_BORDER):
            along = QR_BORDER
            for is_dark, run in groupby(row):
                length = len(list(run))
                if is_dark:
                    yield b"%d %d %d 1 re" % (along, down, length)
                along += length


def mark_english(pdf: pydyf.PDF) -> None:
    """Gives each English passage its language, so that a Spanish voice does not read it.

    WeasyPrint writes no language below the document. In our designs `blockquote` means "in English"
    and nothing else.
    """
    for item in pdf.objects:
        if isinstance(item, pydyf.Dictionary) and item.get("S") == "/BlockQuote":
            item["S"] = "/Div"
            item["Lang"] = pydyf.String("en")


def lay_on_letter(pdf: pydyf.PDF) -> None:
    """Lays the drawn page, smaller, in the middle of a sheet of Letter. Its structure stays."""
    page, content, _resources = _first_page(pdf)
    (width, height), (sheet_width, sheet_height) = A4, LETTER
    scale = sheet_width / width
    up = (sheet_height - height * scale) / 2
    content.stream[:0] = [b"q", f"{scale:.6f} 0 0 {scale:.6f} 0 {up:.4f} cm".encode()]
    content.stream.append(b"Q")
    for box in ("MediaBox", "TrimBox", "BleedBox"):
        page[box] = pydyf.Array([0, 0, sheet_width, sheet_height])


def _listed(facts: CertificateFacts) -> tuple[CertificateModule, ...]:
    """Returns the modules that stand in rows under the sentence; one alone stands in the sentence."""
    return () if facts.kind is CertificateKind.MODULE else facts.modules


def _in_rows(modules: tuple[CertificateModule, ...]) -> tuple[tuple[CertificateModule, ...], ...]:
    """Returns the modules in one row, or in two even rows when there are many."""
    if len(modules) <= MODULES_IN_ONE_ROW:
        return (modules,) if modules else ()
    half = (len(modules) + 1) // 2
    return (modules[:half], modules[half:])


def _first_page(pdf: pydyf.PDF) -> tuple[Any, Any, Any]:
    page = pdf.objects[pdf.pages["Kids"][0]]
    content, resources = (
        pdf.objects[int(page[key].split()[0])] for key in ("Contents", "Resources")
    )
    return page, content, resources


def _advances(path: Path) -> dict[int, float]:
    """Returns the advance width in ems of each character of a font."""
    with TTFont(path) as font:
        em, metrics = font["head"].unitsPerEm, font["hmtx"]
        return {point: metrics[glyph][0] / em for point, glyph in font.getBestCmap().items()}


def certificate(order: bytes) -> bytes:
    """Returns the PDF file of a certificate, as `exports.render_pdf` orders it. No key comes here."""
    asked: dict[str, Any] = json.loads(order)
    return _engine().render(
        facts_from(asked["facts"]),
        PaperSize(asked["size"]),
        pictures={sha256: b64decode(png) for sha256, png in asked["pictures"].items()},
        credential=asked["credential"],
        to_seal=asked["to_seal"],
        validation={
            name: [b64decode(one) for one in contents]
            for name, contents in asked["validation"].items()
        },
        with_reserve=asked["with_reserve"],
    )


@cache
def _engine() -> Engine:
    return Engine(DESIGNS)


# At interpreter shutdown the Pango libraries are gone before a module's globals are: freed late,
# the fonts crash.
atexit.register(_engine.cache_clear)
