"""Forms of second factors. Names with "secret" in them are never kept when a session ends."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.people.factors.rules import LONGEST_GRACE, SHORTEST_GRACE
from app.people.factors.services import LONGEST_NAME, LONGEST_NOTE
from app.web.fields import IntegerField, SelectMultipleField, one_line, printable, stripped
from app.web.forms import PostedForm

CODE_CONTROL = {
    "autocomplete": "one-time-code",
    "autocapitalize": "characters",
    "spellcheck": "false",
}


class SecondStepForm(PostedForm):
    """A code typed, or what a passkey answered to the page. `next`: the page to go on to."""

    secret_code = StringField(
        _l("Code"),
        [Optional()],
        render_kw=CODE_CONTROL,
    )
    secret_answer = HiddenField(validators=[Optional()])
    next = HiddenField(validators=[Optional()])


class AppForm(PostedForm):
    """The first code that an application shows. `secret_sealed`: the secret that it was given."""

    secret_code = StringField(
        _l("The code that the application shows now"),
        [InputRequired(_l("Write the six digits that the application shows."))],
        render_kw={**CODE_CONTROL, "inputmode": "numeric"},
    )
    secret_sealed = HiddenField(validators=[InputRequired()])


class PasskeyForm(PostedForm):
    name = StringField(
        _l("Name of the passkey"),
        [
            InputRequired(_l("Give the passkey a name, for example “My telephone”.")),
            Length(max=LONGEST_NAME, message=_l("Write at most %(max)d characters.")),
            printable,
            one_line,
        ],
        filters=[stripped],
        render_kw={"maxlength": LONGEST_NAME},
    )
    secret_answer = HiddenField(validators=[Optional()])


class GraceForm(PostedForm):
    days = IntegerField(
        _l("Days to set it up"),
        [
            InputRequired(_l("Write a number of days from 0 to 365.")),
            NumberRange(SHORTEST_GRACE, LONGEST_GRACE, _l("Write a number of days from 0 to 365.")),
        ],
    )


class RemindForm(PostedForm):
    accounts = SelectMultipleField(
        _l("People"), [InputRequired(_l("Choose at least one person."))], coerce=int
    )


class LostForm(PostedForm):
    note = TextAreaField(
        _l("How you know that it is this person"),
        [
            InputRequired(_l("Write in up to 500 characters how you know that it is this person.")),
            Length(max=LONGEST_NOTE, message=_l("Write at most %(max)d characters.")),
            printable,
        ],
        filters=[stripped],
        render_kw={"maxlength": LONGEST_NOTE},
    )


class DecideForm(PostedForm):
    """`seen`: the mark of what whoever agrees has read."""

    seen = HiddenField(validators=[Optional()])
