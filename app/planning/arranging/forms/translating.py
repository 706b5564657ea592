"""What is typed for an event that a language lacks: a field for each text that is missing. No
database.
"""

from dataclasses import dataclass

import wtforms

from app.kernel.text import Language, LocalizedText, languages
from app.planning.arranging.services.several import Translation
from app.planning.events.values import EventDetail
from app.web.fields import Typed, text_field
from app.web.forms import FieldsForm

LONGEST = {"title": 200, "summary": 4_000}


@dataclass(frozen=True)
class MissingText:
    """One text that is missing, `about` the title or the summary, beside what stands in another
    language.
    """

    field: wtforms.Field
    about: str
    language: Language
    beside: str
    beside_language: Language


class TranslationForm(FieldsForm):
    """The texts that one event lacks, under names with its id, because a page holds many events.
    A summary that stands in no language is not asked for.
    """

    def __init__(self, event: EventDetail, typed: Typed | None = None) -> None:
        self.event, self._seen = event, f"seen-{event.id}"
        fields = {
            self._name(about, language): text_field("", LONGEST[about], area=about == "summary")
            for about, text in self._texts()
            for language in languages()
            if text and text.lacks(language)
        }
        super().__init__({**fields, self._seen: wtforms.HiddenField()})
        self.process(typed)

    def missing(self) -> list[MissingText]:
        """In the order of the page: titles first."""
        found = []
        for about, text in self._texts():
            for language in languages():
                name = self._name(about, language)
                if name in self._fields:
                    shown = text.language_shown(language)
                    found.append(
                        MissingText(
                            field=self[name],
                            about=about,
                            language=language,
                            beside=text[shown],
                            beside_language=shown,
                        )
                    )
        return found

    def translation(self) -> Translation | None:
        """Returns what was written; None where that is nothing."""
        title, summary = (self._written(about) for about in LONGEST)
        if not title and not summary:
            return None
        return Translation(title, summary, self[self._seen].data or "")

    def _written(self, about: str) -> LocalizedText:
        return LocalizedText(
            {
                language: self[name].data
                for language in languages()
                if (name := self._name(about, language)) in self._fields
            }
        )

    def _name(self, about: str, language: Language) -> str:
        return f"{about}-{self.event.id}-{language}"

    def _texts(self) -> tuple[tuple[str, LocalizedText], ...]:
        return ("title", self.event.title), ("summary", self.event.summary)
