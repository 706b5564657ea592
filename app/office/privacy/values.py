"""Values of privacy: purposes, domains that keep personal data, and retention periods."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.kernel.text import LocalizedText

Keeps = Callable[[Any, int], dict[str, Any]]
"""f(db, person_id): all that a domain keeps of a person, as plain values."""


@dataclass(frozen=True)
class Domain:
    """Who keeps something of a person. `erase(db, person_id=, now=)`; None where what is kept
    stays, see the page. `forget_country(db, country_code=, names=)` takes out what
    may name people of a country that gives no names, of whom `names` are erased, without being of
    one person.
    """

    name: str
    keeps: Keeps
    erase: Callable[..., None] | None
    forget_country: Callable[..., None] | None = None


@dataclass
class PersonalData:
    """What each package does about personal data. A port that `app/wiring` fills."""

    domains: Sequence[Domain]
    expire_letters: Callable[..., int]
    """f(db, before=, dry_run=): deletes old letters; returns how many."""


class Purpose(StrEnum):
    """Purposes for all of Convoca; both are voluntary. Those of one event are
    `participation.registrations.values.ConsentPurpose`.
    """

    STATISTICS = "statistics"
    CONTACT = "contact"


class CertificateNames(StrEnum):
    """What becomes of the name on the certificates of somebody who is erased: it stays, or only a
    hash of it does.
    """

    KEPT = "kept"
    ERASED = "erased"


@dataclass(frozen=True)
class ConsentState:
    """What somebody said to a purpose: when and in which wording, None and "" for never or not any
    more.
    """

    purpose: Purpose
    sentence: str
    version: str
    given_at: datetime | None


@dataclass(frozen=True)
class EventConsent:
    """What somebody agreed to when registering for one event. `may_withdraw`: it is voluntary and
    not withdrawn.
    """

    event_id: UUID
    title: LocalizedText
    purpose: str
    version: str
    given_at: datetime
    withdrawn_at: datetime | None
    may_withdraw: bool


@dataclass(frozen=True)
class Found:
    """Somebody who may have sent a request by letter."""

    person_id: int
    full_name: str
    country: LocalizedText | None
    is_guest: bool
    has_account: bool


@dataclass(frozen=True)
class NoticeVersion:
    """One wording of a country's part of the privacy notice, and when it began to stand. The first
    is 1; 0, without text, stands where nothing was written yet.
    """

    version: int = 0
    text: LocalizedText = field(default_factory=LocalizedText)
    written_at: datetime | None = None


@dataclass(frozen=True)
class NamesOfCountry:
    """Whom a country's names are of: `going` are erased when it gives none any more, with their
    `certificates` losing the name; `staying` sign in as themselves, or speak for the country.
    `appointments` are taken out, of both; `held` wait for the secretariat.
    """

    going: frozenset[int]
    staying: frozenset[int]
    certificates: int
    appointments: int
    held: int


@dataclass(frozen=True)
class RetentionPeriods:
    """Days that things are kept: who was at an event and who a guest was, from its end on; what was
    answered in a quiz, whose scores stay; letters that were sent or given up; tries to sign in, and
    sessions that are over.
    """

    attendance: int
    answers: int
    letters: int
    attempts: int
    guests: int


RUNS_AT = time(9, 40)
"""When the retention run of the night begins (UTC)."""
