"""The forms of an agenda, one session in full or several as rows: into drafts or into sentences at
the fields. No database.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Optional

from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.seen import mark_of
from app.kernel.text import N_, Language, LocalizedText, fields_of
from app.kernel.timespan import Timespan
from app.planning.arranging.forms import Choices, HourField, participants_in, share_range
from app.planning.arranging.rules import clock
from app.planning.events.values import (
    SESSION_ROLES,
    PersonRole,
    SessionDraft,
    SessionKind,
    SessionPart,
)
from app.web.fields import (
    CHOOSE,
    DateField,
    Needed,
    SelectField,
    TimeField,
    Typed,
    day_in,
    text_field,
)
from app.web.forms import Form
from app.web.text_fields import LocalizedField, LocalizedForm

FIELD_OF = {"starts_at": "start", "ends_at": "end"}
ROWS, MOST_ROWS = 6, 60
TABLE = f"{SessionKind.WORK_TABLE}:"
"""Before the number of a table, where a row chooses its kind and its table at once."""


class SessionForm(LocalizedForm):
    """Day and hours are local wall time of the event's zone. Choices are given by `offer`, first of
    all.
    """

    kind = SelectField(
        _l("Kind of session"), [InputRequired(_l(CHOOSE))], default=SessionKind.PLENARY.value
    )
    title = LocalizedField(N_("Title in %(language)s"), text_field, 200)
    on = DateField(_l("Date"), [InputRequired(_l("Choose the date."))])
    start = TimeField(_l("Starts"), [InputRequired(_l("Choose the time it starts."))])
    end = TimeField(_l("Ends"), [InputRequired(_l("Choose the time it ends."))])
    room = text_field(_l("Room"), 120)
    work_table = SelectField(_l("Work table"), default="")
    notes = LocalizedField(N_("Notes in %(language)s"), text_field, 2000, area=True)
    seen = wtforms.HiddenField()

    people: tuple[SessionPart, ...] = ()
    people_words = ""

    def offer(self, *, kinds: Choices, tables: Choices, nothing: str) -> None:
        self.kind.choices = list(kinds)
        self.work_table.choices = [("", nothing), *tables]

    def read_people(self, typed: Typed) -> None:
        self.people_words = typed.get("people_words", "")[:100]
        found = (SessionPart(one.person_id, one.role) for one in participants_in(typed))
        self.people = tuple(part for part in found if part.role in SESSION_ROLES)

    def draft(self, timezone: str, *, near: Timespan | None = None) -> SessionDraft:
        """Returns the whole answer, already validated.

        Refuses with InvalidInput, at starts_at or ends_at, hours that make no span. `near`: where
        the session stands, for an hour that comes twice.
        """
        starts, ends = (
            datetime.combine(self.on.data, at) for at in (self.start.data, self.end.data)
        )
        return SessionDraft(
            kind=SessionKind(self.kind.data),
            title=self.title.data,
            span=clock.span_of_wall(starts, ends, timezone, near=near),
            room=self.room.data,
            notes=self.notes.data,
            work_table_id=int(self.work_table.data) if self.work_table.data else None,
            people=self.people,
        )

    def show_errors(self, errors: Mapping[str, Sentence]) -> None:
        for name, sentence in errors.items():
            field = self._fields.get(FIELD_OF.get(name, name), self.title.first)
            field.errors = [*field.errors, _(sentence.msgid, **sentence.params)]


def answers_of_session(draft: SessionDraft, timezone: str) -> dict[str, Any]:
    """Returns a session as the form's answers: where changing it begins."""
    return {
        "kind": draft.kind.value,
        **fields_of("title", draft.title),
        "room": draft.room,
        "work_table": str(draft.work_table_id or ""),
        **fields_of("notes", draft.notes),
        **hours_of_span(draft.span, timezone),
        "seen": mark_of(draft),
    }


def hours_of_span(span: Timespan, timezone: str) -> dict[str, Any]:
    starts, ends = (at.astimezone(ZoneInfo(timezone)) for at in (span.starts_at, span.ends_at))
    return {"on": starts.date(), "start": starts.time(), "end": ends.time()}


class AgendaRow(Form):
    """One session as a row. Hours are local wall time of the event's zone; a range typed as the
    start ("9-10:30") fills both.
    """

    on = SelectField(_l("Date"), [InputRequired(_l("Choose the date."))])
    start = HourField(_l("Starts"), [InputRequired(_l("Choose the time it starts."))])
    end = HourField(_l("Ends"), [Optional()])
    title = text_field(_l("Title"), 200, Needed())
    kind = SelectField(
        _l("Kind of session"), [InputRequired(_l(CHOOSE))], default=SessionKind.PLENARY.value
    )
    room = text_field(_l("Room"), 120)
    moderator = text_field(_l("Who moderates"), 100)
    person = SelectField(_l("Which of them"), default="", validate_choice=False)

    def process(self, *args: Any, **given: Any) -> None:
        super().process(*args, **given)
        share_range(self.start, self.end)

    @property
    def is_empty(self) -> bool:
        """Returns True where nothing was typed: the date and the kind are chosen from the start."""
        fields = (self.start, self.end, self.title, self.room, self.moderator)
        return not any(text.strip() for field in fields for text in field.raw_data or ())

    def validate(self, *args: Any, **given: Any) -> bool:
        is_sound = bool(super().validate(*args, **given))
        if self.end.data is None and not self.end.errors:
            self.end.errors = [_("Choose the time it ends.")]
            is_sound = False
        return is_sound

    def draft(self, timezone: str, language: Language, person_id: int | None) -> SessionDraft:
        """Returns the row, already validated, with its title in the language it was written in.
        Refuses with InvalidInput, at starts_at or ends_at, hours that make no span.
        """
        on = day_in(self.on.data or "")
        if on is None:
            raise InvalidInput({"on": Sentence(CHOOSE)})
        starts, ends = (
            datetime.combine(on, field.data or time()) for field in (self.start, self.end)
        )
        kind, _colon, table = self.kind.data.partition(":")
        return SessionDraft(
            SessionKind(kind),
            LocalizedText({language: self.title.data}),
            clock.span_of_wall(starts, ends, timezone),
            self.room.data,
            work_table_id=int(table) if table else None,
            people=(SessionPart(person_id, PersonRole.MODERATOR),) if person_id else (),
        )

    def show_errors(self, errors: Mapping[str, Sentence]) -> None:
        for name, sentence in errors.items():
            field = self._fields.get(FIELD_OF.get(name, name), self.title)
            field.errors = [*field.errors, _(sentence.msgid, **sentence.params)]


class AgendaRows(Form):
    """Several sessions at once. Choices are given by `offer`, first of all."""

    rows = wtforms.FieldList(wtforms.FormField(AgendaRow), min_entries=ROWS, max_entries=MOST_ROWS)

    def offer(self, *, days: Choices, kinds: Choices) -> None:
        for entry in self.rows:
            entry.form.on.choices, entry.form.kind.choices = list(days), list(kinds)

    def filled(self) -> list[AgendaRow]:
        return [entry.form for entry in self.rows if not entry.form.is_empty]

    def keep(self, rows: Collection[AgendaRow]) -> None:
        """Leaves these rows as they are and takes the others out."""
        self.rows.entries = [entry for entry in self.rows if entry.form in rows]

    def add_rows(self, count: int) -> None:
        for _number in range(min(count, MOST_ROWS - len(self.rows))):
            self.rows.append_entry()
