"""Newcomers pasted from a table: a line is a person, columns divided by tabs (as spreadsheets copy)
or semicolons.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from app.kernel.months import MONTHS
from app.kernel.refusal import Sentence
from app.kernel.text import N_
from app.people.directory.rules import newcomer_defects, plain_key, tidy
from app.people.directory.rules.institutions import nearest_name
from app.people.directory.values import Newcomer

MOST_LINES = 500
FEWEST_COLUMNS, MOST_COLUMNS = 4, 5
HEADER = frozenset({"e-mail", "email", "correo", "correo electronico"})

WRITTEN_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ t]0?0:00(?::00)?)?")
WRITTEN_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})")
DECEMBER, CENTURY, SHORT_YEARS = 12, 2000, 100

TOO_FEW = N_("Write name, e-mail, institution and post, separated by tabs or semicolons.")
NO_INSTITUTION = N_("There is no institution of this name in your country: %(name)s.")
NO_DAY = N_("Write the date as year-month-day, for example 2026-05-01.")
TOO_MANY = N_("Paste at most %(most)s lines at a time.")


def line_key(text: str) -> str:
    """What an answer about a line is filed under: the same text has the same key on the next
    page.
    """
    return sha256(" ".join(text.split()).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class PastedLine:
    """One line as it was pasted, counted from 1: either a newcomer, or why it is none.

    Where the institution was `written` otherwise than its name, `institution` is the one that is
    meant, as far as can be told.
    """

    number: int
    text: str
    newcomer: Newcomer | None = None
    reason: Sentence | None = None
    written: str = ""
    institution: str = ""


def read_pasted(
    text: str, *, institutions: Mapping[str, int], today: date
) -> tuple[PastedLine, ...]:
    """Name, e-mail, institution, post and, when written, since when (today otherwise). Empty lines
    and a line of headings are passed over. `institutions`: every name in use, in either language,
    with its id.
    """
    known = {plain_key(name): name for name in institutions if name}
    lines = [
        (number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()
    ]
    return tuple(
        _read(number, line, known, institutions, today)
        for number, line in lines
        if not _is_heading(line)
    )


def _columns(line: str) -> list[str]:
    return [tidy(cell) for cell in line.split("\t" if "\t" in line else ";")]


def _is_heading(line: str) -> bool:
    return any(plain_key(cell) in HEADER for cell in _columns(line))


def _read(
    number: int, line: str, names: Mapping[str, str], ids: Mapping[str, int], today: date
) -> PastedLine:
    cells = _columns(line)
    while len(cells) > FEWEST_COLUMNS and not cells[-1]:
        cells.pop()
    if not FEWEST_COLUMNS <= len(cells) <= MOST_COLUMNS:
        return PastedLine(number, line, reason=Sentence(TOO_FEW))
    name, email, institution, post = cells[:FEWEST_COLUMNS]
    exact = names.get(plain_key(institution))
    meant = exact or nearest_name(institution, ids)
    if not meant:
        return PastedLine(number, line, reason=Sentence(NO_INSTITUTION, {"name": institution[:80]}))
    since = _day(cells[FEWEST_COLUMNS]) if len(cells) == MOST_COLUMNS else today
    if since is None:
        return PastedLine(number, line, reason=Sentence(NO_DAY))
    defects = newcomer_defects(name, email, post, since, today)
    if defects:
        return PastedLine(number, line, reason=next(iter(defects.values())))
    newcomer = Newcomer(name, email, ids[meant], post, since)
    if exact:
        return PastedLine(number, line, newcomer)
    return PastedLine(number, line, newcomer, written=institution, institution=meant)


def _day(text: str) -> date | None:
    """A day as people and spreadsheets write it: the day comes before the month, unless that cannot
    be; "" is none.
    """
    plain = plain_key(text).replace(",", " ")
    if found := WRITTEN_FIRST.fullmatch(plain):
        year, month, day = map(int, found.groups())
    elif found := WRITTEN_LAST.fullmatch(plain):
        day, month, year = map(int, found.groups())
        if month > DECEMBER:
            day, month = month, day
    else:
        words = [word for word in re.split(r"[\s.]+", plain) if word and word not in ("de", "del")]
        numbers = [int(word) for word in words if word.isdecimal()]
        months = [MONTHS[word[:3]] for word in words if word[:3] in MONTHS]
        if len(words) != len(numbers) + len(months) or (len(numbers), len(months)) != (2, 1):
            return None
        (day, year), (month,) = numbers, months
    try:
        return date(year + CENTURY if year < SHORT_YEARS else year, month, day)
    except ValueError:
        return None
