"""Forms of people and access."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import wtforms
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, Field, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.infra.email_address import LONGEST_EMAIL
from app.kernel.actor import Grant, Role
from app.people.access.rules import LONGEST_INSTITUTION, LONGEST_REASON
from app.people.access.values import AccessWish, Invitee, Placement, RoleSpan
from app.people.directory.rules.people import LONGEST_NAME, LONGEST_TITLE
from app.people.directory.services.people import LONGEST_NOTE, LONGEST_POST_WISH
from app.people.directory.values import CorrectionWish, PersonDraft
from app.people.identity.forms import EMAIL_CHECKS, EMAIL_CONTROL
from app.web.fields import (
    DateField,
    LastDayField,
    RadioField,
    SelectField,
    Typed,
    number_in,
    one_line,
    printable,
    stripped,
)
from app.web.forms import FieldsForm, Form, PostedForm

ELSEWHERE = "-"
LONGEST_DECLINED = 500
Choices = Sequence[tuple[str, str]]
WHOLE_NAME = _l("Write the full name as it appears on the ID.")
FIRST_DAY = _l("Write the first day with the role.")
LAST_DAY = _l("Write the last day with the role: yesterday or later.")


def needed(label: Any, most: int, sentence: Any, *, area: bool = False) -> Field:
    """Returns a field that must be filled; `sentence` is its error when it is empty."""
    made = TextAreaField if area else StringField
    length = Length(max=most, message=_l("Write at most %(max)d characters."))
    lines = [] if area else [one_line]
    return made(
        label,
        [InputRequired(sentence), length, printable, *lines],
        filters=[stripped],
        render_kw={"maxlength": most},
    )


class RoleForm(PostedForm):
    role = SelectField(_l("Role"), [InputRequired(_l("Choose a role from the list."))])
    valid_from = DateField(_l("From"), [InputRequired(FIRST_DAY)])
    valid_until = LastDayField(_l("Last day with the role"), [Optional()])

    def offer(self, choices: Choices) -> None:
        self.role.choices = [("", _l("Choose one")), *choices]

    def span(self) -> RoleSpan:
        first: date = self.valid_from.data
        return RoleSpan(first, self.valid_until.data)

    def grant(self) -> Grant:
        """Returns the chosen role. Call it after `validate()`: the choice is among those offered."""
        role, _, scope = (self.role.data or "").partition(":")
        return Grant(Role(role), scope)


class EndForm(FieldsForm):
    """The last day of a role. A page has one for each, so the field is named
    `until-<grant id>`.
    """

    def __init__(self, grant_id: int, sent: Typed | None = None, first: date | None = None) -> None:
        self.name = f"until-{grant_id}"
        super().__init__({self.name: LastDayField(_l("Last day"), [InputRequired(LAST_DAY)])})
        self.process(sent, data={self.name: first})

    @property
    def until(self) -> Field:
        return self[self.name]


class InviteForm(RoleForm):
    full_name = needed(_l("Full name"), LONGEST_NAME, WHOLE_NAME)
    email = EmailField(
        _l("Work e-mail address"),
        EMAIL_CHECKS,
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    country_code = SelectField(_l("Country"))

    def offer_countries(self, countries: Choices) -> None:
        self.country_code.choices = [("", _l("None: secretariat or partner")), *countries]

    def invitee(self) -> Invitee:
        return Invitee(
            self.full_name.data or "",
            self.email.data or "",
            self.country_code.data or "",
            self.grant(),
            self.span(),
        )


class AccessForm(PostedForm):
    """The form of somebody who asks for access."""

    full_name = needed(_l("Full name, as on the ID"), LONGEST_NAME, WHOLE_NAME)
    email = EmailField(_l("Work e-mail address"), EMAIL_CHECKS, render_kw=EMAIL_CONTROL)
    country_code = SelectField(_l("Country"), [InputRequired(_l("Choose one from the list."))])
    institution = needed(
        _l("Institution"),
        LONGEST_INSTITUTION,
        _l("Write the institution in at most 200 letters."),
    )
    reason = needed(
        _l("What do you need access for?"),
        LONGEST_REASON,
        _l("Write in a sentence or two what you need access for."),
        area=True,
    )

    def offer(self, countries: Choices) -> None:
        self.country_code.choices = [
            ("", _l("Choose one")),
            *countries,
            (ELSEWHERE, _l("None of these")),
        ]

    def wish(self, language: str) -> AccessWish:
        code = self.country_code.data or ""
        return AccessWish(
            self.full_name.data or "",
            self.email.data or "",
            "" if code == ELSEWHERE else code,
            self.institution.data or "",
            self.reason.data or "",
            language,
        )


class PlacementForm(PostedForm):
    """Where an accepted person serves."""

    institution_id = SelectField(_l("Institution"), coerce=lambda text: number_in(str(text)) or 0)
    post_title = needed(_l("Post"), LONGEST_TITLE, _l("Write the post in at most 200 letters."))
    valid_from = DateField(
        _l("In the post since"),
        [
            InputRequired(
                _l("Write the day on which the person took up the post: today or earlier.")
            )
        ],
    )
    same_as = RadioField(
        _l("Is it the same person?"),
        choices=[],
        coerce=lambda text: number_in(str(text)),
        validate_choice=False,
    )

    def offer(self, institutions: Sequence[tuple[int, str]]) -> None:
        self.institution_id.choices = [(0, _l("Choose one")), *institutions]

    def placement(self) -> Placement:
        return Placement(
            self.institution_id.data or 0,
            self.post_title.data or "",
            self.valid_from.data,
            self.same_as.data,
        )


class RecordForm(Form):
    """A person's record, to be put right. Without a present post there is none to correct. `seen`: the
    mark of what the writer saw.
    """

    seen = wtforms.HiddenField()
    appointment_id = wtforms.HiddenField()
    full_name = needed(_l("Full name, as on the ID"), LONGEST_NAME, WHOLE_NAME)
    email = EmailField(
        _l("Work e-mail address"),
        [Optional(), Length(max=LONGEST_EMAIL)],
        filters=[stripped],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    institution_id = SelectField(
        _l("Institution"), coerce=lambda text: number_in(str(text)) or 0, default=0
    )
    post_title = StringField(
        _l("Post"), [Optional(), Length(max=LONGEST_TITLE)], filters=[stripped]
    )

    def offer(self, institutions: Sequence[tuple[int, str]]) -> "RecordForm":
        """Offers the institutions to choose from, and an empty choice while there is no post to
        correct.
        """
        nothing = [] if self.appointment_id.data else [(0, "")]
        self.institution_id.choices = [*institutions, *nothing]
        return self

    def draft(self, email: str) -> PersonDraft:
        """Returns what was typed as a PersonDraft.

        `email` is the address on record, for a reader who may not change it or left it empty.
        """
        return PersonDraft(
            self.full_name.data or "",
            self.email.data or email,
            number_in(self.appointment_id.data or ""),
            self.institution_id.data or 0,
            self.post_title.data or "",
        )


class DeclineForm(Form):
    """Why a record stays as it is; its owner reads it."""

    reason = TextAreaField(
        _l("Why it stays as it is"),
        [
            InputRequired(_l("Write in a sentence why it stays as it is.")),
            Length(max=LONGEST_DECLINED),
        ],
        filters=[stripped],
        render_kw={"rows": 3},
    )


class RecordWishForm(Form):
    """What somebody finds wrong on the own record; what is right is left empty."""

    full_name = StringField(
        _l("Full name, as on the ID"), [Length(max=LONGEST_NAME)], filters=[stripped]
    )
    email = EmailField(_l("Work e-mail address"), [Length(max=LONGEST_EMAIL)], filters=[stripped])
    post = StringField(
        _l("Post and institution"), [Length(max=LONGEST_POST_WISH)], filters=[stripped]
    )
    note = TextAreaField(
        _l("Anything else"), [Length(max=LONGEST_NOTE)], filters=[stripped], render_kw={"rows": 3}
    )

    reissue = wtforms.BooleanField(_l("Issue my certificates anew with the corrected record"))

    def wish(self) -> CorrectionWish:
        return CorrectionWish(
            full_name=self.full_name.data or "",
            email=self.email.data or "",
            post=self.post.data or "",
            note=self.note.data or "",
            reissue=bool(self.reissue.data),
        )
