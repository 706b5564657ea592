"""A good practice as it was typed."""

from collections.abc import Mapping, Sequence

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional

from app.followup.practices import rules
from app.followup.practices.values import Category, OrganisationType, PracticeDraft
from app.followup.practices.wording import CATEGORIES, ORGANISATION_TYPES
from app.kernel.refusal import Sentence
from app.kernel.text import LocalizedText

TEXTS = ("title_es", "title_en", "summary_es", "summary_en", "organisation", "url")


def limit(most: int) -> dict[str, int]:
    """The counter's limit; `components/forms.html` never lets a browser cut."""
    return {"maxlength": most}


class PracticeForm(wtforms.Form):
    category = wtforms.SelectField(_l("What it is"))
    title_es = wtforms.StringField(
        _l("Title in Spanish"), [Optional()], render_kw=limit(rules.LONGEST_TITLE)
    )
    summary_es = wtforms.TextAreaField(
        _l("What was done and what came of it, in Spanish"),
        [Optional()],
        render_kw=limit(rules.LONGEST_SUMMARY),
    )
    title_en = wtforms.StringField(
        _l("Title in English"), [Optional()], render_kw=limit(rules.LONGEST_TITLE)
    )
    summary_en = wtforms.TextAreaField(
        _l("What was done and what came of it, in English"),
        [Optional()],
        render_kw=limit(rules.LONGEST_SUMMARY),
    )
    organisation = wtforms.StringField(
        _l("Organisation"), [Optional()], render_kw=limit(rules.LONGEST_ORGANISATION)
    )
    organisation_type = wtforms.SelectField(_l("Kind of organisation"))
    country_code = wtforms.SelectField(_l("Country"))
    url = wtforms.StringField(_l("Link to read more"), [Optional()])

    def offer(self, countries: Sequence[tuple[str, str]]) -> "PracticeForm":
        self.category.choices = [(one.value, _(msgid)) for one, msgid in CATEGORIES.items()]
        self.organisation_type.choices = [
            (one.value, _(msgid)) for one, msgid in ORGANISATION_TYPES.items()
        ]
        self.country_code.choices = [("", _("The whole region")), *countries]
        return self

    def draft(self) -> PracticeDraft:
        """Call it after `validate()`: the choices are among those offered."""
        said = {name: str(self[name].data or "").replace("\r\n", "\n").strip() for name in TEXTS}
        return PracticeDraft(
            Category(self.category.data),
            LocalizedText(said["title_es"], said["title_en"]),
            LocalizedText(said["summary_es"], said["summary_en"]),
            said["organisation"],
            OrganisationType(self.organisation_type.data),
            self.country_code.data or "",
            said["url"],
        )

    def show_errors(self, errors: Mapping[str, Sentence]) -> None:
        for name, sentence in errors.items():
            self[name].errors = [*self[name].errors, _(sentence.msgid, **sentence.params)]
