"""A good practice as it was typed."""

from collections.abc import Sequence
from uuid import UUID

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional

from app.followup.practices import rules
from app.followup.practices.values import Category, OrganisationType, PracticeDraft
from app.followup.practices.wording import CATEGORIES, ORGANISATION_TYPES
from app.kernel.text import N_
from app.web.fields import Needed, SelectField, stripped, text_field
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


class ReturnForm(Form):
    """The note with which a practice goes back to whoever proposed it. There is one for each
    practice of the list, so its control is named after that one.
    """

    note = text_field(_l("What should be changed"), rules.LONGEST_NOTE, Needed(), area=True)

    def of(self, practice_id: UUID) -> "ReturnForm":
        self.note.id = f"note-{practice_id}"
        return self
