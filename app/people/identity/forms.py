"""Forms of signing in and of the own account. What is wrong is said at the field."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, Field, Form, HiddenField, PasswordField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from app.infra.email_address import is_email
from app.people.identity.rules import LONGEST_PASSWORD
from app.web.fields import RadioField, SelectField
from app.web.forms import PostedForm
from app.web.locale import own_language_names

EMAIL_SENTENCE = _l("Write an e-mail address, for example name@example.org.")


def require_email(_form: Form, field: Field) -> None:
    """Raises ValidationError unless one address was typed; blanks around it do no harm."""
    if not is_email((field.data or "").strip()):
        raise ValidationError(EMAIL_SENTENCE)


EMAIL_CHECKS = (
    InputRequired(EMAIL_SENTENCE),
    require_email,
)
EMAIL_CONTROL = {"autocomplete": "username", "spellcheck": "false", "autocapitalize": "none"}


class SignInForm(PostedForm):
    email = EmailField(_l("E-mail address"), EMAIL_CHECKS, render_kw=EMAIL_CONTROL)
    password = PasswordField(
        _l("Password"),
        [
            InputRequired(_l("Write your password.")),
            Length(max=LONGEST_PASSWORD, message=_l("This password is too long.")),
        ],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField(validators=[Optional()])


class LinkForm(PostedForm):
    link_email = EmailField(_l("E-mail address"), EMAIL_CHECKS, render_kw=EMAIL_CONTROL)
    next = HiddenField(validators=[Optional()])


class PreferencesForm(PostedForm):
    language = RadioField(
        _l("Language"),
        [InputRequired(_l("Choose a language from the list."))],
        choices=own_language_names,
    )
    timezone = SelectField(
        _l("Time zone"),
        [InputRequired(_l("Choose a time zone from the list."))],
        validate_choice=False,
    )


class PasswordForm(PostedForm):
    old_password = PasswordField(
        _l("Current password"), [Optional()], render_kw={"autocomplete": "current-password"}
    )
    new_password = PasswordField(
        _l("New password"),
        [InputRequired(_l("Write a new password."))],
        render_kw={"autocomplete": "new-password"},
    )
    ends_keys = BooleanField(
        _l("Also end my access keys for programs and my calendar addresses"), default=True
    )


class ConfirmForm(PostedForm):
    """Who holds this session is its account's owner. `next`: the page to go back to."""

    password = PasswordField(
        _l("Your password"),
        [
            InputRequired(_l("Write your password.")),
            Length(max=LONGEST_PASSWORD, message=_l("This password is too long.")),
        ],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField(validators=[Optional()])
