"""What is asked before a person is erased. No database."""

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from app.office.privacy.values import CertificateNames
from app.web.fields import RadioField
from app.web.forms import PostedForm

OWN = {
    CertificateNames.KEPT: _l("Keep my name on them"),
    CertificateNames.ERASED: _l("Take my name away; only a mark that nobody can read stays"),
}
OF_ANOTHER = {
    CertificateNames.KEPT: _l("Keep the name on them"),
    CertificateNames.ERASED: _l("Take the name away; only a mark that nobody can read stays"),
}


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
