"""What is typed about certificates: text in, values out. No database."""

import unicodedata
from collections.abc import Mapping
from datetime import MAXYEAR
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional, ValidationError

from app.kernel.seen import mark_of
from app.kernel.text import LocalizedText, field_in
from app.training.certificates.queries.listing import LONGEST_SEARCH, RegisterFilters
from app.training.certificates.rules import LONGEST
from app.training.certificates.services.papers import LONGEST_ROLE, LONGEST_SIGNATORY
from app.training.certificates.values import (
    PAPER_LANGUAGES,
    CertificateKind,
    ListedState,
    PaperText,
    RevocationReason,
)
from app.training.certificates.wording import REASONS
from app.web.fields import (
    DateField,
    LastDayField,
    Needed,
    SelectField,
    Typed,
    day_in,
    stripped,
    text_field,
)
from app.web.forms import Form

LONGEST_SLUG = 60
LONGEST_NOTE = 1000


def _sentence(label: Any) -> wtforms.Field:
    return text_field(label, LONGEST["sentence"], Needed(), area=True)


def _colour(text: str | None) -> str:
    return stripped(text).lower()


class RevocationForm(Form):
    """Why a certificate is to be revoked. The reason is public afterwards, the note stays inside."""

    reason = SelectField(_l("Reason, which whoever verifies reads"))
    note = text_field(_l("Private note"), LONGEST_NOTE)

    def offer(self, key: str = "") -> "RevocationForm":
        """Offers the reasons; `key` makes the ids of several on a page differ."""
        self.reason.choices = [(one.value, _(REASONS[one])) for one in RevocationReason]
        for field in self:
            field.id = f"{field.name}-{key}" if key else field.name
        return self


class PaperTextForm(Form):
    """What certificates of a kind say, in the two languages of the paper."""

    title_es = text_field(_l("Title in Spanish"), LONGEST["title"], Needed())
    title_en = text_field(_l("Title in English"), LONGEST["title"], Needed())
    opening_es = text_field(_l("Before the name, in Spanish"), LONGEST["opening"], Needed())
    opening_en = text_field(_l("Before the name, in English"), LONGEST["opening"], Needed())
    sentence_es = _sentence(_l("After the name, in Spanish"))
    sentence_en = _sentence(_l("After the name, in English"))
    seen = wtforms.HiddenField()

    @classmethod
    def of(cls, text: PaperText) -> "PaperTextForm":
        """Returns the form filled from what stands."""
        texts = {
            field_in(name, language): getattr(text, name)[language]
            for name in LONGEST
            for language in PAPER_LANGUAGES
        }
        return cls(formdata=None, data={**texts, "seen": mark_of(text)})

    @property
    def text(self) -> PaperText:
        """Returns what was typed, its lines joined and its accents composed."""
        return PaperText(*(typed_text(self, name) for name in LONGEST))


def typed_text(form: Form, name: str) -> LocalizedText:
    """Returns the fields of a text as the paper prints it: on one line, accents composed (NFC)."""
    return LocalizedText(
        {language: on_one_line(form[field_in(name, language)].data) for language in PAPER_LANGUAGES}
    )


def on_one_line(text: str | None) -> str:
    return unicodedata.normalize("NFC", " ".join((text or "").split()))


class LookForm(Form):
    """The colours and the logo of certificates."""

    deep = wtforms.StringField(_l("Colour of titles and lines"), [Needed()], filters=[_colour])
    accent = wtforms.StringField(_l("Colour of the ornament"), [Needed()], filters=[_colour])
    logo = wtforms.FileField(_l("Logo"))
    without_logo = wtforms.BooleanField(_l("Print no logo"))
    seen = wtforms.HiddenField()


class SignatoryForm(Form):
    """Who signs, from when to when."""

    name = text_field(_l("Name as it is printed"), LONGEST_SIGNATORY, Needed())
    role_es = text_field(_l("Post in Spanish"), LONGEST_ROLE, Needed())
    role_en = text_field(_l("Post in English"), LONGEST_ROLE, Needed())
    valid_from = DateField(_l("Signs from"), [Needed()])
    valid_until = LastDayField(_l("Last day"), [Optional()])
    signature = wtforms.FileField(_l("Signature"))
    without_signature = wtforms.BooleanField(_l("Print no signature"))
    seen = wtforms.HiddenField()

    def validate_valid_from(self, field: wtforms.Field) -> None:
        if field.data is None and not field.errors:
            raise ValidationError(_("Write the first day on which they sign."))


def read_filters(args: Typed, *, country: str | None = None) -> RegisterFilters:
    """Returns the filters of an address; values that mean nothing are left out. `country`: the one
    whose list it is, whatever the address says.
    """
    kind, state = args.get("kind", ""), args.get("state", "")
    month = day_in(f"{args.get('month', '')}-01")
    return RegisterFilters(
        text=args.get("text", "")[:LONGEST_SEARCH],
        kind=CertificateKind(kind) if kind in {one.value for one in CertificateKind} else None,
        course=args.get("course", "")[:LONGEST_SLUG],
        country=args.get("country", "")[:2].upper() if country is None else country,
        state=ListedState(state) if state in {one.value for one in ListedState} else None,
        month=month
        if month and month.year < MAXYEAR
        else None,  # a month ends where another begins
    )


def written_filters(filters: RegisterFilters) -> Mapping[str, str]:
    """Returns the filters as an address and a form send them, without those that are empty."""
    sent = {
        "text": filters.text,
        "kind": filters.kind.value if filters.kind else "",
        "course": filters.course,
        "country": filters.country,
        "state": filters.state.value if filters.state else "",
        "month": f"{filters.month:%Y-%m}" if filters.month else "",
    }
    return {name: text for name, text in sent.items() if text}
