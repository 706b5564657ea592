"""The form of one session of an agenda: into a draft or into sentences at the fields. No
database.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from app.kernel.refusal import Sentence
from app.kernel.seen import mark_of
from app.kernel.text import N_, fields_of
from app.kernel.timespan import Timespan
from app.planning.arranging import rules
from app.planning.arranging.forms.planning import Choices
from app.planning.arranging.forms.typed import participants_in
from app.planning.events.values.agenda import SESSION_ROLES, SessionDraft, SessionKind, SessionPart
from app.web.fields import CHOOSE, DateField, SelectField, TimeField, Typed, text_field
from app.web.text_fields import LocalizedField, LocalizedForm

FIELD_OF = {"starts_at": "start", "ends_at": "end"}


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
        """The whole answer, already validated. Refuses with InvalidInput, at starts_at or ends_at,
        hours that make no span. `near`: where the session stands, for an hour that comes twice.
        """
        starts, ends = (
            datetime.combine(self.on.data, at) for at in (self.start.data, self.end.data)
        )
        return SessionDraft(
            SessionKind(self.kind.data),
            self.title.data,
            rules.span_of_wall(starts, ends, timezone, near=near),
            self.room.data,
            self.notes.data,
            int(self.work_table.data) if self.work_table.data else None,
            self.people,
        )

    def show_errors(self, errors: Mapping[str, Sentence]) -> None:
        for name, sentence in errors.items():
            field = self._fields.get(FIELD_OF.get(name, name), self.title.first)
            field.errors = [*field.errors, _(sentence.msgid, **sentence.params)]


def answers_of_session(draft: SessionDraft, timezone: str) -> dict[str, Any]:
    """A session as the form's answers: where changing it begins."""
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
