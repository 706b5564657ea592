"""What is typed about attendance: text in, values or errors out.

The minutes of many people and the rows of a report are tables, which functions read; forms read the
fields beside them.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_
from app.participation.attendance.rules.recording import NOT_MINUTES, minutes_of
from app.participation.attendance.services.recording import LONGEST_REASON
from app.participation.attendance.values import MatchDecision, RowChoice
from app.web.fields import Needed, SelectField, Typed, number_in
from app.web.forms import Form

MINUTES, SEEN = "minutes-", "seen"
WHO = "who-"
WORDS = "words-"
PERSON = "person-"
OTHER = "other"
NOBODY_TYPED = N_("Write the name or the e-mail address of who was there.")
LONGEST_WORDS = 200
Choices = Sequence[tuple[str, str]]


def typed_minutes(form: Mapping[str, str], people: Iterable[int], most: int) -> dict[int, int]:
    """Returns the typed minutes by person, of the people shown only. An empty field leaves a person
    out. Raises InvalidInput with a sentence for each field that is no number from 0 to `most`.
    """
    minutes_of_person: dict[int, int] = {}
    errors: dict[str, Sentence] = {}
    for person in people:
        try:
            minutes = minutes_of(form.get(f"{MINUTES}{person}", ""), most)
        except ValueError:
            errors[f"{MINUTES}{person}"] = Sentence(NOT_MINUTES, {"most": most})
            continue
        if minutes is not None:
            minutes_of_person[person] = minutes
    if errors:
        raise InvalidInput(errors)
    return minutes_of_person


def minutes_seen(form: Mapping[str, str], most: int) -> dict[int, int | None]:
    """Returns by person the minutes that the page showed, from the field that `seen_text` wrote."""
    minutes_of_person: dict[int, int | None] = {}
    for pair in form.get(SEEN, "").split():
        person, _colon, minutes = pair.partition(":")
        with suppress(ValueError):
            minutes_of_person[number_of(person)] = minutes_of(minutes, most)
    return minutes_of_person


def seen_text(minutes: Mapping[int, int | None]) -> str:
    return " ".join(
        f"{person}:{'' if spent is None else spent}" for person, spent in minutes.items()
    )


def _reason(**more: Any) -> wtforms.Field:
    """Returns the field of a reason. The service says when one is needed and how long it may be."""
    counted = {"maxlength": LONGEST_REASON, "autocomplete": "off"}
    return wtforms.StringField(_l("Reason for changes"), render_kw=counted, **more)


class CorrectionForm(Form):
    """The field under the table of minutes."""

    reason = _reason(
        description=_l(
            "Needed when you change minutes that were already recorded; it is kept in the history."
        )
    )


class OtherForm(Form):
    """The minutes of a person who is not on the list."""

    other = wtforms.StringField(
        _l("Name or e-mail"),
        [Needed()],
        filters=[lambda text: (text or "").strip()[:LONGEST_WORDS]],
        description=_l(
            "For somebody who did not register: the whole address, as it stands in the directory."
        ),
        render_kw={"autocomplete": "off"},
    )
    spent = wtforms.StringField(
        name="other-minutes", render_kw={"autocomplete": "off", "inputmode": "numeric"}
    )
    reason = _reason(id="other-reason")

    def __init__(self, typed: Typed | None = None, *, most: int) -> None:
        """Takes the minutes of the event as `most`, which nobody can exceed."""
        super().__init__(typed)
        self.most = most
        self.spent.label.text = _("Minutes, 0 to %(most)s", most=most)
        self.spent.flags.required = True

    def validate_other(self, field: wtforms.Field) -> None:
        if not field.data:
            raise ValidationError(_(NOBODY_TYPED))

    def validate_spent(self, field: wtforms.Field) -> None:
        with suppress(ValueError):
            if minutes_of(field.data or "", self.most) is not None:
                return
        raise ValidationError(_(NOT_MINUTES, most=self.most))

    @property
    def minutes(self) -> int:
        """Returns the minutes typed; call it after `validate()`."""
        return int(self.spent.data)


class ReportFileForm(Form):
    report = wtforms.FileField(_l("Report"), [Needed()])
    zone = SelectField(
        _l("The hours in the report are those of"),
        name="report-zone",
        description=_l(
            "Usually of the account that held the meeting. A zone that the report itself names "
            "comes first."
        ),
    )

    def offer(self, zones: Choices) -> "ReportFileForm":
        """Offers the zones; the first is chosen, unless another of them was."""
        self.zone.choices = list(zones)
        if self.zone.data not in dict(zones):
            self.zone.data = zones[0][0]
        return self


class CodeForm(Form):
    """The code of an entry pass."""

    code = wtforms.StringField(
        _l("Code"),
        [Needed()],
        description=_l("Capitals, spaces and dashes do not matter."),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


def choices(form: Mapping[str, str]) -> dict[int, RowChoice]:
    """Returns the decision for each row of a report that has one."""
    decisions: dict[int, RowChoice] = {}
    for field, value in form.items():
        if field.startswith(WHO) and (number := number_of(field.removeprefix(WHO))):
            words = form.get(f"{WORDS}{number}", "").strip()[:LONGEST_WORDS]
            if choice := _choice(value, words):
                decisions[number] = choice
    return decisions


def _choice(value: str, words: str) -> RowChoice | None:
    if words:
        return RowChoice(MatchDecision.PERSON, words=words)
    if value.startswith(PERSON):
        return RowChoice(MatchDecision.PERSON, number_of(value.removeprefix(PERSON)))
    return (
        RowChoice(MatchDecision(value))
        if value in (MatchDecision.KEPT, MatchDecision.IGNORED, MatchDecision.OPEN)
        else None
    )


def number_of(text: str) -> int:
    """Returns the number of a row, 0 for a text that is none."""
    return number_in(text) or 0


def people_chosen(values: Iterable[str]) -> set[int]:
    return {number for value in values if (number := number_of(value))}
