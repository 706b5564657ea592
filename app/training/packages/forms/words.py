"""Forms of a package: the upload, and its words."""

import wtforms
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from app.kernel.text import N_
from app.training.packages.rules.words import LONGEST_ORIGIN, LONGEST_SUMMARY, LONGEST_TITLE
from app.training.packages.values import PackageWords
from app.web.fields import Needed, one_line, printable, stripped, text_field
from app.web.forms import Form
from app.web.text_fields import LocalizedField, LocalizedForm


class UploadForm(Form):
    package = wtforms.FileField(_l("Package (ZIP)"), [Needed()])


class WordsForm(LocalizedForm):
    """Title and summary in the languages of the installation, and the institution that made the
    package.
    """

    title = LocalizedField(N_("Title in %(language)s"), text_field, LONGEST_TITLE)
    summary = LocalizedField(
        N_("What it is about, in %(language)s"), text_field, LONGEST_SUMMARY, area=True
    )
    origin = wtforms.StringField(
        _l("Institution that made it"),
        [InputRequired(message=_l("Write which institution made it.")), printable, one_line],
        filters=[stripped],
        render_kw={"maxlength": LONGEST_ORIGIN},
    )

    def words(self) -> PackageWords:
        """Returns what was typed, after `validate()`; the service refuses what is too long or without
        a title.
        """
        return PackageWords(self.title.data, self.summary.data, self.origin.data or "")
