"""Forms of letters: the texts of a kind, and the letters that somebody wants."""

from collections.abc import Mapping

import wtforms
from flask_babel import lazy_gettext as _l

from app.kernel.refusal import Sentence
from app.kernel.text import N_, Language, LocalizedText, fields_of
from app.office.notifications.values import Wishes
from app.office.outbox.forms import in_reader_words, in_words, with_own_names
from app.office.outbox.rules import LONGEST_CLOSING, LONGEST_INTRODUCTION, LONGEST_SUBJECT, OurTexts
from app.office.outbox.values import LetterTexts
from app.web.fields import text_field
from app.web.forms import Form
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
        """Returns the texts as they were typed. An empty subject or introduction means ours."""
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


class WishesForm(Form):
    week = wtforms.BooleanField(_l("a week before"))
    day = wtforms.BooleanField(_l("a day before"))
    hour = wtforms.BooleanField(_l("an hour before"))
    calendar = wtforms.BooleanField(_l("Send invitations that my calendar understands"))
    attachment = wtforms.BooleanField(_l("Attach the invitation also as a file"))

    letters = wtforms.BooleanField(
        _l("Letters that the secretariat or my focal point writes to many")
    )

    def wishes(self) -> Wishes:
        """Returns what was ticked. A box that is not ticked is not sent, so every set of boxes is
        an answer.
        """
        return Wishes(**self.data)
