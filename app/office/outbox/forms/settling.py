"""What an organizer types about a message that did not arrive."""

import wtforms
from flask_babel import lazy_gettext as _l

from app.office.outbox.rules.outbox import LONGEST_REASON
from app.web.fields import Needed, printable, stripped
from app.web.forms import Form


class AddressForm(Form):
    address = wtforms.StringField(
        _l("E-mail address"),
        [Needed(), printable],
        filters=[stripped],
        render_kw={
            "inputmode": "email",
            "autocomplete": "off",
            "spellcheck": "false",
            "autocapitalize": "none",
        },
    )


class ReasonForm(Form):
    reason = wtforms.StringField(
        _l("Reason"),
        [Needed(), printable],
        filters=[stripped],
        render_kw={"maxlength": LONGEST_REASON},
    )
