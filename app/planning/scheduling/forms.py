"""Forms of the rule book: a decision about a rule, a pair of groups, a licence."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from app.kernel.text import N_
from app.planning.scheduling.rules.settings import LONGEST_KEY, LONGEST_LABEL
from app.web.fields import (
    NOT_A_DAY,
    NOT_A_NUMBER,
    DateField,
    IntegerField,
    LastDayField,
    RadioField,
    SelectField,
)
from app.web.forms import PostedForm
from app.web.text_fields import LocalizedField, LocalizedForm

CHOOSE = _l("Choose one of the answers.")
WHOLE_NUMBER = _l(NOT_A_NUMBER)
A_DAY = _l(NOT_A_DAY)
CENTURIES = range(1990, 2100)


def within_reach(_form: PostedForm, field: DateField) -> None:
    if field.data and field.data.year not in CENTURIES:
        raise ValidationError(A_DAY)


class RuleForm(PostedForm):
    """`seen`: the mark of what was decided about the rule when the form was shown."""

    severity = RadioField(
        _l("When an event goes against it"), [InputRequired(CHOOSE)], validate_choice=False
    )
    threshold = IntegerField(_l("Number"), [InputRequired(WHOLE_NUMBER)])
    valid_from = DateField(_l("For events from"), [InputRequired(A_DAY), within_reach])
    valid_until = LastDayField(_l("Last day"), [Optional(), within_reach])
    reason = TextAreaField(
        _l("Reason"), [InputRequired(_l("Write the reason: it stays on record."))]
    )
    seen = HiddenField()

    @property
    def number(self) -> int | None:
        """Returns the threshold; None for a rule that does not count, whose form has no such field."""
        return self.threshold.data if "threshold" in self else None


class PairForm(PostedForm):
    first = SelectField(_l("One group"), [InputRequired(CHOOSE)], validate_choice=False)
    second = SelectField(_l("The other group"), [InputRequired(CHOOSE)], validate_choice=False)


class LicenceForm(LocalizedForm, PostedForm):
    """`seen`: the mark of the name and number when the form was shown."""

    key = StringField(_l("Key"), [InputRequired(_l("Write a key.")), Length(max=LONGEST_KEY)])
    label = LocalizedField(
        N_("Name in %(language)s"),
        StringField,
        [InputRequired(_l("Write a name.")), Length(max=LONGEST_LABEL)],
    )
    capacity = IntegerField(_l("Meetings at once"), [InputRequired(WHOLE_NUMBER)])
    seen = HiddenField()
