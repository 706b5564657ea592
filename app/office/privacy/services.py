"""Gives and withdraws consents, keeps what countries tell of their data, exports and erases a
person's data, and deletes what need not be kept.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.database import forget_after
from app.kernel.actor import SYSTEM, Actor
from app.kernel.numbers import LARGEST_ID
from app.kernel.reference import reference_day
from app.kernel.refusal import NotFound
from app.kernel.seen import require_as_seen
from app.kernel.text import LocalizedText
from app.office.privacy import policy
from app.office.privacy.facts import (
    ConsentChanged,
    CountryNoticeWritten,
    PersonalRecordRead,
    PersonErased,
    RetentionRun,
)
from app.office.privacy.models import Consent, CountryNotice
from app.office.privacy.queries import (
    agreed_to,
    everything_about,
    guests_to_erase,
    lock_country,
    names_of_country,
    standing_notice,
)
from app.office.privacy.rules import VERSION
from app.office.privacy.values import (
    CertificateNames,
    Domain,
    PersonalData,
    Purpose,
    RetentionPeriods,
)
from app.participation.attendance.services.recording import expire_attendance, expire_details
from app.participation.registrations.services.registering import registration_of, withdraw_consent
from app.participation.registrations.values import REQUIRED_CONSENT, ConsentPurpose
from app.people.access.rules import REQUEST_LASTS
from app.people.access.services import expire_requests
from app.people.directory.facts import ExportMade
from app.people.directory.queries.counts_only import answering_for, people_named
from app.people.directory.queries.people import is_withheld, person_of, records_of_person
from app.people.directory.queries.roster import country_of
from app.people.directory.services.counts_only import empty_roster, locked_for_choice
from app.people.directory.services.people import lock_joined_records
from app.people.identity.services.accounts import expire_attempts, forget_kept_forms
from app.people.identity.services.roles import lock_organizers
from app.training.certificates.services.erasing import erase_names
from app.training.learning.services.recording import expire_answers
from config import Settings


def set_consent(
    db: Session, *, actor: Actor, purpose: Purpose, is_given: bool, now: datetime
) -> bool:
    """Gives a consent in the present wording, or withdraws it; returns whether anything changed."""
    person_id = policy.require_person(actor)
    person_of(db, person_id, locked=True)
    own_rows = select(Consent).where(
        Consent.person_id == person_id, Consent.purpose == purpose.value
    )
    standing = db.scalar(own_rows.where(Consent.withdrawn_at.is_(None)))
    if (standing is not None) is is_given:
        return False
    version = standing.version if standing else VERSION
    if standing is None:
        db.add(Consent(person_id=person_id, purpose=purpose.value, version=VERSION, given_at=now))
    else:
        standing.withdrawn_at = now
    db.flush()
    fact = ConsentChanged(
        person_id=person_id,
        purpose=purpose.value,
        version=version,
        change="given" if is_given else "withdrawn",
    )
    journal.record(db, fact, actor=actor, now=now)
    return True


def withdraw_event_consent(
    db: Session, *, actor: Actor, event_id: UUID, purpose: str, now: datetime
) -> bool:
    """Withdraws a voluntary consent for one event; returns whether anything changed. A consent
    without which nobody takes part ends with the registration only.
    """
    row = registration_of(db, event_id, policy.require_person(actor))
    if row is None:
        return False
    agreed = agreed_to(db, registration_id=row.id)
    if purpose not in agreed - REQUIRED_CONSENT:
        return False
    withdraw_consent(db, row, actor=actor, kept=agreed - {ConsentPurpose(purpose)}, now=now)
    return True


def write_notice(
    db: Session, *, actor: Actor, country_code: str, text: LocalizedText, seen: str, now: datetime
) -> bool:
    """Adds a wording to what the country tells of the data about its people; returns whether it is
    another one. Without text the country has none any more. `seen`: the mark of the text that the
    writer began from; refuses with ChangedMeanwhile when another one stands.
    """
    policy.require_may_write_notice(actor, country_code)
    if country_of(db, country_code) is None:
        raise NotFound
    lock_country(db, country_code)
    standing = standing_notice(db, country_code)
    if text == standing.text:
        return False
    require_as_seen(seen, standing.text)
    version = standing.version + 1
    db.add(CountryNotice(country_code=country_code, version=version, text=text, written_at=now))
    db.flush()
    journal.record(db, CountryNoticeWritten(country_code, version), actor=actor, now=now)
    return True


# Erases a person everywhere, and exports all that is known of one.


def take_along(
    db: Session, *, actor: Actor, person_id: int, domains: Sequence[Domain], now: datetime
) -> dict[str, Any]:
    """Returns all data of the person and of the records that were joined to it, and records the
    export.
    """
    _require_person(db, actor, person_id)
    if actor.person_id != person_id and is_withheld(db, person_id):
        raise NotFound
    data = everything_about(db, person_id, domains)
    journal.record(db, ExportMade("personal-data", str(person_id), len(data)), actor=actor, now=now)
    return data


def record_reading(db: Session, *, actor: Actor, person_id: int, now: datetime) -> None:
    """Records that the actor opened the person's record."""
    policy.require_may_handle(actor, person_id)
    journal.record(db, PersonalRecordRead(person_id), actor=actor, now=now)


def erase(
    db: Session,
    *,
    actor: Actor,
    person_id: int,
    domains: Sequence[Domain],
    now: datetime,
    hides_names: bool = False,
) -> None:
    """Erases a person everywhere, in the order of `domains`, of which those that know the address
    by the account come before identity. Every record that was joined to the person's is erased with
    it. A second time changes nothing more. Refuses with LastOrganizer to leave the platform without
    an organizer.

    Their certificates keep the name, unless `hides_names`: a hash stands for it from now on.
    """
    _lock_for_erasing(db)
    _require_person(db, actor, person_id)
    _erase(
        db,
        records_of_person(db, person_id),
        actor=actor,
        domains=domains,
        now=now,
        hides_names=hides_names,
    )


def _lock_for_erasing(db: Session) -> None:
    forget_after(db)
    lock_organizers(db)
    lock_joined_records(db)


def _erase(
    db: Session,
    people: Collection[int],
    *,
    actor: Actor,
    domains: Sequence[Domain],
    now: datetime,
    hides_names: bool,
) -> None:
    if hides_names:
        erase_names(db, actor=actor, people=people, now=now)
    for domain in domains:
        if domain.erase is not None:
            for number in people:
                domain.erase(db, person_id=number, now=now)
    names = CertificateNames.ERASED if hides_names else CertificateNames.KEPT
    facts = [PersonErased(number, names.value) for number in people]
    journal.record_all(db, facts, actor=actor, now=now)


def give_up_names(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    domains: Sequence[Domain],
    now: datetime,
) -> int:
    """Lets a country give no names from now on; returns how many people were erased. Whoever signs in
    as themselves stays, without a post, and so does who speaks for the country. Certificates stay
    valid, with a hash in the place of the name. A second time changes nothing.
    """
    _lock_for_erasing(db)
    country = locked_for_choice(db, actor=actor, country_code=country_code)
    if country.counts_only_since is not None:
        return 0
    going = names_of_country(db, country_code, reference_day(now)).going
    forget_kept_forms(db, people=answering_for(db, country_code, reference_day(now)))
    people = people_named(db, country_code)
    names = frozenset(people[number] for number in going)
    for domain in domains:
        if domain.forget_country is not None:
            domain.forget_country(db, country_code=country_code, names=names)
    _erase(db, sorted(going), actor=actor, domains=domains, now=now, hides_names=True)
    empty_roster(db, actor=actor, country=country, people=len(going), now=now)
    return len(going)


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Erases what this package keeps: withdraws the consents, which stay as proof of what was
    allowed until now.
    """
    standing = update(Consent).where(Consent.person_id == person_id, Consent.withdrawn_at.is_(None))
    db.execute(standing.values(withdrawn_at=now))


def _require_person(db: Session, actor: Actor, person_id: int) -> None:
    policy.require_may_handle(actor, person_id)
    if not 0 < person_id <= LARGEST_ID or person_of(db, person_id) is None:
        raise NotFound


def retention_periods(settings: Settings) -> RetentionPeriods:
    return RetentionPeriods(
        attendance=settings.keep_attendance_days,
        answers=settings.keep_answers_days,
        letters=settings.keep_letters_days,
        attempts=settings.keep_attempts_days,
        guests=settings.keep_guests_days,
    )


@dataclass(frozen=True)
class Expiry:
    """A run over one kind: what is older than `before` goes, or with `dry_run` is only counted."""

    db: Session
    before: datetime
    now: datetime
    personal: PersonalData
    dry_run: bool


@dataclass(frozen=True)
class Kept:
    """A kind of rows that need not be kept for good. `days`: for how long they are; `expire` deletes
    the older ones and returns how many.
    """

    kind: str
    days: Callable[[RetentionPeriods], int]
    expire: Callable[[Expiry], int]


def _expire_guests(run: Expiry) -> int:
    """Erases guests and outside speakers of events that ended before the instant; returns how many.
    With `dry_run` it only counts them.
    """
    guests = guests_to_erase(run.db, before=run.before)
    if not run.dry_run:
        for person_id in guests:
            erase(
                run.db,
                actor=SYSTEM,
                person_id=person_id,
                domains=run.personal.domains,
                now=run.now,
            )
    return len(guests)


KEPT: tuple[Kept, ...] = (
    Kept(
        "attendance",
        lambda keep: keep.attendance,
        lambda run: expire_attendance(run.db, before=run.before, dry_run=run.dry_run),
    ),
    Kept(
        "attendance-details",
        lambda keep: keep.attendance,
        lambda run: expire_details(run.db, before=run.before, now=run.now, dry_run=run.dry_run),
    ),
    Kept(
        "quiz-answers",
        lambda keep: keep.answers,
        lambda run: expire_answers(run.db, before=run.before, dry_run=run.dry_run),
    ),
    Kept(
        "sign-in-attempts",
        lambda keep: keep.attempts,
        lambda run: expire_attempts(run.db, before=run.before, dry_run=run.dry_run),
    ),
    Kept(
        "access-requests",
        lambda _keep: REQUEST_LASTS.days,
        lambda run: expire_requests(run.db, before=run.before, dry_run=run.dry_run),
    ),
    Kept(
        "letters",
        lambda keep: keep.letters,
        lambda run: run.personal.expire_letters(run.db, before=run.before, dry_run=run.dry_run),
    ),
    Kept("guests", lambda keep: keep.guests, _expire_guests),
)
"""In this order, on pages too. Letters belong to a package above, so PersonalData brings what deletes
them.
"""


def expire(
    db: Session, *, keep: RetentionPeriods, personal: PersonalData, now: datetime, dry_run: bool
) -> Mapping[str, int]:
    """Deletes what was kept long enough; returns how many rows of each kind.

    With `dry_run` it deletes nothing and returns how many it would. A fact is recorded for each
    kind that had any.
    """
    deleted = {
        one.kind: one.expire(
            Expiry(db, now - timedelta(days=one.days(keep)), now, personal, dry_run)
        )
        for one in KEPT
    }
    if not dry_run:
        forget_after(db)
        for kind, rows in deleted.items():
            if rows:
                journal.record(db, RetentionRun(kind, rows), actor=SYSTEM, now=now)
    return deleted
