"""What is allowed or true of invitations, of the keys in their links, of guests and nominations;
pure.
"""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.infra.email_address import is_email
from app.infra.sealing import CannotUnseal
from app.infra.secret_keys import SecretKeys
from app.kernel.refusal import InvalidInput, Kind, NotFound, Refusal, Sentence
from app.kernel.text import N_, Language
from app.participation.invitations.values import GuestLine, InvitationDraft
from app.participation.registrations.values import WITH_KEY, Way
from app.people.directory.rules.people import LONGEST_NAME

# What an invitation must say, and when it can be sent.

LONGEST_NOTE = 2000
MOST_PLACES = 10_000
WHO = N_("Say who is invited.")
NO_COUNTRY = N_("Tick at least one country.")
NO_EMAIL = N_("Write an e-mail address, for example name@example.org.")
NO_NAME = N_("Write the name of the guest.")
NO_PLACES = N_("Write how many may register by this link, from 1 to %(most)s.")
FEW_PLACES = N_("Write a number from 1 to %(most)s, or leave it empty.")
NO_CLOSE = N_("Say until when the link works.")
NOT_PRINTED = N_("This holds signs that cannot be printed. Type it anew.")
TOO_LONG = N_("Shorten this to %(most)s characters.")


class AlreadyInvited(Refusal):
    rule = "already-invited"
    msgid = N_("This invitation already exists. Send it again from the list.")


class NothingToRevoke(Refusal):
    rule = "invitation-revoked-already"
    msgid = N_("This invitation has already been withdrawn.")


class NotPublishedYet(Refusal):
    rule = "event-not-published"
    msgid = N_("Invitations go out when the event is published. Publish it first.")


class HasAnotherRegistration(Refusal):
    rule = "registered-already"
    msgid = N_(
        "This address has a place at this event already. A letter in its mailbox leads there."
    )


class ClosedMeeting(Refusal):
    rule = "event-is-confidential"
    msgid = N_(
        "This meeting is confidential: whom you invite this way could not open it. Write people in under "
        "Registrations, or invite guests by e-mail or by an open link."
    )


def require_can_open(
    draft: InvitationDraft, *, is_confidential: bool, needed: Collection[int]
) -> None:
    """Refuses an invitation to a confidential event that would open it to anybody but people needed
    there and guests with a key.
    """
    can_open = draft.way in WITH_KEY or (draft.way is Way.PERSON and draft.person_id in needed)
    if is_confidential and not can_open:
        raise ClosedMeeting


def target_of(draft: InvitationDraft) -> str | None:
    """Returns what an event invites once only; None for open links, of which there may be several."""
    named: dict[Way, object] = {
        Way.PERSON: draft.person_id,
        Way.INSTITUTION: draft.institution_id,
        Way.GROUP: draft.group,
        Way.COUNTRY: draft.country_code,
        Way.GUEST: draft.email,
    }
    return None if draft.way is Way.LINK else f"{draft.way}:{named[draft.way]}"


def require_sound(draft: InvitationDraft) -> None:
    """Refuses with every mistake at its field. Ends and days are the form's to compare with now."""
    errors = (
        {"note": Sentence(TOO_LONG, {"most": LONGEST_NOTE})}
        if len(draft.note) > LONGEST_NOTE
        else {}
    )
    errors |= _CHECKS[draft.way](draft)
    if draft.places is not None and not 1 <= draft.places <= MOST_PLACES:
        errors["places"] = Sentence(FEW_PLACES, {"most": MOST_PLACES})
    if errors:
        raise InvalidInput(errors)


def _guest(draft: InvitationDraft) -> dict[str, Sentence]:
    errors = {}
    if not draft.name:
        errors["name"] = Sentence(NO_NAME)
    if not is_email(draft.email):
        errors["email"] = Sentence(NO_EMAIL)
    return errors | unprintable(name=draft.name, organisation=draft.organisation)


def unprintable(**texts: str) -> dict[str, Sentence]:
    """Returns what is too long for a line, or holds signs that no letter prints and that turn the
    line around.
    """
    errors = {name: Sentence(NOT_PRINTED) for name, text in texts.items() if not text.isprintable()}
    too_long = [name for name, text in texts.items() if len(text) > LONGEST_NAME]
    return errors | {name: Sentence(TOO_LONG, {"most": LONGEST_NAME}) for name in too_long}


def _link(draft: InvitationDraft) -> dict[str, Sentence]:
    errors = {}
    if draft.places is None:
        errors["places"] = Sentence(NO_PLACES, {"most": MOST_PLACES})
    if draft.closes_at is None:
        errors["closes_on"] = Sentence(NO_CLOSE)
    if len(draft.name) > LONGEST_NAME:
        errors["name"] = Sentence(TOO_LONG, {"most": LONGEST_NAME})
    return errors


_CHECKS = {
    Way.PERSON: lambda draft: {} if draft.person_id else {"person": Sentence(WHO)},
    Way.INSTITUTION: lambda draft: {} if draft.institution_id else {"institution": Sentence(WHO)},
    Way.GROUP: lambda draft: {} if draft.group else {"group": Sentence(WHO)},
    Way.COUNTRY: lambda draft: {} if draft.country_code else {"country": Sentence(WHO)},
    Way.GUEST: _guest,
    Way.LINK: _link,
}


# Keys in addresses: 256 random bits, found by their hash, and sealed.
#
# So a letter that is printed or sent later bears the same link, while a copy of the database opens
# nothing. A new key is a new link, and the old one is dead.

INVITATION, GUEST, SPEAKER = "invitation-key", "guest-key", "speaker-key"
"""What keys are sealed for."""


@dataclass(frozen=True)
class LinkKey:
    """A new key, and what is stored of it."""

    key: str = field(repr=False)
    sealed: str

    @property
    def sha256(self) -> str:
        return digest(self.key)


def new_key(own: SecretKeys, purpose: str) -> LinkKey:
    key = secrets.token_urlsafe(32)
    return LinkKey(key, own.seal(key, purpose=purpose))


def opened_key(sealed: str, *, own: SecretKeys, purpose: str) -> str:
    """Returns the key; "" where there is none, or none that a listed key of the site opens."""
    try:
        return own.unseal(sealed, purpose=purpose) if sealed else ""
    except CannotUnseal:
        return ""


def dead_hash() -> str:
    """Returns a hash that no key has."""
    return digest(secrets.token_urlsafe(32))


def digest(key: str) -> str:
    """Returns what is stored and looked for: finding by the hash takes the same time for a key that
    is nearly right.
    """
    return hashlib.sha256(key.encode()).hexdigest()


# How long a link lasts: to join, until the event is over; for the survey a week longer; then it is
# dead.

SURVEY_LASTS = timedelta(days=7)
"""After the end of the event a guest's page still leads to the survey; nothing can be joined with it
any more.
"""


class LinkUnknown(NotFound):
    """What is behind no key: the address was cut on its way, or its letter was sent again since."""

    msgid = N_(
        "Nothing is behind this link: part of it was lost on the way, or a newer letter replaced it. "
        "Open the newest letter, or answer it."
    )


class LinkDead(Refusal):
    kind = Kind.GONE
    rule = "guest-link-dead"
    msgid = N_("This link no longer works: it was for one event, which is over.")


class InvitationWithdrawn(Refusal):
    kind = Kind.GONE
    rule = "invitation-withdrawn"
    msgid = N_("This invitation was withdrawn. If this surprises you, write to whoever sent it.")


class LinkClosed(Refusal):
    kind = Kind.GONE
    rule = "invitation-closed"
    msgid = N_("Registration by this link has closed.")


class LinkFull(Refusal):
    rule = "invitation-full"
    msgid = N_("All %(places)s places of this invitation are taken.")


@dataclass(frozen=True)
class LinkTerm:
    """From the event's own end, so that a link follows an event that moves; None while it has no
    exact date.
    """

    ends_at: datetime | None

    def is_over(self, now: datetime) -> bool:
        return self.ends_at is not None and self.ends_at <= now

    def is_dead(self, now: datetime) -> bool:
        return self.ends_at is not None and self.ends_at + SURVEY_LASTS <= now


def require_alive(term: LinkTerm, *, is_revoked: bool, now: datetime) -> None:
    if is_revoked:
        raise InvitationWithdrawn
    if term.is_dead(now):
        raise LinkDead


def require_takes_guests(
    term: LinkTerm, *, is_revoked: bool, closes_at: datetime | None, now: datetime
) -> None:
    """Refuses an invitation by key by which nobody may register any more."""
    if is_revoked:
        raise InvitationWithdrawn
    if term.is_over(now):
        raise LinkDead
    if closes_at is not None and closes_at <= now:
        raise LinkClosed


def require_not_full(places: int | None, taken: int) -> None:
    if places is not None and taken >= places:
        raise LinkFull(places=places)


# Whom a country may send: who serves there today, once each, as many as were asked for.

MOST_AT_ONCE = 40


class NotServing(Refusal):
    rule = "not-serving"
    msgid = N_("You can nominate only people who serve in your country today. Reload the list.")


class NoneChosen(Refusal):
    rule = "nobody-chosen"
    msgid = N_("Tick at least one person.")


class TooManyNominated(Refusal):
    rule = "too-many-nominated"
    msgid = N_(
        "Your country was asked for %(places)s people. Withdraw someone first, or swap one person for another."
    )


class NominationOver(Refusal):
    rule = "nomination-withdrawn-already"
    msgid = N_("This nomination has already been withdrawn. Reload the list.")


class SamePerson(Refusal):
    rule = "nominated-already"
    msgid = N_("This person is already nominated. Choose somebody else.")


def require_within(places: int | None, standing: int, added: int) -> None:
    """Refuses more people than the country was asked for. `places` None: as many as the focal point
    wishes; whoever finds the event full waits.
    """
    if places is not None and standing + added > places:
        raise TooManyNominated(places=places)


# A pasted list of guests, one a line: name; organisation; e-mail; language. Semicolons or tabs.

MOST_LINES = 300
FIELDS = 4
LANGUAGE_OF: dict[str, Language] = {
    "": "es",
    "es": "es",
    "español": "es",
    "espanol": "es",
    "spanish": "es",
    "en": "en",
    "inglés": "en",
    "ingles": "en",
    "english": "en",
}
WRONG_FIELDS = N_("Write name; organisation; e-mail; language, with semicolons between them.")
WRONG_LANGUAGE = N_("The language is “es” or “en”.")
TWICE = N_("The same address is on line %(line)s.")
TOO_MANY = N_("Only %(most)s lines are read at once: paste the rest afterwards.")


@dataclass(frozen=True)
class BadLine:
    number: int
    text: str
    reason: Sentence


@dataclass(frozen=True)
class PastedList:
    good: tuple[GuestLine, ...]
    bad: tuple[BadLine, ...]


def read_lines(text: str) -> PastedList:
    """Reads a pasted list: every line that says something is either good or bad with a reason;
    empty ones are passed over.
    """
    good: list[GuestLine] = []
    bad: list[BadLine] = []
    seen: dict[str, int] = {}
    lines = [
        (number, line)
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip(" \t;")
    ]
    for number, line in lines[:MOST_LINES]:
        read = _read(number, line)
        if isinstance(read, GuestLine) and read.email in seen:
            read = Sentence(TWICE, {"line": seen[read.email]})
        if isinstance(read, GuestLine):
            seen[read.email] = number
            good.append(read)
        else:
            bad.append(BadLine(number, line.strip(), read))
    for number, line in lines[MOST_LINES : MOST_LINES + 1]:
        bad.append(BadLine(number, line.strip(), Sentence(TOO_MANY, {"most": MOST_LINES})))
    return PastedList(tuple(good), tuple(bad))


def _read(number: int, line: str) -> GuestLine | Sentence:
    fields = _fields(line)
    if len(fields) != FIELDS:
        return Sentence(WRONG_FIELDS)
    name, organisation, email, language = fields
    if not name:
        return Sentence(NO_NAME)
    for reason in unprintable(name=name, organisation=organisation).values():
        return reason
    if not is_email(email.lower()):
        return Sentence(NO_EMAIL)
    if language.lower() not in LANGUAGE_OF:
        return Sentence(WRONG_LANGUAGE)
    return GuestLine(
        number=number,
        name=name,
        organisation=organisation,
        email=email.lower(),
        language=LANGUAGE_OF[language.lower()],
    )


def _fields(line: str) -> Sequence[str]:
    """Splits a line. A spreadsheet copies with tabs; the language may be left out."""
    cells = [" ".join(cell.split()) for cell in line.split("\t" if "\t" in line else ";")]
    while len(cells) > FIELDS and not cells[-1]:
        cells.pop()
    return [*cells, ""] if len(cells) == FIELDS - 1 else cells
