"""What becomes of messages, and why one did not arrive, in a sentence."""

import re
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from app.infra.language import translate
from app.kernel.text import N_, Language, date_locale, interface_language
from app.office.outbox.rules import WITHDRAWN
from app.office.outbox.values import MessageFilter
from app.web.render import zone_label

# The words for what becomes of messages, and why one did not arrive, in a sentence.

SHOWN: Mapping[MessageFilter, str] = {
    MessageFilter.UNDELIVERED: N_("Not delivered"),
    MessageFilter.BOUNCED: N_("Returned"),
    MessageFilter.WAITING: N_("Waiting for mail"),
    MessageFilter.ON_THE_WAY: N_("On the way"),
    MessageFilter.SENT: N_("Handed over"),
    MessageFilter.FILED: N_("Written into a folder"),
    MessageFilter.GIVEN_UP: N_("Given up"),
}
STATES: Mapping[MessageFilter, str] = {
    MessageFilter.UNDELIVERED: N_("It could not be delivered"),
    MessageFilter.BOUNCED: N_("It came back"),
    MessageFilter.WAITING: N_("It waits until letters can leave"),
    MessageFilter.ON_THE_WAY: N_("It is on its way"),
    MessageFilter.SENT: N_("A mail server accepted it"),
    MessageFilter.FILED: N_("It was written into a folder; nobody gets it"),
    MessageFilter.GIVEN_UP: N_("It was given up"),
}
STATUS = re.compile(r"\b([45])\.(\d{1,3})\.(\d{1,3})\b")
# RFC 3463: by subject and detail, else by subject alone.
MEANINGS: Mapping[str, str] = {
    "1.1": N_("The mailbox does not exist."),
    "1.2": N_("The domain of the address does not exist or does not accept mail."),
    "1.3": N_("The address is not written correctly."),
    "1.6": N_("The mailbox has moved and left no new address."),
    "1.10": N_("The domain of the address does not accept mail."),
    "2.1": N_("The mailbox is closed."),
    "2.2": N_("The mailbox is full."),
    "2.3": N_("The letter is too large for the mailbox."),
    "4.1": N_("The server of the mailbox did not answer."),
    "4.4": N_("The server of the mailbox was not found."),
    "4.7": N_("The server of the mailbox could not be reached for days."),
    "7.8": N_("Our own mail server does not let the platform sign in."),
    "1": N_("Something is wrong with the address."),
    "2": N_("The mailbox does not accept mail."),
    "3": N_("The server of the mailbox has a problem of its own."),
    "4": N_("The way to the server of the mailbox is broken."),
    "6": N_("The server of the mailbox could not read the letter."),
    "7": N_("The mailbox's server refuses letters from here under its rules."),
}
BROKEN = ("Errno", "timed out", "Connection", "connection")
UNREACHABLE = N_("Our own mail server could not be reached.")
UNKNOWN = N_("The server gave no reason that can be put in a sentence.")
NOT_ONE_ADDRESS = N_("The recipient is not one e-mail address. Correct it and retry.")


def reason_of(language: Language, said: str) -> str:
    """Returns a sentence for what a server said, or our own; "" where there is nothing to say."""
    if not said or said == NOT_ONE_ADDRESS:
        return translate(language, said) if said else ""
    match = STATUS.search(said)
    if match is None:
        return translate(language, UNREACHABLE if any(word in said for word in BROKEN) else UNKNOWN)
    meaning = MEANINGS.get(f"{match[2]}.{match[3]}") or MEANINGS.get(match[2]) or UNKNOWN
    return translate(language, meaning)


def given_up_reason(language: Language, reason: str) -> str:
    """Returns why a message was given up. An organizer's own words stay as they are."""
    return translate(language, reason) if reason in WITHDRAWN else reason


def instant_text(language: Language, at: datetime, timezone: str) -> str:
    """Returns "24 nov 2026, 10:15 (Costa Rica, UTC−6)"."""
    local = at.astimezone(ZoneInfo(timezone))
    day = format_date(
        local.date(),
        "medium" if interface_language(language) == "es" else "d MMM y",
        locale=date_locale(language),
    )
    return f"{day}, {local:%H:%M} ({zone_label(timezone, at, language)})"
