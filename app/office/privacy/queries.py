"""What people agreed to, what countries tell of their data, all data of one person, and the search
for a person who asked by letter.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from app.office.privacy.models import Consent, CountryNotice
from app.office.privacy.rules import SENTENCES, VERSION, is_enough
from app.office.privacy.values import (
    ConsentState,
    Domain,
    EventConsent,
    Found,
    NamesOfCountry,
    NoticeVersion,
    Purpose,
)
from app.participation.invitations.queries.guests import guests_invited
from app.participation.registrations.models import Registration, RegistrationConsent
from app.participation.registrations.values import REQUIRED_CONSENT, ConsentPurpose
from app.participation.speakers.queries import guests_who_speak
from app.people.directory.models import Country, Person
from app.people.directory.queries import counts_only
from app.people.directory.queries.people import records_of_person
from app.people.directory.queries.roster import ERASED, LONGEST_SEARCH
from app.people.directory.rules.people import plain_key
from app.people.identity.models import Account
from app.people.identity.queries import people_with_own_account
from app.planning.events.models import Event
from app.training.certificates.queries.names import certificates_with_name

# What a person agreed to: for all of Convoca, and for each event.


def standing_consents(db: Session, person_id: int) -> Sequence[ConsentState]:
    """Returns one row for each purpose, in the wording that was agreed to, else in the present one."""
    rows = db.scalars(
        select(Consent).where(Consent.person_id == person_id, Consent.withdrawn_at.is_(None))
    )
    given = {row.purpose: row for row in rows}
    consents = []
    for purpose in Purpose:
        row = given.get(purpose.value)
        version = row.version if row and row.version in SENTENCES else VERSION
        consents.append(
            ConsentState(
                purpose=purpose,
                sentence=SENTENCES[version][purpose],
                version=version,
                given_at=row.given_at if row else None,
            )
        )
    return consents


def event_consents(db: Session, person_id: int) -> Sequence[EventConsent]:
    """Returns the consents by event, the latest event first."""
    rows = db.execute(
        select(RegistrationConsent, Event.id, Event.title)
        .join(Registration, Registration.id == RegistrationConsent.registration_id)
        .join(Event, Event.id == Registration.event_id)
        .where(Registration.person_id == person_id)
        .order_by(RegistrationConsent.given_at.desc(), RegistrationConsent.purpose)
    )
    return [
        EventConsent(
            event_id=event_id,
            title=title,
            purpose=row.purpose,
            version=row.version,
            given_at=row.given_at,
            withdrawn_at=row.withdrawn_at,
            may_withdraw=row.withdrawn_at is None and row.purpose not in REQUIRED_CONSENT,
        )
        for row, event_id, title in rows
    ]


def agreed_to(db: Session, *, registration_id: int) -> frozenset[ConsentPurpose]:
    """Returns the purposes that were agreed to with a registration and are not withdrawn."""
    query = select(RegistrationConsent.purpose).where(
        RegistrationConsent.registration_id == registration_id,
        RegistrationConsent.withdrawn_at.is_(None),
    )
    return frozenset(ConsentPurpose(one) for one in db.scalars(query))


# What a country tells of the data about its people.

_NOTICES = select(CountryNotice).order_by(CountryNotice.country_code, CountryNotice.version.desc())
_STANDING = _NOTICES.where(CountryNotice.country_code == bindparam("code")).limit(1)


def notices(db: Session) -> Mapping[str, Sequence[NoticeVersion]]:
    """Returns by country all wordings, the one that stands first; no country that never had one."""
    by_country = groupby(db.scalars(_NOTICES), key=lambda row: row.country_code)
    return {code: [_notice(row) for row in rows] for code, rows in by_country}


def standing_notice(db: Session, country_code: str) -> NoticeVersion:
    row = db.scalars(_STANDING, {"code": country_code}).first()
    return _notice(row) if row else NoticeVersion()


def _notice(row: CountryNotice) -> NoticeVersion:
    return NoticeVersion(row.version, row.text, row.written_at)


def lock_country(db: Session, country_code: str) -> None:
    """Locks the country's row, so that of two who write its notice at once the second waits."""
    db.execute(select(Country.code).where(Country.code == country_code).with_for_update())


# All data of one person, collected from each domain, and the search for a person who asked by
# letter.

LISTED = 20


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns what this package keeps of the person."""
    rows = (
        select(Consent).where(Consent.person_id == person_id).order_by(Consent.given_at, Consent.id)
    )
    return {
        "consents": [
            {
                "purpose": row.purpose,
                "version": row.version,
                "given_at": row.given_at.isoformat(),
                "withdrawn_at": row.withdrawn_at.isoformat() if row.withdrawn_at else None,
            }
            for row in db.scalars(rows)
        ]
    }


def everything_about(db: Session, person_id: int, domains: Sequence[Domain]) -> dict[str, Any]:
    """Returns all data by domain. Data of other records of the same person is in a list beside it."""
    data: dict[str, Any] = {domain.name: domain.keeps(db, person_id) for domain in domains}
    others = [one for one in records_of_person(db, person_id) if one != person_id]
    if others:
        data["joined_records"] = [
            {domain.name: domain.keeps(db, number) for domain in domains} for number in others
        ]
    return data


def named_certificates(db: Session, person_id: int) -> int:
    """Returns how many certificates bear the person's name, those of joined records included."""
    return certificates_with_name(db, records_of_person(db, person_id))


def people_named(db: Session, words: str) -> Sequence[Found]:
    """Returns at most twenty people whose name has all the words, or who have exactly that address.
    Returns nobody for fewer than three letters.
    """
    if not is_enough(words):
        return ()
    shown = "".join(letter if letter.isprintable() else " " for letter in words[:LONGEST_SEARCH])
    plain = func.replace(Person.sort_key, "~", "")
    named = [plain.contains(word, autoescape=True) for word in plain_key(shown).split()[:6]]
    by_name = named[0]
    for one in named[1:]:
        by_name = by_name & one
    rows = db.execute(
        _people()
        .where(Person.merged_into_id.is_(None))
        .where(or_(by_name, func.lower(Person.email) == shown.strip().lower()))
        .order_by(Person.sort_key, Person.id)
        .limit(LISTED)
    )
    return [_found(*row) for row in rows]


def person_found(db: Session, person_id: int) -> Found | None:
    row = db.execute(_people().where(Person.id == person_id)).one_or_none()
    return _found(*row) if row else None


def _people() -> Any:
    return (
        select(Person, Country, Account.id)
        .outerjoin(Country, Country.code == Person.country_code)
        .outerjoin(Account, Account.person_id == Person.id)
    )


def _found(person: Person, country: Country | None, account_id: int | None) -> Found:
    return Found(
        person_id=person.id,
        full_name=person.full_name,
        country=country.name if country else None,
        is_guest=person.is_guest,
        has_account=account_id is not None,
    )


def guests_to_erase(db: Session, *, before: datetime) -> dict[int, str]:
    """Returns the names of guests and outside speakers of events that ended before the instant, by
    their number; nobody's who is erased. Not scoped by actor: for the run and its look ahead.
    """
    people = guests_invited(db, before=before) | dict(guests_who_speak(db, before=before))
    known = sorted(people.items())
    return {number: name for number, name in known if name != f"{ERASED}{number}"}


# A country that gives no names.


def names_of_country(db: Session, country_code: str, on: date) -> NamesOfCountry:
    """Returns what there is of a country by name, and what of it goes once it gives no names."""
    named = counts_only.people_named(db, country_code)
    own = people_with_own_account(db, named) | (
        set(named) & set(counts_only.answering_for(db, country_code, on))
    )
    staying = frozenset(
        number for person_id in own for number in records_of_person(db, person_id)
    ) & set(named)
    going = frozenset(named) - staying
    appointments, held = counts_only.rows_named(db, country_code)
    return NamesOfCountry(
        going=going,
        staying=staying,
        certificates=certificates_with_name(db, going),
        appointments=appointments,
        held=held,
    )
