"""Newcomers pasted from a table: a line is a person, columns divided by tabs (as spreadsheets copy)
or semicolons. What can be read in two ways is asked about, once for all lines that share it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.kernel.days import days_meant, orders_said
from app.kernel.refusal import Sentence
from app.kernel.text import N_
from app.people.directory.rules.headings import columns_named
from app.people.directory.rules.institutions import KnownInstitution
from app.people.directory.rules.people import newcomer_defects, plain_key, tidy, written_name
from app.people.directory.rules.places import NEW, OUT, MeantPlace, PlaceQuestion, meant_places
from app.people.directory.values import Newcomer

MOST_LINES = 500
FEWEST_COLUMNS, MOST_COLUMNS = 4, 5
NAMES = ("first", "name", "last", "second")

TOO_FEW = N_("Write name, e-mail, institution and post, separated by tabs or semicolons.")
NO_INSTITUTION = N_("There is no institution of this name in your country: %(name)s.")
WHICH_INSTITUTION = N_("Say above which institution “%(name)s” is.")
LEFT_OUT = N_("You leave out everybody of this institution.")
NO_DAY = N_("Write the date as year-month-day, for example 2026-05-01.")
WHICH_DAY = N_("Say above which day %(text)s is.")
TOO_MANY = N_("Paste at most %(most)s lines at a time.")
DAY_FIRST, MONTH_FIRST = "day", "month"


@dataclass(frozen=True)
class PasteAnswers:
    """What was said about a paste: of an institution's written name (by `line_key`) NEW, OUT or an
    id; whether days such as 3/11/2026 begin with the day or the month.
    """

    institutions: Mapping[str, str] = field(default_factory=dict)
    order: str = ""


@dataclass(frozen=True)
class PastedLine:
    """One line as it was pasted, counted from 1: either a newcomer, or why it is none.

    Where the institution was `written` otherwise than its name, `institution` is the one that is
    meant. `is_new_place`: that one is to be added, so the newcomer has no number of it yet.
    `is_open`: the reason goes once a question is answered; `is_left_out`: nobody wants the line.
    """

    number: int
    text: str
    newcomer: Newcomer | None = None
    reason: Sentence | None = None
    written: str = ""
    institution: str = ""
    is_new_place: bool = False
    is_open: bool = False
    is_left_out: bool = False


@dataclass(frozen=True)
class DayQuestion:
    """Days that can be read in two ways: the first as written, and as either is read."""

    text: str
    day_first: date
    month_first: date
    chosen: str


@dataclass(frozen=True)
class PastedNewcomers:
    """A paste as it was understood."""

    lines: tuple[PastedLine, ...]
    places: tuple[PlaceQuestion, ...] = ()
    days: DayQuestion | None = None


def read_pasted(
    text: str,
    *,
    known: Sequence[KnownInstitution],
    names: Mapping[int, str],
    countries: Mapping[str, str],
    today: date,
    answers: PasteAnswers | None = None,
) -> PastedNewcomers:
    """Reads name, e-mail, institution, post and, when written, since when (today otherwise): in this
    order, or as a heading says.
    """
    answers = answers or PasteAnswers()
    rows: list[tuple[int, str, list[str]]] = []
    heading: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        cells = _columns(line)
        named = columns_named(cells)
        if "email" in named:
            heading = named if _has_all(named) else {}
        elif line.strip():
            rows.append((number, line, _in_order(cells, heading)))
    places = meant_places(
        [cells[2] for _number, _line, cells in rows if _is_complete(cells)],
        known,
        names,
        countries=countries,
        answers=answers.institutions,
    )
    days = _days_asked([row[2] for row in rows], answers.order)
    lines = tuple(
        _read(number, line, cells, places=places, order=days.chosen if days else "", today=today)
        for number, line, cells in rows
    )
    questions = (place.question for place in places.values() if place.question is not None)
    return PastedNewcomers(lines, tuple(questions), days)


def _columns(line: str) -> list[str]:
    cells = [tidy(cell) for cell in line.split("\t" if "\t" in line else ";")]
    while len(cells) > FEWEST_COLUMNS and not cells[-1]:
        cells.pop()
    return cells


def _has_all(named: Mapping[str, int]) -> bool:
    return {"institution", "post"} <= named.keys() and bool({"name", "last"} & named.keys())


def _in_order(cells: list[str], heading: Mapping[str, int]) -> list[str]:
    """Returns the cells in the order that is usual; as they stand where no heading says another."""

    def at(meaning: str) -> str:
        place = heading.get(meaning, len(cells))
        return cells[place] if place < len(cells) else ""

    if not heading or len(cells) <= max(heading[key] for key in ("email", "institution", "post")):
        return cells
    name = written_name(tidy(" ".join(filter(None, map(at, NAMES)))))
    return [name, at("email"), at("institution"), at("post"), *filter(None, [at("since")])]


def _is_complete(cells: Sequence[str]) -> bool:
    return FEWEST_COLUMNS <= len(cells) <= MOST_COLUMNS


def _read(
    number: int,
    line: str,
    cells: Sequence[str],
    *,
    places: Mapping[str, MeantPlace],
    order: str,
    today: date,
) -> PastedLine:
    if not _is_complete(cells):
        return PastedLine(number, line, reason=Sentence(TOO_FEW))
    name, email, institution, post = cells[:FEWEST_COLUMNS]
    days = days_meant(cells[FEWEST_COLUMNS]) if len(cells) == MOST_COLUMNS else (today,)
    if not days:
        return PastedLine(number, line, reason=Sentence(NO_DAY))
    since = days[-1] if order == MONTH_FIRST else days[0]
    defects = newcomer_defects(name, email, post, since, today)
    if set(defects) - ({"valid_from"} if len(days) > 1 and not order else set()):
        return PastedLine(number, line, reason=next(iter(defects.values())))
    place = places[plain_key(institution)]
    if not place.id and place.question is None:
        return PastedLine(number, line, reason=Sentence(NO_INSTITUTION, {"name": institution[:80]}))
    if place.chosen == OUT:
        return PastedLine(number, line, reason=Sentence(LEFT_OUT), is_left_out=True)
    if not place.chosen:
        said = Sentence(WHICH_INSTITUTION, {"name": institution[:80]})
        return PastedLine(number, line, reason=said, is_open=True)
    if len(days) > 1 and not order:
        said = Sentence(WHICH_DAY, {"text": cells[FEWEST_COLUMNS]})
        return PastedLine(number, line, reason=said, is_open=True)
    return PastedLine(
        number,
        line,
        Newcomer(name, email, place.id, post, since),
        written=institution if place.question else "",
        institution=place.name,
        is_new_place=place.chosen == NEW,
    )


def _days_asked(rows: Iterable[Sequence[str]], order: str) -> DayQuestion | None:
    """Returns the question about days, None where every day can be read in one way only. What the
    other days say is proposed.
    """
    texts = [cells[FEWEST_COLUMNS] for cells in rows if len(cells) == MOST_COLUMNS]
    said = orders_said(texts)
    for text in texts:
        if len(days := days_meant(text)) > 1:
            chosen = order if order in (DAY_FIRST, MONTH_FIRST) else ""
            if not chosen and len(said) == 1:
                chosen = MONTH_FIRST if True in said else DAY_FIRST
            return DayQuestion(text, days[0], days[1], chosen)
    return None
