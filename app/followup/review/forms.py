"""What is typed in a review of the Guidelines. No database."""

from collections.abc import Sequence
from typing import Any, Self

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional

from app.followup.review import rules
from app.followup.review.values import (
    ReviewClosure,
    ReviewedSection,
    SectionProposal,
    Wording,
)
from app.followup.review.wording import PROPOSALS
from app.kernel.text import N_, LocalizedText
from app.training.library.services import LONGEST_LABEL
from app.training.library.values import SectionText
from app.web.fields import DateField, Needed, RadioField, SelectField, Typed, number_in, text_field
from app.web.forms import Form
from app.web.text_fields import LocalizedField, LocalizedForm

NO_TITLE = N_("Write the title that the new section gets.")
Choices = Sequence[tuple[str, str]]
SUPPORTS = "supports-"
"""Before the number of the answer whose wording is wanted too."""


def _words(label: Any) -> wtforms.Field:
    return text_field(label, rules.LONGEST_WORDS, Needed(), area=True)


def _reason(label: Any) -> wtforms.Field:
    return text_field(label, rules.LONGEST_WORDS, area=True)


def _title(label: Any) -> wtforms.Field:
    return text_field(label, rules.LONGEST_CHALLENGE, Needed())


class DueForm(Form):
    due_on = DateField(_l("The review falls due on"), [Needed(), Optional()])


class OpeningForm(Form):
    answers_until = DateField(_l("Countries answer until"), [Needed(), Optional()])


class OnBehalfForm(LocalizedForm):
    """The base of what is said for a country, or with country "" for the region. `seen`: the mark of
    what the first that is offered had said before.
    """

    country = SelectField(_l("For whom you write"))
    seen = wtforms.HiddenField()

    def offer(self, countries: Choices) -> Self:
        self.country.choices = list(countries)
        return self

    @property
    def mark(self) -> str:
        """Returns the mark of what the writer saw; "" for another country than it was made of."""
        first, _name = self.country.choices[0]
        return (self.seen.data or "") if self.country.data == first else ""


class ChallengeForm(OnBehalfForm):
    words = LocalizedField(N_("The challenge in %(language)s"), _title)


class AnswerForm(OnBehalfForm):
    words = LocalizedField(N_("The answer in %(language)s"), _words)


class ProposalForm(OnBehalfForm):
    """What to do with a section: keep it, word it otherwise, or support what another country
    proposes.
    """

    choice = RadioField(_l("What to do with it"))
    words = LocalizedField(N_("Your wording in %(language)s"), _reason)
    reason = LocalizedField(N_("Why, in %(language)s"), _reason)

    def offer_wordings(self, wordings: Sequence[tuple[Wording, str]], *, is_new: bool) -> None:
        """Offers the wordings with the names of who wrote them. `is_new`: the section would be
        added, so there is nothing to keep.
        """
        own = SectionProposal.ADD if is_new else SectionProposal.REWORD
        keep = [] if is_new else [SectionProposal.KEEP]
        self.choice.choices = [
            *((one.value, _(PROPOSALS[one])) for one in keep),
            *(
                (f"{SUPPORTS}{one.answer.id}", _("As %(country)s proposes", country=name))
                for one, name in wordings
            ),
            (own.value, _("In other words, which I write below")),
        ]

    def proposal(self, own: SectionProposal) -> tuple[SectionProposal, int | None]:
        """Returns what is proposed and the number of the answer that is supported, if one is."""
        chosen = self.choice.data or ""
        supported = number_in(chosen.removeprefix(SUPPORTS))
        if supported is not None:
            return own, supported
        return SectionProposal(chosen), None

    @property
    def wording(self) -> LocalizedText:
        """Returns what was typed as a wording; nothing where another choice was made."""
        is_own = self.choice.data in (SectionProposal.REWORD, SectionProposal.ADD)
        return self.words.data if is_own else LocalizedText()


class AdditionForm(OnBehalfForm):
    section = text_field(_l("Code that the section would get"), rules.LONGEST_CODE, Needed())
    words = LocalizedField(N_("What it would say, in %(language)s"), _words)
    reason = LocalizedField(N_("Why, in %(language)s"), _reason)


class ReviewClosingForm(LocalizedForm):
    """How a review ends. The fields of what is proposed are named after their place on the page, as
    `choice_0` and, of a section that would be added, `title_0`.
    """

    sections: tuple[ReviewedSection, ...] = ()
    seen = wtforms.HiddenField()
    decision_ref = text_field(_l("Decision"), rules.LONGEST_DECISION)
    label = text_field(_l("Name of the next version"), LONGEST_LABEL)
    next_due_on = DateField(_l("The next review falls due on"), [Needed(), Optional()])

    def choice(self, place: int) -> wtforms.Field:
        return self[f"choice_{place}"]

    def title(self, place: int) -> Any:
        """Returns the fields of the title of a section that would be added."""
        return getattr(self, f"title_{place}")

    def validate(self, extra_validators: Any = None) -> bool:
        is_good: bool = super().validate(extra_validators)
        for place, one in enumerate(self.sections):
            if one.text is None and self.choice(place).data and not self.title(place).data:
                field = self.title(place).first
                field.errors = [*field.errors, _(NO_TITLE)]
                is_good = False
        return is_good

    def closure(self) -> ReviewClosure:
        """Returns how the review ends. Call it after `validate()`."""
        changes: list[SectionText] = []
        for place, one in enumerate(self.sections):
            number = number_in(self.choice(place).data or "")
            chosen = [wording for wording in one.stand.wordings if wording.answer.id == number]
            for wording in chosen:
                title = one.text.title if one.text else self.title(place).data
                changes.append(SectionText(one.stand.code, title, wording.answer.words))
        return ReviewClosure(
            decision_ref=self.decision_ref.data or "",
            next_due_on=self.next_due_on.data,
            changes=tuple(changes),
            label=self.label.data or "",
        )


def closing_form(
    sections: Sequence[ReviewedSection], names: Any, typed: Typed | None = None
) -> ReviewClosingForm:
    """Returns the form for the sections that somebody would change. `names`: what says the
    countries of a wording in words.
    """
    proposed = tuple(one for one in sections if one.stand.wordings)
    fields: dict[str, Any] = {"sections": proposed}
    for place, one in enumerate(proposed):
        stays = _("It stays as it is") if one.text else _("It is not added")
        choices = [
            ("", stays),
            *((str(w.answer.id), names(w)) for w in one.stand.wordings),
        ]
        fields[f"choice_{place}"] = RadioField(
            one.stand.code, choices=choices, default="", validate_choice=True
        )
        if one.text is None:
            fields[f"title_{place}"] = LocalizedField(
                N_("Title of the new section in %(language)s"), _new_title
            )
    form: ReviewClosingForm = type("ReviewClosingForm", (ReviewClosingForm,), fields)(typed)
    return form


def _new_title(label: Any) -> wtforms.Field:
    return text_field(label, rules.LONGEST_CHALLENGE)
