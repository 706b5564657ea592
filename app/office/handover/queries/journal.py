"""Reads of the journal for the audit page: newest first, paged by entry."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    false,
    or_,
    select,
)
from sqlalchemy.orm import Session

from app.followup.agreements.models import Agreement
from app.followup.practices.models import GoodPractice
from app.infra.journal import JournalEntry
from app.kernel.actor import Role
from app.kernel.numbers import LARGEST_ID
from app.kernel.reference import reference_start
from app.kernel.text import LocalizedText, untranslated
from app.people.directory.facts import ExportMade
from app.people.directory.models import Country, Institution, Person, WorkingGroup
from app.people.directory.rules.people import DELEGATES_OF, MECHANISMS_OF
from app.people.identity.models import Account, RoleGrant
from app.people.identity.queries import accounts_of_person
from app.planning.calendars.models import CalendarSource
from app.planning.events.models import (
    ChecklistItem,
    Edition,
    Event,
    FundingSource,
    PlanEntry,
    WorkTable,
)
from app.planning.scheduling.models import Resource
from app.planning.scheduling.values import PartyKind
from app.planning.seasons.models import Season
from app.training.learning.models import Course
from app.training.packages.models import Package
from app.web.fields import number_in, uuid_in

PER_PAGE = 50
MOST_EXPORTED = 10_000
ALL, MOST = "all", "most"
ROUTINE = ("MessageQueued",)
"""What the platform does by itself many times a day. MOST leaves it out, or nothing else would be
seen.
"""
KINDS: Mapping[str, tuple[str, ...]] = {
    "overrides": (
        "RuleOverridden",
        "RuleSet",
        "ConflictCaseClosed",
        "PairDeclared",
        "PairWithdrawn",
    ),
    "attendance": (
        "AttendanceRecorded",
        "AttendanceCorrected",
        "ImportUploaded",
        "ImportApplied",
        "OriginalDropped",
        "PersonCheckedIn",
        "ClosedWithoutAttendance",
    ),
    "exports": ("CertificatePrintAsked", "ExportMade", "RosterExported"),
    "looking": ("PeopleLookedUp", "PersonalRecordRead", "RosterRead"),
    "roles": (
        "RoleGranted",
        "RoleEnded",
        "PresidencyDesignated",
        "PresidencyTermEnded",
        "FocalPointDesignated",
        "FocalPointEnded",
        "DelegateDesignated",
        "DelegateEnded",
        "AccountCreated",
        "AccountClosed",
    ),
    "approvals": (
        "ApprovalAsked",
        "ApprovalWithdrawn",
        "ApprovalLapsed",
        "EventApproved",
        "EventReturned",
        "PlanApproved",
        "EventPublished",
        "EventClosed",
    ),
    "sign-ins": (
        "SignedIn",
        "SignedOut",
        "SignInLinkRequested",
        "NewDeviceUsed",
        "SignInsFailed",
        "UnknownSignInsFailed",
        "RequestsRefused",
        "VirusesRefused",
        "SessionsEnded",
        "PasswordChanged",
        "ProviderLinked",
        "ProviderUnlinked",
    ),
    "letters": ("MessageQueued", "MessageRetried", "MessageBounced", "MessageGivenUp"),
}
SAID: BindParameter[Any] = bindparam("said", expanding=True)
ACTING = (Role.ORGANIZER, Role.PRESIDENCY, Role.CONVENOR, Role.FOCAL_POINT)
ACTS = (
    select(Account.person_id)
    .join(RoleGrant, RoleGrant.account_id == Account.id)
    .where(RoleGrant.role.in_([role.value for role in ACTING]), Account.person_id.is_not(None))
)
NAMED = case((Person.id.in_(ACTS), Person.full_name), else_="")
"""Who plans or answers for a country, as `who_acts`: of officials the journal tells the country
(R50).
"""
ABOUT_PEOPLE = ("person_id", "account_id", "kept_id", "gone_id")
LOOKUPS: tuple[tuple[tuple[str, ...], Callable[[str], Any], Select[Any, Any]], ...] = (
    (
        ("event_id", "congress_id", "source_id", "scope"),
        uuid_in,
        select(Event.id, Event.title).where(Event.id.in_(SAID)),
    ),
    (
        ("person_id", "kept_id", "gone_id", "scope"),
        number_in,
        select(Person.id, NAMED).where(Person.id.in_(SAID)),
    ),
    (
        ("account_id",),
        number_in,
        select(Account.id, NAMED)
        .join(Person, Person.id == Account.person_id)
        .where(Account.id.in_(SAID)),
    ),
    (
        ("institution_id", "merged_id"),
        number_in,
        select(Institution.id, Institution.name).where(Institution.id.in_(SAID)),
    ),
    (
        ("edition_id", "cloned_from"),
        number_in,
        select(Edition.id, Edition.label).where(Edition.id.in_(SAID)),
    ),
    (
        ("work_table_id",),
        number_in,
        select(WorkTable.id, WorkTable.theme).where(WorkTable.id.in_(SAID)),
    ),
    (
        ("item_id",),
        number_in,
        select(ChecklistItem.id, ChecklistItem.words).where(ChecklistItem.id.in_(SAID)),
    ),
    (
        ("entry_id",),
        number_in,
        select(PlanEntry.id, PlanEntry.title).where(PlanEntry.id.in_(SAID)),
    ),
    (
        ("agreement_id",),
        number_in,
        select(Agreement.id, cast(Agreement.number, String) + Agreement.letter).where(
            Agreement.id.in_(SAID)
        ),
    ),
    (
        ("funding_source_id",),
        number_in,
        select(FundingSource.id, FundingSource.name).where(FundingSource.id.in_(SAID)),
    ),
    (
        ("source_id",),
        number_in,
        select(CalendarSource.id, CalendarSource.name).where(CalendarSource.id.in_(SAID)),
    ),
    (
        ("package_id",),
        number_in,
        select(Package.id, Package.title).where(Package.id.in_(SAID)),
    ),
    (
        ("practice_id",),
        uuid_in,
        select(GoodPractice.id, GoodPractice.title).where(GoodPractice.id.in_(SAID)),
    ),
    (
        ("season_id",),
        uuid_in,
        select(Season.id, Season.title).where(Season.id.in_(SAID)),
    ),
    (
        ("course_slug",),
        str,
        select(Course.slug, Course.title).where(Course.slug.in_(SAID)),
    ),
    (
        ("scope",),
        str,
        select(FundingSource.slug, FundingSource.name).where(FundingSource.slug.in_(SAID)),
    ),
    (
        ("key",),
        str,
        select(Resource.key, Resource.label).where(
            Resource.kind == PartyKind.LICENCE.value, Resource.key.in_(SAID)
        ),
    ),
    (
        ("group", "scope", "first", "second", "key"),
        str,
        select(WorkingGroup.slug, WorkingGroup.name).where(WorkingGroup.slug.in_(SAID)),
    ),
    (
        ("listed",),
        lambda said: said.removeprefix(DELEGATES_OF),
        select(WorkingGroup.slug, WorkingGroup.name).where(WorkingGroup.slug.in_(SAID)),
    ),
    (
        ("listed",),
        lambda said: said.removeprefix(MECHANISMS_OF),
        select(Country.code, Country.name).where(Country.code.in_(SAID)),
    ),
    (
        ("country_code", "scope", "key"),
        str,
        select(Country.code, Country.name).where(Country.code.in_(SAID)),
    ),
)
"""By parameter of facts how its value is read, and the statement that finds its name."""
OF_COUNTRY: tuple[tuple[tuple[str, ...], Select[Any, Any]], ...] = (
    (
        ("person_id", "kept_id", "gone_id", "scope"),
        select(Person.id, Country.name)
        .join(Country, Country.code == Person.country_code)
        .where(Person.id.in_(SAID)),
    ),
    (
        ("account_id",),
        select(Account.id, Country.name)
        .join(Person, Person.id == Account.person_id)
        .join(Country, Country.code == Person.country_code)
        .where(Account.id.in_(SAID)),
    ),
)
"""The same for the countries of people and of who has an account."""


@dataclass(frozen=True)
class JournalFilters:
    """`kind` is a key of KINDS, or MOST, or ALL; `who` an account or 0. Days are Costa Rica's, both
    included.
    """

    kind: str = ALL
    event_id: UUID | None = None
    who: int = 0
    since: date | None = None
    until: date | None = None
    about: Mapping[str, Sequence[str]] | None = None
    """Only entries of these subjects: by kind their ids."""


@dataclass(frozen=True)
class JournalLine:
    """`by` is "" for what the platform did itself."""

    id: int
    at: datetime
    by: str
    account_id: int
    fact: str
    subject: str
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class JournalNames:
    """Names for the numbers and codes of some entries, by parameter and value. `countries`: the
    same for where people are from. `words`: msgids of packages above this one.
    """

    known: Mapping[tuple[str, str], LocalizedText] = field(default_factory=dict)
    countries: Mapping[tuple[str, str], LocalizedText] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class JournalPage:
    """`before` is the entry where the next, earlier page begins; None on the last page."""

    entries: Sequence[JournalLine]
    names: JournalNames
    before: int | None


def journal_page(
    db: Session, *, filters: JournalFilters, before: int | None = None, limit: int = PER_PAGE
) -> JournalPage:
    """Returns a page of the journal, in the order of what happened: what is written down later,
    from another system or after an outage, appears where it belongs. A constant number of
    statements however many rows there are.

    Not scoped by actor: the page is for those who may read all of it.
    """
    wanted = _asked(filters)
    last = db.get(JournalEntry, min(before, LARGEST_ID)) if before is not None else None
    if last is not None:
        at_once = and_(JournalEntry.at == last.at, JournalEntry.id < last.id)
        wanted = wanted.where(or_(JournalEntry.at < last.at, at_once))
    rows = db.execute(
        wanted.order_by(JournalEntry.at.desc(), JournalEntry.id.desc()).limit(limit + 1)
    ).all()
    entries = [
        JournalLine(
            id=row.id,
            at=row.at,
            by=name or email or "",
            account_id=row.actor_account_id or 0,
            fact=row.fact,
            subject=f"{row.subject_kind} {row.subject_id}".strip(),
            payload=row.payload,
        )
        for row, email, name in rows[:limit]
    ]
    return JournalPage(entries, _names(db, entries), entries[-1].id if len(rows) > limit else None)


def journal_of_person(db: Session, person_id: int) -> JournalPage:
    """Returns all that the person did or that was done to them, the newest first. Of other people only
    the country is named. It reads the whole journal: for a copy of one's data, which is rare.
    """
    e = JournalEntry
    accounts = list(accounts_of_person(db, person_id))
    own = (("person", "person_id", [person_id]), ("account", "account_id", accounts))
    copy = ExportMade("personal-data", str(person_id), 0)
    about = [
        and_(e.subject_kind == copy.subject_kind, e.subject_id == copy.subject_id),
        *(
            or_(
                and_(e.subject_kind == kind, e.subject_id.in_([str(one) for one in numbers])),
                cast(e.payload[key].as_string(), String).in_([str(one) for one in numbers]),
            )
            for kind, key, numbers in own
        ),
    ]
    rows = db.scalars(
        select(e)
        .where(or_(e.actor_account_id.in_(accounts), *about))
        .order_by(e.at.desc(), e.id.desc())
    )
    entries = [
        JournalLine(
            id=row.id,
            at=row.at,
            by="",
            account_id=row.actor_account_id or 0,
            fact=row.fact,
            subject="",
            payload=row.payload,
        )
        for row in rows
    ]
    names = _names(db, entries)
    known = {key: name for key, name in names.known.items() if not is_of_person(*key)}
    name = untranslated(db.get_one(Person, person_id).full_name)
    known |= {(key, str(number)): name for _kind, key, numbers in own for number in numbers}
    known["scope", str(person_id)] = name
    return JournalPage(entries, replace(names, known=known), None)


def is_of_person(key: str, value: str) -> bool:
    """Returns True for the parameters of facts that say who: a scope where it is a number."""
    return key in ABOUT_PEOPLE or (key == "scope" and value.isdecimal())


def who_acts(db: Session) -> Sequence[tuple[int, str]]:
    """Returns the accounts that plan or answer for a country, by name, for the filter."""
    rows = db.execute(
        select(Account.id, Person.full_name)
        .join(Person, Person.id == Account.person_id)
        .where(
            Account.id.in_(
                select(RoleGrant.account_id).where(RoleGrant.role.in_([r.value for r in ACTING]))
            )
        )
        .order_by(Person.sort_key, Account.id)
    )
    return [(account_id, name) for account_id, name in rows]


def title_of_event(db: Session, event_id: UUID) -> LocalizedText | None:
    return db.scalar(select(Event.title).where(Event.id == event_id))


def _asked(filters: JournalFilters) -> Select[JournalEntry, str, str]:
    entries: Select[JournalEntry, str, str] = (
        select(JournalEntry, Account.email, Person.full_name)
        .outerjoin(Account, Account.id == JournalEntry.actor_account_id)
        .outerjoin(Person, Person.id == Account.person_id)
    )
    if filters.kind in KINDS:
        entries = entries.where(JournalEntry.fact.in_(KINDS[filters.kind]))
    elif filters.kind == MOST:
        entries = entries.where(JournalEntry.fact.not_in(ROUTINE))
    if filters.event_id is not None:
        about = JournalEntry.subject_id.in_([str(filters.event_id), filters.event_id.hex])
        entries = entries.where(JournalEntry.subject_kind == "event", about)
    if filters.about is not None:
        subjects = (
            and_(JournalEntry.subject_kind == kind, JournalEntry.subject_id.in_(ids))
            for kind, ids in filters.about.items()
        )
        entries = entries.where(or_(false(), *subjects))
    if filters.who:
        entries = entries.where(JournalEntry.actor_account_id == min(filters.who, LARGEST_ID))
    if filters.since is not None:
        entries = entries.where(JournalEntry.at >= reference_start(filters.since))
    if filters.until is not None:
        entries = entries.where(
            JournalEntry.at < reference_start(filters.until + timedelta(days=1))
        )
    return entries


def _names(db: Session, entries: Sequence[JournalLine]) -> JournalNames:
    """Returns the names of all that the entries speak of; a statement for each kind of record."""
    known: dict[tuple[str, str], LocalizedText] = {}
    for keys, read, statement in LOOKUPS:
        known |= _found(db, entries, keys, read, statement)
    countries: dict[tuple[str, str], LocalizedText] = {}
    for keys, statement in OF_COUNTRY:
        countries |= _found(db, entries, keys, number_in, statement)
    return JournalNames(known, countries)


def _found(
    db: Session,
    entries: Sequence[JournalLine],
    keys: tuple[str, ...],
    read: Callable[[str], Any],
    statement: Select[Any, Any],
) -> dict[tuple[str, str], LocalizedText]:
    said = {one for one in map(read, _said(entries, keys)) if one is not None}
    names: dict[tuple[str, str], LocalizedText] = {}
    for value, name in db.execute(statement, {"said": list(said)}).all() if said else ():
        text = name if isinstance(name, LocalizedText) else untranslated(str(name or ""))
        names |= {(key, str(value)): text for key in keys}
    return names


def _said(entries: Sequence[JournalLine], keys: Collection[str]) -> set[str]:
    return {str(entry.payload[key]) for entry in entries for key in keys if entry.payload.get(key)}
