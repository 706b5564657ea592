"""What is typed about a conflict case: a reason, or who takes over. No database."""

from collections.abc import Sequence
from uuid import UUID

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from app.web.fields import Needed, RadioField, number_in, printable, stripped
from app.web.forms import Form

LONGEST_REASON = 1000
LONGEST_SEARCH = 100
Choices = Sequence[tuple[str, str]]


class AcceptCaseForm(Form):
    """Why the clash may stay. How much the reason has to say is for the service."""

    reason = wtforms.TextAreaField(
        _l("Reason"),
        [Needed(), printable],
        filters=[stripped],
        render_kw={"maxlength": LONGEST_REASON},
    )


class ReplaceForm(Form):
    """In which event, and by whom; `words` is what the person was searched by. `offer` comes first
    of all.
    """

    words = wtforms.StringField(_l("Name"), filters=[lambda text: stripped(text)[:LONGEST_SEARCH]])
    event = RadioField(_l("In which event"), [Needed()], choices=[], validate_choice=False)
    person = RadioField(_l("Who takes over"), [Needed()], choices=[], validate_choice=False)
    override_reason = wtforms.TextAreaField(
        _l("Why it should be allowed"),
        [Needed(), printable],
        render_kw={"maxlength": LONGEST_REASON},
    )

    def offer(self, events: Choices) -> None:
        self.event.choices = list(events)

    def offer_people(self, people: Choices) -> None:
        """Offers whom the search found: to be shown, for the form may name somebody else."""
        self.person.choices = list(people)

    def validate_event(self, field: wtforms.Field) -> None:
        if field.data not in dict(field.choices):
            raise ValidationError(_("Choose in which of the events."))

    def validate_person(self, field: wtforms.Field) -> None:
        if not number_in(field.data or ""):
            raise ValidationError(_("Choose a person from the list."))

    @property
    def event_id(self) -> UUID | None:
        """Returns the event that was chosen; None while it is none of those offered."""
        return UUID(self.event.data) if self.event.data in dict(self.event.choices) else None

    @property
    def person_id(self) -> int:
        """Returns who was chosen; 0 while that is nobody."""
        return number_in(self.person.data or "") or 0
