"""A letter as it is typed. Placeholders may be written in any language of the house."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.infra.language import translate
from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_, Language, LocalizedText, languages
from app.office.writing.rules import LONGEST_SUBJECT, LONGEST_TEXT, fill
from app.office.writing.values import LetterWords
from app.web.fields import SelectMultipleField, text_field
from app.web.text_fields import LocalizedField, LocalizedForm

NAMES: Mapping[str, str] = {
    "name": N_("name"),
    "event": N_("event"),
    "date": N_("date"),
    "link": N_("link"),
}


class LetterForm(LocalizedForm):
    to = SelectMultipleField(_l("To whom"))
    subject = LocalizedField(N_("Subject in %(language)s"), text_field, LONGEST_SUBJECT)
    text = LocalizedField(N_("Text in %(language)s"), text_field, LONGEST_TEXT, area=True)

    def offer(self, audiences: Sequence[tuple[str, str]]) -> "LetterForm":
        self.to.choices = list(audiences)
        return self

    @property
    def chosen(self) -> list[str]:
        return list(self.to.data or ())

    @property
    def words(self) -> LetterWords:
        """With the placeholders under their own names."""
        own = own_names()
        return LetterWords(
            self.subject.data.map(lambda text: fill(text, own)),
            self.text.data.map(lambda text: fill(text, own)),
        )

    def show_errors(self, errors: Mapping[str, Sentence], known: Sequence[str]) -> None:
        for name, sentence in errors.items():
            params = dict(sentence.params)
            if "known" in params:
                params["known"] = shown_placeholders(known)
            self[name].errors = [*self[name].errors, _(sentence.msgid, **params)]


def own_names() -> dict[str, str]:
    """What a placeholder is called in each language of the house, to the placeholder itself."""
    return {
        translate(language, word): f"{{{name}}}"
        for name, word in NAMES.items()
        for language in languages()
    }


def shown_placeholders(known: Sequence[str]) -> str:
    """The placeholders as the reader would write them: "{nombre}, {enlace}"."""
    return ", ".join(f"{{{_(NAMES[name])}}}" for name in known)


def in_reader_words(text: LocalizedText, language: Language) -> LocalizedText:
    """A stored text with the placeholders as the reader would write them."""
    names = {name: f"{{{translate(language, word)}}}" for name, word in NAMES.items()}
    return text.map(lambda written: fill(written, names))


def letter_id_in(typed: str) -> UUID:
    """Refuses what is no number of a letter: the form was not ours."""
    try:
        return UUID(typed)
    except ValueError:
        raise InvalidInput({}) from None
