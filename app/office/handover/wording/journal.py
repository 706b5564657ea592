"""Entries of the journal in words."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.infra.language import date_text, translate
from app.kernel.actor import Role
from app.kernel.text import N_, Language
from app.office.handover.queries.journal import JournalLine, JournalNames
from app.office.handover.wording.facts import SENTENCES, UNKNOWN
from app.people.identity.wording import ROLE_NAMES

KIND_NAMES = {
    "most": N_("Everything but routine letters"),
    "overrides": N_("Rules and overrides"),
    "attendance": N_("Attendance"),
    "exports": N_("Lists downloaded"),
    "looking": N_("Personal details looked at"),
    "roles": N_("Roles and accounts"),
    "approvals": N_("Approvals"),
    "letters": N_("Letters"),
    "all": N_("Everything"),
}
DAYS = ("valid_from", "valid_until", "on", "confirmed_on", "doubted_on", "completed_on", "since")
NO_END = N_("no end")


class _Params(dict[str, Any]):
    """Parameters of a sentence. A parameter that an old entry lacks is shown as missing instead of
    raising.
    """

    def __missing__(self, key: str) -> str:
        return "—"


def told(language: Language, entry: JournalLine, names: JournalNames) -> str:
    """Returns the entry as one sentence; an entry of an unknown fact by the fact's name."""
    msgid = SENTENCES.get(entry.fact)
    if msgid is None:
        return translate(language, UNKNOWN, fact=entry.fact, subject=entry.subject)
    return translate(language, msgid) % _Params(_params(language, entry.payload, names))


def _params(language: Language, payload: Mapping[str, Any], names: JournalNames) -> dict[str, str]:
    return {key: _word(language, key, value, names) for key, value in payload.items()}


def _word(language: Language, key: str, value: Any, names: JournalNames) -> str:
    if value is None or value == "":
        return translate(language, NO_END) if key == "valid_until" else "—"
    if isinstance(value, list):
        return str(len(value))
    if key in DAYS:
        return _day(language, str(value))
    if key in ("event_id", "congress_id"):
        title = names.events.get(str(value))
        return f"“{title.in_(language)}”" if title else translate(language, "an event")
    if key == "role":
        return translate(language, ROLE_NAMES[Role(value)])
    name = names.countries.get(str(value)) or names.groups.get(str(value))
    return (
        name.in_(language)
        if name and key in ("country_code", "scope", "group", "first", "second")
        else str(value)
    )


def _day(language: Language, text: str) -> str:
    try:
        return date_text(language, date.fromisoformat(text[:10]))
    except ValueError:
        return text
