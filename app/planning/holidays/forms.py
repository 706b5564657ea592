"""A holiday as its focal point types it: a day, a name, where it is kept."""

from collections.abc import Mapping
from datetime import date

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from app.kernel.refusal import Sentence
from app.kernel.seen import mark_of
from app.kernel.text import LocalizedText
from app.planning.holidays.rules import LONGEST_NAME
from app.planning.holidays.values import HolidayScope
from app.web.fields import DateField, SelectField, text_field

FIELD_OF = {"name": "name_es"}


class HolidayNameForm(wtforms.Form):
    """`seen`: which name the writer began from."""

    name_es = text_field(_l("Name in Spanish"), LONGEST_NAME)
    name_en = text_field(_l("Name in English"), LONGEST_NAME)
    seen = wtforms.HiddenField()

    def name(self) -> LocalizedText:
        return LocalizedText(self.name_es.data or "", self.name_en.data or "")

    def show_errors(self, errors: Mapping[str, Sentence]) -> None:
        """Puts a refusal's sentences at the fields of this form."""
        for name, sentence in errors.items():
            field = self._fields.get(FIELD_OF.get(name, name), self.name_es)
            field.errors = [*field.errors, _(sentence.msgid, **sentence.params)]


class HolidayForm(HolidayNameForm):
    on = DateField(_l("Day"), [InputRequired(_l("Choose the day."))])
    scope = SelectField(_l("Who keeps it"), default=HolidayScope.NATIONAL.value)

    def offer(self, scopes: Mapping[str, str]) -> None:
        self.scope.choices = list(scopes.items())


def answers_of_name(name: LocalizedText) -> dict[str, str]:
    return {"name_es": name.es, "name_en": name.en, "seen": mark_of(name)}


def day_in(text: str) -> date | None:
    """A day written as 2027-03-25, or None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None
