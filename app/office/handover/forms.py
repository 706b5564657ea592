"""What is typed on the pages of terms and handovers."""

from collections.abc import Sequence

import wtforms
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from app.office.handover.rules import LONGEST_NOTE
from app.web.fields import (
    NOT_A_DAY,
    DateField,
    LastDayField,
    Needed,
    RadioField,
    SelectField,
    number_in,
    printable,
    stripped,
)
from app.web.forms import Form


class NoteForm(Form):
    """`seen`: the mark of the version that the writer began from."""

    text = wtforms.TextAreaField(
        _l("Your note"),
        [Needed(), printable],
        filters=[stripped],
        render_kw={"maxlength": LONGEST_NOTE},
    )
    seen = wtforms.HiddenField(default="")


class TermForm(Form):
    """`seen`: the mark of the terms that the writer saw."""

    country = SelectField(
        _l("Country"),
        [InputRequired(_l("Choose a country from the list."))],
        validate_choice=False,
    )
    valid_from = DateField(_l("First day"), [InputRequired(_l(NOT_A_DAY))])
    valid_until = LastDayField(_l("Last day"), [InputRequired(_l(NOT_A_DAY))])
    seen = wtforms.HiddenField(default="")

    def offer(self, countries: Sequence[tuple[str, str]]) -> None:
        self.country.choices = [("", _l("Choose a country")), *countries]


class PersonForm(Form):
    """Who acts for the presidency. `words`: what the list was searched with."""

    person = RadioField(
        _l("Person"),
        choices=[],
        coerce=lambda text: number_in(str(text)) or 0,
        validate_choice=False,
    )
    words = wtforms.HiddenField()
