"""What is typed about rows and periods of the matrix: text in, drafts or errors at the fields out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Optional

from app.followup.matrix import rules, wording
from app.followup.matrix.values import (
    InstrumentType,
    MigrationPhase,
    PeriodDraft,
    RowDraft,
    RowKind,
    RowSharing,
    RowStatus,
    RowView,
)
from app.kernel.refusal import InvalidInput
from app.kernel.seen import mark_of
from app.kernel.text import N_, Language, LocalizedText
from app.web.fields import (
    DateField,
    Needed,
    RadioField,
    SelectField,
    number_in,
    stripped,
    text_field,
)
from app.web.forms import Form

CHOOSE = N_("Choose one of the answers.")
NO_DAY = N_("Choose the date.")
FILE = "evidence_file"
LONGEST_URL = 500
Choices = Sequence[tuple[str, str]]


def _in_words(words: Mapping[Any, str]) -> list[tuple[str, str]]:
    return [(one.value, _(msgid)) for one, msgid in words.items()]


class RowForm(Form):
    """The answer to a row of part A. `seen`: the mark of the row that the writer began from.

    Its choices are given by `offer()`; `draft(before)` says what is saved.
    """

    status = RadioField(_l("Where it stands"), [Optional()], invalid_choice_message=_l(CHOOSE))
    fact = text_field(_l("What happened, in one sentence"), rules.LONGEST_FACT, Needed(), area=True)
    evidence_url = text_field(_l("Link to the evidence"), LONGEST_URL)
    without_file = wtforms.BooleanField(_l("Take the file out"))
    contact = wtforms.StringField(_l("Contact: a post"), [Needed()], filters=[stripped])
    is_practice = wtforms.BooleanField(_l("Another office can repeat it: it is a good practice"))
    sharing = SelectField(_l("Who reads it once it is published"))
    seen = wtforms.HiddenField()

    def offer(self, statuses: Mapping[RowStatus, str] = wording.STATUSES) -> Self:
        self.status.choices = _in_words(statuses)
        self.sharing.choices = _in_words(wording.SHARINGS)
        return self

    def name_controls(self, key: int) -> Self:
        """Gives the controls ids of their own, because a page has several of these forms."""
        for field in self:
            field.id = f"{field.name}-{key}"
        return self

    def draft(self, before: RowDraft, language: Language) -> RowDraft:
        """Returns what was typed, with what this form does not ask as it stood before. The sentence
        stays in the language in which it was begun. Call it after `validate()`.
        """
        evidence = None if self.without_file.data else before.evidence
        return replace(
            before,
            status=RowStatus(self.status.data) if self.status.data else before.status,
            fact=LocalizedText(
                before.fact, **{before.fact.language_shown(language): self.fact.data}
            ),
            evidence_url=self.evidence_url.data,
            evidence=evidence,
            contact=self.contact.data,
            is_practice=self.is_practice.data,
            sharing=RowSharing(self.sharing.data),
        )

    def show_at_fields(self, refusal: InvalidInput) -> InvalidInput:
        """Returns the refusal with the sentences about the fact at the one control that it has."""
        return InvalidInput(
            {
                "fact" if name.startswith("fact_") else name: said
                for name, said in refusal.errors.items()
            }
        )


class FactForm(RowForm):
    """A fact of part B with its five parts. `row`: its number once it was saved, else empty."""

    kind = RadioField(_l("What is it?"), invalid_choice_message=_l(CHOOSE))
    section = SelectField(_l("Section of the Guidelines"), default="")
    phase = SelectField(_l("Phase of the journey"), default="")
    instrument_type = SelectField(_l("Kind of instrument"), default="")
    instrument_date = DateField(_l("Day of the instrument"), [Optional()])
    row = wtforms.HiddenField()

    def offer_sections(self, sections: Choices) -> "FactForm":
        self.offer(wording.STATUSES_OF_NEW)
        self.kind.choices = _in_words(wording.KINDS)
        self.section.choices = [("", _("Choose")), *sections]
        self.phase.choices = [("", _("None in particular")), *_in_words(wording.PHASES)]
        self.instrument_type.choices = [("", _("Choose")), *_in_words(wording.INSTRUMENTS)]
        return self

    @property
    def row_id(self) -> int | None:
        return number_in(self.row.data or "")

    def draft(self, before: RowDraft, language: Language) -> RowDraft:
        is_regulatory = self.kind.data == RowKind.REGULATORY.value
        instrument = self.instrument_type.data if is_regulatory else ""
        return replace(
            super().draft(before, language),
            kind=RowKind(self.kind.data),
            section=self.section.data,
            phase=MigrationPhase(self.phase.data) if self.phase.data else None,
            instrument_type=InstrumentType(instrument) if instrument else None,
            instrument_date=self.instrument_date.data if is_regulatory else None,
        )


def answers_of(row: RowView, language: Language) -> dict[str, Any]:
    """Returns the fields of a row's form, filled from the row."""
    return {
        "status": row.status.value if row.status else "",
        "fact": row.fact.in_(language),
        "evidence_url": row.evidence_url,
        "contact": row.contact,
        "is_practice": row.is_practice,
        "kind": row.kind.value,
        "section": row.section,
        "phase": row.phase.value if row.phase else "",
        "instrument_type": row.instrument_type.value if row.instrument_type else "",
        "instrument_date": row.instrument_date,
        "sharing": row.sharing.value,
        "row": str(row.id),
        "seen": mark_of(row.as_draft()),
    }


def blank_fact(contact: str) -> dict[str, Any]:
    """Returns the fields of a new fact. `contact`: the post that was named last."""
    return {
        "kind": RowKind.PROGRESS.value,
        "sharing": RowSharing.REGION.value,
        "contact": contact,
    }


class PassingForm(Form):
    """To whom a row is passed, and until when the link answers."""

    to = wtforms.EmailField(
        _l("Mailbox of the institution"), filters=[stripped], render_kw={"autocomplete": "off"}
    )
    until = DateField(_l("Until"), [Optional()])


class PeriodForm(Form):
    """The days of a period, both ends included."""

    edition = SelectField(_l("Edition of the congress"))
    covers_from = DateField(_l("It reports on what happened since"), [InputRequired(_l(NO_DAY))])
    opens_on = DateField(_l("Countries write from"), [InputRequired(_l(NO_DAY))])
    closes_on = DateField(_l("It closes at the end of"), [InputRequired(_l(NO_DAY))])

    def draft(self) -> PeriodDraft:
        """Returns what was typed. Call it after `validate()`."""
        return PeriodDraft(
            edition=self.edition.data,
            covers_from=self.covers_from.data,
            opens_on=self.opens_on.data,
            closes_on=self.closes_on.data,
        )


class SheetForm(Form):
    """Rows pasted from a sheet; a file may be sent instead. `seen`: the mark of what was shown before
    it is brought in; `action`: which of the two buttons was pressed.
    """

    rows = wtforms.TextAreaField()
    seen = wtforms.HiddenField()
    action = wtforms.StringField()
