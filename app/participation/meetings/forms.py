"""The keys of a meeting program as they are typed. A secret that was sent is never shown again."""

from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import DataRequired, ValidationError

from app.infra.meetings.port import MeetingKeys
from app.planning.events.rules.joining import MeetingProvider
from app.web.fields import one_line, printable, stripped
from app.web.forms import Form

LONGEST = 254


def _short(_form: wtforms.Form, field: wtforms.Field) -> None:
    """Refuses more than LONGEST letters as Length does, but no counter of letters stands beside what
    is pasted anyway.
    """
    if len(field.data or "") > LONGEST:
        raise ValidationError(_("Write at most %(max)d characters.", max=LONGEST))


def _key_field(label: Any, kind: type[wtforms.StringField] = wtforms.StringField) -> wtforms.Field:
    return kind(
        label,
        [
            DataRequired(_l("Write it here.")),
            _short,
            printable,
            one_line,
        ],
        filters=[stripped],
    )


class KeysForm(Form):
    """The same four things for both programs, under the names that each gives them."""

    account = _key_field("")
    client_id = _key_field("")
    client_secret = _key_field("", wtforms.PasswordField)
    host = _key_field("")
    own_links = wtforms.BooleanField(
        _l("Each registered person joins by a link of their own"), default=True
    )

    def keys(self) -> MeetingKeys:
        """Returns the keys typed. Only Zoom has links of one's own."""
        return MeetingKeys(
            account=self.account.data,
            client_id=self.client_id.data,
            secret=self.client_secret.data,
            host=self.host.data,
            has_own_links="own_links" in self and bool(self.own_links.data),
        )

    def refuse(self, sentence: str) -> None:
        """Shows at the first field what the program said of all of it."""
        self.account.errors = [*self.account.errors, sentence]


def keys_form(provider: MeetingProvider, typed: Any = None) -> KeysForm:
    form = KeysForm(typed, prefix=f"{provider.value}-")
    labels = (
        (
            _("Account ID"),
            _("Client ID"),
            _("Client secret"),
            _("E-mail of the host of the meetings"),
        )
        if provider is MeetingProvider.ZOOM
        else (
            _("Directory (tenant) ID"),
            _("Application (client) ID"),
            _("Client secret (its value)"),
            _("Object ID of the user who hosts the meetings"),
        )
    )
    if provider is not MeetingProvider.ZOOM:
        del form.own_links
    fields = (form.account, form.client_id, form.client_secret, form.host)
    for field, label in zip(fields, labels, strict=True):
        field.label.text = label
    return form
