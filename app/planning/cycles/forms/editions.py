"""What somebody types of an edition: itself, its tables, its checklist, who pays."""

from collections.abc import Mapping, Sequence
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from app.kernel.refusal import Sentence
from app.kernel.seen import mark_of
from app.kernel.text import LocalizedText
from app.planning.cycles.rules import editions as rules
from app.planning.events.forms.typed import number_in
from app.planning.events.values.editions import EditionDraft, TableDraft
from app.web.fields import IntegerField, SelectField, SelectMultipleField, text_field

Choices = Sequence[tuple[str, str]]


class RefusableForm(wtforms.Form):
    """Takes a refusal's sentences to its fields; what belongs to none of them stands at the
    first.
    """

    def show_errors(self, errors: Mapping[str, Sentence]) -> None:
        first = next(iter(self._fields.values()))
        for name, sentence in errors.items():
            field = self._fields.get(name, first)
            field.errors = [*field.errors, _(sentence.msgid, **sentence.params)]


class CloneForm(RefusableForm):
    label = text_field(_l("What the new edition is called"), rules.LONGEST_LABEL, InputRequired())


class EditionForm(RefusableForm):
    """`seen`, here and below: which state the writer began from."""

    label = text_field(_l("What it is called"), rules.LONGEST_LABEL, InputRequired())
    theme_es = text_field(_l("Theme in Spanish"), rules.LONGEST_THEME, area=True)
    theme_en = text_field(_l("Theme in English"), rules.LONGEST_THEME, area=True)
    presidency = SelectField(_l("Presidency"), default="")
    place = text_field(_l("Place"), rules.LONGEST_PLACE)
    starts_on = text_field(_l("First day"), 10)
    ends_on = text_field(_l("Last day"), 10)
    decision_ref = text_field(_l("Decision it rests on"), rules.LONGEST_REF)
    seen = wtforms.HiddenField()

    def offer(self, countries: Choices) -> None:
        self.presidency.choices = list(countries)

    def draft(self) -> EditionDraft:
        return EditionDraft(
            self.label.data,
            LocalizedText(self.theme_es.data, self.theme_en.data),
            self.presidency.data or "",
            self.place.data,
            self.starts_on.data,
            self.ends_on.data,
            self.decision_ref.data,
        )


def edition_answers(draft: EditionDraft) -> dict[str, str]:
    return {
        "label": draft.label,
        "theme_es": draft.theme.es,
        "theme_en": draft.theme.en,
        "place": draft.place,
        "presidency": draft.presidency,
        "starts_on": draft.starts_on,
        "ends_on": draft.ends_on,
        "decision_ref": draft.decision_ref,
        "seen": mark_of(draft),
    }


class TableForm(RefusableForm):
    """People are chosen among those found by `people_words` and those who stand already."""

    theme_es = text_field(_l("Theme in Spanish"), rules.LONGEST_THEME)
    theme_en = text_field(_l("Theme in English"), rules.LONGEST_THEME)
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
            LocalizedText(self.theme_es.data, self.theme_en.data),
            self.position.data,
            self.coordinator.data or "",
            number_in(self.moderator.data or ""),
            number_in(self.rapporteur.data or ""),
        )


def table_answers(draft: TableDraft) -> dict[str, object]:
    return {
        "theme_es": draft.theme.es,
        "theme_en": draft.theme.en,
        "position": draft.position,
        "coordinator": draft.coordinator,
        "moderator": str(draft.moderator_id or ""),
        "rapporteur": str(draft.rapporteur_id or ""),
        "seen": mark_of(draft),
    }


class ItemForm(RefusableForm):
    words_es = text_field(_l("What is to be done, in Spanish"), rules.LONGEST_WORDS)
    words_en = text_field(_l("What is to be done, in English"), rules.LONGEST_WORDS)

    def words(self) -> LocalizedText:
        return LocalizedText(self.words_es.data, self.words_en.data)


class SourceForm(RefusableForm):
    name_es = text_field(_l("Name in Spanish"), rules.LONGEST_NAME)
    name_en = text_field(_l("Name in English"), rules.LONGEST_NAME)

    def name(self) -> LocalizedText:
        return LocalizedText(self.name_es.data, self.name_en.data)


class FundingForm(RefusableForm):
    sources = SelectMultipleField(_l("Who pays"))
    seen = wtforms.HiddenField()

    def offer(self, sources: Choices) -> None:
        self.sources.choices = list(sources)

    def answers(self) -> dict[str, Any]:
        return {"sources": self.sources.data or (), "seen": self.seen.data or ""}


def funding_answers(chosen: Sequence[str]) -> dict[str, object]:
    return {"sources": list(chosen), "seen": mark_of(tuple(chosen))}
