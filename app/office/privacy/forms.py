"""What is asked before a person is erased, and before a country gives no names; what a country tells
of the data about its people. No database.
"""

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from app.kernel.text import N_, LocalizedText
from app.office.privacy.values import CertificateNames
from app.people.directory.rules.people import plain_key
from app.web.fields import Needed, RadioField, text_field
from app.web.forms import PostedForm
from app.web.text_fields import LocalizedField, LocalizedForm

LONGEST_WORD = 60
LONGEST_NOTICE = 1500
"""Characters: eleven countries' texts stand on one page of at most 40 KB."""
OWN = {
    CertificateNames.KEPT: _l("Keep my name on them"),
    CertificateNames.ERASED: _l("Take my name away; only a mark that nobody can read stays"),
}
OF_ANOTHER = {
    CertificateNames.KEPT: _l("Keep the name on them"),
    CertificateNames.ERASED: _l("Take the name away; only a mark that nobody can read stays"),
}


class GivingUpForm(PostedForm):
    """The country's name, typed in one of the languages, so that nobody does it by a slip."""

    word = text_field(_l("Name of the country"), LONGEST_WORD, Needed())

    def is_of(self, name: LocalizedText) -> bool:
        """Returns whether the name was typed; puts a sentence at the field where it was not."""
        fits = plain_key(self.word.data or "") in {plain_key(one) for one in name.values()}
        if not fits:
            self.word.errors = [*self.word.errors, _("This is not the name of the country.")]
        return fits


class ErasingForm(PostedForm):
    """Whether the name stays on certificates; asked only of whoever has any."""

    names = RadioField(_l("The name on the certificates"), choices=[], validate_choice=False)

    def offer(self, *, is_own: bool) -> None:
        offered = OWN if is_own else OF_ANOTHER
        self.names.choices = [(names.value, label) for names, label in offered.items()]

    def validate_names(self, field: wtforms.Field) -> None:
        if field.data not in dict(field.choices):
            raise ValidationError(_("Choose whether the name stays on the certificates."))

    @property
    def chosen(self) -> CertificateNames:
        return CertificateNames(self.names.data)


class NoticeForm(LocalizedForm):
    """`seen`: the mark of the text that it replaces."""

    text = LocalizedField(N_("Text in %(language)s"), text_field, LONGEST_NOTICE, area=True)
    seen = wtforms.HiddenField()
