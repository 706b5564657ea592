"""Starting a course, choosing what it rests on, publishing a draft, and the day of a review."""

from collections.abc import Mapping, Sequence

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import DataRequired

from app.kernel.refusal import Sentence
from app.kernel.text import N_, Language, LocalizedText
from app.training.authoring.forms.parts import LINE, TEXT
from app.web.fields import DateField, Needed, SelectField, text_field
from app.web.text_fields import LocalizedField, LocalizedForm

NO_TITLE = N_("Write a title in at least one language.")


class StartForm(LocalizedForm):
    title = LocalizedField(N_("Title in %(language)s"), text_field, LINE)
    summary = LocalizedField(N_("What it is about, in %(language)s"), text_field, TEXT, area=True)
    document = SelectField(_l("What it is based on"))

    def offer(self, documents: Sequence[tuple[str, LocalizedText]], language: Language) -> None:
        self.document.choices = [
            *((label, f"{title.in_(language)} ({label})") for label, title in documents),
            ("", _("A document of its own, which I name next")),
        ]

    def validate(self, extra_validators: object = None) -> bool:
        is_sound: bool = super().validate(extra_validators)
        if not self.title.data:
            self.title.first.errors = [_(NO_TITLE)]
            return False
        return is_sound


class PublishForm(wtforms.Form):
    label = text_field(_l("Name of the edition"), 20, Needed())
    sure = wtforms.BooleanField(
        _l("I have read it as a learner sees it"),
        [DataRequired(_l("Read it as a learner sees it, then mark this."))],
    )

    def refuse(self, errors: Mapping[str, Sentence]) -> dict[str, str]:
        """Shows errors at the form's own fields and returns the others, by their names."""
        others = {}
        for name, sentence in errors.items():
            words = _(sentence.msgid, **sentence.params)
            if name in self:
                self[name].errors = [*self[name].errors, words]
            else:
                others[name] = words
        return others


class ReviewForm(wtforms.Form):
    due_on = DateField(_l("Next review"), [DataRequired(_l("Choose a day."))])
