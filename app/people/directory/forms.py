"""Forms of the roster: a page of answers in one post, and a newcomer. Text in, values or errors
out.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from app.infra.email_address import LONGEST_EMAIL
from app.kernel.refusal import Sentence
from app.kernel.text import N_
from app.people.directory.queries import PER_PAGE
from app.people.directory.rules import LONGEST_NAME, LONGEST_TITLE
from app.people.directory.values import EndReason, RosterAnswer
from app.web.fields import NOT_A_DAY, DateField, day_in, number_in

HERE = "here"
UNSURE = "unsure"
EVERYBODY = "everybody"
ROW = re.compile(r"(?:on|row)-([0-9]{1,15})")


@dataclass
class RosterForm:
    """What was typed on a page of the roster, by field name, with the answers it means and the
    errors at its fields.
    """

    typed: Mapping[str, str] = field(default_factory=dict)
    answers: Sequence[RosterAnswer] = ()
    errors: dict[str, Sentence] = field(default_factory=dict)


def read_roster(sent: Mapping[str, str], today: date) -> RosterForm:
    """Rows without an answer say nothing, unless the button "everybody else is still here" was
    pressed.

    At most one page of rows is read, as many as a page shows.
    """
    form = RosterForm(typed=sent)
    rows = sorted({int(found.group(1)) for name in sent if (found := ROW.fullmatch(name))})[
        :PER_PAGE
    ]
    otherwise = HERE if EVERYBODY in sent else ""
    form.answers = [
        answer for row in rows if (answer := _answer(form, row, otherwise, today)) is not None
    ]
    return form


def _answer(form: RosterForm, row: int, otherwise: str, today: date) -> RosterAnswer | None:
    said = form.typed.get(f"row-{row}") or otherwise
    if not said:
        return None
    if said == HERE:
        return RosterAnswer(row, None, today)
    if said == UNSURE:
        return RosterAnswer(row, None, today, is_unsure=True)
    if said not in list(EndReason):
        form.errors[f"row-{row}"] = Sentence(N_("Choose one of the answers."))
        return None
    on = day_in(form.typed.get(f"on-{row}", ""))
    if on is None:
        form.errors[f"on-{row}"] = Sentence(NOT_A_DAY)
        return None
    return RosterAnswer(row, EndReason(said), on)


class NewcomerForm(FlaskForm):
    full_name = StringField(
        _l("Full name, as on the ID"),
        [
            InputRequired(_l("Write the full name as it appears on the ID.")),
            Length(max=LONGEST_NAME),
        ],
        render_kw={"autocomplete": "off"},
    )
    email = EmailField(
        _l("Work e-mail address"),
        [
            InputRequired(_l("Write a work e-mail address, such as name@example.org.")),
            Length(max=LONGEST_EMAIL),
        ],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    institution_id = SelectField(
        _l("Institution"),
        [InputRequired(_l("Choose an institution from the list."))],
        coerce=lambda text: number_in(str(text)) or 0,
        validate_choice=False,
    )
    post_title = StringField(
        _l("Post"),
        [InputRequired(_l("Write the post in at most 200 letters.")), Length(max=LONGEST_TITLE)],
        render_kw={"list": "posts", "autocomplete": "off"},
    )
    same_as = RadioField(
        _l("Is it the same person?"),
        choices=[],
        coerce=lambda text: number_in(str(text)),
        validate_choice=False,
    )
    valid_from = DateField(
        _l("In the post since"),
        [
            InputRequired(
                _l("Write the day on which the person took up the post: today or earlier.")
            )
        ],
    )


@dataclass
class DesignationForm:
    """Who holds an office, from which day and until which; None where nothing was written."""

    person: int = 0
    valid_from: date | None = None
    valid_until: date | None = None
    errors: dict[str, Sentence] = field(default_factory=dict)


def read_designation(sent: Mapping[str, str], *, ending: bool = False) -> DesignationForm:
    """The answers, with a sentence at each field that lacks one. `ending` asks for the last day's
    morrow only.
    """
    form = DesignationForm(
        valid_from=day_in(sent.get("valid_from", "")),
        valid_until=day_in(sent.get("valid_until", "")),
    )
    if form.valid_until is None and (ending or sent.get("valid_until", "").strip()):
        form.errors["valid_until"] = Sentence(NOT_A_DAY)
    if ending:
        return form
    if form.valid_from is None:
        form.errors["valid_from"] = Sentence(NOT_A_DAY)
    form.person = number_in(sent.get("person", "")) or 0
    if not form.person:
        form.errors["person"] = Sentence(N_("Choose a person from the list."))
    return form
