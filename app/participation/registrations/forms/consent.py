"""What was ticked under "I agree" by whoever registers."""

import wtforms
from flask_babel import lazy_gettext as _l

from app.planning.events.values.places import ConsentPurpose
from app.web.forms import Form


class ConsentForm(Form):
    """`consent_version`: of the sentences that were shown."""

    consent = wtforms.SelectMultipleField(_l("Your details"), choices=[], validate_choice=False)
    consent_version = wtforms.HiddenField()

    @property
    def purposes(self) -> frozenset[ConsentPurpose]:
        """The purposes ticked; what is none is left out, as no browser sends it."""
        ticked = set(self.consent.data or ()) & set(ConsentPurpose)
        return frozenset(ConsentPurpose(value) for value in ticked)

    @property
    def version(self) -> str:
        return str(self.consent_version.data or "")
