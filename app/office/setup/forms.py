"""Forms of setting up: the first organizer, countries, groups, institutions and focal points."""

import re
from collections.abc import Sequence
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, PasswordField, StringField
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    ValidationError,
)

from app.infra.email_address import LONGEST_EMAIL
from app.infra.mail import MailServer
from app.kernel.seen import mark_of
from app.kernel.text import N_, LocalizedText, field_in, fields_of, languages
from app.office.setup.values import InviteeDraft
from app.people.directory.queries.reference import ReferenceRow
from app.people.directory.rules.people import LONGEST_NAME, tidy
from app.people.identity.forms import EMAIL_CHECKS, EMAIL_CONTROL
from app.web.fields import (
    NOT_A_DAY,
    DateField,
    IntegerField,
    Needed,
    RadioField,
    SelectField,
    Typed,
    one_line,
    printable,
    stripped,
)
from app.web.forms import FieldsForm, Form, PostedForm
from app.web.locale import own_language_names
from app.web.text_fields import LocalizedField, LocalizedForm
from config import is_plain_address

QUIET = {"autocomplete": "off"}
USUAL_PORTS = {"http": 80, "https": 443}


class FirstForm(PostedForm):
    """Who sets the office up. Without a password they come in by a link each time."""

    full_name = StringField(
        _l("Your name"),
        [
            InputRequired(_l("Write your full name.")),
            Length(max=LONGEST_NAME, message=_l("Write at most %(max)d characters.")),
        ],
        render_kw={"autocomplete": "name"},
    )
    email = EmailField(_l("Your e-mail address"), EMAIL_CHECKS, render_kw=EMAIL_CONTROL)
    language = RadioField(
        _l("Language"),
        [InputRequired(_l("Choose a language from the list."))],
        choices=own_language_names,
    )
    password = PasswordField(
        _l("Password"), [Optional()], render_kw={"autocomplete": "new-password"}
    )


def tidied(text: str | None) -> str:
    return tidy(text or "")


def in_capitals(text: str | None) -> str:
    return stripped(text).upper()


def name_field(label: Any) -> StringField:
    return StringField(label, filters=[tidied], render_kw=QUIET)


class GroupForm(LocalizedForm):
    """One more working group."""

    code = StringField(_l("Two letters"), [Needed()], filters=[in_capitals], render_kw=QUIET)
    name = LocalizedField(N_("Name in %(language)s"), name_field)


class CountryForm(LocalizedForm):
    """One more country."""

    code = StringField(
        _l("Code of two letters"), [Needed()], filters=[in_capitals], render_kw=QUIET
    )
    name = LocalizedField(N_("Name in %(language)s"), name_field)
    timezone = SelectField(_l("Time zone of the capital"), validate_choice=False)
    language = SelectField(
        _l("Language of its letters"), choices=own_language_names, validate_choice=False
    )


class RowsForm(FieldsForm):
    """The countries or the groups of the body, a row for each: whether it is used, and its names.

    The fields of a row are `use-<key>`, `name-<key>_<language>` and `seen-<key>`, the mark of what
    the page showed. `rows`: what stands now.
    """

    def __init__(self, rows: Sequence[ReferenceRow], sent: Typed | None = None) -> None:
        self.rows = rows
        self.stored: dict[str, Any] = {}
        fields: dict[str, Any] = {}
        for row in rows:
            names = fields_of(f"name-{row.key}", row.name)
            seen, use = f"seen-{row.key}", f"use-{row.key}"
            fields |= {seen: wtforms.HiddenField(), use: BooleanField(_l("in use"))}
            fields |= {name: name_field("") for name in names}
            self.stored |= {seen: _mark(row.is_used, row.name), use: row.is_used, **names}
        super().__init__(fields)
        self.process(sent, data=self.stored)

    def is_used(self, row: ReferenceRow) -> bool:
        return bool(self[f"use-{row.key}"].data)

    def name(self, row: ReferenceRow) -> LocalizedText:
        return LocalizedText(
            {code: self[field_in(f"name-{row.key}", code)].data for code in languages()}
        )

    def is_changed(self, row: ReferenceRow) -> bool:
        """Returns True when the reader changed the row.

        A row that was not on the page is not changed.
        """
        shown = self[f"seen-{row.key}"].raw_data
        wanted = _mark(self.is_used(row), self.name(row))
        return bool(shown and wanted not in (shown[0], self.stored[f"seen-{row.key}"]))

    def is_stale(self, row: ReferenceRow) -> bool:
        """Returns True when somebody else changed the row after it was shown."""
        return bool(self[f"seen-{row.key}"].raw_data != [self.stored[f"seen-{row.key}"]])

    def refuse(self, row: ReferenceRow, sentence: str) -> None:
        self[f"use-{row.key}"].errors = [sentence]

    def show_stored(self) -> None:
        """Shows what stands now in the rows that the reader left alone. Sending the others once
        more replaces what stands now.
        """
        for row in self.rows:
            names = [f"seen-{row.key}"]
            if not self.is_changed(row):
                names += [f"use-{row.key}", *fields_of(f"name-{row.key}", row.name)]
            for name in names:
                self[name].data = self.stored[name]


def _mark(is_used: bool, name: LocalizedText) -> str:
    """Returns the mark of a row. The name of a row that is not used does not count, because it
    cannot be typed.
    """
    return mark_of((is_used, name if is_used else LocalizedText()))


class InviteesForm(FieldsForm):
    """A name and an address for each row: `name-<key>`, `email-<key>`."""

    def __init__(self, keys: Sequence[str], sent: Typed | None = None) -> None:
        self.keys = keys
        fields: dict[str, Any] = {}
        for key in keys:
            fields[f"name-{key}"] = StringField(
                _l("Full name"), filters=[tidied], render_kw={**QUIET, "maxlength": LONGEST_NAME}
            )
            fields[f"email-{key}"] = EmailField(
                _l("E-mail address"),
                filters=[stripped],
                render_kw={**QUIET, "spellcheck": "false", "maxlength": LONGEST_EMAIL},
            )
        super().__init__(fields)
        self.process(sent)

    def drafts(self) -> list[InviteeDraft]:
        """Returns the rows with an address. A name without an address is left for later."""
        rows = [
            InviteeDraft(key, self[f"name-{key}"].data, self[f"email-{key}"].data)
            for key in self.keys
        ]
        return [row for row in rows if row.email]


HOLDER = "holder"


class PresidencyForm(Form):
    """Which country presides, until when, and who acts for it."""

    country = SelectField(
        _l("Country"),
        [InputRequired(_l("Choose a country from the list."))],
        validate_choice=False,
    )
    last_day = DateField(_l("Last day of its term"), [InputRequired(_l(NOT_A_DAY))])

    def offer(self, countries: Sequence[tuple[str, str]]) -> None:
        self.country.choices = [("", _l("Choose a country")), *countries]


class InstitutionsForm(Form):
    """Institutions as they are pasted, one on a line, or in a file."""

    lines = wtforms.TextAreaField(_l("What you paste"))
    file = wtforms.FileField(_l("Spreadsheet: institution, country"))

    @property
    def typed(self) -> str:
        return self.lines.data or ""


LONGEST_SENDER = 200
SECURITIES = (
    ("starttls", _l("STARTTLS, usually port 587")),
    ("tls", _l("TLS from the start, usually port 465")),
    ("none", _l("None: only inside a closed network")),
)


class PublicAddressForm(Form):
    """The public address, as it is read off the browser's address bar: a path behind it is taken
    off.
    """

    address = StringField(
        _l("Public address"),
        [DataRequired(_l("Write the address, for example https://convoca.example.org."))],
        filters=[stripped],
        render_kw={**QUIET, "spellcheck": "false", "inputmode": "url"},
    )

    def validate_address(self, field: wtforms.Field) -> None:
        plain = origin_of(field.data)
        if plain is None:
            raise ValidationError(
                _("Write an address like https://convoca.example.org, without a path.")
            )
        field.data = plain


class ContactForm(Form):
    """Where anybody may write to the secretariat."""

    contact = EmailField(_l("E-mail of the secretariat"), EMAIL_CHECKS, render_kw=EMAIL_CONTROL)


def origin_of(text: str) -> str | None:
    """Returns scheme, host and port of what was typed, None when there is no host in it. What was
    typed without a scheme is https.
    """
    typed = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(typed)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = parts.port
    except (ValueError, UnicodeError):
        return None
    at_port = "" if port in (None, USUAL_PORTS.get(parts.scheme)) else f":{port}"
    plain = f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{at_port}"
    is_host = re.fullmatch(r"[a-z0-9]([a-z0-9.:-]*[a-z0-9])?", host) is not None
    return plain if is_host and "@" not in parts.netloc and is_plain_address(plain) else None


def not_too_long(_form: wtforms.Form, field: wtforms.Field) -> None:
    """Refuses too long a text as Length does, without the counter of letters that a browser shows
    for Length.
    """
    if len(field.data or "") > LONGEST_SENDER:
        raise ValidationError(_("Write at most %(max)d characters.", max=LONGEST_SENDER))


class MailForm(Form):
    """The server that letters are handed to. `kept` is a password that was typed before, sealed: a
    page never shows one again, and a wrong port must not cost it.
    """

    host = StringField(
        _l("Mail server"),
        [DataRequired(_l("Write the name of the server, for example mail.example.org."))],
        filters=[stripped],
        render_kw={**QUIET, "spellcheck": "false"},
    )
    port = IntegerField(
        _l("Port"),
        [
            InputRequired(_l("Write the port, for example 587.")),
            NumberRange(1, 65535, _l("Write a port from 1 to 65535, for example 587.")),
        ],
        default=587,
    )
    security = RadioField(
        _l("Encryption"),
        [InputRequired(_l("Choose one from the list."))],
        choices=SECURITIES,
        default="starttls",
    )
    user = StringField(
        _l("User name"),
        [Optional(), not_too_long, printable],
        filters=[stripped],
        render_kw={**QUIET, "spellcheck": "false"},
    )
    password = PasswordField(
        _l("Password"), [Optional()], render_kw={"autocomplete": "new-password"}
    )
    sender_name = StringField(
        _l("Letters come from"),
        [DataRequired(_l("Write the name that readers see.")), not_too_long, printable, one_line],
        filters=[tidied],
        render_kw=QUIET,
    )
    sender = EmailField(
        _l("E-mail address that letters come from"), EMAIL_CHECKS, render_kw=EMAIL_CONTROL
    )
    kept = wtforms.HiddenField()

    def validate_host(self, field: wtforms.Field) -> None:
        if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", field.data or ""):
            raise ValidationError(
                _("Write only the name of the server, for example mail.example.org.")
            )

    def validate_sender(self, field: wtforms.Field) -> None:
        if len(self._sender()) > LONGEST_SENDER:
            raise ValidationError(_("Name and address are too long together."))

    def _sender(self) -> str:
        """As in a header, readable: a name with other letters than ASCII is encoded only when a
        letter leaves.
        """
        name = (self.sender_name.data or "").replace("\\", "").replace('"', "'")
        return f'"{name}" <{(self.sender.data or "").strip()}>'

    def server(self, password: str) -> MailServer:
        return MailServer(
            host=self.host.data,
            port=self.port.data,
            security=self.security.data,
            user=self.user.data or "",
            password=password,
            sender=self._sender(),
        )


def mail_form(server: MailServer | None, *, body: str, own_address: str) -> MailForm:
    """Returns the form as it stands, or as it is proposed."""
    if server is None:
        domain = own_address.rpartition("@")[2]
        return MailForm(
            data={
                "sender_name": f"Convoca · {body}",
                "sender": f"convoca@{domain}" if domain else "",
            }
        )
    name, address = parseaddr(server.sender)
    shown = {"host": server.host, "port": server.port, "security": server.security}
    return MailForm(
        data={**shown, "user": server.user, "sender_name": name or "Convoca", "sender": address}
    )
