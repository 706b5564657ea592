"""What is typed about training taken elsewhere."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from app.training.recognised.rules import (
    LONGEST_REASON,
    LONGEST_TITLE,
    MOST_HOURS,
    NOT_HOURS,
    hours_in,
)
from app.training.recognised.values import RecognisedSource, TrainingClaim
from app.web.fields import (
    CHOOSE,
    DateField,
    Needed,
    OffersPairs,
    SelectField,
    number_in,
    stripped,
    text_field,
)
from app.web.forms import Form

WHO = "who-"
FILE = "certificate"
LIST_FILE = "report"
Pairs = Iterable[tuple[str, str]]


def _offer(field: OffersPairs, pairs: Pairs) -> None:
    """Offers the pairs; where there is one only, it is chosen."""
    field.choices = list(pairs)
    if not field.data and len(field.choices) == 1:
        field.data = field.choices[0][0]


class TrainingForm(Form):
    """What a list and a single certificate have in common."""

    course = SelectField(
        _l("It stands for"),
        [Needed()],
        description=_l(
            "The course of ours whose figures it counts in, apart from our certificates."
        ),
    )
    source = SelectField(_l("Where it was taken"), [Needed()])
    title = text_field(_l("What the course is called there"), LONGEST_TITLE)
    hours = wtforms.StringField(_l("Length in hours"), filters=[stripped])

    def offer(self, courses: Pairs, sources: Pairs) -> None:
        _offer(self.course, courses)
        _offer(self.source, sources)

    def validate_hours(self, field: wtforms.Field) -> None:
        hours = hours_in(field.data or "")
        if hours is None:
            raise ValidationError(_(NOT_HOURS, most=MOST_HOURS))


class ListForm(TrainingForm):
    """A completion list: a file, or rows that are pasted. `lines` carries them from page to page."""

    report = wtforms.FileField(_l("The list"), [Needed()])
    lines = wtforms.TextAreaField(
        _l("Rows of the list"), filters=[lambda text: (text or "").strip()]
    )


class CertificateForm(TrainingForm):
    """One certificate, with its file."""

    completed_on = DateField(_l("Day of completion"), [Needed()])
    certificate = wtforms.FileField(_l("The certificate"), [Needed()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title.flags.required = True

    def validate_completed_on(self, field: wtforms.Field) -> None:
        if field.data is None and not field.errors:
            raise ValidationError(_("Write the day that stands on the certificate."))

    @property
    def claim(self) -> TrainingClaim:
        """Returns what was typed; call it after `validate()`."""
        day: date = self.completed_on.data
        return TrainingClaim(
            course=self.course.data,
            source=RecognisedSource(self.source.data),
            title=self.title.data,
            completed_on=day,
            hours=hours_in(self.hours.data or "") or "",
        )


class OfSomebodyForm(CertificateForm):
    """One certificate of somebody of the country."""

    person = SelectField(_l("Whose it is"), [Needed()])

    def validate_person(self, field: wtforms.Field) -> None:
        if number_in(field.data or "") is None:
            raise ValidationError(_(CHOOSE))


class EndingForm(Form):
    reason = text_field(
        _l("Why"),
        LONGEST_REASON,
        area=True,
    )


def people_said(form: Mapping[str, str]) -> dict[int, int]:
    """Returns by row the person who was chosen, 0 for nobody."""
    said: dict[int, int] = {}
    for name, value in form.items():
        number = number_in(name.removeprefix(WHO)) if name.startswith(WHO) else None
        person = number_in(value)
        if number is not None and person is not None:
            said[number] = person
    return said
