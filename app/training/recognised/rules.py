"""Completion lists of other platforms, as they export them; uploads; how long training counts.

Read from the sources of Moodle, on which E-Campus runs as well: "Course completion" writes the day
in its last column ("Course complete", "Curso finalizado") as 12/03/24, 14:05; "Activity completion"
(progress.….csv) has no name above the first column and two columns for each activity, its state and
2024-03-12 14:05:33; custom reports write "Tuesday, 12 March 2024, 2:05 PM". The files come with
commas, semicolons or tabs, in UTF-8 or, for Excel, in UTF-16.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from app.kernel.days import days_meant, orders_said, without_time
from app.kernel.refusal import InvalidInput, Kind, Refusal, Sentence
from app.kernel.text import N_
from app.participation.attendance.rules.readers.tables import Row, folded
from app.people.directory.rules.headings import HEADINGS, columns_named, headings
from app.people.directory.rules.people import EARLIEST
from app.training.recognised.values import (
    CompletionLine,
    CompletionList,
    TrainingClaim,
    TrainingState,
)

MOST_LINES = 1_000
LONGEST_TITLE, LONGEST_REASON, LONGEST_CELL = 200, 300, 200
MOST_HOURS = 999
MOST_BYTES = 10 * 1024 * 1024
FUTURE_DAY = N_("This day is still to come.")
EARLY_DAY = N_("This day is too long ago.")
OVER_DAY = N_("Too long ago: it would have counted until %(day)s.")
NO_TITLE = N_("Write how the course is called there.")
NO_REASON = N_("Say why, in one sentence: whoever brought it reads it.")
NOT_HOURS = N_("Write the hours as a number up to %(most)s, or leave it empty.")
SEVERAL_COURSES = N_(
    "This list has several courses: write which one, as it stands there: %(titles)s."
)
MOST_TITLES = 5
NO_FILE = N_("Choose the certificate: a PDF, or a picture (JPEG, PNG or WebP).")
NOT_A_FILE = N_("This is neither a PDF nor a picture (JPEG, PNG or WebP) that can be opened.")
TOO_LARGE = N_("The file is larger than %(most)s MB.")


class NoCompletions(Refusal):
    """The table has no heading that a completion list has."""

    kind = Kind.INVALID
    rule = "no-completions"
    msgid = N_(
        "This is no completion list: it needs a column with names or e-mail addresses, and one with "
        "the day of completion."
    )


class NoList(Refusal):
    kind = Kind.INVALID
    rule = "no-list"
    msgid = N_("Choose the file of the list, or paste its rows.")


class TooManyLines(Refusal):
    kind = Kind.INVALID
    rule = "too-many-completions"
    msgid = N_("This list has more than %(most)s rows. Send it in parts.")


COLUMNS: Mapping[str, frozenset[str]] = {
    "number": headings("row, fila"),
    **{meaning: HEADINGS[meaning] for meaning in ("name", "first", "last", "email")},
    "done": headings(
        "course complete, course completed, completion date, "
        "course completion date, completed on, date completed, time completed, "
        "timecompleted, curso finalizado, curso completo, curso completado, "
        "fecha de finalizacion, fecha de finalizacion del curso, "
        "fecha de terminacion, fecha completado, hora de finalizacion, "
        "finalizado el, completado el"
    ),
    "state": headings(
        "completed, complete, completion status, course completion status, status, "
        "completado, finalizado, estado, estado de finalizacion, estatus"
    ),
    "title": headings(
        "course, course name, course full name, course full name with link, curso, "
        "nombre del curso, nombre completo del curso, "
        "nombre completo del curso con enlace"
    ),
    "hours": headings("hours, duration, horas, duracion, carga horaria"),
}
"""What columns are called, simplified: the meaning by their words."""

WRITTEN = {
    "number": "Row",
    "name": "Name",
    "email": "Email address",
    "done": "Course complete",
    "title": "Course",
    "hours": "Hours",
}
NOT_DONE = frozenset(
    {
        "",
        "-",
        "no",
        "never",
        "nunca",
        "not completed",
        "not yet started",
        "in progress",
        "incomplete",
        "no completado",
        "no finalizado",
        "sin completar",
        "sin iniciar",
        "en curso",
        "en progreso",
        "pendiente",
        "false",
    }
)
DONE = ("completed", "complete", "finalizado", "completado")
FAILED = ("did not", "not achieve", "sin alcanzar", "no alcanz", "no ha ")
ONE_NAME_COLUMN = 1


def read_list(rows: Sequence[Row], *, order: str = "") -> CompletionList:
    """Reads a completion list in any of the forms. `order` is "day" or "month" where somebody said
    how days are written. Raises NoCompletions, TooManyLines.
    """
    place, heading = _heading(rows)
    body = rows[place + 1 :]
    if len(body) > MOST_LINES:
        raise TooManyLines(most=MOST_LINES)
    activities = () if "done" in heading or "state" in heading else _activities(rows[place], body)
    if not activities and "done" not in heading and "state" not in heading:
        raise NoCompletions
    lines = tuple(
        _line(number, row, heading, activities)
        for number, row in enumerate(body, start=place + 2)
        if any(row)
    )
    return _ordered(lines, order)


def text_of(lines: Sequence[CompletionLine]) -> str:
    """Returns the lines as a table that `read_list` reads in the same way, for the page to carry."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter="\t", lineterminator="\n")
    writer.writerow(WRITTEN.values())
    for one in lines:
        day = one.written if one.is_done else ""
        writer.writerow([one.number, one.name, one.email, day, one.title, one.hours])
    return f"sep=\t\n{written.getvalue()}"


def _heading(rows: Sequence[Row]) -> tuple[int, dict[str, int]]:
    """Returns the row of the heading, and where each meaning stands in it. A list without a name
    above its first column (Activity completion) has the names there.
    """
    for place, row in enumerate(rows):
        heading = columns_named(row, COLUMNS)
        if "email" in heading and row and not row[0]:
            heading.setdefault("name", 0)
        if heading.keys() & {"name", "email", "first"} and len(row) > ONE_NAME_COLUMN:
            return place, heading
    raise NoCompletions


def _activities(heading: Row, body: Sequence[Row]) -> tuple[int, ...]:
    """Returns the columns that hold states of activities; the day of each stands in the next one."""
    columns = []
    for column in range(1, max(map(len, body), default=0)):
        states = [_cell(row, column) for row in body if any(row)]
        if states and all(_is_state(state) for state in states):
            columns.append(column)
    return tuple(columns)


def _is_state(text: str) -> bool:
    words = folded(text)
    return bool(words) and (words in NOT_DONE or words.startswith(DONE))


def _is_done(text: str) -> bool:
    words = folded(text)
    return words not in NOT_DONE and not any(sign in words for sign in FAILED)


def _cell(row: Row, column: int | None) -> str:
    if column is None or column >= len(row):
        return ""
    return " ".join(row[column].split())[:LONGEST_CELL]


def _line(
    number: int, row: Row, heading: Mapping[str, int], activities: Sequence[int]
) -> CompletionLine:
    def at(meaning: str) -> str:
        return _cell(row, heading.get(meaning))

    written, is_done = _completion(row, heading, activities)
    name = at("name") or f"{at('first')} {at('last')}".strip()
    if "name" in heading and "last" in heading and "first" not in heading:
        name = f"{name} {at('last')}".strip()  # "Nombre" and "Apellido(s)" of older versions
    said = at("number")
    return CompletionLine(
        number=int(said) if said.isdecimal() and len(said) <= len(str(MOST_LINES)) + 2 else number,
        name=name,
        email=at("email"),
        title=at("title")[:LONGEST_TITLE],
        hours=hours_in(at("hours")) or "",
        written=written,
        days=days_meant(written) if is_done else (),
        is_done=is_done,
    )


def _completion(
    row: Row, heading: Mapping[str, int], activities: Sequence[int]
) -> tuple[str, bool]:
    """Returns the day as it is written, without its time, and whether the course was completed."""
    if activities:
        is_done = all(_is_done(_cell(row, column)) for column in activities)
        days = [without_time(_cell(row, column + 1)) for column in activities]
        read = [(meant[0], day) for day in days if (meant := days_meant(day))]
        return (max(read)[1] if read else ""), is_done
    state = _cell(row, heading.get("state"))
    done = _cell(row, heading.get("done")) or ("" if _is_state(state) else state)
    if "state" in heading and _is_state(state) and not _is_done(state):
        return "", False
    if "done" in heading and not _is_done(done):
        return "", False
    return without_time(done), _is_done(done) or _is_done(state)


def _ordered(lines: tuple[CompletionLine, ...], order: str) -> CompletionList:
    """Decides how days that can be read in two ways are read: as somebody said, or as the others of
    the same list are written.
    """
    if order:
        return CompletionList(lines, month_first=order == "month")
    said = orders_said(one.written for one in lines)
    if len(said) == 1:
        return CompletionList(lines, month_first=True in said)
    return CompletionList(lines, next((one for one in lines if len(one.days) > 1), None))


def hours_in(text: str) -> str | None:
    """Returns the hours as decimal text, "" for none, None for what are no hours."""
    words = folded(text).removesuffix("horas").removesuffix("hours").removesuffix("h").strip()
    if not words:
        return ""
    try:
        hours = Decimal(words.replace(",", "."))
    except InvalidOperation:
        return None
    if not hours.is_finite() or not 0 < hours <= MOST_HOURS:
        return None
    return f"{hours.quantize(Decimal('0.1')):f}".removesuffix(".0")


def require_sound(claim: TrainingClaim, *, last_valid_on: date | None, today: date) -> None:
    """Refuses with InvalidInput, by field. `last_valid_on`: the last day on which it would count."""
    errors: dict[str, Sentence] = {}
    if not claim.title:
        errors["title"] = Sentence(NO_TITLE)
    if claim.completed_on > today:
        errors["completed_on"] = Sentence(FUTURE_DAY)
    elif claim.completed_on < EARLIEST:
        errors["completed_on"] = Sentence(EARLY_DAY)
    elif last_valid_on is not None and last_valid_on < today:
        errors["completed_on"] = Sentence(OVER_DAY, {"day": last_valid_on})
    if errors:
        raise InvalidInput(errors)


def require_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput({"reason": Sentence(NO_REASON)})


def state_of(
    *, is_accepted: bool, is_ended: bool, last_valid_on: date | None, today: date
) -> TrainingState:
    if is_ended:
        return TrainingState.TAKEN_BACK if is_accepted else TrainingState.DECLINED
    if not is_accepted:
        return TrainingState.WAITING
    is_over = last_valid_on is not None and last_valid_on < today
    return TrainingState.OVER if is_over else TrainingState.ACCEPTED
