"""The texts of one kind of letter as they are typed."""

from collections.abc import Mapping

from app.kernel.refusal import Sentence
from app.kernel.text import N_, Language, LocalizedText, fields_of
from app.office.outbox.forms.placeholders import in_reader_words, in_words, with_own_names
from app.office.outbox.rules.texts import (
    LONGEST_CLOSING,
    LONGEST_INTRODUCTION,
    LONGEST_SUBJECT,
    OurTexts,
)
from app.office.outbox.values import LetterTexts
from app.web.fields import text_field
from app.web.text_fields import LocalizedField, LocalizedForm


class TextsForm(LocalizedForm):
    subject = LocalizedField(N_("Subject in %(language)s"), text_field, LONGEST_SUBJECT)
    introduction = LocalizedField(
        N_("Introduction in %(language)s"), text_field, LONGEST_INTRODUCTION, area=True
    )
    closing = LocalizedField(
        N_("Closing lines in %(language)s"), text_field, LONGEST_CLOSING, area=True
    )

    def texts(self, ours: OurTexts) -> LetterTexts:
        """An empty subject or introduction is ours."""
        return LetterTexts(
            with_own_names(self.subject.data) if ours.has_subject else LocalizedText(),
            with_own_names(self.introduction.data),
            with_own_names(self.closing.data),
        )

    def show_errors(self, errors: Mapping[str, Sentence]) -> None:
        for name, sentence in errors.items():
            self[name].errors = [*self[name].errors, in_words(sentence)]


def as_typed(texts: LetterTexts, ours: OurTexts, language: Language) -> dict[str, str]:
    """Returns the fields as they stand: what the office says, else ours."""

    def both(text: LocalizedText, own: LocalizedText) -> LocalizedText:
        return in_reader_words(LocalizedText({**own, **text}), language)

    return {
        **fields_of("subject", both(texts.subject, ours.subject)),
        **fields_of("introduction", both(texts.introduction, ours.introduction)),
        **fields_of("closing", in_reader_words(texts.closing, language)),
    }
