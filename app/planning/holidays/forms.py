"""A holiday as its focal point types it: a day, a name, where it is kept."""

from collections.abc import Mapping

import wtforms
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from app.kernel.seen import mark_of
from app.kernel.text import N_, LocalizedText, fields_of
from app.planning.holidays.rules import LONGEST_NAME
from app.planning.holidays.values import HolidayScope
from app.web.fields import DateField, SelectField, text_field
from app.web.text_fields import LocalizedField, LocalizedForm


class HolidayNameForm(LocalizedForm):
    """`seen`: which name the writer began from."""

    name = LocalizedField(N_("Name in %(language)s"), text_field, LONGEST_NAME)
    seen = wtforms.HiddenField()


class HolidayForm(HolidayNameForm):
    on = DateField(_l("Day"), [InputRequired(_l("Choose the day."))])
    scope = SelectField(_l("Who keeps it"), default=HolidayScope.NATIONAL.value)

    def offer(self, scopes: Mapping[str, str]) -> None:
        self.scope.choices = list(scopes.items())


def answers_of_name(name: LocalizedText) -> dict[str, str]:
    return {**fields_of("name", name), "seen": mark_of(name)}
