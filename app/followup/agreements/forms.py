"""What is typed about agreements: text in, values or errors at the fields out. No database."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional, ValidationError

from app.followup.agreements import wording
from app.followup.agreements.queries.agreements import OPEN, WHICH, AgreementFilters
from app.followup.agreements.rules import (
    LONGEST_NAME,
    LONGEST_NOTE,
    LONGEST_TEXT,
    NOT_A_PARAGRAPH,
    paragraph_of,
)
from app.followup.agreements.values import (
    AgreementDraft,
    AgreementView,
    FindingDraft,
    FindingKind,
    IssueDraft,
    IssueKind,
    ListedAgreement,
    Responsible,
    ResponsibleKind,
    Status,
    StatusReport,
    Verb,
)
from app.kernel.seen import mark_of
from app.kernel.text import N_, fields_of
from app.web.fields import (
    DateField,
    Needed,
    RadioField,
    SelectField,
    SelectMultipleField,
    Typed,
    number_in,
    numbers_in,
    stripped,
    text_field,
)
from app.web.forms import Form
from app.web.text_fields import LocalizedField, LocalizedForm

CHOOSE = N_("Choose one of the answers.")
NAME_TOO_LONG = N_("Write the name of an observer in at most %(most)s letters.")
IN_LANGUAGE = N_("In %(language)s")
MOST_OBSERVERS = 5
LISTS = {
    "countries": ResponsibleKind.COUNTRY,
    "institutions": ResponsibleKind.INSTITUTION,
    "groups": ResponsibleKind.WORKING_GROUP,
}
Choices = Sequence[tuple[str, str]]


def needed_text(label: Any) -> wtforms.Field:
    return text_field(label, LONGEST_TEXT, Needed(), area=True)


def _is_paragraph(_form: wtforms.Form, field: wtforms.Field) -> None:
    try:
        paragraph_of(field.data or "")
    except ValueError:
        raise ValidationError(_(NOT_A_PARAGRAPH)) from None


def _in_words(words: Mapping[Any, str]) -> list[tuple[str, str]]:
    """Returns the choices of a field: value and text."""
    return [(one.value, _(msgid)) for one, msgid in words.items()]


class NamesField(wtforms.Field):
    """Several names, each in a control of its own under the same field name. Blank ones do not
    count.
    """

    data: list[str]
    most = LONGEST_NAME

    def process_data(self, value: Iterable[str] | None) -> None:
        self.data = list(value or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = [text.strip() for text in valuelist[:MOST_OBSERVERS]]
        self.data = [text for text in typed if text]

    def pre_validate(self, _form: wtforms.Form) -> None:
        if any(len(name) > self.most for name in self.data):
            raise ValidationError(_(NAME_TOO_LONG, most=self.most))


def institutions_field() -> wtforms.Field:
    """Returns a field of several institutions; the page shows several lists of one choice."""
    return SelectMultipleField(
        _l("An institution"),
        filters=[lambda keys: [key for key in keys or () if key]],
        widget=wtforms.widgets.Select(multiple=True),
    )


class AnsweringForm(Protocol):
    """A form with the five fields of who answers."""

    countries: Any
    bodies: Any
    groups: Any
    institutions: Any
    observer: Any


def offer_responsible(
    form: AnsweringForm, *, countries: Choices, groups: Choices, institutions: Mapping[str, Choices]
) -> None:
    """Gives the five fields their choices. `institutions`: by the name of their country."""
    form.bodies.choices = _in_words(wording.BODIES)
    form.countries.choices = list(countries)
    form.groups.choices = list(groups)
    form.institutions.choices = {country: list(bodies) for country, bodies in institutions.items()}


def responsible_in(form: AnsweringForm) -> tuple[Responsible, ...]:
    """Returns who answers, as it was typed in the five fields."""
    keys = {
        ResponsibleKind.COUNTRY: form.countries.data or (),
        ResponsibleKind.INSTITUTION: form.institutions.data or (),
        ResponsibleKind.WORKING_GROUP: form.groups.data or (),
        ResponsibleKind.OBSERVER: form.observer.data,
    }
    return (
        *(Responsible(kind, key) for kind, chosen in keys.items() for key in chosen),
        *(Responsible(ResponsibleKind(body)) for body in form.bodies.data or ()),
    )


class AgreementForm(LocalizedForm):
    """`seen`: the mark of the agreement that the writer began from."""

    paragraph = wtforms.StringField(
        _l("Paragraph"),
        [Needed(), _is_paragraph],
        filters=[stripped],
        render_kw={"autocomplete": "off"},
    )
    text = LocalizedField(IN_LANGUAGE, needed_text)
    verb = RadioField(_l("What it provides"), invalid_choice_message=_l(CHOOSE))
    countries = SelectMultipleField(_l("Who answers"))
    bodies = SelectMultipleField(_l("Who answers"))
    groups = SelectMultipleField(_l("Who answers"))
    institutions = institutions_field()
    observer = NamesField(_l("An observer"))
    due = DateField(_l("Due on"), [Optional()])
    section = SelectField(_l("Section of the Guidelines"), default="")
    seen = wtforms.HiddenField()

    def offer(
        self,
        *,
        countries: Choices,
        groups: Choices,
        institutions: Mapping[str, Choices],
        sections: Choices,
    ) -> "AgreementForm":
        """Gives the fields their choices. `institutions`: by the name of their country."""
        self.verb.choices = _in_words(wording.VERBS)
        offer_responsible(self, countries=countries, groups=groups, institutions=institutions)
        self.section.choices = [("", _("None")), *sections]
        return self

    @property
    def responsible(self) -> wtforms.Field:
        """Returns the field at which the service's sentence about the responsible parties stands."""
        return self.countries

    def draft(self) -> AgreementDraft:
        """Returns what was typed. Call it after `validate()`."""
        return AgreementDraft(
            paragraph=paragraph_of(self.paragraph.data),
            text=self.text.data,
            verb=Verb(self.verb.data),
            responsible=responsible_in(self),
            due=self.due.data,
            section=self.section.data,
        )


def answers_of(agreement: AgreementView) -> dict[str, Any]:
    """Returns the fields of the form, filled from an agreement."""
    return {
        "paragraph": str(agreement.paragraph),
        **fields_of("text", agreement.text),
        "verb": agreement.verb.value,
        "due": agreement.due,
        "section": agreement.section,
        "seen": mark_of(agreement.as_draft()),
        **responsible_answers(agreement),
    }


def responsible_answers(agreement: AgreementView) -> dict[str, list[str]]:
    """Returns the five fields of who answers, filled from an agreement."""
    keys: dict[str, list[str]] = {name: [] for name in (*LISTS, "observer", "bodies")}
    names = {kind: name for name, kind in LISTS.items()} | {ResponsibleKind.OBSERVER: "observer"}
    for party in agreement.responsible:
        if party.kind in names:
            keys[names[party.kind]].append(party.key)
        else:
            keys["bodies"].append(party.kind.value)
    return keys


class ReportForm(Form):
    """The status of one agreement. `seen`: the mark of what it replaces."""

    status = RadioField(_l("Status"), invalid_choice_message=_l(CHOOSE))
    note = text_field(_l("What was done, or why it no longer applies"), LONGEST_NOTE, area=True)
    evidence_url = wtforms.URLField(
        _l("Link to the evidence"), filters=[stripped], render_kw={"autocomplete": "off"}
    )
    seen = wtforms.HiddenField()

    def offer(self) -> "ReportForm":
        self.status.choices = _in_words(wording.STATUSES)
        return self

    def report(self) -> StatusReport:
        """Returns what was typed. Call it after `validate()`."""
        return StatusReport(Status(self.status.data), self.note.data, self.evidence_url.data)


class ReviewsForm(Form):
    """The rows of a review list. The fields are named after their agreement, as `status-7`,
    `note-7`, and `seen-7` for the mark of what the webinar had said of it.
    """

    ids: tuple[int, ...] = ()

    def name_row(self, row: ListedAgreement) -> None:
        """Labels the fields of one row. `seen` becomes the mark of what is stored, unless the
        writer began from something else.
        """
        number, paragraph = row.agreement.id, row.agreement.paragraph
        if number not in self.ids:
            return
        status, note, seen = (self[f"{name}-{number}"] for name in ("status", "note", "seen"))
        nothing = _("Keep as it is") if row.review else _("Choose")
        status.choices = [("", nothing), *_in_words(wording.STATUSES)]
        status.label.text = _("Status of agreement %(paragraph)s", paragraph=paragraph)
        note.label.text = _("Note on agreement %(paragraph)s", paragraph=paragraph)
        if self.form_errors or not seen.data:
            seen.data = mark_of(row.said)

    def reports(self) -> dict[int, StatusReport]:
        """Returns the reports by agreement, of rows with a status. Call it after `validate()`."""
        return {
            number: StatusReport(
                Status(self[f"status-{number}"].data), self[f"note-{number}"].data or ""
            )
            for number in self.ids
            if self[f"status-{number}"].data
        }

    def marks(self) -> dict[int, str]:
        """Returns by agreement the mark of what the webinar had said when the writer began."""
        return {number: self[f"seen-{number}"].data or "" for number in self.ids}


def reviews_form(shown: Iterable[int], typed: Typed | None = None) -> ReviewsForm:
    """Returns the form of the rows on the page (`shown`) and of any other that was sent."""
    sent = numbers_in(name.removeprefix("status-") for name, text in (typed or {}).items() if text)
    ids = tuple(dict.fromkeys((*shown, *sent)))
    fields: dict[str, Any] = {"ids": ids}
    for number in ids:
        fields[f"status-{number}"] = SelectField(choices=["", *Status], default="")
        fields[f"note-{number}"] = text_field("", LONGEST_NOTE, area=True)
        fields[f"seen-{number}"] = wtforms.HiddenField()
    form: ReviewsForm = type("ReviewsForm", (ReviewsForm,), fields)(typed)
    return form


class FindingForm(LocalizedForm):
    """What a table found. `table`: its number."""

    table = wtforms.HiddenField()
    kind = SelectField(_l("Kind"))
    text = LocalizedField(IN_LANGUAGE, needed_text)
    section = SelectField(_l("Section of the Guidelines"), default="")

    def offer(self, sections: Choices) -> "FindingForm":
        self.kind.choices = _in_words(wording.FINDING_KINDS)
        self.section.choices = [("", _("None")), *sections]
        return self

    @property
    def table_id(self) -> int:
        """Returns the number of the table, 0 when what was sent is none."""
        return number_in(self.table.data or "") or 0

    def draft(self) -> FindingDraft:
        """Returns what was typed. Call it after `validate()`."""
        return FindingDraft(FindingKind(self.kind.data), self.text.data, self.section.data)


def blank_finding(table_id: int, sections: Choices) -> FindingForm:
    """Returns an empty form; its controls have ids of their own, because a page has several."""
    form = FindingForm(data={"table": str(table_id)}).offer(sections)
    for field in form:
        field.id = f"{field.id}-{table_id}"
    return form


class IssueForm(LocalizedForm):
    text = LocalizedField(IN_LANGUAGE, needed_text)
    kind = SelectField(_l("It becomes"))
    proposed_by = SelectField(_l("Proposed by"), default="")

    def offer(self, countries: Choices) -> "IssueForm":
        self.kind.choices = _in_words(wording.ISSUE_KINDS)
        self.proposed_by.choices = [("", _("no country in particular")), *countries]
        return self

    def draft(self) -> IssueDraft:
        """Returns what was typed. Call it after `validate()`."""
        return IssueDraft(self.text.data, IssueKind(self.kind.data), self.proposed_by.data)


class ClosingForm(Form):
    """`seen_open`: the mark of the open points that the page showed."""

    reason = text_field(_l("Or say why there is none"), LONGEST_NOTE, Needed(), area=True)
    seen_open = wtforms.HiddenField()


def read_filters(args: Typed) -> AgreementFilters:
    """Returns the filters of an address. Values that mean nothing are left out, because people type
    addresses too.
    """
    which = args.get("which", OPEN)
    return AgreementFilters(
        which if which in WHICH else OPEN, args.get("country", "")[:2], args.get("edition", "")[:40]
    )


def read_ids(values: Iterable[str]) -> frozenset[int]:
    return frozenset(numbers_in(values))
