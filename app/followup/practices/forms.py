"""A good practice as it was typed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional

from app.followup.practices import rules
from app.followup.practices.values import (
    Category,
    OrganisationType,
    PracticeDraft,
    RepositoryFields,
)
from app.followup.practices.wording import (
    CATEGORIES,
    GOALS,
    OBJECTIVES,
    ORGANISATION_TYPES,
    PRINCIPLES,
)
from app.kernel.seen import mark_of
from app.kernel.text import N_, fields_of
from app.web.fields import Needed, SelectField, SelectMultipleField, stripped, text_field
from app.web.forms import Form
from app.web.text_fields import LocalizedField, LocalizedForm


def limit(most: int) -> dict[str, int]:
    """Returns the counter's limit; `components/forms.html` never lets a browser cut."""
    return {"maxlength": most}


class PracticeForm(LocalizedForm):
    category = SelectField(_l("What it is"))
    title = LocalizedField(
        N_("Title in %(language)s"),
        wtforms.StringField,
        [Optional()],
        render_kw=limit(rules.LONGEST_TITLE),
    )
    summary = LocalizedField(
        N_("What was done and what came of it, in %(language)s"),
        wtforms.TextAreaField,
        [Optional()],
        render_kw=limit(rules.LONGEST_SUMMARY),
    )
    organisation = wtforms.StringField(
        _l("Organisation"), [Optional()], render_kw=limit(rules.LONGEST_ORGANISATION)
    )
    organisation_type = SelectField(_l("Kind of organisation"))
    country_code = SelectField(_l("Country"))
    url = wtforms.StringField(_l("Link to read more"), [Optional()])

    def offer(self, countries: Sequence[tuple[str, str]]) -> "PracticeForm":
        self.category.choices = [(one.value, _(msgid)) for one, msgid in CATEGORIES.items()]
        self.organisation_type.choices = [
            (one.value, _(msgid)) for one, msgid in ORGANISATION_TYPES.items()
        ]
        self.country_code.choices = [("", _("The whole region")), *countries]
        return self

    def draft(self) -> PracticeDraft:
        """Returns the draft. Call it after `validate()`, which checks the choices."""
        return PracticeDraft(
            category=Category(self.category.data),
            title=self.title.data.map(stripped),
            summary=self.summary.data.map(stripped),
            organisation=stripped(self.organisation.data or ""),
            organisation_type=OrganisationType(self.organisation_type.data),
            country_code=self.country_code.data or "",
            url=stripped(self.url.data or ""),
        )


class RepositoryForm(LocalizedForm):
    """What the practice repository asks for. `seen`: the mark of what the form was filled from."""

    objectives = SelectMultipleField(_l("Objectives of the Global Compact"), coerce=int)
    goals = SelectMultipleField(_l("Sustainable Development Goals"), coerce=int)
    principles = SelectMultipleField(_l("Guiding principles"), coerce=int)
    benefits = LocalizedField(
        N_("Key benefits, in %(language)s"), text_field, rules.LONGEST_FIELD, area=True
    )
    lessons = LocalizedField(
        N_("Lessons learned, in %(language)s"), text_field, rules.LONGEST_FIELD, area=True
    )
    recommendations = LocalizedField(
        N_("Recommendations, in %(language)s"), text_field, rules.LONGEST_FIELD, area=True
    )
    seen = wtforms.HiddenField()

    def offer(self) -> "RepositoryForm":
        lists = ((self.objectives, OBJECTIVES), (self.goals, GOALS), (self.principles, PRINCIPLES))
        for field, known in lists:
            field.choices = [(number, f"{number}. {_(msgid)}") for number, msgid in known.items()]
        return self

    def fields(self) -> RepositoryFields:
        return RepositoryFields(
            objectives=tuple(sorted(self.objectives.data or ())),
            goals=tuple(sorted(self.goals.data or ())),
            principles=tuple(sorted(self.principles.data or ())),
            benefits=self.benefits.data.map(stripped),
            lessons=self.lessons.data.map(stripped),
            recommendations=self.recommendations.data.map(stripped),
        )


def answers_of_fields(fields: RepositoryFields) -> dict[str, Any]:
    """Returns what the form is filled with."""
    return {
        "objectives": fields.objectives,
        "goals": fields.goals,
        "principles": fields.principles,
        **fields_of("benefits", fields.benefits),
        **fields_of("lessons", fields.lessons),
        **fields_of("recommendations", fields.recommendations),
        "seen": mark_of(fields),
    }


class ReturnForm(Form):
    """The note with which a practice goes back to whoever proposed it. There is one for each
    practice of the list, so its control is named after that one.
    """

    note = text_field(_l("What should be changed"), rules.LONGEST_NOTE, Needed(), area=True)

    def of(self, practice_id: UUID) -> "ReturnForm":
        self.note.id = f"note-{practice_id}"
        return self
