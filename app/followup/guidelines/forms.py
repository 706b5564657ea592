"""What the secretariat writes of a section: text in, a draft or errors out."""

import wtforms
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional

from app.kernel.text import N_
from app.training.library import rules
from app.training.library.values import SectionDraft
from app.web.fields import IntegerField
from app.web.text_fields import LocalizedField, LocalizedForm


class SectionTextForm(LocalizedForm):
    """`seen`: the mark of what it replaces."""

    summary = LocalizedField(
        N_("What it says, in your own words, in %(language)s"),
        wtforms.TextAreaField,
        [Optional()],
        render_kw={"maxlength": rules.LONGEST_SUMMARY},
    )
    page = IntegerField(_l("Page of the document"), [Optional()])
    pdf_url = wtforms.URLField(_l("Address of the document (PDF)"), [Optional()])
    seen = wtforms.HiddenField()

    def draft(self) -> SectionDraft:
        """Returns what was typed. Call it after `validate()`."""
        return SectionDraft(
            summary=self.summary.data.map(lambda text: " ".join(text.split())),
            page=self.page.data,
            pdf_url=(self.pdf_url.data or "").strip(),
        )
