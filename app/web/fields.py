"""Fields and parsers that every form shares: text is stripped, printable and explained at its field.

The parsers (`day_in`, `number_in`, `instant_in`, `uuid_in`) are the only ones of the house: each returns a value,
or None for text that means none.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any, ClassVar
from uuid import UUID

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms.fields.choices import Choice, SelectChoice
from wtforms.validators import Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.kernel.numbers import LARGEST_ID
from app.kernel.text import (
    N_,
    SEVERAL_LINES,
    is_one_line,
    is_printable,
    is_web_address,
    turns_around,
)

CHOOSE = N_("Choose one from the list.")
NOT_A_DAY = N_("Write the date as year-month-day, for example 2027-03-15.")
NOT_A_NUMBER = N_("Write a whole number.")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NUMBER = re.compile(r"[0-9]+")

Typed = MultiDict[str, str]
"""The fields of a form as they were typed."""


def day_in(text: str) -> date | None:
    """Returns the day of a text such as "2027-03-15", or None; blanks around it do not count."""
    written = text.strip()
    try:
        return date.fromisoformat(written) if DAY.fullmatch(written) else None
    except ValueError:
        return None


def number_in(text: str, most: int = LARGEST_ID) -> int | None:
    """Returns the whole number that the digits mean, from 0 to `most`, or None: by default any
    number of a row.
    """
    is_number = len(text) <= len(str(most)) and NUMBER.fullmatch(text) is not None
    return int(text) if is_number and int(text) <= most else None


def numbers_in(texts: Iterable[str]) -> list[int]:
    """Returns the numbers of rows among the texts, in their order."""
    return [number for text in texts if (number := number_in(text)) is not None]


def uuid_in(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def instant_in(text: str) -> datetime | None:
    """Returns the instant of an ISO text with an offset; None for a wall time too."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else None


def printable(_form: wtforms.Form, field: wtforms.Field) -> None:
    if turns_around(field.data or ""):
        raise ValidationError(
            _("This text holds invisible signs that turn the line around. Please type it again.")
        )
    if not is_printable(field.data or ""):
        raise ValidationError(
            _("This text holds characters that cannot be stored. Please type it again.")
        )


def one_line(_form: wtforms.Form, field: wtforms.Field) -> None:
    if not is_one_line(field.data or ""):
        raise ValidationError(_(SEVERAL_LINES))


def web_address(_form: wtforms.Form, field: wtforms.Field) -> None:
    if field.data and not is_web_address(field.data):
        raise ValidationError(_("Write the whole address, starting with https://"))


def stripped(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").strip()


def text_field(label: Any, most: int, *more: Any, area: bool = False) -> wtforms.Field:
    kind = wtforms.TextAreaField if area else wtforms.StringField
    length = Length(max=most, message=_l("Write at most %(max)d characters."))
    lines = [] if area else [one_line]
    return kind(
        label,
        [Optional(), length, printable, *lines, *more],
        filters=[stripped],
        render_kw={"maxlength": most},
    )


class Needed:
    """Marks a field without which a form is refused, where the service says so and not the form."""

    field_flags: ClassVar = {"required": True}

    def __call__(self, _form: wtforms.Form, _field: wtforms.Field) -> None:
        return


class DateField(wtforms.DateField):
    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_(NOT_A_DAY)) from None


class LastDayField(DateField):
    """A last day, as people say and write it. Its `data` is the day after: the first day without,
    which is what is kept.
    """

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None and self.data < date.max:
            self.data += timedelta(days=1)

    def _value(self) -> str:
        if self.raw_data or self.data is None:
            return " ".join(map(str, self.raw_data or ()))
        last: date = self.data - timedelta(days=1)
        return last.isoformat()


class TimeField(wtforms.TimeField):
    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Write the time as 14:30.")) from None


LONGEST_NUMBER = 20


class IntegerField(wtforms.IntegerField):
    def process_formdata(self, valuelist: list[str]) -> None:
        if any(
            len(typed) > LONGEST_NUMBER for typed in valuelist
        ):  # what compares numbers trips over huge ones
            raise ValueError(_(NOT_A_NUMBER))
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_(NOT_A_NUMBER)) from None


def _choice(one: Any, group: str | None = None) -> SelectChoice:
    if isinstance(one, SelectChoice):
        return one
    value, label = (one, one) if isinstance(one, str) else one
    return SelectChoice(value, label, optgroup=group)


class OffersPairs:
    """A field whose `choices` are pairs of value and label, texts that are both, `SelectChoice`s,
    or a mapping from the name of a group to its choices.

    WTForms is to take no tuples from 3.4 on, so it never sees the pairs: the constructor gets none,
    and what it draws and validates by are the `Choice`s made here.
    """

    choices: Any
    data: Any
    coerce: Callable[[Any], Any]

    def __init__(self, *args: Any, choices: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices = choices

    def iter_choices(self) -> list[Choice]:
        return [self._drawn(one) for one in self._offered()]

    def has_groups(self) -> bool:
        return any(one.optgroup is not None for one in self._offered())

    def iter_groups(self) -> Iterator[tuple[str | None, list[Choice]]]:
        for name, choices in groupby(self._offered(), key=attrgetter("optgroup")):
            yield name, [self._drawn(one) for one in choices]

    def is_selected(self, value: Any) -> bool:
        is_same: bool = self.coerce(value) == self.data
        return is_same

    def _offered(self) -> list[SelectChoice]:
        if not isinstance(self.choices, Mapping):
            return [_choice(one) for one in self.choices or ()]
        return [_choice(one, group) for group, some in self.choices.items() for one in some]

    def _drawn(self, one: SelectChoice) -> Choice:
        return Choice(
            value=one.value,
            label=one.label,
            selected=self.is_selected(one.value),
            render_kw=one.render_kw,
        )


class RadioField(OffersPairs, wtforms.RadioField):
    """Offers one of a few, all of which are seen."""


class SelectField(OffersPairs, wtforms.SelectField):
    def pre_validate(self, form: wtforms.Form) -> None:
        if self.validate_choice and not any(choice.selected for choice in self.iter_choices()):
            raise ValidationError(self.invalid_choice_message or _(CHOOSE))


class SelectMultipleField(OffersPairs, wtforms.SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def is_selected(self, value: Any) -> bool:
        return self.coerce(value) in (self.data or ())

    def pre_validate(self, form: wtforms.Form) -> None:
        offered = {choice.value for choice in self.iter_choices()}
        if self.validate_choice and not set(self.data or ()) <= offered:
            raise ValidationError(_("Choose from the list."))
