"""Forms of an edition, its tables, its checklist and its funding, and of an annual plan."""

from collections.abc import Sequence
from typing import Any

import wtforms
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from app.kernel.seen import mark_of
from app.kernel.text import N_, fields_of
from app.planning.arranging.rules import plans
from app.planning.cycles import rules
from app.planning.events.values import EditionDraft, EntryDraft, TableDraft
from app.web.fields import IntegerField, SelectField, SelectMultipleField, number_in, text_field
from app.web.text_fields import LocalizedField, LocalizedForm

Choices = Sequence[tuple[str, str]]


class CloneForm(LocalizedForm):
    label = text_field(_l("Name of the new edition"), rules.LONGEST_LABEL, InputRequired())


class EditionForm(LocalizedForm):
    """`seen`, here and below: the mark of what the form was filled from."""

    label = text_field(_l("What it is called"), rules.LONGEST_LABEL, InputRequired())
    theme = LocalizedField(N_("Theme in %(language)s"), text_field, rules.LONGEST_THEME, area=True)
    presidency = SelectField(_l("Presidency"), default="")
    place = text_field(_l("Place"), rules.LONGEST_PLACE)
    starts_on = text_field(_l("First day"), 10)
    ends_on = text_field(_l("Last day"), 10)
    decision_ref = text_field(_l("Decision it is based on"), rules.LONGEST_REF)
    seen = wtforms.HiddenField()

    def offer(self, countries: Choices) -> None:
        self.presidency.choices = list(countries)

    def draft(self) -> EditionDraft:
        return EditionDraft(
            label=self.label.data,
            theme=self.theme.data,
            presidency=self.presidency.data or "",
            place=self.place.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            decision_ref=self.decision_ref.data,
        )


def edition_answers(draft: EditionDraft) -> dict[str, str]:
    return {
        "label": draft.label,
        **fields_of("theme", draft.theme),
        "place": draft.place,
        "presidency": draft.presidency,
        "starts_on": draft.starts_on,
        "ends_on": draft.ends_on,
        "decision_ref": draft.decision_ref,
        "seen": mark_of(draft),
    }


class TableForm(LocalizedForm):
    """Offers the people found by `people_words` and those who are named already."""

    theme = LocalizedField(N_("Theme in %(language)s"), text_field, rules.LONGEST_THEME)
    position = IntegerField(
        _l("Number of the table"), [InputRequired(_l("Write a number from 1 to 99."))]
    )
    coordinator = SelectField(_l("Coordinating country"), default="")
    people_words = text_field(_l("Name"), 100)
    moderator = SelectField(_l("Who moderates"), default="")
    rapporteur = SelectField(_l("Who reports"), default="")
    seen = wtforms.HiddenField()

    def offer(self, countries: Choices, people: Choices) -> None:
        self.coordinator.choices = list(countries)
        self.moderator.choices = self.rapporteur.choices = list(people)

    def draft(self) -> TableDraft:
        return TableDraft(
            theme=self.theme.data,
            position=self.position.data,
            coordinator=self.coordinator.data or "",
            moderator_id=number_in(self.moderator.data or ""),
            rapporteur_id=number_in(self.rapporteur.data or ""),
        )


def table_answers(draft: TableDraft) -> dict[str, object]:
    return {
        **fields_of("theme", draft.theme),
        "position": draft.position,
        "coordinator": draft.coordinator,
        "moderator": str(draft.moderator_id or ""),
        "rapporteur": str(draft.rapporteur_id or ""),
        "seen": mark_of(draft),
    }


class ItemForm(LocalizedForm):
    words = LocalizedField(
        N_("What is to be done, in %(language)s"), text_field, rules.LONGEST_WORDS
    )


class SourceForm(LocalizedForm):
    name = LocalizedField(N_("Name in %(language)s"), text_field, rules.LONGEST_NAME)


class FundingForm(LocalizedForm):
    sources = SelectMultipleField(_l("Funding"))
    seen = wtforms.HiddenField()

    def offer(self, sources: Choices) -> None:
        self.sources.choices = list(sources)

    def answers(self) -> dict[str, Any]:
        return {"sources": self.sources.data or (), "seen": self.seen.data or ""}


def funding_answers(chosen: Sequence[str]) -> dict[str, object]:
    return {"sources": list(chosen), "seen": mark_of(tuple(chosen))}


# Forms of an annual plan: an entry, and the Decision that approves the plan.


class EntryForm(LocalizedForm):
    """`seen`: the mark of the entry that the writer began from."""

    title = LocalizedField(N_("Title in %(language)s"), text_field, plans.LONGEST_TITLE)
    group = SelectField(_l("Whose it is"), default="")
    quarter = SelectField(_l("When"), default="")
    events_planned = IntegerField(
        _l("How many events it foresees"),
        [InputRequired(_l("Write a number from 1 to 99."))],
        default=1,
    )
    decision_ref = text_field(_l("Decision it is based on"), plans.LONGEST_REF)
    seen = wtforms.HiddenField()

    def offer(self, groups: Choices, quarters: Choices) -> None:
        self.group.choices, self.quarter.choices = list(groups), list(quarters)

    def draft(self) -> EntryDraft:
        return EntryDraft(
            title=self.title.data,
            group=self.group.data or "",
            quarter=int(self.quarter.data) if self.quarter.data else None,
            events_planned=self.events_planned.data,
            decision_ref=self.decision_ref.data,
        )


def entry_answers(draft: EntryDraft) -> dict[str, object]:
    return {
        **fields_of("title", draft.title),
        "group": draft.group,
        "quarter": str(draft.quarter or ""),
        "events_planned": draft.events_planned,
        "decision_ref": draft.decision_ref,
        "seen": mark_of(draft),
    }


class ApprovalForm(LocalizedForm):
    """`seen`: the mark of the entries that the approver read."""

    decision_ref = text_field(_l("Decision that approves it"), plans.LONGEST_REF, InputRequired())
    seen = wtforms.HiddenField()
