"""The text of a letter as a page that reads without pictures. The text is the truth: nothing is
said here only.
"""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader

from app.infra.language import translate
from app.kernel.text import N_
from app.office.outbox.values import QueuedMessage

TEMPLATES = Path(__file__).resolve().parents[4] / "templates" / "letters"
URL = re.compile(r"https?://[^\s<>\"]+")
PUNCTUATION = ".,;:)»”"
OPEN = N_("Open the page")


class Piece(NamedTuple):
    """Some words of a line, or an address."""

    text: str
    is_address: bool


def as_page(message: QueuedMessage) -> str:
    """The first address that ends a paragraph becomes a button, with the address in full below."""
    paragraphs = [
        [_pieces(line) for line in part.splitlines()] for part in message.body.strip().split("\n\n")
    ]
    *body, closing = paragraphs
    after = _button_after(body)
    url = body[after][-1].pop(-2).text if after is not None else ""
    return (
        _environment()
        .get_template("page.html")
        .render(
            lang=message.language,
            subject=message.subject,
            paragraphs=body,
            closing=closing,
            button_after=after,
            button_url=url,
            button_words=translate(message.language, OPEN),
        )
    )


def _button_after(paragraphs: list[list[list[Piece]]]) -> int | None:
    """Which paragraph ends with an address; its last line then has nothing after it."""
    for number, lines in enumerate(paragraphs):
        last = lines[-1]
        if len(last) > 1 and last[-2].is_address and last[-1].text.strip() in ("", "."):
            return number
    return None


@cache
def _environment() -> Environment:
    """Of its own, because letters are written outside requests."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )


def _pieces(line: str) -> list[Piece]:
    """A full stop after an address is not part of it."""
    pieces, at = [], 0
    for found in URL.finditer(line):
        url = found[0].rstrip(PUNCTUATION)
        pieces += [Piece(line[at : found.start()], is_address=False), Piece(url, is_address=True)]
        at = found.start() + len(url)
    return [*pieces, Piece(line[at:], is_address=False)]
