"""What is typed while a congress sits. No database."""

import wtforms
from flask_babel import lazy_gettext as _l

from app.followup.agreements.forms import Choices, FindingForm
from app.web.fields import SelectField
from app.web.forms import Form


class LiveFindingForm(FindingForm):
    """A finding of the table that sits; which one is chosen in the form."""

    table = SelectField(_l("Table"))

    def offer_tables(self, tables: Choices) -> "LiveFindingForm":
        self.table.choices = list(tables)
        return self


class TakingForm(Form):
    """A finding and the table whose plan it goes into: hidden fields of one press."""

    table = wtforms.StringField()
    finding = wtforms.StringField()
