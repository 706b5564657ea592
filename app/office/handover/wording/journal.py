"""Entries of the journal in words."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from babel.lists import format_list

from app.followup.agreements.wording import STATUSES
from app.infra.language import date_text, translate
from app.kernel.actor import Role
from app.kernel.text import N_, Language, LocalizedText
from app.office.handover.queries.journal import JournalLine, JournalNames
from app.office.handover.values import OfficeKind
from app.office.handover.wording.facts import SENTENCES, UNKNOWN
from app.office.privacy.wording import PURPOSES
from app.participation.attendance.wording import SOURCES
from app.participation.materials.wording import VISIBILITIES
from app.participation.meetings.wording import NAMES
from app.participation.speakers.wording import STATES
from app.people.directory.rules.people import DELEGATES_OF, FOCAL_POINTS, MECHANISMS_OF
from app.people.identity.wording import ROLE_NAMES
from app.planning.scheduling.wording.book import SEVERITIES, rule_titles
from app.planning.scheduling.wording.cases import OUTCOMES
from app.training.certificates.wording import REASONS

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
DAYS = (
    "valid_from",
    "on",
    "confirmed_on",
    "doubted_on",
    "asked_on",
    "completed_on",
    "closed_on",
    "due_on",
    "since",
)
FIRST_DAY_WITHOUT = "valid_until"
"""Is told as the last day: the day before."""
NO_END = N_("no end")
NOBODY_KNOWN = N_("somebody who is not on record any more")
OF_COUNTRY = N_("somebody of %(country)s")
WHOLE_REGION = N_("the whole region")
NOTHING_KNOWN = N_("something that is not on record any more")
ABOUT_PEOPLE = ("person_id", "account_id", "kept_id", "gone_id")
ABOUT_EVENTS = ("event_id", "congress_id")
WORDS: Mapping[str, Mapping[Any, str]] = {
    "is_received": {True: N_("it has arrived"), False: N_("it has not arrived after all")},
    "status": STATUSES,
    "previous": STATUSES,
    "purposes": PURPOSES,
    "purpose": PURPOSES,
    "source": SOURCES,
    "visibility": VISIBILITIES,
    "provider": NAMES,
    "severity": SEVERITIES,
    "rule": rule_titles(),
    "outcome": OUTCOMES,
    "reason": {
        **REASONS,
        "left": N_("left the institution"),
        "moved": N_("moved to another post"),
        "unknown": N_("reason not known"),
    },
    "change": {
        "added": N_("added"),
        "add": N_("a line added"),
        "changed": N_("changed"),
        "change": N_("a line changed"),
        "removed": N_("removed"),
        "remove": N_("a line removed"),
        "notes": N_("its notes changed"),
        "renamed": N_("renamed"),
        "struck-out": N_("struck out"),
        "left-out": N_("left out"),
        "made-binding": N_("from now on it closes the calendar"),
        "made-advisory": N_("from now on it only warns"),
        "brought-back": N_("brought back"),
        "reset": N_("back to the usual words"),
        "given": N_("consent given"),
        "withdrawn": N_("consent withdrawn"),
    },
    "fields": {"full_name": N_("name"), "email": N_("e-mail address"), "post": N_("post")},
    "decision": {
        "accepted": N_("accepted"),
        "declined": N_("declined"),
        "held": N_("left to the secretariat"),
        "corrected": N_("put right"),
    },
    "state": {
        **STATES,
        "on": N_("wants them"),
        "off": N_("does not want them"),
        "done": N_("done"),
        "skipped": N_("left for later"),
    },
    "step": {"checklist": N_("the list of first steps")},
    "way": {
        "password": N_("with a password"),
        "link": N_("with a link from a letter"),
        "demo": N_("as a persona of the demonstration"),
    },
    "partstat": {
        "ACCEPTED": N_("comes"),
        "DECLINED": N_("does not come"),
        "TENTATIVE": N_("perhaps"),
    },
    "office": {
        OfficeKind.PRESIDENCY: N_("presidency"),
        OfficeKind.FOCAL_POINT: N_("focal point"),
    },
    "kind": {
        "process": N_("another process"),
        "person": N_("a person"),
        "journal": N_("journal"),
        "donor-report": N_("report for a donor"),
        "personal-data": N_("personal data of one person"),
        "registrations": N_("people registered"),
        "agreements": N_("agreements"),
        "attendance": N_("attendance list"),
        "attendance-print": N_("attendance list, printed"),
        "attendance-pdf": N_("attendance list, PDF"),
        "attendance-xlsx": N_("attendance list, spreadsheet"),
    },
    "scope": KIND_NAMES,
}
"""By parameter of facts the words for its values; whatever is missing is looked up or told as it
is.
"""


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
    words = translate(language, msgid) % _Params(_params(language, entry.payload, names))
    return words[:1].upper() + words[1:]


def _params(language: Language, payload: Mapping[str, Any], names: JournalNames) -> dict[str, str]:
    return {key: _word(language, key, value, names) for key, value in payload.items()}


def _word(language: Language, key: str, value: Any, names: JournalNames) -> str:
    if isinstance(value, list):
        return _listed(language, key, value, names)
    if value is None or value == "":
        return _nothing(language, key)
    if key in DAYS:
        return _day(language, str(value))
    if key == FIRST_DAY_WITHOUT:
        return _day(language, str(value), before=1)
    if key == "role":
        return translate(language, ROLE_NAMES[Role(value)])
    if key == "listed":
        return _list_of_who_is_who(language, str(value), names)
    return _named(language, key, str(value), names)


def _named(language: Language, key: str, value: str, names: JournalNames) -> str:
    """Returns a name that was looked up, a word for a code, or the value as it is."""
    name = names.known.get((key, value), LocalizedText()).in_(language)
    if key in ABOUT_PEOPLE or (key == "scope" and value.isdecimal()):
        country = names.countries.get((key, value))
        somebody = translate(language, OF_COUNTRY, country=country) if country else ""
        return name or somebody or translate(language, NOBODY_KNOWN)
    if key in ABOUT_EVENTS:
        title = translate(language, N_("“%(title)s”"), title=name)
        return title if name else translate(language, "an event")
    if key.endswith("_id"):
        return name or translate(language, NOTHING_KNOWN)
    msgid = WORDS.get(key, {}).get(value) or names.words.get(key, {}).get(value)
    return name or (translate(language, msgid) if msgid else value)


def _listed(language: Language, key: str, values: list[Any], names: JournalNames) -> str:
    """Returns codes as their words; of rows how many there are."""
    if key not in WORDS:
        return str(len(values))
    said = [_named(language, key, str(value), names) for value in values]
    return format_list(said, locale=language) if said else "—"


def _nothing(language: Language, key: str) -> str:
    if key == FIRST_DAY_WITHOUT:
        return translate(language, NO_END)
    return translate(language, WHOLE_REGION) if key == "scope" else "—"


def _list_of_who_is_who(language: Language, listed: str, names: JournalNames) -> str:
    if listed == FOCAL_POINTS:
        return translate(language, "The focal points")
    for prefix, key, msgid in (
        (DELEGATES_OF, "group", N_("The delegates of %(group)s")),
        (MECHANISMS_OF, "country", N_("The mechanisms of %(country)s")),
    ):
        if listed.startswith(prefix):
            code = listed.removeprefix(prefix)
            name = names.known.get(("listed", code))
            return translate(language, msgid, **{key: name.in_(language) if name else code})
    return listed


def _day(language: Language, text: str, *, before: int = 0) -> str:
    try:
        return date_text(language, date.fromisoformat(text[:10]) - timedelta(days=before))
    except ValueError:
        return text
