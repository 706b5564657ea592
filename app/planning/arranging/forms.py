"""Forms of events: text in, values or sentences at the fields out. One module per page."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms.validators import Email, InputRequired, NumberRange, Optional
from wtforms.widgets import TextInput

from app.kernel.reference import REFERENCE_ZONE
from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.seen import mark_of
from app.kernel.text import N_, Language, LocalizedText, fields_of, languages
from app.kernel.timespan import Timespan
from app.planning.arranging.rules import clock, seats
from app.planning.arranging.services.requests import Translation
from app.planning.arranging.wording import GENDER_MARKERS
from app.planning.events.values import (
    Brief,
    DatePrecision,
    EditionLink,
    EventDetail,
    EventDraft,
    EventKind,
    GenderMarker,
    LinkRole,
    Mode,
    Participant,
    PersonRole,
)
from app.planning.scheduling.rules.book import names
from app.planning.scheduling.rules.judging import MOST_REASON
from app.planning.scheduling.values import OverrideAsked
from app.web.fields import (
    CHOOSE,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    Typed,
    instant_in,
    number_in,
    text_field,
    uuid_in,
    web_address,
)
from app.web.forms import FieldsForm, Form
from app.web.text_fields import LocalizedField, LocalizedForm

# Hours as people type them: "9", "9:30", "6pm", "14h", "9-11", "de 1 a 3 pm".

NOT_AN_HOUR = N_("Write the time as 14:30, 2:30 pm or 9-11.")
ONE = r"(\d{1,2})(?:[:.h](\d{2}))?(?::00)?\s*(a\.?\s?m\.?|p\.?\s?m\.?|h|hs|hrs)?"
HOURS = re.compile(
    rf"(?:de\s+|from\s+)?{ONE}(?:\s*(?:-|–|—|a|to|hasta|until)\s*{ONE})?", re.IGNORECASE | re.ASCII
)
NOON, DAY = 12, 24


def hours_in(text: str) -> tuple[time, time | None]:
    """Returns the hour typed and, where a span was typed, the hour it ends.

    "am" or "pm" behind a span is meant for both hours where that leaves the start before the end.
    Raises ValueError for what is no hour.
    """
    match = HOURS.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    half, until_half = _half(match[3]), _half(match[6])
    if match[4] is None:
        return _time(match[1], match[2], half), None
    ends = _time(match[4], match[5], until_half)
    if half or not until_half:
        return _time(match[1], match[2], half), ends
    starts = _time(match[1], match[2], until_half)
    return (starts if starts < ends else _time(match[1], match[2], "am")), ends


def _half(typed: str | None) -> str:
    letters = (typed or "").lower().replace(".", "").replace(" ", "")
    return letters if letters in ("am", "pm") else ""


def _time(hour: str, minute: str | None, half: str) -> time:
    number = int(hour)
    if half:
        if not 1 <= number <= NOON:
            raise ValueError(hour)
        number = number % NOON + (NOON if half == "pm" else 0)
    return time(number, int(minute or 0))


def share_range(start: "HourField", end: "HourField") -> bool:
    """Moves the end of a range typed into the box of the start ("15-16:30") to where ends are.

    It counts before what stands there, which the page may have proposed itself. Returns whether
    there was a range.
    """
    if start.until is None:
        return False
    end.data, end.process_errors = start.until, []
    start.until = None
    return True


class HourField(wtforms.Field):
    """An hour in free typing. `until` is the end, where a span was typed ("9-11")."""

    widget = TextInput()
    data: time | None
    until: time | None = None

    def _value(self) -> str:
        if self.errors and self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:%H:%M}"

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = str(valuelist[0]).strip() if valuelist else ""
        self.data = self.until = None
        if not text:
            return
        try:
            self.data, self.until = hours_in(text)
        except ValueError:
            raise ValueError(_(NOT_AN_HOUR)) from None


# What no single field of the planning form holds, out of what a browser sent.

MOST_CONFIRMED = 50


def participants_in(typed: Typed) -> tuple[Participant, ...]:
    """Returns the ticked people with their roles; what is no number or no role is left out, as no
    browser sends it.
    """
    participants = []
    for value in typed.getlist("people"):
        number = number_in(value)
        if number is not None:
            role = typed.get(f"role-{value}", "")
            known = PersonRole(role) if role in set(PersonRole) else PersonRole.SPEAKER
            participants.append(Participant(number, known))
    return tuple(participants)


def overrides_in(typed: Typed) -> tuple[OverrideAsked, ...]:
    """Returns what was ticked to stand all the same, "rule" or "rule|holder", each with the one
    reason that was written.
    """
    overrides = []
    for value in typed.getlist("confirm")[:MOST_CONFIRMED]:
        rule, _sep, against = value.partition("|")
        if rule in names():
            overrides.append(OverrideAsked(rule, against[:80], typed.get("override_reason", "")))
    return tuple(overrides)


def in_their_seats(
    people: tuple[Participant, ...], before: tuple[Participant, ...]
) -> tuple[Participant, ...]:
    """Returns the people with those who were asked for as holders of a seat as holders still, which
    the form does not ask.
    """
    seats = {participant.person_id: participant.seat for participant in before}
    return tuple(
        replace(person, seat=person.seat or seats.get(person.person_id, "")) for person in people
    )


def wished_in(given: Mapping[str, str]) -> Timespan | None:
    """Returns the time in the address of a page on which the presidency is to be asked for it."""
    starts, ends = instant_of_event(given.get("ask", "")), instant_of_event(given.get("until", ""))
    return Timespan(starts, ends) if starts and ends and starts < ends else None


def instant_of_event(text: str) -> datetime | None:
    """Returns the instant of an ISO text with an offset, within the years that events may have."""
    instant = instant_in(text)
    return instant if instant is not None and clock.is_in_years(instant) else None


# The planning form: what an organizer typed, into a draft or into sentences at the fields. No
# database.

Choices = Sequence[tuple[str, str]]
FIELD_OF = {
    "starts_at": "start",
    "ends_at": "end",
    "working_groups": "groups",
    "links": "prepares",
}
USUAL_DURATION = timedelta(minutes=90)
MOST_PLACES = 100_000
EXACT = (DatePrecision.INSTANT, DatePrecision.DAY)
"""A date that is known so has its hours too."""


ORGAN = "gg"
"""The look of an organ of governance."""


class PlanForm(LocalizedForm):
    """Choices that come from tables are given by `offer`, which must be called before anything
    else.
    """

    kind = SelectField(
        _l("Kind of event"), [InputRequired(_l(CHOOSE))], default=EventKind.WEBINAR.value
    )
    title = LocalizedField(N_("Title in %(language)s"), text_field, 200)
    summary = LocalizedField(N_("What it is about, in %(language)s"), text_field, 2000, area=True)
    on = DateField(_l("Date"), [InputRequired(_l("Choose the date."))])
    start = HourField(_l("Starts"), [InputRequired(_l("Choose the time it starts."))])
    end = HourField(_l("Ends"), [Optional()])
    last_day = DateField(_l("Last day, if it takes several"), [Optional()])
    timezone = SelectField(_l("Times are in"), [InputRequired(_l(CHOOSE))], default=REFERENCE_ZONE)
    groups = SelectMultipleField(_l("Working groups"))
    prepares = SelectMultipleField(_l("It prepares"))
    follows_up = SelectMultipleField(_l("It follows up"))
    congress_of = SelectField(_l("It is the congress of"), default="")
    countries = SelectMultipleField(_l("Countries invited"))
    licence = SelectField(_l("Meeting licence"), default="")
    side_event_of = SelectField(_l("It is a side event of"), default="")
    plan_entry_id = SelectField(_l("Plan entry"), default="")
    decision_ref = text_field(_l("Decision reference (extraordinary)"), 120)
    gender_marker = RadioField(
        _l("Gender marker"),
        choices=[
            ("", _l("Not said yet")),
            *((str(marker.value), _l(words)) for marker, words in GENDER_MARKERS.items()),
        ],
        default="",
        invalid_choice_message=_l(CHOOSE),
    )
    mode = SelectField(
        _l("How people take part"), [InputRequired(_l(CHOOSE))], default=Mode.ONLINE.value
    )
    place = text_field(_l("Place"), 200)
    join_url = text_field(_l("Link to join"), 500, web_address)
    capacity = IntegerField(
        _l("Places"), [Optional(), NumberRange(1, MOST_PLACES, _l("Between 1 and 100000."))]
    )
    took_place = wtforms.BooleanField(_l("Yes, it took place then: record it as past"))
    needs_delegates = wtforms.BooleanField(_l("The delegates of these groups must be there"))
    is_confidential = wtforms.BooleanField(
        _l("Confidential: others see only that a meeting takes place")
    )

    group_marks: Mapping[str, tuple[str, str]] = {}
    """Letters and class of colour of each group, by slug."""
    group_short: Mapping[str, str] = {}
    """The short name of each group in the reader's language, by slug."""
    people: tuple[Participant, ...] = ()
    people_words = ""
    seen: str = ""
    new_id: UUID | None = None
    overrides: tuple[OverrideAsked, ...] = ()
    ask_reason = text_field(_l("Why it has to be at this time"), MOST_REASON, area=True)
    override_reason = text_field(_l("Why it should be allowed"), 1000, area=True)

    has_range = False
    """True where both hours were typed into the box of the start ("15-16:30")."""

    @property
    def organs(self) -> list[tuple[str, str]]:
        """Returns slug and name of the organs of governance among the groups on offer."""
        return [pair for pair in self.groups.choices if self.group_marks[pair[0]][1] == ORGAN]

    @property
    def working_groups(self) -> list[tuple[str, str]]:
        """Returns slug and name of the other groups on offer."""
        return [pair for pair in self.groups.choices if self.group_marks[pair[0]][1] != ORGAN]

    def process(self, *args: Any, **given: Any) -> None:
        super().process(*args, **given)
        self.has_range = share_range(self.start, self.end)

    def offer(
        self,
        *,
        kinds: Choices,
        zones: Choices,
        groups: Choices,
        editions: Choices,
        editions_to_come: Collection[str],
        modes: Choices,
        nothing: str,
        countries: Choices = (),
        licences: Choices = (),
        main_events: Choices = (),
        plan_entries: Choices = (),
    ) -> None:
        self.kind.choices, self.timezone.choices, self.mode.choices = (
            list(kinds),
            list(zones),
            list(modes),
        )
        self.groups.choices = list(groups)
        standing = self.prepares.object_data or ()
        self.prepares.choices = [
            (slug, name) for slug, name in editions if slug in editions_to_come or slug in standing
        ]
        self.follows_up.choices = list(editions)
        self.congress_of.choices = [("", nothing), *editions]
        self.countries.choices = list(countries)
        self.plan_entry_id.choices = [("", nothing), *plan_entries]
        self.licence.choices, self.side_event_of.choices = (
            [("", nothing), *licences],
            [("", nothing), *main_events],
        )

    def suggest(self, given: Mapping[str, str], *, is_new: bool) -> None:
        """Fills in what an address proposes, and a convenor's only group.

        `given`: "on", "start", "end" and "group" as text; what cannot be read is left out.
        """
        for field, name in ((self.on, "on"), (self.start, "start"), (self.end, "end")):
            if given.get(name) and field.data is None:
                field.process(MultiDict({name: given[name]}))
                field.process_errors = []
        share_range(self.start, self.end)
        groups = [slug for slug, _name in self.groups.choices]
        if is_new and given.get("group") in groups:
            self.groups.data = [given["group"]]
        elif is_new and len(groups) == 1:
            self.groups.data = groups

    def read_rest(self, typed: Typed) -> None:
        """Reads what no single field holds: the people with their roles, the mark of the event that
        the writer began from, and the id of a new event.
        """
        self.people_words = typed.get("people_words", "")[:100]
        self.people = participants_in(typed)
        self.seen = typed.get("seen", "")
        self.new_id = uuid_in(typed.get("new_id", ""))
        self.overrides = overrides_in(typed)

    def draft(self, base: EventDraft | None = None) -> EventDraft:
        """Returns the whole answer as a draft; what the form does not ask stays as in `base`.

        Refuses with InvalidInput.
        """
        if self.kind.data not in set(EventKind) or self.mode.data not in set(Mode):
            raise InvalidInput({"kind": Sentence(CHOOSE)})
        span = self.span(near=base.span if base else None)
        start = base or EventDraft(EventKind.WEBINAR, LocalizedText(), span)
        is_same_time = span == start.span
        values: dict[str, Any] = {
            "kind": EventKind(self.kind.data),
            "mode": Mode(self.mode.data),
            "span": span,
            "timezone": self.timezone.data,
            "title": self.title.data,
            "summary": self.summary.data,
            "groups": tuple(self.groups.data or ()),
            "links": self.links(),
            "people": in_their_seats(self.people, start.people),
            "needs_delegates": self.needs_delegates.data,
            "place": self.place.data,
            "join_url": self.join_url.data,
            "capacity": self.capacity.data,
            "countries": tuple(self.countries.data or ()),
            "licence": self.licence.data or "",
            "side_event_of": uuid_in(self.side_event_of.data or ""),
            "decision_ref": self.decision_ref.data,
            "gender_marker": _marker_in(self.gender_marker.data),
            "plan_entry_id": number_in(self.plan_entry_id.data or ""),
            "is_confidential": self.is_confidential.data,
            "is_all_day": start.is_all_day and is_same_time,
            "date_precision": _precision(span, start),
        }
        return replace(start, **values)

    def links(self) -> tuple[EditionLink, ...]:
        congress = [self.congress_of.data] if self.congress_of.data else []
        chosen = (
            (LinkRole.CONGRESS, congress),
            (LinkRole.PREPARATORY, self.prepares.data or []),
            (LinkRole.FOLLOW_UP, self.follows_up.data or []),
        )
        return tuple(
            EditionLink(edition, role) for role, editions in chosen for edition in editions
        )

    def span(self, *, near: Timespan | None = None) -> Timespan | None:
        """Returns None while the date is not complete.

        Without an end the event lasts as long as before, or as usual. `near`: where the event
        stands, for an hour that comes twice.
        """
        if self.on.data is None or self.start.data is None:
            return None
        starts = datetime.combine(self.on.data, self.start.data)
        if self.end.data is None:
            ends = starts + (near.duration if near else USUAL_DURATION)
        else:
            ends = datetime.combine(self.last_day.data or self.on.data, self.end.data)
        return clock.span_of_wall(starts, ends, self.timezone.data, near=near)

    def ask_about_past(self) -> None:
        """Puts at the box that is to be ticked why nothing was saved yet."""
        sentence = _("This date has passed. Tick that it took place then, or choose another date.")
        self.took_place.errors = [*self.took_place.errors, sentence]

    @property
    def says_no_date(self) -> bool:
        """Returns True where no day was written; hours alone say nothing."""
        return not any(self.on.raw_data or ())

    def ask_for_date(self) -> None:
        """Puts at the date why an event cannot be published without one."""
        self.on.errors = [
            *self.on.errors,
            _("Choose the date: without one it can only be a draft."),
        ]

    def leave_date_open(self) -> None:
        """Makes the date optional, for a draft that has none yet and for an event whose date is
        known to the month or the year only.
        """
        for field in (self.on, self.start):
            field.validators = [Optional()]
            field.flags.required = False

    def show_errors(self, errors: Mapping[str, Sentence]) -> None:
        """Puts a refusal's sentences at the fields of this form."""
        for name, sentence in errors.items():
            field = self._fields.get(FIELD_OF.get(name, name), self.title.first)
            field.errors = [*field.errors, _(sentence.msgid, **sentence.params)]


def _marker_in(text: str | None) -> GenderMarker | None:
    return next((marker for marker in GenderMarker if str(marker.value) == text), None)


def _precision(span: Timespan | None, before: EventDraft) -> DatePrecision:
    """Returns how exactly the date is known; of a date that was taken out nothing is known from
    then on.
    """
    if span == before.span and (span is not None or before.date_precision not in EXACT):
        return before.date_precision
    return DatePrecision.UNKNOWN if span is None else DatePrecision.INSTANT


def typed_with_slot(typed: Typed) -> Typed:
    """Returns what was typed, moved to the free slot that was pressed (its start, as ISO text) with
    the same duration.

    A slot that cannot be read leaves everything as it was.
    """
    timezone = typed.get("timezone", REFERENCE_ZONE)
    starts_at = instant_of_event(typed.get("slot", ""))
    if starts_at is None or timezone not in clock.known_zones():
        return typed
    form = PlanForm(typed)
    try:
        span = form.span()
    except InvalidInput:
        span = None
    duration = span.duration if span else USUAL_DURATION
    return _typed_at(typed, Timespan(starts_at, starts_at + duration), timezone)


def _typed_at(typed: Typed, span: Timespan, timezone: str) -> Typed:
    moved = MultiDict(typed)
    for name, value in wall_of(span, timezone).items():
        moved[name] = (
            ""
            if value is None
            else f"{value:%Y-%m-%d}"
            if isinstance(value, date)
            else f"{value:%H:%M}"
        )
    return moved


def wall_of(span: Timespan, timezone: str) -> dict[str, Any]:
    """Returns a span as the form's four answers."""
    zone = ZoneInfo(timezone)
    starts, ends = span.starts_at.astimezone(zone), span.ends_at.astimezone(zone)
    last_day = None if ends.date() == starts.date() else ends.date()
    return {"on": starts.date(), "start": starts.time(), "end": ends.time(), "last_day": last_day}


def answers_of(draft: EventDraft) -> dict[str, Any]:
    """Returns a draft as the form's answers: where changing it begins."""
    by_role = {
        role: [link.edition for link in draft.links if link.role is role] for role in LinkRole
    }
    answers: dict[str, Any] = {
        "kind": draft.kind.value,
        **fields_of("title", draft.title),
        "mode": draft.mode.value,
        **fields_of("summary", draft.summary),
        "timezone": draft.timezone,
        "groups": list(draft.groups),
        "prepares": by_role[LinkRole.PREPARATORY],
        "follows_up": by_role[LinkRole.FOLLOW_UP],
        "congress_of": next(iter(by_role[LinkRole.CONGRESS]), ""),
        "place": draft.place,
        "join_url": draft.join_url,
        "capacity": draft.capacity,
        "is_confidential": draft.is_confidential,
        "countries": list(draft.countries),
        "licence": draft.licence,
        "side_event_of": str(draft.side_event_of or ""),
        "decision_ref": draft.decision_ref,
        "gender_marker": "" if draft.gender_marker is None else str(draft.gender_marker.value),
        "plan_entry_id": str(draft.plan_entry_id or ""),
        "needs_delegates": any(seats.is_delegate(person.seat) for person in draft.people),
    }
    return {**answers, **(wall_of(draft.span, draft.timezone) if draft.span else {})}


# The form of an event's brief.

MOST_LETTERS = 6_000


class BriefForm(LocalizedForm):
    """Choices are given by `offer`, first of all. `seen`: which state of the brief the writer began
    from.
    """

    concept = LocalizedField(
        N_("Concept note in %(language)s"), text_field, MOST_LETTERS, area=True
    )
    objectives = LocalizedField(
        N_("Objectives in %(language)s"), text_field, MOST_LETTERS, area=True
    )
    institution = SelectField(_l("Coordinating institution"), default="")
    partners = text_field(_l("Other bodies that hold it with us"), MOST_LETTERS, area=True)
    contact = text_field(
        _l("E-mail address for questions"), 254, Email(_l("Write a whole e-mail address."))
    )
    languages = SelectMultipleField(_l("Languages spoken"))
    interpretation = SelectMultipleField(_l("Interpretation"))
    dial_in = text_field(_l("By telephone"), 500, area=True)
    recording_url = text_field(_l("Link to the recording"), 500, web_address)
    seen = wtforms.HiddenField()
    is_unrecorded = False
    """True where the event keeps no recording: the field for its link is not shown then."""

    def offer(
        self, *, institutions: Choices, languages: Choices, pairs: Choices, nothing: str
    ) -> None:
        self.institution.choices = [("", nothing), *institutions]
        self.languages.choices, self.interpretation.choices = list(languages), list(pairs)

    def brief(self) -> Brief:
        return Brief(
            concept=self.concept.data,
            objectives=self.objectives.data,
            institution_id=int(self.institution.data) if self.institution.data else None,
            contact=self.contact.data,
            languages=tuple(self.languages.data or ()),
            interpretation=tuple(self.interpretation.data or ()),
            dial_in=self.dial_in.data,
            recording_url=self.recording_url.data,
            partners=tuple(filter(None, map(str.strip, self.partners.data.splitlines()))),
        )


def answers_of_brief(brief: Brief) -> dict[str, Any]:
    return {
        **fields_of("concept", brief.concept),
        **fields_of("objectives", brief.objectives),
        "institution": str(brief.institution_id or ""),
        "contact": brief.contact,
        "languages": list(brief.languages),
        "interpretation": list(brief.interpretation),
        "dial_in": brief.dial_in,
        "recording_url": brief.recording_url,
        "partners": "\n".join(brief.partners),
        "seen": mark_of(brief),
    }


class DecisionForm(Form):
    """`seen` is the mark of what was read on the page, `slot` the free hour that was pressed. The
    service says what a reason lacks.
    """

    answer = wtforms.TextAreaField()
    seen = wtforms.HiddenField()
    slot = wtforms.HiddenField()

    def hour(self) -> datetime | None:
        return instant_of_event(self.slot.data or "")


LONGEST = {"title": 200, "summary": 4_000}


@dataclass(frozen=True)
class MissingText:
    """One text that is missing, `about` the title or the summary, beside what stands in another
    language.
    """

    field: wtforms.Field
    about: str
    language: Language
    beside: str
    beside_language: Language


class TranslationForm(FieldsForm):
    """The texts that one event lacks, under names with its id, because a page holds many events.
    A summary that stands in no language is not asked for.
    """

    def __init__(self, event: EventDetail, typed: Typed | None = None) -> None:
        self.event, self._seen = event, f"seen-{event.id}"
        fields = {
            self._name(about, language): text_field("", LONGEST[about], area=about == "summary")
            for about, text in self._texts()
            for language in languages()
            if text and text.lacks(language)
        }
        super().__init__({**fields, self._seen: wtforms.HiddenField()})
        self.process(typed)

    def missing(self) -> list[MissingText]:
        """Returns the texts that are missing, in the order of the page: titles first."""
        texts = []
        for about, text in self._texts():
            for language in languages():
                name = self._name(about, language)
                if name in self._fields:
                    shown = text.language_shown(language)
                    texts.append(
                        MissingText(
                            field=self[name],
                            about=about,
                            language=language,
                            beside=text[shown],
                            beside_language=shown,
                        )
                    )
        return texts

    def translation(self) -> Translation | None:
        """Returns what was written; None where that is nothing."""
        title, summary = (self._written(about) for about in LONGEST)
        if not title and not summary:
            return None
        return Translation(title, summary, self[self._seen].data or "")

    def _written(self, about: str) -> LocalizedText:
        return LocalizedText(
            {
                language: self[name].data
                for language in languages()
                if (name := self._name(about, language)) in self._fields
            }
        )

    def _name(self, about: str, language: Language) -> str:
        return f"{about}-{self.event.id}-{language}"

    def _texts(self) -> tuple[tuple[str, LocalizedText], ...]:
        return ("title", self.event.title), ("summary", self.event.summary)
