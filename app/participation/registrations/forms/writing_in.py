"""Whom an organizer registers."""

from collections.abc import Collection

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from app.kernel.text import N_
from app.web.fields import Typed, number_in
from app.web.forms import Form

CHOOSE_SOMEBODY = N_("Choose a person from the list.")


class WriteInForm(Form):
    """One person of those whom the search has shown to this organizer."""

    person = wtforms.RadioField(_l("Person"), choices=[], validate_choice=False)

    def __init__(self, typed: Typed | None = None, *, shown: Collection[int] = ()) -> None:
        super().__init__(typed)
        self.shown = shown

    def validate_person(self, _field: wtforms.Field) -> None:
        if self.person_id not in self.shown:
            raise ValidationError(_(CHOOSE_SOMEBODY))

    @property
    def person_id(self) -> int:
        """0 when it is no number."""
        return number_in(self.person.data or "") or 0
