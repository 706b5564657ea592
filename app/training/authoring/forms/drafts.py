"""Starting a course, choosing what it rests on, publishing a draft, and the day of a review."""

from collections.abc import Iterable, Sequence

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms.validators import DataRequired

from app.kernel.text import N_, Language, LocalizedText
from app.training.authoring.forms.parts import LINE, TEXT
from app.training.authoring.rules.changes import ObjectiveDifference
from app.training.authoring.wording import CHANGES
from app.web.fields import DateField, Needed, SelectField, Typed, text_field
from app.web.forms import Form
from app.web.text_fields import LocalizedField, LocalizedForm, Texts

NO_TITLE = N_("Write a title in at least one language.")
TOLD = N_("What those who learned it before should know, in %(language)s")
LONGEST_TOLD = 300
Documents = Sequence[tuple[str, LocalizedText]]
"""Documents of the library: label and title."""


def document_choices(documents: Documents, language: Language) -> list[tuple[str, str]]:
    return [(label, f"{title.in_(language)} ({label})") for label, title in documents]


class StartForm(LocalizedForm):
    title = LocalizedField(N_("Title in %(language)s"), text_field, LINE)
    summary = LocalizedField(N_("What it is about, in %(language)s"), text_field, TEXT, area=True)
    document = SelectField(_l("What it is based on"))

    def offer(self, documents: Documents, language: Language) -> None:
        self.document.choices = [
            *document_choices(documents, language),
            ("", _("A document of its own, which I name next")),
        ]

    def validate(self, extra_validators: object = None) -> bool:
        is_sound: bool = super().validate(extra_validators)
        if not self.title.data:
            self.title.first.errors = [_(NO_TITLE)]
            return False
        return is_sound


class DocumentForm(Form):
    document = SelectField(_l("Document"))

    def offer(self, documents: Documents, language: Language) -> None:
        self.document.choices = document_choices(documents, language)


class PublishForm(LocalizedForm):
    """`change_keys`: the names of the fields in which the author says how much an objective changed;
    `told_keys`: those in which they tell it to whoever learned it before.
    """

    change_keys: tuple[str, ...] = ()
    told_keys: tuple[str, ...] = ()
    label = text_field(_l("Name of the edition"), 20, Needed())
    sure = wtforms.BooleanField(
        _l("I have read it as a learner sees it"),
        [DataRequired(_l("Read it as a learner sees it, then mark this."))],
    )

    def changes(self) -> dict[str, str]:
        """Returns what was chosen, by the keys of the objectives; the service refuses a key without a
        choice.
        """
        return {key: self[key].data or "" for key in self.change_keys}

    def told(self) -> dict[str, LocalizedText]:
        return {key: Texts(self, key).data for key in self.told_keys}

    def told_of(self, objective: ObjectiveDifference) -> Texts:
        return Texts(self, objective.told_key)


def publish_form(
    objectives: Iterable[ObjectiveDifference],
    language: Language,
    typed: Typed | None = None,
    label: str = "",
) -> PublishForm:
    """Returns the form with a choice for each objective that changed; about a new one nothing is
    asked.
    """
    asked = [one for one in objectives if not one.is_new]
    choices = {
        one.key: wtforms.RadioField(
            f"{one.code} {one.text.in_(language)}", choices=_changes(), validate_choice=False
        )
        for one in asked
    }
    told = {one.told_key: LocalizedField(TOLD, text_field, LONGEST_TOLD) for one in asked}
    form: PublishForm = type("PublishForm", (PublishForm,), {**choices, **told})(typed, label=label)
    form.change_keys, form.told_keys = tuple(choices), tuple(told)
    for name in ("label", "sure"):  # they stand below the choices
        form._fields.move_to_end(name)
    return form


def _changes() -> list[tuple[str, Markup]]:
    meaning = Markup('{} <span class="muted">{}</span>')
    return [(one.value, meaning.format(_(word), _(what))) for one, (word, what) in CHANGES.items()]


class ReviewForm(Form):
    due_on = DateField(_l("Next review"), [DataRequired(_l("Choose a day."))])
