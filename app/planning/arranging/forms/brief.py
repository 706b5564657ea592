"""The form of an event's brief. No database."""

from collections.abc import Mapping
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Email

from app.kernel.refusal import Sentence
from app.kernel.seen import mark_of
from app.kernel.text import N_, fields_of
from app.planning.arranging.forms.planning import Choices
from app.planning.events.values import Brief
from app.web.fields import SelectField, SelectMultipleField, text_field, web_address
from app.web.text_fields import LocalizedField, LocalizedForm

MOST_LETTERS = 6_000


class BriefForm(LocalizedForm):
    """Choices are given by `offer`, first of all. `seen`: which state of the brief the writer began
    from.
    """

    concept = LocalizedField(
        N_("Concept note in %(language)s"), text_field, MOST_LETTERS, area=True
    )
    objectives = LocalizedField(
        N_("Objectives in %(language)s"), text_field, MOST_LETTERS, area=True
    )
    institution = SelectField(_l("Coordinating institution"), default="")
    contact = text_field(
        _l("E-mail address for questions"), 254, Email(_l("Write a whole e-mail address."))
    )
    languages = SelectMultipleField(_l("Languages spoken"))
    interpretation = SelectMultipleField(_l("Interpretation"))
    dial_in = text_field(_l("By telephone"), 500, area=True)
    recording_url = text_field(_l("Link to the recording"), 500, web_address)
    seen = wtforms.HiddenField()

    def offer(
        self, *, institutions: Choices, languages: Choices, pairs: Choices, nothing: str
    ) -> None:
        self.institution.choices = [("", nothing), *institutions]
        self.languages.choices, self.interpretation.choices = list(languages), list(pairs)

    def brief(self) -> Brief:
        return Brief(
            concept=self.concept.data,
            objectives=self.objectives.data,
            institution_id=int(self.institution.data) if self.institution.data else None,
            contact=self.contact.data,
            languages=tuple(self.languages.data or ()),
            interpretation=tuple(self.interpretation.data or ()),
            dial_in=self.dial_in.data,
            recording_url=self.recording_url.data,
        )

    def show_errors(self, errors: Mapping[str, Sentence]) -> None:
        for name, sentence in errors.items():
            field = self._fields.get(name, self.concept.first)
            field.errors = [*field.errors, _(sentence.msgid, **sentence.params)]


def answers_of_brief(brief: Brief) -> dict[str, Any]:
    return {
        **fields_of("concept", brief.concept),
        **fields_of("objectives", brief.objectives),
        "institution": str(brief.institution_id or ""),
        "contact": brief.contact,
        "languages": list(brief.languages),
        "interpretation": list(brief.interpretation),
        "dial_in": brief.dial_in,
        "recording_url": brief.recording_url,
        "seen": mark_of(brief),
    }
