"""A sheet to be brought in: a file, or rows that are pasted with their heading."""

from collections.abc import Iterable

import wtforms
from flask_babel import lazy_gettext as _l

from app.web.fields import Needed, SelectField, stripped
from app.web.forms import Form

FILE = "sheet"
LONGEST_PASTE = 500_000
Pairs = Iterable[tuple[str, str]]


class HistoryForm(Form):
    kind = SelectField(_l("What its rows are"), [Needed()])
    country = SelectField(_l("Country"), validate_choice=False)
    sheet = wtforms.FileField(_l("The sheet"), [Needed()])
    lines = wtforms.TextAreaField(
        _l("Rows of the sheet"), filters=[lambda text: (text or "").strip()]
    )

    def offer(self, kinds: Pairs, countries: Pairs, *, has_all: bool) -> None:
        """Offers the kinds, and the countries whose rows may be brought in. `has_all`: a sheet may
        have rows of every country, which a column says.
        """
        self.kind.choices = list(kinds)
        every = [("", _l("The sheet says it in a column"))] if has_all else []
        self.country.choices = [*every, *countries]
        if not self.country.data and not has_all and self.country.choices:
            self.country.data = self.country.choices[0][0]


class PressForm(Form):
    """What the buttons of a sheet say: of a `column` its place and meaning, "3:title"; of rows the
    key of a question and the answer, "order|day", or the key alone with what is `typed` beside it.
    """

    column = wtforms.StringField()
    answer = wtforms.StringField()
    typed = wtforms.StringField(filters=[stripped])
