"""Which of two records is kept."""

from collections.abc import Sequence

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from app.web.fields import RadioField, number_in
from app.web.forms import Form


class KeepForm(Form):
    keep = RadioField(
        _l("Keep this record"),
        choices=[],
        coerce=lambda text: number_in(str(text)) or 0,
        validate_choice=False,
    )

    def offer(self, records: Sequence[tuple[int, str]]) -> "KeepForm":
        """Offers the ids of the two records with their labels."""
        self.keep.choices = [*records]
        return self

    def validate_keep(self, field: wtforms.Field) -> None:
        if field.data not in {number for number, _label in self.keep.choices}:
            raise ValidationError(_("Choose the record to keep."))
