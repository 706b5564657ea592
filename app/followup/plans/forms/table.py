"""Reads a table that was copied from a spreadsheet or a document into activities.

Nothing is refused as a whole for one cell: each row says what was understood of it, and why the
rest was not, so that its writer can mend it before anything is saved.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from io import StringIO

from app.followup.agreements.queries.agreements import AgreementChoices, NamedChoice
from app.followup.agreements.rules import require_sound_activity
from app.followup.agreements.values import ActivityDraft, Responsible, ResponsibleKind
from app.followup.agreements.wording import BODIES
from app.followup.plans import wording
from app.followup.plans.forms.activity import names_in
from app.followup.plans.rules import MOST_ACTIVITIES
from app.infra.language import translate
from app.kernel.days import begins_with_month, deadlines_meant
from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_, Language, LocalizedText, languages
from app.people.directory.rules.institutions import country_of_text
from app.people.directory.rules.people import plain_key
from app.planning.events.values import GenderMarker

ACTIVITY = N_("Activity")
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "number": (N_("No."), N_("Number"), "#"),
    "text": (ACTIVITY, N_("Activities"), N_("Action"), N_("What will be done")),
    "responsible": (
        N_("Who answers"),
        N_("Responsible"),
        N_("Responsible party"),
        N_("Countries"),
        N_("Country"),
        N_("They answer"),
    ),
    "due": (
        N_("Due on"),
        N_("Due"),
        N_("Due date"),
        N_("Completion date"),
        N_("Date"),
        N_("Deadline"),
        N_("Day"),
    ),
    "indicator": (N_("Indicator"), N_("Indicators"), N_("Result indicator")),
    "target": (N_("Target"), N_("Goal")),
    "gender_marker": (N_("Gender marker"), N_("Gender")),
    "section": (N_("Section of the Guidelines"), N_("Section"), N_("Guidelines")),
    "partners": (N_("Partner bodies"), N_("Partners")),
}
"""By column the words that may head it, in any language of the house; pages show the first."""
IN_ORDER = ("text", "responsible", "due", "indicator", "target", "gender_marker", "section")
"""What the columns mean where no first line names them."""
ALL = (N_("all"), N_("all countries"), N_("all the countries"), N_("all member countries"))
ALSO = {
    ResponsibleKind.SECRETARIAT: (N_("Technical Secretariat"), N_("Executive Secretariat")),
    ResponsibleKind.PRESIDENCY: (N_("Pro Tempore Presidency"), N_("PPT")),
}
"""What tables call the two bodies besides their names here."""
MOST_CHARACTERS = 100_000
LONGEST_SHOWN = 40

NOTHING = N_("Paste a table: one line for each activity.")
TOO_LONG = N_("The table is too long: at most %(most)s characters.")
TOO_MANY = N_("At most %(most)s lines.")
NO_ACTIVITY = N_("No column is called “%(column)s”. Name the columns in the first line.")
NOT_A_TABLE = N_("This cannot be read as a table: a quotation mark is open.")
EMPTY = N_("This line says no activity.")
UNKNOWN_PARTY = N_("“%(value)s” is no country, institution or group that is known here.")
UNKNOWN_DAY = N_("“%(value)s” is no day. Write it as 30 Sep 2027 or 2027-09-30.")
UNKNOWN_MARKER = N_("“%(value)s” is no gender marker. Write 0, 1 or 2.")
UNKNOWN_SECTION = N_("“%(value)s” is no section of the Guidelines.")


@dataclass(frozen=True)
class PastedRow:
    """A line of the table: what was understood of it, and why the rest was not."""

    number: int
    draft: ActivityDraft
    reasons: tuple[Sentence, ...] = ()


@dataclass(frozen=True)
class PastedTable:
    """`columns`: what each column was taken for, "" for one that means nothing here.
    `unread`: what heads those. `doubtful_days`: days as written that could also begin with the
    other number, and as read.
    """

    rows: tuple[PastedRow, ...]
    columns: tuple[str, ...]
    unread: tuple[str, ...]
    doubtful_days: Mapping[str, date]

    @property
    def is_sound(self) -> bool:
        return not any(row.reasons for row in self.rows)

    @property
    def drafts(self) -> tuple[ActivityDraft, ...]:
        return tuple(row.draft for row in self.rows)


def read_table(
    text: str,
    *,
    offered: AgreementChoices,
    spellings: Mapping[str, str],
    language: Language,
    today: date,
) -> PastedTable:
    """Returns what the lines of a pasted table mean. `spellings`: every way to write a country, with
    its code; `language`: the writer's, in which activities are stored.

    A day without a year is the next one from `today` on. Days such as 3/4/2027 begin with the day,
    as the region writes, unless another one of the table can only begin with the month.

    Raises InvalidInput, at "table", for what is no table of activities.
    """
    if len(text) > MOST_CHARACTERS:
        raise _refused(TOO_LONG, most=MOST_CHARACTERS)
    lines = [line for line in _cells(text) if any(line)]
    if not lines:
        raise _refused(NOTHING)
    first, header = lines[0], _header(lines[0])
    unread: tuple[str, ...] = ()
    if header is None:
        is_numbered = len(first) > 1 and re.fullmatch(r"\d{1,3}[.)]?", first[0]) is not None
        header = (("number",) if is_numbered else ()) + IN_ORDER
    else:
        unread = tuple(cell for cell, name in zip(first, header, strict=True) if cell and not name)
        lines = lines[1:]
    if not lines:
        raise _refused(NOTHING)
    if len(lines) > MOST_ACTIVITIES:
        raise _refused(TOO_MANY, most=MOST_ACTIVITIES)
    rows = [dict(zip(header, line, strict=False)) for line in lines]
    reader = _PlanTableReader(
        offered,
        spellings,
        language,
        today,
        month_first={begins_with_month(row.get("due", "")) for row in rows} - {None} == {True},
    )
    read = tuple(reader.row(number, row) for number, row in enumerate(rows, start=1))
    return PastedTable(read, header, unread, reader.doubtful_days)


def _refused(msgid: str, **params: object) -> InvalidInput:
    return InvalidInput({"table": Sentence(msgid, params)})


def _cells(text: str) -> list[list[str]]:
    """Returns the cells, from tabs (spreadsheets, documents), upright bars, semicolons or commas."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(sign if sign.isprintable() or sign in "\t\n" else " " for sign in text)
    if "\t" not in text and "|" in text:
        rows = [line.strip().strip("|").split("|") for line in text.split("\n")]
        cells = [[cell.strip() for cell in row] for row in rows]
        return [row for row in cells if not all(set(cell) <= set("-: ") for cell in row)]
    first = text.strip("\n").split("\n", 1)[0]
    delimiter = "\t" if "\t" in text else max(";,", key=first.count)
    try:
        rows = list(csv.reader(StringIO(text), delimiter=delimiter, strict=False))
    except csv.Error:
        raise _refused(NOT_A_TABLE) from None
    return [[" ".join(cell.split()) for cell in row] for row in rows]


def _header(cells: Sequence[str]) -> tuple[str, ...] | None:
    """Returns what the columns are called; None where the first line names none of them."""
    known = _headings()
    header = tuple(known.get(_key(cell), "") for cell in cells)
    if len([name for name in header if name]) < min(2, len(header)):
        return None
    if "text" not in header:
        names = {code: translate(code, ACTIVITY) for code in languages()}
        raise _refused(NO_ACTIVITY, column=LocalizedText(names))
    return header


@cache
def _headings() -> dict[str, str]:
    return {
        _key(translate(language, msgid)): column
        for column, words in HEADINGS.items()
        for msgid in words
        for language in languages()
    }


def _key(words: str) -> str:
    """Returns a heading without accents, capitals, signs and what stands in brackets."""
    return re.sub(r"[\W_]+", " ", re.sub(r"\(.*?\)", "", plain_key(words))).strip() or words.strip()


class _PlanTableReader:
    def __init__(
        self,
        offered: AgreementChoices,
        spellings: Mapping[str, str],
        language: Language,
        today: date,
        *,
        month_first: bool,
    ) -> None:
        self.language, self.today, self.month_first = language, today, month_first
        self.spellings = spellings
        self.doubtful_days: dict[str, date] = {}
        self.sections = {code.upper(): code for code in offered.sections}
        self.countries = tuple(
            Responsible(ResponsibleKind.COUNTRY, one.key) for one in offered.countries
        )
        self.parties = dict(_named(offered))

    def row(self, number: int, cells: Mapping[str, str]) -> PastedRow:
        reasons: list[Sentence] = []
        text = cells.get("text", "").strip()
        draft = ActivityDraft(
            text=LocalizedText({self.language: text}),
            responsible=self._responsible(cells.get("responsible", ""), reasons),
            due=self._day(cells.get("due", ""), reasons),
            section=self._section(cells.get("section", ""), reasons),
            indicator=cells.get("indicator", ""),
            target=cells.get("target", ""),
            gender_marker=_marker(cells.get("gender_marker", ""), reasons),
            partners=names_in(cells.get("partners", "")),
        )
        if not text:
            reasons.insert(0, Sentence(EMPTY))
        else:
            try:
                require_sound_activity(draft)
            except InvalidInput as unsound:
                reasons += unsound.errors.values()
        return PastedRow(number, draft, tuple(reasons))

    def _responsible(self, text: str, reasons: list[Sentence]) -> tuple[Responsible, ...]:
        if _key(text) in {_key(translate(code, words)) for words in ALL for code in languages()}:
            return self.countries
        parties: list[Responsible] = []
        whole = self.parties.get(_key(text)) or self._country(text)
        for name in [text] if whole else _names(text):
            party = self.parties.get(_key(name)) or self._country(name)
            if party is None:
                reasons.append(Sentence(UNKNOWN_PARTY, {"value": name[:LONGEST_SHOWN]}))
            else:
                parties.append(party)
        return tuple(dict.fromkeys(parties))

    def _country(self, name: str) -> Responsible | None:
        code = country_of_text(name, self.spellings)
        return Responsible(ResponsibleKind.COUNTRY, code) if code else None

    def _day(self, text: str, reasons: list[Sentence]) -> date | None:
        if not text.strip():
            return None
        days = deadlines_meant(text, today=self.today)
        if not days:
            reasons.append(Sentence(UNKNOWN_DAY, {"value": text[:LONGEST_SHOWN]}))
            return None
        day = days[-1] if self.month_first else days[0]
        if len(days) > 1:
            self.doubtful_days[text] = day
        return day

    def _section(self, text: str, reasons: list[Sentence]) -> str:
        if not text.strip():
            return ""
        code = re.split(r"[\s·:–—]+", text.strip(), maxsplit=1)[0].rstrip(".").upper()
        section = self.sections.get(code, "")
        if not section:
            reasons.append(Sentence(UNKNOWN_SECTION, {"value": text[:LONGEST_SHOWN]}))
        return section


def _named(offered: AgreementChoices) -> Iterator[tuple[str, Responsible]]:
    """Yields by each of its names who may answer; countries come last, so that their names win."""

    def of(
        kind: ResponsibleKind, choices: Iterable[NamedChoice]
    ) -> Iterator[tuple[str, Responsible]]:
        for one in choices:
            for _language, name in one.name.items():
                yield _key(name), Responsible(kind, one.key)

    for _country, institutions in offered.institutions:
        yield from of(ResponsibleKind.INSTITUTION, institutions)
    yield from of(ResponsibleKind.WORKING_GROUP, offered.groups)
    for body, msgid in BODIES.items():
        for language in languages():
            yield _key(translate(language, msgid)), Responsible(body)
    for body, msgids in ALSO.items():
        for msgid in msgids:
            for language in languages():
                yield _key(translate(language, msgid)), Responsible(body)
    yield from of(ResponsibleKind.COUNTRY, offered.countries)


def _names(text: str) -> list[str]:
    parts = re.split(r"[;,/\n·+]|\s(?:y|e|and|&)\s", text)
    names = [part.strip(" .") for part in parts if part.strip(" .")]
    codes = re.split(r"[\s–-]+", text.strip())
    if len(names) == 1 and len(codes) > 1 and all(re.fullmatch("[A-Z]{2,3}", one) for one in codes):
        return codes
    return names


def _marker(text: str, reasons: list[Sentence]) -> GenderMarker | None:
    said = _key(text) if text.strip() else ""
    if not said:
        return None
    for marker, msgid in wording.MARKERS.items():
        words = {_key(translate(code, msgid)) for code in languages()}
        if said in words | {str(marker.value)} | {one.split(" ", 1)[-1] for one in words}:
            return marker
    reasons.append(Sentence(UNKNOWN_MARKER, {"value": text[:LONGEST_SHOWN]}))
    return None
