"""The form of a letter. Placeholders may be typed in any language of the installation."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask_babel import lazy_gettext as _l

from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_
from app.office.outbox.forms import in_words, with_own_names
from app.office.writing.rules import LONGEST_SUBJECT, LONGEST_TEXT
from app.office.writing.values import LetterWords
from app.web.fields import SelectMultipleField, text_field, uuid_in
from app.web.text_fields import LocalizedField, LocalizedForm


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
        """Returns the letter with its placeholders under the platform's names."""
        return LetterWords(with_own_names(self.subject.data), with_own_names(self.text.data))

    def show_errors(self, errors: Mapping[str, Sentence]) -> None:
        for name, sentence in errors.items():
            self[name].errors = [*self[name].errors, in_words(sentence)]


def letter_id_in(typed: str) -> UUID:
    """Returns the letter's id. Raises InvalidInput for other text, which no form of ours sends."""
    letter_id = uuid_in(typed)
    if letter_id is None:
        raise InvalidInput({})
    return letter_id
