"""What is typed about letters, what their list is asked for, and placeholders in the reader's
language.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.infra.language import translate
from app.kernel.refusal import Sentence
from app.kernel.text import N_, Language, LocalizedText, languages
from app.office.outbox.rules import LONGEST_REASON, fill
from app.office.outbox.values import MessageFilter
from app.web.fields import Needed, printable, stripped, uuid_in
from app.web.forms import Form


def shown_of(args: Mapping[str, str]) -> MessageFilter | None:
    """Returns the state whose letters are asked for; None for the overview of all."""
    name = args.get("show", "")
    return MessageFilter(name) if name in set(MessageFilter) else None


def event_of(args: Mapping[str, str]) -> UUID | None:
    """Returns the event whose letters are asked for; None for all letters."""
    return uuid_in(args.get("event", ""))


# Reads placeholders that people write in any language of the installation, and shows them in the
# reader's.

NAMES: Mapping[str, str] = {
    "name": N_("name"),
    "event": N_("event"),
    "date": N_("date"),
    "link": N_("link"),
    "course": N_("course"),
    "modules": N_("modules"),
    "code": N_("code"),
    "paragraph": N_("paragraph"),
    "day": N_("day"),
    "what": N_("what"),
    "outgoing": N_("who goes"),
    "incoming": N_("who comes"),
    "count": N_("number"),
    "country": N_("country"),
    "role": N_("role"),
    "roles": N_("roles"),
    "person": N_("person"),
    "email": N_("e-mail"),
    "position": N_("position"),
    "institution": N_("institution"),
    "period": N_("period"),
    "theme": N_("theme"),
    "version": N_("version"),
    "hours": N_("hours"),
    "certificate": N_("certificate"),
    "title": N_("title"),
}


def own_names() -> dict[str, str]:
    """Maps each name of a placeholder, in each language of the installation, to the placeholder."""
    return {
        translate(language, word): f"{{{name}}}"
        for name, word in NAMES.items()
        for language in languages()
    }


def with_own_names(text: LocalizedText) -> LocalizedText:
    """Returns a typed text with the stored names of its placeholders."""
    own = own_names()
    return text.map(lambda written: fill(written, own))


def in_reader_words(text: LocalizedText, language: Language) -> LocalizedText:
    """Returns a stored text with placeholders in the reader's language."""
    names = {name: f"{{{translate(language, word)}}}" for name, word in NAMES.items()}
    return text.map(lambda written: fill(written, names))


def shown_placeholders(known: Sequence[str]) -> str:
    """Returns the list of placeholders in the reader's language, such as "{nombre}, {enlace}"."""
    return ", ".join(f"{{{_(NAMES[name])}}}" for name in known)


def in_words(sentence: Sentence) -> str:
    """Returns a refusal about placeholders in the reader's language."""
    params: dict[str, Any] = {
        key: shown_placeholders(value) if isinstance(value, tuple) else value
        for key, value in sentence.params.items()
    }
    return str(_(sentence.msgid, **params))


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
