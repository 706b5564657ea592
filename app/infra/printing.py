"""WeasyPrint behind a closed door. Imported by the drawing process (`app.infra.printing_process`)
alone, which is never forked: Pango's font maps do not survive that.
"""

import atexit
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

FONTS = Path(__file__).resolve().parents[2] / "certificates" / "shared" / "fonts"
FACES = (
    ("Paper", 400, "normal", "eb-garamond-400-normal.woff2"),
    ("Paper", 500, "normal", "eb-garamond-500-normal.woff2"),
    ("Paper", 400, "italic", "eb-garamond-400-italic.woff2"),
    ("Label", 400, "normal", "source-sans-3-latin-400-normal.woff2"),
    ("Label", 600, "normal", "source-sans-3-latin-600-normal.woff2"),
)
"""Family, weight, style, file: what `font-family: "Paper"` and `"Label"` mean in a print
template.
"""


class ClosedFetcher(URLFetcher):
    """Serves files under one folder and nothing else: no network, no redirects, no way out through
    links or `..`.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(allowed_protocols=("file",), allow_redirects=False)
        self._folder = folder.resolve()

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        parts = urlsplit(url)
        path = Path(unquote(parts.path)).resolve()
        if (
            parts.scheme != "file"
            or parts.netloc
            or not path.is_relative_to(self._folder)
            or not path.is_file()
        ):
            raise FatalURLFetchingError(f"a document may not load {url}")
        return URLFetcherResponse(url, path.read_bytes())


class Printer:
    """Kept warm: the fonts are read once."""

    def __init__(self, folder: Path = FONTS) -> None:
        self._folder = folder
        self._fetcher = ClosedFetcher(folder)
        self._fonts = FontConfiguration()
        self._faces = CSS(
            string="".join(_face(*face) for face in FACES),
            base_url=f"{folder.as_uri()}/",
            font_config=self._fonts,
            url_fetcher=self._fetcher,
        )

    def print(self, html: str) -> bytes:
        document = HTML(
            string=html, base_url=f"{self._folder.as_uri()}/", url_fetcher=self._fetcher
        )
        pdf: bytes = document.write_pdf(
            font_config=self._fonts, stylesheets=[self._faces], pdf_variant="pdf/ua-1"
        )
        return pdf


def _face(family: str, weight: int, style: str, file: str) -> str:
    face = (
        f'font-family: "{family}"; font-weight: {weight}; font-style: {style}; src: url("{file}");'
    )
    return f"@font-face {{ {face} }}\n"


def page(html: bytes) -> bytes:
    """Returns the PDF file of a whole HTML document in UTF-8."""
    return _printer().print(html.decode())


@cache
def _printer() -> Printer:
    return Printer()


# At interpreter shutdown the Pango libraries are gone before a module's globals are: freed late,
# the fonts crash.
atexit.register(_printer.cache_clear)
