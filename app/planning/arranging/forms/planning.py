"""The planning form: what an organizer typed, into a draft or into sentences at the fields. No
database.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms.validators import InputRequired, NumberRange, Optional

from app.kernel.reference import REFERENCE_ZONE
from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_, LocalizedText, fields_of
from app.kernel.timespan import Timespan
from app.planning.arranging import rules
from app.planning.arranging.forms.hours import HourField, share_range
from app.planning.arranging.forms.typed import (
    in_their_seats,
    instant_of_event,
    overrides_in,
    participants_in,
)
from app.planning.events.values import (
    DatePrecision,
    EditionLink,
    EventDraft,
    EventKind,
    LinkRole,
    Mode,
    Participant,
)
from app.planning.scheduling.rules.overrides import MOST_REASON
from app.planning.scheduling.values import OverrideAsked
from app.web.fields import (
    CHOOSE,
    DateField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    Typed,
    number_in,
    text_field,
    uuid_in,
    web_address,
)
from app.web.text_fields import LocalizedField, LocalizedForm

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
        """What no single field holds: the people with their roles, which state of the event was
        before the eyes, and the id of an event that is new.
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
        return rules.span_of_wall(starts, ends, self.timezone.data, near=near)

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
        """For a draft that nobody has given a date yet, and for an event whose date is known to the
        month or the year only.
        """
        for field in (self.on, self.start):
            field.validators = [Optional()]
            field.flags.required = False

    def show_errors(self, errors: Mapping[str, Sentence]) -> None:
        """Puts a refusal's sentences at the fields of this form."""
        for name, sentence in errors.items():
            field = self._fields.get(FIELD_OF.get(name, name), self.title.first)
            field.errors = [*field.errors, _(sentence.msgid, **sentence.params)]


def _precision(span: Timespan | None, before: EventDraft) -> DatePrecision:
    """How exactly the date is known. A date that was taken out is unknown from then on."""
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
    if starts_at is None or timezone not in rules.known_zones():
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
        "plan_entry_id": str(draft.plan_entry_id or ""),
        "needs_delegates": any(rules.is_delegate(person.seat) for person in draft.people),
    }
    return {**answers, **(wall_of(draft.span, draft.timezone) if draft.span else {})}
