"""What becomes of each row of a sheet: it is ready, it is on record, somebody has to answer first, or
it does not enter. Pure: pages and saving ask the same function.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from app.followup.agreements.rules import LONGEST_NAME, text_errors
from app.followup.agreements.values import (
    AgreementDraft,
    Paragraph,
    Responsible,
    ResponsibleKind,
    Status,
    Verb,
)
from app.infra.email_address import is_email
from app.kernel.days import (
    WrittenDate,
    dates_meant,
    deadlines_meant,
    is_no_day,
    month_name,
    orders_said,
    without_time,
)
from app.kernel.reference import REFERENCE, REFERENCE_ZONE
from app.kernel.refusal import Sentence
from app.kernel.text import N_, LocalizedText, is_one_line, languages
from app.kernel.timespan import Timespan
from app.office.history.rules.columns import FIELDS, cell_key
from app.office.history.rules.people import KnownPeople, name_words
from app.office.history.values import (
    AnsweredQuestion,
    HistorySheet,
    ImportKind,
    JudgedRow,
    JudgedSheet,
    KnownEvent,
    KnownService,
    MeantPerson,
    OnRecord,
    PastAgreement,
    PastAttendance,
    PastRow,
    PastService,
    PastTraining,
    RowOutcome,
    RowQuestion,
    SheetLine,
)
from app.participation.attendance.rules.readers.tables import length_of
from app.people.directory.rules.headings import heading_key
from app.people.directory.rules.institutions import (
    KnownInstitution,
    country_of_text,
    match_institution,
)
from app.people.directory.rules.people import (
    EARLIEST,
    is_name,
    is_title,
    plain_key,
    tidy,
    written_name,
)
from app.people.directory.rules.places import NEW, OUT, MeantPlace, line_key, meant_places
from app.planning.events.values import DatePrecision, EventDraft, EventKind, Mode
from app.training.recognised.rules import LONGEST_TITLE, hours_in

YES, ANOTHER, DAY, MONTH, ONE, TWO = "yes", "another", "day", "month", "one", "two"
AS = "as:"
"""Before the name of an institution that the sheet adds, of which another name is a spelling."""
ALL_RIGHT, NOT_IN = N_("That is right"), N_("Do not bring it in")
TOTAL, NUMBER = re.compile(r"(?:sub ?)?total(?:es)?\b.*|suma\b.*"), re.compile(r"[\d.,%/ ]+")
BARE_TOTAL = re.compile(r"(?:(?:sub ?)?total(?:es)?(?: general)?|suma)[ :]*[\d.,]*")
"""A total stands alone in its cell, or in a row in which all the rest are numbers."""
LONGEST_EVENT_TITLE = 300
PRECISION = {10: DatePrecision.DAY, 7: DatePrecision.MONTH, 4: DatePrecision.YEAR}
"""By the length of a date in ISO 8601."""
EVENT_KINDS = (
    (EventKind.WEBINAR, ("webinar", "seminario web", "virtual seminar")),
    (EventKind.TRAINING, ("capacitacion", "formacion", "training", "curso", "course")),
    (EventKind.WORKSHOP, ("taller", "workshop")),
    (EventKind.CONGRESS, ("congreso", "congress")),
    (EventKind.GOVERNANCE, ("gobernanza", "governance", "viceministr", "vice-minist")),
    (EventKind.EXTERNAL, ("extern", "external")),
)
MODES = (
    (Mode.HYBRID, ("hibrid", "hybrid")),
    (Mode.IN_PERSON, ("presencial", "in person", "in-person", "face")),
    (Mode.ONLINE, ("virtual", "en linea", "online", "zoom", "teams", "remot")),
)

STATUSES = (
    (Status.NO_LONGER_APPLICABLE, ("no aplica", "not applicable", "no longer", "cancelad")),
    (Status.IN_PROGRESS, ("proceso", "curso", "parcial", "progress", "under way", "avanc")),
    (Status.OPEN, ("pendiente", "pending", "open", "abiert", "sin iniciar", "no cumpl", "not ")),
    (Status.DONE, ("cumplid", "hecho", "done", "fulfilled", "complet", "realizad", "finaliz")),
)
ORGANS = (
    (
        ResponsibleKind.SECRETARIAT,
        ("secretaria ejecutiva", "secretariat", "st-crm", "secretaria tecnica"),
    ),
    (ResponsibleKind.PRESIDENCY, ("presidencia", "presidency", "ppt")),
)
RESPONSIBLE = re.compile(r"\s*(?:[,;/\n]|\s(?:y|e|and|&)\s)\s*")
PARAGRAPH = re.compile(r"(\d{1,3})[ .)]*(?:\(?([a-z])\)?)?\.?")
CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?")
"""Hours and minutes: "2:30"."""
AN_HOUR, MOST_MINUTES, NOT_SAID = 60, 24 * 60, -1
MOST_EVENTS = 6
NO_EVENT = N_("No event on record is “%(text)s”. Bring in the events first.")
WHICH_EVENT = N_("Which event is “%(text)s”?")
NOT_A_LENGTH = N_("This is no length of time: %(text)s.")
NO_LENGTH = N_("Nothing says how long: it would count as one hour.")
ATTENDANCE_KNOWN = N_("It is on record that this person was there.")
NO_COURSE = N_("Nothing says which of our courses it stands for.")
WHICH_COURSE = N_("Which of our courses does “%(text)s” stand for?")
TRAINING_KNOWN = N_("This training of this person is on record.")
TRAINING_ENDED = N_("It was not accepted or was taken back before, and stays so.")
AGREEMENT_KNOWN = N_("This agreement of the event is on record.")
PARAGRAPH_TAKEN = N_("Paragraph %(paragraph)s of this event is on record with other words.")
WHICH_BODY = N_("Nobody of ours is called “%(text)s”.")
OTHER_BODY = N_("Another body")

IS_TOTAL = N_("This is a total, not a row: it does not enter.")
IS_HEADING = N_("These are the headings once more: they do not enter.")
LEFT_OUT = N_("You leave it out.")
NO_SUCH_DAY = N_("There is no such day: %(text)s.")
NOT_A_DATE = N_("This cannot be read as a date: %(text)s.")
TWO_DAYS = N_("%(text)s can be two days.")
ROUGH_DATE = N_("Only “%(text)s” is known: it would count from %(day)s.")
TO_COME = N_("%(day)s is still to come: plan it instead.")
TOO_EARLY = N_("%(day)s is before 1990.")
ENDS_BEFORE = N_("It ends before it begins.")
NO_TEXT_THERE = N_("Nothing is written for “%(field)s”.")
AS_ABOVE = N_("Nothing is written for “%(field)s”: is it as in row %(row)s, “%(text)s”?")
NOT_A_TITLE = N_("This is no title: write it in one line of at most %(most)s letters.")
NOT_A_NAME = N_("This is not the name of a person: %(text)s.")
NOT_A_POST = N_("Write the post in at most 200 letters.")
WHICH_COUNTRY = N_("There is no country of ours called “%(text)s”.")
OTHER_COUNTRY = N_("This row is of %(country)s.")
SEVERAL_ALIKE = N_("Who is %(name)s?")
ONE_OR_TWO = N_("Is %(name)s in rows %(row)s and %(other)s one person?")
ONE_PERSON, TWO_PEOPLE = N_("One person"), N_("Different people")
WHICH_PLACE = N_("Which institution is “%(name)s”?")
NOT_A_PLACE = N_("This cannot be an institution: %(name)s.")
EVENT_KNOWN = N_("An event of this title and date is on record.")
SERVICE_KNOWN = N_("This person is on record in this post in those days.")
AGAIN = N_("The same as row %(row)s.")
ADD_PLACE = N_("A new institution")
ADD_PERSON = N_("Somebody else")
SINCE_WHEN = N_("Nothing says since when: write a day, and it counts for every such row.")


class _Aside(Exception):
    """A row that is not ready: why, and what somebody may answer."""

    def __init__(
        self,
        outcome: RowOutcome,
        reason: Sentence | None = None,
        question: RowQuestion | None = None,
    ) -> None:
        super().__init__()
        self.outcome, self.reason, self.question = outcome, reason, question


@dataclass
class _Judge:
    """What the rows of one sheet have in common while they are judged. `country`: the only one that
    they may be of, "" where a column says it. `earlier`: the number of the row that said the same.
    """

    sheet: HistorySheet
    record: OnRecord
    answers: Mapping[str, str]
    country: str
    today: date
    people: KnownPeople = field(init=False)
    orders: frozenset[bool] = field(init=False)
    places: dict[tuple[str, str], MeantPlace] = field(init=False)
    labels: dict[str, str] = field(init=False)
    events: set[tuple[str, str]] = field(init=False)
    services: dict[tuple[int, int], list[KnownService]] = field(init=False)
    by_title: dict[str, list[KnownEvent]] = field(init=False)
    agreements: dict[UUID, dict[Paragraph, str]] = field(init=False)
    above: dict[str, tuple[int, str]] = field(default_factory=dict)
    earlier: dict[Any, int] = field(default_factory=dict)
    read: dict[str, Any] = field(default_factory=dict)
    newcomers: dict[tuple[str, frozenset[str]], list[MeantPerson]] = field(default_factory=dict)
    told: dict[int, tuple[str, ...]] = field(default_factory=dict)
    new_places: dict[str, dict[str, str]] = field(default_factory=dict)
    answered: dict[str, AnsweredQuestion] = field(default_factory=dict)

    def __post_init__(self) -> None:
        fields = FIELDS[self.sheet.kind]
        dates = [one.key for one in fields if one.is_date]
        self.people = KnownPeople(self.record.people)
        self.orders = orders_said(
            without_time(line[key])
            for line in self.sheet.lines
            for key in dates
            if key not in line.typed
        )
        self.labels = {one.key: one.label for one in fields}
        self.places = {}
        self.events = {
            (plain_key(title), one.on.found if one.on else "")
            for one in self.record.events
            for title in one.titles
        }
        self.by_title = {}
        for known in self.record.events:
            for key in {plain_key(title) for title in known.titles}:
                self.by_title.setdefault(key, []).append(known)
        self.agreements = {}
        for each in self.record.agreements:
            of_event = self.agreements.setdefault(each.event_id, {})
            of_event[each.paragraph] = plain_key(tidy(each.texts[0])) if each.texts else ""
        self.services = {}
        for one in self.record.services:
            self.services.setdefault((one.person_id, one.institution_id), []).append(one)

    # Parts of a row that several kinds have.

    def text(self, line: SheetLine, key: str) -> str:
        """Returns what a row says, which it must: where it says nothing, it may be meant as above."""
        said = tidy(line[key])
        if said:
            return said
        field_name = Sentence(self.labels[key])
        if key not in self.above:
            raise _Aside(RowOutcome.OUT, Sentence(NO_TEXT_THERE, {"field": field_name}))
        number, words = self.above[key]
        params = {"field": field_name, "row": number, "text": words}
        answer = self.asked(
            f"above:{key}", Sentence(AS_ABOVE, params), ((YES, Sentence(ALL_RIGHT)),)
        )
        return words if answer == YES else ""

    def asked(
        self,
        key: str,
        reason: Sentence,
        choices: tuple[tuple[str, Any], ...],
        *,
        others: tuple[tuple[str, Any], ...] = (),
        may_leave_out: bool = True,
    ) -> str:
        """Returns the answer to a question; the row waits for it where there is none."""
        offered = (*choices, *(((OUT, Sentence(NOT_IN)),) if may_leave_out else ()))
        labels = dict((*offered, *others))
        answer = self.answers.get(key, "")
        if answer not in labels:
            raise _Aside(RowOutcome.ASKED, reason, RowQuestion(key, offered, others))
        self.answered.setdefault(key, AnsweredQuestion(key, reason, labels[answer]))
        if answer == OUT:
            raise _Aside(RowOutcome.OUT, Sentence(LEFT_OUT))
        return answer

    def date_text(self, line: SheetLine, key: str) -> str:
        """Returns the date of a row as it is written, without a time of day; where year and month
        stand in columns of their own, put together from these.
        """
        text = without_time(line[key])
        year, month = tidy(line["year"]), tidy(line["month"])
        if key != "on" or not (year or month) or dates_meant(text):
            return text
        if not year:
            year = self.text(line, "year")
        return " ".join(filter(None, (text, month_name(month), year)))

    def when(self, line: SheetLine, key: str) -> WrittenDate | None:
        """Returns the date of a row, as exactly as it is written; None where nothing is."""
        text = self.date_text(line, key)
        if not text:
            return None
        meant = dates_meant(text)
        if not meant:
            said = NO_SUCH_DAY if is_no_day(text) else NOT_A_DATE
            question = RowQuestion(cell_key(line.number, key))
            raise _Aside(RowOutcome.ASKED, Sentence(said, {"text": text[:40]}), question)
        if len(meant) > 1 and key not in line.typed:  # whoever types it sees a day first
            meant = (meant[self._month_first(line, text, meant)],)
        self.read[key] = meant[0]
        return meant[0]

    def _month_first(self, line: SheetLine, text: str, meant: tuple[WrittenDate, ...]) -> bool:
        """Returns which of two readings holds: as the others of the sheet are written, otherwise as
        somebody says, for all of them where none is sure and row by row where they differ.
        """
        if len(self.orders) == 1:
            return True in self.orders
        key = f"order:{line.number}" if self.orders else "order"
        days = tuple((value, one.day) for value, one in zip((DAY, MONTH), meant, strict=True))
        reason = Sentence(TWO_DAYS, {"text": text})
        return self.asked(key, reason, days, may_leave_out=False) == MONTH

    def day(self, line: SheetLine, key: str) -> date | None:
        """Returns the day of a row; where only month or year are known, their first day once somebody
        agrees.
        """
        written = self.when(line, key)
        if written is None:
            return None
        if written.day is None:
            params = {"text": self.date_text(line, key), "day": written.earliest}
            self.asked(f"rough:{key}", Sentence(ROUGH_DATE, params), ((YES, Sentence(ALL_RIGHT)),))
        self.require_past(written.earliest)
        return written.earliest

    def since(self) -> date:
        """Returns the day that somebody wrote for the rows that name none."""
        written = dates_meant(self.answers.get("since", ""))
        if not written or written[0].day is None:
            raise _Aside(RowOutcome.ASKED, Sentence(SINCE_WHEN), RowQuestion("since"))
        self.require_past(written[0].day)
        self.answered.setdefault(
            "since", AnsweredQuestion("since", Sentence(SINCE_WHEN), written[0].day)
        )
        self.read["from"] = written[0]
        return written[0].day

    def require_past(self, on: date) -> None:
        if on > self.today:
            raise _Aside(RowOutcome.OUT, Sentence(TO_COME, {"day": on}))
        if on < EARLIEST:
            raise _Aside(RowOutcome.OUT, Sentence(TOO_EARLY, {"day": on}))

    def country_of(self, line: SheetLine) -> str:
        """Returns the code of the country that a row is of."""
        written = tidy(line["country"])
        if not written and self.country:
            return self.country
        written = written or self.text(line, "country")
        code = country_of_text(written, self.record.spellings)
        if not code:
            raise _Aside(RowOutcome.OUT, Sentence(WHICH_COUNTRY, {"text": written[:60]}))
        if self.country and code != self.country:
            name = self.record.country_names[code]
            raise _Aside(RowOutcome.OUT, Sentence(OTHER_COUNTRY, {"country": name}))
        return code

    def person(self, line: SheetLine, country: str) -> MeantPerson:
        """Returns who is meant by a row."""
        parts = [line["first"], line["name"], line["last"], line["second"]]
        name = tidy(" ".join(filter(None, parts))) if line["last"] else ""
        name = name or written_name(self.text(line, "name"))
        if not is_name(name):
            raise _Aside(RowOutcome.OUT, Sentence(NOT_A_NAME, {"text": name[:60]}))
        email = line["email"].strip() if is_email(line["email"].strip()) else ""
        sure, others = self.people.called(country, name, email)
        self.read["name"] = name
        if others:
            key = f"who:{country}:{line_key(plain_key(name))}"
            choices = tuple((str(one.id), one.shown or one.name) for one in others)
            answer = self.asked(
                key,
                Sentence(SEVERAL_ALIKE, {"name": name}),
                (*choices, (ANOTHER, Sentence(ADD_PERSON))),
            )
            sure = next((one for one in others if str(one.id) == answer), None)
        if sure is None:
            self.read["is_new"] = True
            return self.newcomer(line, MeantPerson(None, name, email, country, line.number))
        self.read["name"] = sure.shown or name
        return MeantPerson(sure.id, sure.name, sure.email, country)

    def newcomer(self, line: SheetLine, person: MeantPerson) -> MeantPerson:
        """Returns which new person a row means. Rows of one name mean one person; where they differ in
        address, institution or post, somebody says whether they are two.
        """
        own = (person.email.lower(), plain_key(line["institution"]), plain_key(line["post"]))
        called = self.newcomers.setdefault((person.country_code, name_words(person.name)), [])
        for one in called:
            if all(a == b or not (a and b) for a, b in zip(own, self.told[one.first], strict=True)):
                return one
        if called:
            rows = {"name": person.name, "row": called[0].first, "other": line.number}
            key = f"same:{person.country_code}:{line_key(plain_key(person.name))}"
            choices = ((ONE, Sentence(ONE_PERSON)), (TWO, Sentence(TWO_PEOPLE)))
            if self.asked(key, Sentence(ONE_OR_TWO, rows), choices) == ONE:
                return called[0]
        called.append(person)
        self.told[person.first] = own
        return person

    def institution(self, line: SheetLine, country: str) -> MeantPlace:
        """Returns which institution a row means."""
        written = self.text(line, "institution")
        asked = f"place:{country}:{line_key(plain_key(written))}"
        if (answer := self.answers.get(asked, "")).startswith(AS):
            about = Sentence(WHICH_PLACE, {"name": written[:80]})
            written = answer.removeprefix(AS)
            self.answered.setdefault(asked, AnsweredQuestion(asked, about, written))
        key = (country, plain_key(written))
        if key not in self.places:
            known = [one for one in self.record.institutions if one.country_code == country]
            names = {one.id: one.names[0] for one in known if one.id is not None}
            one_name = meant_places(
                [written], known, names, countries=self.record.spellings, answers={}
            )
            self.places[key] = one_name[key[1]]
        place = self.places[key]
        if place.question is None:
            if not place.id:
                raise _Aside(RowOutcome.OUT, Sentence(NOT_A_PLACE, {"name": written[:60]}))
            self.read["institution"] = self.record.names.get(place.id, place.name)
            return place
        labels = {str(one.id): one.names[0] for one in self.record.institutions}
        near = place.question.choices
        answer = self.asked(
            f"place:{country}:{place.question.key}",
            Sentence(WHICH_PLACE, {"name": written[:80]}),
            (
                *((str(one), self.record.names[one]) for one in near),
                *self._new_places(country, written),
                (NEW, Sentence(ADD_PLACE)),
            ),
            others=tuple(
                (str(one.id), self.record.names[one.id])
                for one in self.record.institutions
                if one.country_code == country and one.id not in near
            ),
        )
        if answer == NEW:
            self.new_places.setdefault(country, {})[key[1]] = written
            meant = MeantPlace(0, written)
        else:
            meant = MeantPlace(int(answer), labels[answer])
        self.read["institution"] = self.record.names.get(meant.id, meant.name)
        return meant

    def _new_places(self, country: str, written: str) -> tuple[tuple[str, str], ...]:
        """Returns those institutions that this sheet adds, of which `written` may be another
        spelling.
        """
        added = self.new_places.get(country, {})
        known = [
            KnownInstitution(number, country, (name,))
            for number, name in enumerate(added.values(), start=1)
            if name != written
        ]
        match = match_institution(written, known, countries=self.record.spellings)
        ids = (match.sure,) if match.sure is not None else match.likely
        return tuple((AS + one.names[0], one.names[0]) for one in known if one.id in ids)

    def event(self, line: SheetLine) -> KnownEvent:
        """Returns which event on record a row is about, by its title, its date or both."""
        title, on = tidy(line["event"]), self.when(line, "on")
        if not title and on is None:
            self.text(line, "event" if "event" in self.above else "on")
            title, on = self._as_above("event"), None
            if not title:
                on = next(iter(dates_meant(self._as_above("on"))), None)
        named = self.by_title.get(plain_key(title), []) if title else []
        dated = [one for one in self.record.events if on and _is_on(one, on)]
        both = [one for one in named if one in dated]
        options = both or named or dated
        if len(options) == 1 and (named or not title):
            self.read["event"] = self.record.names[options[0].id]
            return options[0]
        text = " · ".join(filter(None, (title, self.date_text(line, "on"))))
        if not options:
            raise _Aside(RowOutcome.OUT, Sentence(NO_EVENT, {"text": text[:120]}))
        choices = tuple((str(one.id), self.record.names[one.id]) for one in options[:MOST_EVENTS])
        key = f"event:{line_key(plain_key(text))}"
        answer = self.asked(key, Sentence(WHICH_EVENT, {"text": text[:120]}), choices)
        chosen = next(one for one in options if str(one.id) == answer)
        self.read["event"] = self.record.names[chosen.id]
        return chosen

    def _as_above(self, key: str) -> str:
        return self.above.get(key, (0, ""))[1]

    def course(self, line: SheetLine) -> str:
        """Returns the slug of the course of ours that a certificate stands for."""
        written = tidy(line["course"])
        key = plain_key(written)
        for slug, titles in self.record.courses.items():
            if key and key in map(plain_key, titles):
                return slug
        choices = tuple((slug, self.record.names[slug]) for slug in self.record.courses)
        if not choices:
            raise _Aside(RowOutcome.OUT, Sentence(NO_COURSE))
        said = Sentence(WHICH_COURSE, {"text": written[:80]}) if written else Sentence(NO_COURSE)
        return self.asked(f"course:{line_key(key)}", said, choices[:MOST_EVENTS])

    def responsible(self, line: SheetLine) -> tuple[Responsible, ...]:
        """Returns who answers for an agreement: countries, groups, the secretariat or the presidency."""
        parts = [tidy(part) for part in RESPONSIBLE.split(self.text(line, "responsible"))]
        found = []
        for part in filter(None, parts):
            key = plain_key(part)
            code = country_of_text(part, self.record.spellings)
            group = self.record.groups.get(key, "")
            organ = _first_of(ORGANS, part, None)
            if code:
                found.append(Responsible(ResponsibleKind.COUNTRY, code))
            elif group:
                found.append(Responsible(ResponsibleKind.WORKING_GROUP, group))
            elif organ:
                found.append(Responsible(organ))
            else:
                key = f"body:{line_key(key)}"
                self.asked(
                    key, Sentence(WHICH_BODY, {"text": part[:80]}), ((YES, Sentence(OTHER_BODY)),)
                )
                found.append(Responsible(ResponsibleKind.OBSERVER, part[:LONGEST_NAME]))
        return tuple(sorted(set(found)))

    def once(self, line: SheetLine, said: Any) -> None:
        """Sets a row aside that says what an earlier one said."""
        if (number := self.earlier.setdefault(said, line.number)) != line.number:
            raise _Aside(RowOutcome.KNOWN, Sentence(AGAIN, {"row": number}))


# The kinds of sheets.


def _event(judge: _Judge, line: SheetLine) -> PastRow:
    """Reads an event. Its date may be known to the year or not at all, and then stands as it was
    found.
    """
    title = judge.text(line, "title")
    if len(title) > LONGEST_EVENT_TITLE or not is_one_line(title):
        raise _Aside(RowOutcome.OUT, Sentence(NOT_A_TITLE, {"most": LONGEST_EVENT_TITLE}))
    on, until = judge.when(line, "on"), judge.when(line, "until")
    first, last = (on.day if on else None), None
    if on is not None:
        judge.require_past(on.earliest)
    if first is not None:
        ends = (until.day if until else None) or (
            date.fromisoformat(on.ends) if on and on.ends else first
        )
        if ends < first:
            raise _Aside(RowOutcome.OUT, Sentence(ENDS_BEFORE))
        judge.require_past(ends)
        last = ends
    found = on.found if on else ""
    if (plain_key(title), found) in judge.events:
        raise _Aside(RowOutcome.KNOWN, Sentence(EVENT_KNOWN))
    judge.once(line, (plain_key(title), found))
    group = judge.record.groups.get(plain_key(line["group"]), "")
    return EventDraft(
        kind=_kind_of(line["kind"], title),
        title=LocalizedText({languages()[0]: title}),
        span=None if first is None or last is None else _days(first, last),
        timezone=REFERENCE_ZONE,
        groups=(group,) if group else (),
        mode=_first_of(MODES, line["mode"], Mode.IN_PERSON if line["place"] else Mode.ONLINE),
        place=tidy(line["place"])[:200] if is_one_line(line["place"]) else "",
        is_all_day=True,
        date_precision=PRECISION.get(len(found), DatePrecision.UNKNOWN),
        found_start=found,
        found_end=last.isoformat() if last else "",
    )


def _service(judge: _Judge, line: SheetLine) -> PastRow:
    """Reads somebody in a post."""
    country = judge.country_of(line)
    person = judge.person(line, country)
    post = judge.text(line, "post")
    if not is_title(post):
        raise _Aside(RowOutcome.OUT, Sentence(NOT_A_POST))
    place = judge.institution(line, country)
    valid_from = judge.day(line, "from") or judge.since()
    last = judge.day(line, "until")
    valid_until = last + timedelta(days=1) if last else None
    if valid_until is not None and valid_until <= valid_from:
        raise _Aside(RowOutcome.OUT, Sentence(ENDS_BEFORE))
    for one in judge.services.get((person.id or 0, place.id), ()):
        if (
            plain_key(post) in map(plain_key, one.post)
            and (valid_until is None or one.valid_from < valid_until)
            and (one.valid_until is None or one.valid_until > valid_from)
        ):
            raise _Aside(RowOutcome.KNOWN, Sentence(SERVICE_KNOWN))
    judge.once(line, (person.who, plain_key(place.name), plain_key(post), valid_from))
    return PastService(person, place.id, place.name, post, valid_from, valid_until)


def _attendance(judge: _Judge, line: SheetLine) -> PastRow:
    """Reads that somebody was at an event. Where nobody says how long, it is as long as the event."""
    event = judge.event(line)
    country = judge.country_of(line)
    person = judge.person(line, country)
    minutes = _minutes(line)
    if minutes is None or (minutes != NOT_SAID and not 0 < minutes <= MOST_MINUTES):
        raise _Aside(RowOutcome.OUT, Sentence(NOT_A_LENGTH, {"text": line["hours"][:40]}))
    if minutes == NOT_SAID:
        minutes = event.minutes or AN_HOUR
        if event.minutes is None:
            judge.asked("minutes", Sentence(NO_LENGTH), ((YES, Sentence(ALL_RIGHT)),))
    if person.id is not None and (event.id, person.id) in judge.record.attended:
        raise _Aside(RowOutcome.KNOWN, Sentence(ATTENDANCE_KNOWN))
    judge.once(line, (event.id, person.who))
    return PastAttendance(person, event.id, minutes)


def _minutes(line: SheetLine) -> int | None:
    """Returns the minutes that a row says, NOT_SAID for none, None for what is no length."""
    if line["minutes"]:
        length = length_of(line["minutes"])
    elif not line["hours"]:
        return NOT_SAID
    elif clock := CLOCK.fullmatch(line["hours"]):
        return int(clock[1]) * 60 + int(clock[2])
    elif hours := hours_in(line["hours"]):
        return round(float(hours) * 60)
    else:
        length = length_of(line["hours"])
    return round(length.total_seconds() / 60) if length else None


def _training(judge: _Judge, line: SheetLine) -> PastRow:
    """Reads a certificate of earlier years."""
    country = judge.country_of(line)
    person = judge.person(line, country)
    course = judge.course(line)
    if not judge.date_text(line, "on"):
        judge.text(line, "on")
    completed_on = judge.day(line, "on")
    if completed_on is None:
        raise _Aside(RowOutcome.OUT)
    hours = hours_in(line["hours"])
    if person.id is not None and (person.id, course, completed_on) in judge.record.trainings:
        raise _Aside(RowOutcome.KNOWN, Sentence(TRAINING_KNOWN))
    if person.id is not None and (person.id, course, completed_on) in judge.record.ended:
        raise _Aside(RowOutcome.OUT, Sentence(TRAINING_ENDED))
    judge.once(line, (person.who, course, completed_on))
    title = tidy(line["course"])[:LONGEST_TITLE] or judge.record.courses[course][0]
    return PastTraining(person, course, title, completed_on, hours or "")


def _agreement(judge: _Judge, line: SheetLine) -> PastRow:
    """Reads a paragraph of what an event agreed."""
    event = judge.event(line)
    words = line["text"].strip()
    if not words:
        judge.text(line, "text")
    responsible = judge.responsible(line)
    known = judge.agreements.setdefault(event.id, {})
    if plain_key(tidy(words)) in known.values():
        raise _Aside(RowOutcome.KNOWN, Sentence(AGREEMENT_KNOWN))
    paragraph = _paragraph(line["number"])
    if paragraph is None:
        numbers = [one.number for one in known]
        paragraph = Paragraph(max(numbers, default=0) + 1)
    elif paragraph in known:
        raise _Aside(RowOutcome.OUT, Sentence(PARAGRAPH_TAKEN, {"paragraph": str(paragraph)}))
    due = None
    if line["due"]:
        due = next(iter(deadlines_meant(line["due"], today=judge.today)), None)
        if due is None:
            said = judge.when(line, "due")
            due = said.earliest if said else None
    status = _first_of(STATUSES, line["status"], Status.OPEN)
    draft = AgreementDraft(
        paragraph, LocalizedText({languages()[0]: words}), Verb.COMMIT, responsible, due
    )
    if errors := text_errors(draft.text):
        raise _Aside(RowOutcome.OUT, next(iter(errors.values())))
    known[paragraph] = plain_key(tidy(words))
    judge.read["number"] = str(paragraph)
    return PastAgreement(event.id, draft, status)


def _paragraph(text: str) -> Paragraph | None:
    match = PARAGRAPH.fullmatch(plain_key(text))
    return Paragraph(int(match[1]), match[2] or "") if match and int(match[1]) else None


READERS: Mapping[ImportKind, Callable[[_Judge, SheetLine], PastRow]] = {
    ImportKind.EVENTS: _event,
    ImportKind.ROSTER: _service,
    ImportKind.ATTENDANCE: _attendance,
    ImportKind.CERTIFICATES: _training,
    ImportKind.AGREEMENTS: _agreement,
}
CARRIED = ("on", "year", "title", "country", "institution", "name", "event", "course")
"""What an empty cell may mean as the row above says it."""


def judge_sheet(
    sheet: HistorySheet,
    *,
    record: OnRecord,
    answers: Mapping[str, str],
    country: str,
    today: date,
) -> JudgedSheet:
    """Judges every row. `country`: the only one that they may be of, "" where a column says it."""
    judge = _Judge(sheet, record, answers, country, today)
    rows = [_judged(judge, line) for line in sheet.lines]
    return JudgedSheet(sheet, rows, tuple(judge.answered.values()))


def _judged(judge: _Judge, line: SheetLine) -> JudgedRow:
    if _is_total(line):
        return JudgedRow(line, RowOutcome.OUT, Sentence(IS_TOTAL))
    if [heading_key(cell) for cell in line.row] == [heading_key(c) for c in judge.sheet.heading]:
        return JudgedRow(line, RowOutcome.OUT, Sentence(IS_HEADING))
    judge.read = {}
    try:
        writes = READERS[judge.sheet.kind](judge, line)
    except _Aside as aside:
        return JudgedRow(line, aside.outcome, aside.reason, aside.question, judge.read)
    finally:
        for key in CARRIED:
            if line[key]:
                judge.above[key] = (line.number, tidy(line[key]))
    return JudgedRow(line, RowOutcome.READY, read=judge.read, writes=writes)


def _is_total(line: SheetLine) -> bool:
    cells = [plain_key(cell) for cell in line.row if cell]
    if any(BARE_TOTAL.fullmatch(cell) for cell in cells):
        return True
    return any(TOTAL.fullmatch(cell) for cell in cells) and all(
        TOTAL.fullmatch(cell) or NUMBER.fullmatch(cell) for cell in cells
    )


def _kind_of(text: str, title: str) -> EventKind:
    by_title = _first_of(EVENT_KINDS, title, EventKind.MEETING)
    return EventKind(_first_of(EVENT_KINDS, text, by_title))


def _first_of(words: Any, text: str, otherwise: Any) -> Any:
    plain = plain_key(text)
    return next((value for value, some in words if any(one in plain for one in some)), otherwise)


def _is_on(event: KnownEvent, on: WrittenDate) -> bool:
    """Returns whether an event may have been at a date: on its days, or in its month or year."""
    if event.on is None:
        return False
    if on.day is None or event.on.day is None:
        return event.on.found.startswith(on.found)
    return event.on.found <= on.found <= (event.on.ends or event.on.found)


def _days(first: date, last: date) -> Timespan:
    """Returns whole local days of the secretariat as instants."""
    after = last + timedelta(days=1)
    return Timespan(
        datetime.combine(first, time(), REFERENCE), datetime.combine(after, time(), REFERENCE)
    )
