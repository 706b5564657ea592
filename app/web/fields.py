"""Form fields that every form shares: what is typed is stripped, printable and explained at the field."""

from typing import Any, ClassVar

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.kernel.text import N_, SEVERAL_LINES, is_one_line, is_printable, is_web_address

CHOOSE = N_("Choose one from the list.")


def printable(_form: wtforms.Form, field: wtforms.Field) -> None:
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
            raise ValueError(
                _("Write the date as year-month-day, for example 2027-03-15.")
            ) from None


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
            raise ValueError(_("Write a whole number."))
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Write a whole number.")) from None


class SelectField(wtforms.SelectField):
    def pre_validate(self, form: wtforms.Form) -> None:
        if self.data not in {value for value, *_rest in self.iter_choices()}:
            raise ValidationError(_(CHOOSE))


class SelectMultipleField(wtforms.SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: wtforms.Form) -> None:
        if not set(self.data or ()) <= {value for value, *_rest in self.iter_choices()}:
            raise ValidationError(_("Choose from the list."))
