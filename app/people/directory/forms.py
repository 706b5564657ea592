"""Forms of the roster, of newcomers, institutions, who speaks for a country and what it shares.
Text in, values or errors out.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from app.infra.email_address import LONGEST_EMAIL, is_email
from app.kernel.refusal import Sentence
from app.kernel.text import N_
from app.people.directory.queries.roster import PER_PAGE
from app.people.directory.rules.institutions import LONGEST_INSTITUTION
from app.people.directory.rules.people import LONGEST_NAME, LONGEST_TITLE, NOBODY_CHOSEN
from app.people.directory.values import (
    EndReason,
    RosterAnswer,
    RosterChoice,
    SharedFigures,
    Sharing,
)
from app.people.directory.wording import AS_ITS_KIND, MANDATES, SHARED_FIGURES
from app.web.fields import (
    NOT_A_DAY,
    DateField,
    LastDayField,
    Needed,
    RadioField,
    SelectField,
    Typed,
    day_in,
    number_in,
    printable,
    stripped,
    text_field,
)
from app.web.forms import FieldsForm, Form, PostedForm
from app.web.text_fields import LocalizedField, LocalizedForm

HERE = "here"
OTHER = "other"
UNSURE = "unsure"
CHANGES_ONLY = "changes"
SOMEBODY_ELSE = "new"
ROW = re.compile(r"(?:on|row|to|what)-([0-9]{1,15})")
LONGEST_DAY = 40


@dataclass
class RosterForm:
    """What was typed on a page of the roster, by field name, with the answers it means and the
    errors at its fields. `kept`: what was chosen before, by appointment; what is typed now counts.
    """

    typed: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[int, RosterChoice] = field(default_factory=dict)
    answers: Sequence[RosterAnswer] = ()
    errors: dict[str, Sentence] = field(default_factory=dict)

    def keep(self, choices: Mapping[int, RosterChoice | None]) -> None:
        """Takes what was chosen before for each row of the page; None where nothing was."""
        self.kept = {row: choice for row, choice in choices.items() if choice is not None}

    def said(self, row: int) -> str:
        """Returns the answer to one row; "other" where nothing more was chosen, "" for none."""
        if not self.typed and row in self.kept:
            return self.kept[row].said
        said = self.field("row", row)
        return self.field("what", row) or OTHER if said == OTHER else said

    def field(self, name: str, row: int) -> str:
        if not self.typed and row in self.kept:
            choice = self.kept[row]
            return {"on": choice.on_text, "to": choice.post_text}.get(name, "")
        return self.typed.get(f"{name}-{row}", "").strip()

    @property
    def kept_at(self) -> datetime | None:
        """Returns when something of the page was last kept; None when nothing is."""
        return max((one.saved_at for one in self.kept.values() if one.saved_at), default=None)


def read_choices(sent: Mapping[str, str]) -> dict[int, RosterChoice | None]:
    """Returns what is chosen for the rows of a page, to be kept until it is confirmed; None where it
    is what the page proposes. At most one page of rows is read.
    """
    form = RosterForm(typed=sent)
    return {row: _choice(form, row) for row in _rows_in(sent)}


def _choice(form: RosterForm, row: int) -> RosterChoice | None:
    said = form.said(row)
    proposed = UNSURE if form.field("doubted", row) else HERE
    if said not in (HERE, OTHER, UNSURE, *EndReason) or said == proposed:
        return None
    return RosterChoice(
        said, form.field("on", row)[:LONGEST_DAY], form.field("to", row)[:LONGEST_TITLE]
    )


def _rows_in(sent: Mapping[str, str]) -> list[int]:
    return sorted({int(found.group(1)) for name in sent if (found := ROW.fullmatch(name))})[
        :PER_PAGE
    ]


def read_roster(sent: Mapping[str, str], today: date) -> RosterForm:
    """Rows without an answer say nothing. A row is answered by `row-<id>`, and by `what-<id>` where
    that says "other"; whoever moved without a day did so today; `doubted-<id>` is on a page
    that showed that somebody did not know. With the button `changes`, "still here" is said only of
    those.

    At most one page of rows is read, as many as a page shows.
    """
    form = RosterForm(typed=sent)
    form.answers = [
        answer for row in _rows_in(sent) if (answer := _answer(form, row, today)) is not None
    ]
    return form


def _answer(form: RosterForm, row: int, today: date) -> RosterAnswer | None:
    said = form.said(row)
    if not said:
        return None
    if said == HERE:
        saw_doubt = bool(form.field("doubted", row))
        if CHANGES_ONLY in form.typed and not saw_doubt:
            return None
        return RosterAnswer(row, None, today, saw_doubt=saw_doubt)
    if said == UNSURE:
        return RosterAnswer(row, None, today, is_unsure=True)
    if said not in list(EndReason):
        form.errors[f"row-{row}"] = Sentence(
            N_("Choose what happened.") if said == OTHER else N_("Choose one of the answers.")
        )
        return None
    written, new_post = form.field("on", row), ""
    if said == EndReason.MOVED:
        new_post, written = form.field("to", row), written or today.isoformat()
    on = day_in(written)
    if on is None:
        form.errors[f"on-{row}"] = Sentence(
            NOT_A_DAY if written else N_("Write the day from which the person no longer served.")
        )
        return None
    return RosterAnswer(row, EndReason(said), on, new_post=new_post)


class NewcomerForm(PostedForm):
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

    def validate_email(self, field: EmailField) -> None:
        """Refuses what is no address with the other mistakes, not after they are mended."""
        if not is_email((field.data or "").strip()):
            raise ValidationError(_("Write a work e-mail address, such as name@example.org."))

    def offer(self, institutions: Sequence[tuple[int, str]]) -> None:
        """Offers the institutions of a country. Where there are several none is chosen beforehand:
        whoever only presses on would put a newcomer where nobody works.
        """
        nothing = [("", _l("Choose an institution"))] if len(institutions) != 1 else []
        self.institution_id.choices = [*nothing, *institutions]


class DesignationForm(Form):
    """Who holds an office, and from which day on. `words`: the name that was searched for; `seen`:
    who held the office when the writer began.
    """

    words = wtforms.HiddenField()
    seen = wtforms.HiddenField()
    person = RadioField(
        _l("Person"),
        [InputRequired(_l("Choose a person from the list."))],
        choices=[],
        coerce=lambda text: number_in(str(text)) or 0,
        validate_choice=False,
    )
    valid_from = DateField(_l("In office from"), [InputRequired(_l(NOT_A_DAY))])


class DesignationEndForm(Form):
    """The last day before nobody holds the office. `seen` as in `DesignationForm`."""

    seen = wtforms.HiddenField(id="ending-seen")
    valid_until = LastDayField(_l("Last day"), [InputRequired(_l(NOT_A_DAY))])


class PastedNewcomersForm(Form):
    """Rows of a spreadsheet, one person a line; `training.turnover` reads them. `order` says
    whether the day or the month comes first, where that was asked.
    """

    people = wtforms.TextAreaField(
        _l("People, one a line"), [Needed()], render_kw={"rows": 12, "spellcheck": "false"}
    )
    order = wtforms.HiddenField()


class HeldNewcomerForm(Form):
    """Who a newcomer is whose address belongs to somebody already."""

    person = RadioField(
        _l("Who is it?"), [InputRequired(_l(NOBODY_CHOSEN))], choices=[], validate_choice=False
    )

    def offer(self, held_id: int, owners: Iterable[tuple[int, str]]) -> None:
        """Offers the owners of the address, by number and in words, and somebody new."""
        self.person.id = f"person-{held_id}"
        self.person.choices = [
            *((str(number), words) for number, words in owners),
            (SOMEBODY_ELSE, _l("Somebody else, who shares the mailbox")),
        ]

    @property
    def person_id(self) -> int | None:
        """Returns the number of the person; None for somebody new, 0 for what is no number."""
        if self.person.data == SOMEBODY_ELSE:
            return None
        return number_in(self.person.data or "") or 0


class InstitutionForm(LocalizedForm):
    """`country` is asked for where somebody keeps more than one."""

    country = SelectField(_l("Country"), validate_choice=False)
    name = LocalizedField(N_("Name in %(language)s"), text_field, LONGEST_INSTITUTION)
    kind = SelectField(_l("Sector"), validate_choice=False, default="other")
    mandate = SelectField(_l("What it deals with"), validate_choice=False, default="")

    def offer(
        self, countries: Sequence[tuple[str, str]], kinds: Sequence[tuple[str, str]]
    ) -> "InstitutionForm":
        self.country.choices, self.kind.choices = [*countries], [*kinds]
        self.mandate.choices = [
            ("", _(AS_ITS_KIND)),
            *((mandate.value, _(words)) for mandate, words in MANDATES.items()),
        ]
        return self


class JoinForm(Form):
    other = SelectField(
        _l("The other record"),
        coerce=lambda text: number_in(str(text)) or 0,
        validate_choice=False,
    )

    def offer(self, institutions: Sequence[tuple[int, str]]) -> "JoinForm":
        self.other.choices = [(0, _l("Choose")), *institutions]
        return self


class SharingForm(FieldsForm):
    """What a country shares, with a mailbox for each of its mechanisms, named `mailbox-<id>`."""

    def __init__(self, mechanisms: Sequence[int]) -> None:
        self.mailboxes = {number: f"mailbox-{number}" for number in mechanisms}
        boxes = {
            "delegates": wtforms.BooleanField(
                _l("the names of the delegates to the working groups")
            ),
            "emails": wtforms.BooleanField(
                _l("the e-mail addresses of those whose names they see")
            ),
        }
        figures = RadioField(
            _l("Of the figures of your staff, everybody outside your country sees"),
            choices=[(one, _(words)) for one, words in SHARED_FIGURES.items()],
        )
        mailboxes = {
            name: EmailField(
                "",
                [printable],
                filters=[stripped],
                render_kw={"autocomplete": "off", "spellcheck": "false"},
            )
            for name in self.mailboxes.values()
        }
        super().__init__({**boxes, "figures": figures, **mailboxes})

    def read(self, sent: Typed) -> "SharingForm":
        self.process(sent)
        return self

    def show(self, sharing: Sharing) -> "SharingForm":
        addresses = {self.mailboxes[number]: box for number, box in sharing.mailboxes.items()}
        self.process(
            data={
                "delegates": sharing.shares_delegates,
                "emails": sharing.shares_emails,
                "figures": sharing.shares_figures,
                **addresses,
            }
        )
        return self

    def sharing(self) -> Sharing:
        """Returns what was ticked and typed; a mailbox that was not on the page stays as it is."""
        return Sharing(
            self["delegates"].data,
            self["emails"].data,
            SharedFigures(self["figures"].data),
            {
                number: self[name].data
                for number, name in self.mailboxes.items()
                if self[name].raw_data
            },
        )
