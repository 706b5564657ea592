"""What a planner types: the season with its table of wishes, and another place for one of them."""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import wtforms
from babel import Locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length, NumberRange

from app.infra.language import say, translate
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import (
    N_,
    Language,
    LocalizedText,
    field_in,
    fields_of,
    in_every_language,
    interface_language,
    languages,
)
from app.people.directory.rules.people import plain_key
from app.planning.scheduling.rules.judging import MOST_REASON
from app.planning.seasons.values import MOST_WISHES, SeasonDraft, SeasonLimits, WishRow
from app.web.fields import (
    CHOOSE,
    NOT_A_DAY,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    TimeField,
    day_in,
    number_in,
    printable,
    stripped,
    text_field,
)
from app.web.forms import Form
from app.web.locale import reader_language

# Reads a pasted table, or CSV, into rows of wishes. Errors name their row and column.

TITLE, TITLE_IN = N_("Title"), N_("Title in %(language)s")
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "groups": (N_("Groups"), N_("Group"), N_("Working group"), N_("Working groups")),
    "people": (N_("People"), N_("Person"), N_("Who must be there")),
    "countries": (N_("Countries"), N_("Country"), N_("Countries invited")),
    "minutes": (N_("Minutes"), N_("Duration"), N_("Length")),
    "earliest": (N_("First day"), N_("From the day"), N_("From")),
    "latest": (N_("Last day"), N_("To the day"), N_("Until")),
    "spacing": (N_("Spacing"), N_("Working days between")),
    "after": (N_("After row"), N_("After")),
}
"""By column the words that may head it, in any language of the house; pages show the first."""
NEEDED = ("groups", "minutes")
DELIMITERS = ("\t", ";", ",")
MOST_CHARACTERS = 200_000
GREATEST = 9_999

NO_HEADER = N_("The first line must name the columns; “%(column)s” is missing.")
UNKNOWN_COLUMN = N_("There is no column “%(value)s”. The columns are: %(columns)s.")
TWICE = N_("The column “%(value)s” is there twice.")
NO_ROWS = N_("There is no line below the names of the columns.")
TOO_MANY = N_("At most %(most)d lines.")
TOO_LONG = N_("The table is too long: at most %(most)d characters.")
NO_NUMBER = N_("“%(value)s” is not a whole number.")
NOT_A_TABLE = N_("This cannot be read as a table: a quotation mark is open.")
MORE_CELLS = N_("There are more cells than columns.")


def columns() -> tuple[str, ...]:
    """Returns the names of the columns: a title in each language, then the others."""
    return (*fields_of("title", LocalizedText()), *HEADINGS)


def heading(column: str, language: Language) -> str:
    """Returns how a reader calls a column: "Título en español", "Grupos"."""
    if column in HEADINGS:
        return translate(language, HEADINGS[column][0])
    titles = (code for code in languages() if field_in("title", code) == column)
    code = next(titles, None)
    if code is None:
        return translate(language, TITLE)
    return _title_in(code, language)


def _title_in(code: Language, language: Language) -> str:
    return translate(language, TITLE_IN) % {
        "language": Locale(code).get_language_name(interface_language(language))
    }


def _headings() -> dict[str, str]:
    """Returns the column that each heading means, by the key of `_key`."""
    columns_by_heading = {_key(column): column for column in columns()}
    for language in languages():
        for column, words in HEADINGS.items():
            columns_by_heading.update((_key(translate(language, msgid)), column) for msgid in words)
        for code in languages():
            columns_by_heading[_key(_title_in(code, language))] = field_in("title", code)
    for language in reversed(languages()):
        columns_by_heading[_key(translate(language, TITLE))] = field_in("title", language)
    return columns_by_heading


def _key(words: str) -> str:
    """Returns a heading without accents, capitals and what stands in brackets."""
    return re.sub(r"[\s_-]+", " ", re.sub(r"\(.*?\)", "", plain_key(words))).strip(" :.")


def rows_in(text: str) -> tuple[WishRow, ...]:
    """Returns the rows in order; empty lines are left out.

    Refuses with InvalidInput, everything at once: "table" for the whole, "rows.3.minutes" for a
    cell of the third row below the header.
    """
    if len(text) > MOST_CHARACTERS:
        raise InvalidInput({"table": Sentence(TOO_LONG, {"most": MOST_CHARACTERS})})
    lines = [line for line in _cells(text) if any(cell.strip() for cell in line)]
    header = _header(lines[0] if lines else [])
    if len(lines) == 1:
        raise InvalidInput({"table": Sentence(NO_ROWS)})
    if len(lines) > MOST_WISHES + 1:
        raise InvalidInput({"table": Sentence(TOO_MANY, {"most": MOST_WISHES})})
    errors: dict[str, Sentence] = {}
    rows = []
    for number, line in enumerate(lines[1:], start=1):
        row = _Row(number, dict(zip(header, (cell.strip() for cell in line), strict=False)), errors)
        if len([cell for cell in line if cell.strip()]) > len(header):
            errors[f"rows.{number}.title"] = Sentence(MORE_CELLS)
        rows.append(row.read())
    if errors:
        raise InvalidInput(errors)
    return tuple(rows)


def _cells(text: str) -> list[list[str]]:
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    first = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    try:
        return list(csv.reader(text.split("\n"), delimiter=delimiter, strict=True))
    except csv.Error:
        raise InvalidInput({"table": Sentence(NOT_A_TABLE)}) from None


def _header(cells: list[str]) -> list[str]:
    """Returns the column that each heading means. Raises InvalidInput, at "table"."""
    known = _headings()
    header = [known.get(_key(cell), "") for cell in cells]
    for column in NEEDED:
        if column not in header:
            raise _refused(NO_HEADER, column=_called(column))
    if not fields_of("title", LocalizedText()).keys() & set(header):
        raise _refused(NO_HEADER, column=in_every_language(lambda code: translate(code, TITLE)))
    for cell, column in zip(cells, header, strict=True):
        if not column:
            names = in_every_language(
                lambda code: ", ".join(heading(one, code) for one in columns())
            )
            raise _refused(UNKNOWN_COLUMN, value=cell.strip()[:40], columns=names)
        if header.count(column) > 1:
            raise _refused(TWICE, value=cell.strip()[:40])
    return header


def _called(column: str) -> LocalizedText:
    return in_every_language(lambda code: heading(column, code))


def _refused(msgid: str, **params: Any) -> InvalidInput:
    return InvalidInput({"table": Sentence(msgid, params)})


@dataclass
class _Row:
    number: int
    cells: dict[str, str]
    errors: dict[str, Sentence]

    def read(self) -> WishRow:
        defaults = WishRow(LocalizedText(), ())
        return WishRow(
            title=in_every_language(lambda code: self.cells.get(field_in("title", code), "")),
            groups=tuple(self._names("groups")),
            people=tuple(self._names("people")),
            countries=tuple(self._names("countries")),
            minutes=self._number("minutes", defaults.minutes),
            earliest=self._date("earliest"),
            latest=self._date("latest"),
            spacing=self._number("spacing", defaults.spacing),
            after=self._number("after", 0) or None,
        )

    def _names(self, column: str) -> Iterator[str]:
        for name in re.split(r"[;|,\n]", self.cells.get(column, "")):
            if name.strip():
                yield name.strip()

    def _number(self, column: str, default: int) -> int:
        text = self.cells.get(column, "")
        if not text:
            return default
        number = number_in(text, GREATEST)
        if number is None:
            self.errors[f"rows.{self.number}.{column}"] = Sentence(NO_NUMBER, {"value": text[:40]})
            return default
        return number

    def _date(self, column: str) -> date | None:
        text = self.cells.get(column, "")
        if not text:
            return None
        day = day_in(text)
        if day is None:
            self.errors[f"rows.{self.number}.{column}"] = Sentence(NOT_A_DAY)
        return day


# The forms of season planning.

USUAL = SeasonLimits()
MOST = 50
FIELD_OF = {"rows": "table"}
MOST_SAID = 30
TITLE_TOO_LONG = _l("Write at most %(max)d characters.")


def row_words(field: str, sentence: str) -> str:
    """Returns "Row 3, groups: …" for the errors of a row, the sentence itself for others."""
    parts = field.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - rows.<number>.<column>
        return sentence
    column = heading(parts[2], reader_language())
    return str(
        _("Row %(row)s, %(column)s: %(sentence)s", row=parts[1], column=column, sentence=sentence)
    )


class SeasonForm(Form):
    title = wtforms.StringField(
        _l("Name of the season"),
        [
            InputRequired(_l("Give the season a title.")),
            Length(max=200, message=TITLE_TOO_LONG),
            printable,
        ],
        filters=[stripped],
        render_kw={"maxlength": 200},
    )
    starts_on = DateField(_l("First day"), [InputRequired(_l("Choose the date."))])
    ends_on = DateField(_l("Last day"), [InputRequired(_l("Choose the date."))])
    timezone = SelectField(_l("Times are in"), default=REFERENCE_ZONE)
    table = wtforms.TextAreaField(_l("Webinars"), [InputRequired(_l("Give at least one webinar."))])
    moves_published = wtforms.BooleanField(
        _l("Published webinars of these days may be moved when that is better")
    )
    opens = TimeField(
        _l("Not before"), [InputRequired(_l("Choose the time it starts."))], default=USUAL.opens
    )
    closes = TimeField(
        _l("Ends by"), [InputRequired(_l("Choose the time it ends."))], default=USUAL.closes
    )
    per_day = IntegerField(
        _l("Events a day at most"),
        [
            InputRequired(_l("Write a whole number.")),
            NumberRange(1, MOST, _l("Between %(min)s and %(max)s.")),
        ],
        default=USUAL.per_day,
    )

    def draft(self) -> SeasonDraft:
        """Refuses with InvalidInput what is no table."""
        limits = SeasonLimits(
            opens=self.opens.data, closes=self.closes.data, per_day=self.per_day.data
        )
        return SeasonDraft(
            title=self.title.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            timezone=self.timezone.data,
            rows=rows_in(self.table.data),
            limits=limits,
            moves_published=bool(self.moves_published.data),
        )

    def show(self, errors: Mapping[str, Sentence]) -> None:
        """Puts refusals at their fields, and the first thirty of those of rows below the table."""
        for name, sentence in errors.items():
            key = name.split(".", maxsplit=1)[0]
            field = self._fields.get(FIELD_OF.get(key, key), self.table)
            words = row_words(name, say(reader_language(), sentence))
            if len(field.errors) < MOST_SAID:
                field.errors = [*field.errors, words]


class AcceptForm(Form):
    publish = RadioField(
        _l("The new events are"),
        choices=[
            ("yes", _l("Published at once")),
            ("no", _l("Drafts, which hold their time for 14 days")),
        ],
        default="yes",
        invalid_choice_message=_l(CHOOSE),
    )


class PlaceForm(Form):
    """Another day and hour for one webinar, on the clock of the season. `seen`: which choice stood
    before.
    """

    on = DateField(_l("Date"), [InputRequired(_l("Choose the date."))])
    start = TimeField(_l("Starts"), [InputRequired(_l("Choose the time it starts."))])
    seen = wtforms.HiddenField()
    ask_reason = text_field(_l("Why it has to be at this time"), MOST_REASON, area=True)

    def starts_at(self, timezone: str) -> datetime:
        return datetime.combine(self.on.data, self.start.data, ZoneInfo(timezone))
