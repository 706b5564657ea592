"""A pasted list of guests, one a line: name; organisation; e-mail; language. Semicolons or tabs;
pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.infra.email_address import is_email
from app.kernel.refusal import Sentence
from app.kernel.text import N_, Language
from app.participation.invitations.rules.inviting import NO_EMAIL, NO_NAME, unprintable
from app.participation.invitations.values import GuestLine

MOST_LINES = 300
FIELDS = 4
LANGUAGE_OF: dict[str, Language] = {
    "": "es",
    "es": "es",
    "español": "es",
    "espanol": "es",
    "spanish": "es",
    "en": "en",
    "inglés": "en",
    "ingles": "en",
    "english": "en",
}
WRONG_FIELDS = N_("Write name; organisation; e-mail; language, with semicolons between them.")
WRONG_LANGUAGE = N_("The language is “es” or “en”.")
TWICE = N_("The same address is on line %(line)s.")
TOO_MANY = N_("Only %(most)s lines are read at once: paste the rest afterwards.")


@dataclass(frozen=True)
class BadLine:
    number: int
    text: str
    reason: Sentence


@dataclass(frozen=True)
class PastedList:
    good: tuple[GuestLine, ...]
    bad: tuple[BadLine, ...]


def read_lines(text: str) -> PastedList:
    """Reads a pasted list: every line that says something is either good or bad with a reason;
    empty ones are passed over.
    """
    good: list[GuestLine] = []
    bad: list[BadLine] = []
    seen: dict[str, int] = {}
    lines = [
        (number, line)
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip(" \t;")
    ]
    for number, line in lines[:MOST_LINES]:
        read = _read(number, line)
        if isinstance(read, GuestLine) and read.email in seen:
            read = Sentence(TWICE, {"line": seen[read.email]})
        if isinstance(read, GuestLine):
            seen[read.email] = number
            good.append(read)
        else:
            bad.append(BadLine(number, line.strip(), read))
    for number, line in lines[MOST_LINES : MOST_LINES + 1]:
        bad.append(BadLine(number, line.strip(), Sentence(TOO_MANY, {"most": MOST_LINES})))
    return PastedList(tuple(good), tuple(bad))


def _read(number: int, line: str) -> GuestLine | Sentence:
    fields = _fields(line)
    if len(fields) != FIELDS:
        return Sentence(WRONG_FIELDS)
    name, organisation, email, language = fields
    if not name:
        return Sentence(NO_NAME)
    for reason in unprintable(name=name, organisation=organisation).values():
        return reason
    if not is_email(email.lower()):
        return Sentence(NO_EMAIL)
    if language.lower() not in LANGUAGE_OF:
        return Sentence(WRONG_LANGUAGE)
    return GuestLine(
        number=number,
        name=name,
        organisation=organisation,
        email=email.lower(),
        language=LANGUAGE_OF[language.lower()],
    )


def _fields(line: str) -> Sequence[str]:
    """Splits a line. A spreadsheet copies with tabs; the language may be left out."""
    cells = [" ".join(cell.split()) for cell in line.split("\t" if "\t" in line else ";")]
    while len(cells) > FIELDS and not cells[-1]:
        cells.pop()
    return [*cells, ""] if len(cells) == FIELDS - 1 else cells
