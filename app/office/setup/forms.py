"""Forms of setting up: who the first organizer is, and rows for each country. Text in, values out."""

from collections.abc import Iterable, Mapping

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, RadioField, StringField
from wtforms.validators import InputRequired, Length, Optional

from app.kernel.text import LocalizedText, field_in, languages
from app.office.setup.values import FocalPointDraft
from app.people.directory.rules import LONGEST_NAME, tidy
from app.people.identity.forms import EMAIL_CHECKS, EMAIL_CONTROL
from app.web.locale import own_language_names


class FirstForm(FlaskForm):
    """Who sets the office up. Without a password they come in by a link each time."""

    full_name = StringField(
        _l("Your name"),
        [
            InputRequired(_l("Write your full name.")),
            Length(max=LONGEST_NAME, message=_l("Write at most %(max)d characters.")),
        ],
        render_kw={"autocomplete": "name"},
    )
    email = EmailField(_l("Your e-mail address"), EMAIL_CHECKS, render_kw=EMAIL_CONTROL)
    language = RadioField(
        _l("Language"),
        [InputRequired(_l("Choose a language from the list."))],
        choices=own_language_names,
    )
    password = PasswordField(
        _l("Password"), [Optional()], render_kw={"autocomplete": "new-password"}
    )


def name_of(sent: Mapping[str, str], field: str) -> LocalizedText:
    """A text in every language, typed as <field>_es, <field>_en."""
    return LocalizedText(
        {language: tidy(sent.get(field_in(field, language), "")) for language in languages()}
    )


def read_focal_points(sent: Mapping[str, str], codes: Iterable[str]) -> list[FocalPointDraft]:
    """Rows with an address; a name alone is for later."""
    drafts = (
        FocalPointDraft(
            code, tidy(sent.get(f"name-{code}", "")), sent.get(f"email-{code}", "").strip()
        )
        for code in codes
    )
    return [draft for draft in drafts if draft.email]
