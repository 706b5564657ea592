"""What is asked of a series beyond its first event: when it recurs, which dates are skipped or
moved; its changes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import wtforms
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms.validators import InputRequired, Optional

from app.kernel.refusal import Sentence
from app.kernel.text import N_, fields_of
from app.kernel.timespan import Timespan
from app.planning.arranging.forms import PlanForm, instant_of_event
from app.planning.arranging.rules.clock import require_in_years, span_of_wall
from app.planning.events.values import DatePrecision, EventDetail, EventDraft
from app.planning.scheduling.rules.judging import MOST_REASON
from app.planning.series import rules
from app.planning.series.rules import LAST, Frequency, Recurrence, Scope
from app.web.fields import (
    CHOOSE,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    TimeField,
    Typed,
    number_in,
    text_field,
    web_address,
)
from app.web.forms import Form
from app.web.mistakes import show_errors
from app.web.text_fields import LocalizedField, LocalizedForm

COUNT, UNTIL = "count", "until"
MOVED, SKIP, TAKE, UNDO, PAGE = "moved-", "skip", "take", "undo", "page"
LAST_POSITION = 99
FIELD_OF = {"weekday": "frequency", "skip": "count", "moved": "count"}
OWN_FIELDS = ("frequency", "interval", "nth", "ends", "count", "until", *FIELD_OF)
SCOPES = (
    (Scope.THIS.value, _l("Only this date")),
    (Scope.FOLLOWING.value, _l("This date and those after it")),
    (Scope.ALL.value, _l("All dates still to come")),
)


class RecurrenceForm(Form):
    """The weekday is that of the first date, which stands in the planning form."""

    frequency = SelectField(
        _l("It takes place"),
        [InputRequired(_l(CHOOSE))],
        choices=[
            (Frequency.WEEKLY.value, _l("every few weeks, on the same weekday")),
            (Frequency.MONTHLY.value, _l("on a given weekday of the month")),
        ],
        default=Frequency.WEEKLY.value,
    )
    interval = IntegerField(
        _l("Number of weeks or months between dates"),
        [InputRequired(_l("Write a whole number."))],
        default=1,
    )
    nth = SelectField(
        _l("Which one of the month"),
        choices=[
            ("1", _l("the first")),
            ("2", _l("the second")),
            ("3", _l("the third")),
            ("4", _l("the fourth")),
            (str(LAST), _l("the last")),
        ],
        default="1",
    )
    ends = SelectField(
        _l("It ends"),
        choices=[(COUNT, _l("after a number of times")), (UNTIL, _l("on a given day"))],
        default=COUNT,
    )
    count = IntegerField(_l("How many times"), [Optional()])
    until = DateField(_l("Last possible day"), [Optional()])

    def recurrence(self, first: date) -> Recurrence:
        """Returns the recurrence that was typed, not yet checked: the rules say whether it is one."""
        frequency = Frequency(self.frequency.data)
        nth = int(self.nth.data) if frequency is Frequency.MONTHLY else None
        is_counted = self.ends.data == COUNT
        return Recurrence(
            frequency=frequency,
            weekday=first.weekday(),
            interval=self.interval.data,
            nth=nth,
            count=self.count.data if is_counted else None,
            until=None if is_counted else self.until.data,
        )

    def show_errors(self, errors: Mapping[str, Sentence]) -> None:
        show_errors(
            self, {FIELD_OF.get(name, name): said for name, said in errors.items()}, self.count
        )


@dataclass(frozen=True)
class SeriesAnswers:
    """Both forms of one page; a template may take them for one."""

    plan: PlanForm
    recurrence: RecurrenceForm

    @property
    def errors(self) -> dict[str, Any]:
        return {**self.plan.errors, **self.recurrence.errors}

    def __iter__(self) -> Iterator[wtforms.Field]:
        yield from self.plan
        yield from self.recurrence

    def validate(self) -> bool:
        return all([self.plan.validate(), self.recurrence.validate()])

    def show_errors(self, errors: Mapping[str, Sentence]) -> None:
        self.recurrence.show_errors(
            {name: said for name, said in errors.items() if name in OWN_FIELDS}
        )
        self.plan.show_errors(
            {name: said for name, said in errors.items() if name not in OWN_FIELDS}
        )

    def carried(self, typed: Typed) -> tuple[tuple[str, str], ...]:
        """Returns what was typed, for the page that shows the dates: as hidden answers."""
        roles = {f"role-{participant.person_id}" for participant in self.plan.people}
        names = ({field.name for field in self} | {"people", "shown", "new_id"} | roles) - {
            "override_reason"
        }
        return tuple(
            (name, value) for name, value in typed.items(multi=True) if name in names and value
        )


def typed_with_choice(typed: Typed) -> Typed:
    """Returns what was typed, with the button that was pressed beside a date taken in: a free slot
    ("3@" and its start), or back to the date's own time.

    What cannot be read changes nothing.
    """
    answer = MultiDict(typed)
    position, _at, start = typed.get(TAKE, "").partition("@")
    if number_in(position, LAST_POSITION) is not None and instant_of_event(start):
        answer[MOVED + position] = start
        answer.poplist(SKIP)
        for value in typed.getlist(SKIP):
            if value != position:
                answer.add(SKIP, value)
    answer.poplist(MOVED + typed.get(UNDO, ""))
    return answer


def skipped_in(typed: Typed) -> frozenset[int]:
    positions = (number_in(value, LAST_POSITION) for value in typed.getlist(SKIP))
    return frozenset(position for position in positions if position is not None)


def moved_in(typed: Typed, lasting: timedelta) -> dict[int, Timespan]:
    moved = {}
    for name, value in typed.items():
        position = number_in(name.removeprefix(MOVED), LAST_POSITION)
        starts_at = instant_of_event(value)
        if name.startswith(MOVED) and position is not None and starts_at is not None:
            moved[position] = Timespan(starts_at, starts_at + lasting)
    return moved


class SeriesCancelForm(Form):
    """How many dates of a series are cancelled, and why. The service says what a reason lacks."""

    scope = wtforms.HiddenField()
    reason = text_field(_l("Why they are cancelled"), MOST_REASON, area=True)

    def chosen_scope(self) -> Scope:
        return scope_in(self.scope.data)


class SeriesChangeForm(LocalizedForm):
    """What one date of a series is changed to, and how far that goes."""

    scope = RadioField(
        _l("What is changed"), choices=SCOPES, default=Scope.THIS.value, validate_choice=False
    )
    title = LocalizedField(N_("Title in %(language)s"), text_field, 200)
    on = DateField(_l("Date"), [InputRequired(_l("Choose the date."))])
    start = TimeField(_l("Starts"), [InputRequired(_l("Choose the time it starts."))])
    end = TimeField(_l("Ends"), [InputRequired(_l("Choose the time it ends."))])
    place = text_field(_l("Place"), 200)
    join_url = text_field(_l("Link to join"), 500, web_address)
    seen = wtforms.HiddenField()

    def chosen_scope(self) -> Scope:
        """Returns the scope that was chosen, and the narrowest for one that is not offered."""
        return scope_in(self.scope.data)

    def draft(self, base: EventDraft) -> EventDraft:
        """Returns the draft; what is not asked stays as in `base`. Refuses with InvalidInput."""
        starts, ends = rules.edges_of(base)
        begin = datetime.combine(self.on.data, self.start.data)
        require_in_years("on", begin)
        last_day = self.on.data + (ends.date() - starts.date())
        end = datetime.combine(last_day, self.end.data)
        span = span_of_wall(begin, end, base.timezone)
        is_same = span == base.span
        return replace(
            base,
            title=self.title.data,
            span=span,
            place=self.place.data,
            join_url=self.join_url.data,
            is_all_day=base.is_all_day and is_same,
            date_precision=base.date_precision if is_same else DatePrecision.INSTANT,
        )

    def show_errors(self, errors: Mapping[str, Sentence]) -> None:
        names = {"starts_at": "start", "ends_at": "end"}
        show_errors(
            self, {names.get(name, name): said for name, said in errors.items()}, self.title.first
        )


def answers_of_date(event: EventDetail) -> dict[str, Any]:
    """Returns a date of a series as it is: where changing it begins."""
    base = event.as_draft()
    starts, ends = rules.edges_of(base)
    return {
        **fields_of("title", base.title),
        "on": starts.date(),
        "start": starts.time(),
        "end": ends.time(),
        "place": base.place,
        "join_url": base.join_url,
        "seen": event.mark,
    }


def scope_in(text: str | None) -> Scope:
    return Scope(text) if text in set(Scope) else Scope.THIS
