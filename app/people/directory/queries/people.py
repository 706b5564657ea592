"""One person: the record and its corrections, what others need of it; and people found by name."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, case, func, literal, or_, select
from sqlalchemy.orm import Session

from app.infra.journal import JournalEntry
from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotFound, Sentence
from app.kernel.text import N_, LocalizedText
from app.people.directory import policy
from app.people.directory.facts import PeopleLookedUp, RosterRead
from app.people.directory.models import (
    Appointment,
    CorrectionRequest,
    Country,
    FocalPoint,
    Institution,
    Membership,
    Person,
    PersonCorrection,
    Post,
    WorkingGroup,
)
from app.people.directory.queries.roster import is_erased, people_known_to
from app.people.directory.rules import people as rules

NAMES_OF = (
    select(Person.id, Person.full_name)
    .where(Person.id.in_(bindparam("people", expanding=True)))
    .order_by(Person.id)
)
EMAIL_OF_PERSON = select(Person.email).where(
    Person.id == bindparam("person_id"), Person.email != ""
)


def person_of(db: Session, person_id: int | None, *, locked: bool = False) -> Person | None:
    return None if person_id is None else db.get(Person, person_id, with_for_update=locked)


def is_official(db: Session, person_id: int | None) -> bool:
    """Returns True for somebody of the directory who is not a guest."""
    person = person_of(db, person_id)
    return person is not None and not person.is_guest


def names_of(db: Session, people: Iterable[int]) -> dict[int, str]:
    """Returns the names of those who exist, in the order of their numbers."""
    rows = db.execute(NAMES_OF, {"people": list(set(people))})
    return {row.id: row.full_name for row in rows}


def emails_of_person(db: Session, person_id: int) -> frozenset[str]:
    return frozenset(db.scalars(EMAIL_OF_PERSON, {"person_id": person_id}))


def emails_of_others(db: Session, person_id: int, emails: Collection[str]) -> frozenset[str]:
    """Returns those of the addresses, in small letters, that somebody else has too."""
    folded = func.lower(Person.email)
    query = select(folded).where(Person.id != person_id, folded.in_(emails))
    return frozenset(db.scalars(query))


# One person's record for whoever may put it right, and for its owner.


@dataclass(frozen=True)
class HeldPost:
    """A post somebody has or had; `until` is the first day without it, `acting_until` the last day
    for which somebody only acts in it, None where that is open.
    """

    appointment_id: int
    institution_id: int
    institution: LocalizedText
    title: LocalizedText
    since: date
    until: date | None
    is_acting: bool = False
    acting_until: date | None = None


@dataclass(frozen=True)
class CorrectionLine:
    """What was on record and what is since. `by` is the account that put it right."""

    field: str
    before: str
    after: str
    at: datetime
    by: int | None


@dataclass(frozen=True)
class CorrectionAskedRow:
    """What its owner says should change; "" where nothing. `decision` is "" while it waits."""

    id: int
    person_id: int
    name_on_record: str
    country_code: str
    country: LocalizedText | None
    full_name: str
    email: str
    post: str
    note: str
    reissue: bool
    asked_at: datetime
    decision: str
    reason: str

    @property
    def asks_for_certificates_alone(self) -> bool:
        return self.reissue and not (self.full_name or self.email or self.post or self.note)


@dataclass(frozen=True)
class PersonRecord:
    """`posts` the latest first; those still held have no `until` or one ahead."""

    person_id: int
    full_name: str
    email: str
    country_code: str
    country: LocalizedText | None
    posts: tuple[HeldPost, ...]
    history: tuple[CorrectionLine, ...]
    asked: CorrectionAskedRow | None
    withheld: str = ""


def record_of(db: Session, *, actor: Actor, person_id: int) -> PersonRecord:
    """Returns the record; NotFound for what the actor may not see, and for guests, joined and
    erased ones.
    """
    row = db.execute(
        select(Person, Country.name)
        .outerjoin(Country, Country.code == Person.country_code)
        .where(
            Person.id == person_id,
            Person.is_guest.is_(False),
            Person.merged_into_id.is_(None),
            *(() if actor.holds(Role.ORGANIZER) else people_known_to(actor)),
        )
    ).one_or_none()
    if row is None or not policy.may_see_record(actor, row[0].country_code or ""):
        raise NotFound
    person, country = row
    if is_erased(person.id, person.full_name) or not _may_be_named(actor, person):
        raise NotFound
    return PersonRecord(
        person_id=person.id,
        full_name=person.own_name,
        email=person.own_email,
        country_code=person.country_code or "",
        country=country,
        posts=posts_of(db, person_id),
        history=_history(db, person_id),
        asked=waiting_of(db, person_id),
        withheld=person.withheld,
    )


def _may_be_named(actor: Actor, person: Person) -> bool:
    return not person.withheld or policy.may_see_names(actor, person.country_code or "")


def named_to(actor: Actor, person: Any = Person) -> ColumnElement[bool]:
    """Returns the condition on rows of Person (or an alias) that the actor reads the name: all but
    those withheld outside their country (decision 90). Whoever lists people to choose from leaves
    the others out; elsewhere their rows hold a stand-in.
    """
    return _named(person, actor.person_id or 0, sorted(actor.scopes(Role.FOCAL_POINT)))


def _named(person: Any, reader: Any, countries: Any) -> ColumnElement[bool]:
    """Returns the condition of `named_to`, for values or bound parameters: who reads, and for which
    countries they answer.
    """
    return or_(person.withheld == "", person.id == reader, person.country_code.in_(countries))


def is_withheld(db: Session, person_id: int) -> bool:
    """Returns True for a person whose name stays inside the country."""
    return bool(db.scalar(select(Person.withheld).where(Person.id == person_id)))


def name_for(actor: Actor, person: Any = Person) -> ColumnElement[str]:
    """Returns the name as the actor reads it: a stand-in where it is withheld."""
    return case((named_to(actor, person), person.own_name), else_=person.full_name)


def record_for_mark(db: Session, person_id: int) -> tuple[object, ...]:
    """Returns what a writer has before the eyes when a record is put right."""
    person = db.get_one(Person, person_id)
    posts = [
        (one.appointment_id, one.institution_id, tuple(sorted(one.title.items())))
        for one in posts_of(db, person_id)
    ]
    return (person.own_name, person.own_email, *posts)


def posts_of(db: Session, person_id: int) -> tuple[HeldPost, ...]:
    rows = db.execute(
        select(Appointment, Post.title, Institution)
        .join(Post, Post.id == Appointment.post_id)
        .join(Institution, Institution.id == Post.institution_id)
        .where(Appointment.person_id == person_id)
        .order_by(Appointment.valid_from.desc(), Appointment.id.desc())
    )
    return tuple(
        HeldPost(
            appointment_id=held.id,
            institution_id=house.id,
            institution=house.name,
            title=title,
            since=held.valid_from,
            until=held.valid_until,
            is_acting=held.is_acting,
            acting_until=held.acting_until,
        )
        for held, title, house in rows
    )


def last_asked(db: Session, person_id: int) -> CorrectionAskedRow | None:
    """Returns the latest wish of a person for the own record, decided or not; for that person."""
    return _asked(db, CorrectionRequest.person_id == person_id)


def waiting_of(db: Session, person_id: int) -> CorrectionAskedRow | None:
    return _asked(db, CorrectionRequest.person_id == person_id, CorrectionRequest.decision == "")


def request_by_id(db: Session, request_id: int) -> CorrectionAskedRow | None:
    """Returns a correction that was asked for, for letters."""
    return _asked(db, CorrectionRequest.id == request_id)


def corrections_waiting(db: Session, *, actor: Actor) -> Sequence[CorrectionAskedRow]:
    """Returns wishes that the actor may decide, the longest waiting first: the secretariat's of all
    countries.
    """
    is_of_all = actor.is_system or actor.holds(Role.ORGANIZER)
    query = _waiting(is_of_all)
    if not is_of_all and (known := people_known_to(actor)):
        query = query.where(*known)
    given = {
        "reader": actor.person_id or 0,
        "countries": sorted(actor.scopes(Role.FOCAL_POINT)),
        "own": list(actor.countries_named()),
    }
    return [_line(*row) for row in db.execute(query, given)]


@cache
def _waiting(is_of_all: bool) -> Select[CorrectionRequest, str, str | None, LocalizedText]:
    reader = bindparam("reader", type_=Person.id.type)
    waiting = _rows().where(
        CorrectionRequest.decision == "",
        _named(Person, reader, bindparam("countries", expanding=True)),
    )
    if is_of_all:
        return waiting
    return waiting.where(Person.country_code.in_(bindparam("own", expanding=True)))


def _rows() -> Select[CorrectionRequest, str, str | None, LocalizedText]:
    return (
        select(CorrectionRequest, Person.own_name, Person.country_code, Country.name)
        .join(Person, Person.id == CorrectionRequest.person_id)
        .outerjoin(Country, Country.code == Person.country_code)
        .order_by(CorrectionRequest.asked_at, CorrectionRequest.id)
    )


def _asked(db: Session, *wanted: ColumnElement[bool]) -> CorrectionAskedRow | None:
    row = db.execute(
        _rows().where(*wanted).order_by(None).order_by(CorrectionRequest.id.desc()).limit(1)
    ).one_or_none()
    return None if row is None else _line(*row)


def _line(
    row: CorrectionRequest, name: str, code: str | None, country: LocalizedText | None
) -> CorrectionAskedRow:
    return CorrectionAskedRow(
        id=row.id,
        person_id=row.person_id,
        name_on_record=name,
        country_code=code or "",
        country=country,
        full_name=row.full_name,
        email=row.email,
        post=row.post,
        note=row.note,
        reissue=row.reissue,
        asked_at=row.asked_at,
        decision=row.decision,
        reason=row.reason,
    )


def _history(db: Session, person_id: int) -> tuple[CorrectionLine, ...]:
    rows = db.scalars(
        select(PersonCorrection)
        .where(PersonCorrection.person_id == person_id)
        .order_by(PersonCorrection.id.desc())
    )
    return tuple(
        CorrectionLine(row.field, row.before, row.after, row.corrected_at, row.corrected_by)
        for row in rows
    )


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns what the directory keeps of a person as plain values; days as year-month-day, `until`
    the first day without.
    """
    person = db.get_one(Person, person_id)
    posts = db.execute(
        select(Appointment, Post.title, Institution.name)
        .join(Post, Post.id == Appointment.post_id)
        .join(Institution, Institution.id == Post.institution_id)
        .where(Appointment.person_id == person_id)
        .order_by(Appointment.valid_from, Appointment.id)
    )
    groups = db.execute(
        select(Membership, WorkingGroup.slug)
        .join(WorkingGroup, WorkingGroup.id == Membership.working_group_id)
        .where(Membership.person_id == person_id)
        .order_by(Membership.valid_from, Membership.id)
    )
    answers = (
        select(FocalPoint).where(FocalPoint.person_id == person_id).order_by(FocalPoint.valid_from)
    )
    return {
        "person": {
            "full_name": person.own_name,
            "email": person.own_email,
            "country": person.country_code,
            "language": person.language,
            "timezone": person.timezone,
            "sex": person.sex,
            "organisation": person.organisation,
            "is_guest": person.is_guest,
        },
        "posts": [
            {
                "institution": name.in_(),
                "post": title.in_(),
                **_span(row),
                "end_reason": row.end_reason,
                "confirmed_on": row.confirmed_on.isoformat() if row.confirmed_on else None,
            }
            for row, title, name in posts
        ],
        "corrections": [
            {
                "field": row.field,
                "before": row.before,
                "after": row.after,
                "at": row.corrected_at.isoformat(),
            }
            for row in db.scalars(
                select(PersonCorrection)
                .where(PersonCorrection.person_id == person_id)
                .order_by(PersonCorrection.id)
            )
        ],
        "corrections_asked": [
            {
                "full_name": row.full_name,
                "email": row.email,
                "post": row.post,
                "note": row.note,
                "certificates_anew": row.reissue,
                "at": row.asked_at.isoformat(),
                "decision": row.decision,
                "reason": row.reason,
            }
            for row in db.scalars(
                select(CorrectionRequest)
                .where(CorrectionRequest.person_id == person_id)
                .order_by(CorrectionRequest.id)
            )
        ],
        "working_groups": [{"group": slug, "role": row.role, **_span(row)} for row, slug in groups],
        "focal_point": [{"country": row.country_code, **_span(row)} for row in db.scalars(answers)],
    }


def _span(row: Appointment | Membership | FocalPoint) -> dict[str, str | None]:
    return {
        "from": row.valid_from.isoformat(),
        "until": row.valid_until.isoformat() if row.valid_until else None,
    }


# Finds people by name beyond what the actor may read as a list: an own roster, an own country, the
# whole region.

SEVERAL = N_(
    "Several people in other countries have this name. Write more of it, or the whole e-mail address."
)
CAPPED = N_(
    "You have looked up %(most)s people of other countries within a day. Try again tomorrow."
)
WHOLE_NAME = N_(
    "For people of other countries, write a given name and a surname, or the whole e-mail address."
)
MOST_WORDS = 6


@dataclass(frozen=True)
class PeopleElsewhere:
    """People of other countries who fit what was typed; `note` says why there is nobody or not
    everybody.
    """

    rows: Sequence[Row[Person, Country | None]] = ()
    note: Sentence | None = None


def records_of_person(db: Session, person_id: int) -> tuple[int, ...]:
    """Returns the numbers of the person's record and of every record joined to it, in order."""
    known: set[int] = {person_id}
    while True:
        joined = select(Person.id, Person.merged_into_id).where(
            or_(Person.id.in_(known), Person.merged_into_id.in_(known))
        )
        more = {number for row in db.execute(joined) for number in row if number is not None}
        if more <= known:
            return tuple(sorted(known))
        known |= more


def people_elsewhere(db: Session, *, actor: Actor, words: str, now: datetime) -> PeopleElsewhere:
    """Returns those outside the actor's country who bear the typed given name and surname, or the
    typed address.

    For whoever may not read the names of the region: nobody is found by a part of a name, no more
    than three of one name are shown, and no more than 60 people within 24 hours.
    """
    typed = rules.plain_key(words).split()[:MOST_WORDS]
    is_address = "@" in words
    if not typed or (len(typed) == 1 and not is_address):
        return PeopleElsewhere(note=Sentence(WHOLE_NAME) if typed else None)
    query = (
        select(Person, Country)
        .outerjoin(Country, Country.code == Person.country_code)
        .where(
            Person.is_guest.is_(False),
            Person.merged_into_id.is_(None),
            Person.withheld == "",
            func.coalesce(Person.country_code, "") != (actor.country or "-"),
        )
        .order_by(Person.sort_key, Person.id)
        .limit(rules.MOST_NAMESAKES * 10)
    )
    if is_address:
        rows = db.execute(query.where(func.lower(Person.email) == words.strip().lower())).all()
    else:
        name = literal(" ").concat(func.replace(Person.sort_key, "~", "")).concat(" ")
        whole = [name.contains(f" {word} ", autoescape=True) for word in typed]
        candidates = db.execute(query.where(*whole)).all()
        rows = [row for row in candidates if rules.is_name_of(row[0].full_name, words)]
    if len(rows) > rules.MOST_NAMESAKES:
        return PeopleElsewhere(note=Sentence(SEVERAL))
    known = looked_up(db, actor=actor, now=now)
    if len(known | {row[0].id for row in rows}) > max(rules.MOST_LOOKED_UP, len(known)):
        return PeopleElsewhere(note=Sentence(CAPPED, {"most": rules.MOST_LOOKED_UP}))
    return PeopleElsewhere(rows, None if rows else Sentence(WHOLE_NAME))


def looked_up(db: Session, *, actor: Actor, now: datetime) -> frozenset[int]:
    """Returns the people whom the actor's account looked up within 24 hours, from the journal."""
    entries = db.scalars(
        select(JournalEntry.payload).where(
            JournalEntry.subject_kind == PeopleLookedUp.subject_kind,
            JournalEntry.subject_id == str(actor.account_id),
            JournalEntry.at > now - rules.LOOKED_UP_WITHIN,
        )
    )
    return frozenset(number for payload in entries for number in payload["person_ids"])


ROSTER_READ = (
    select(JournalEntry.id)
    .where(
        JournalEntry.subject_kind == RosterRead.subject_kind,
        JournalEntry.subject_id == bindparam("country"),
        JournalEntry.fact == "RosterRead",
        JournalEntry.actor_account_id == bindparam("account_id"),
        JournalEntry.at > bindparam("since"),
    )
    .limit(1)
)


def is_roster_read_on_record(
    db: Session, *, actor: Actor, country_code: str, now: datetime
) -> bool:
    """Returns whether it is in the journal that the actor's account read a country's roster within
    24 hours.
    """
    given = {
        "country": country_code,
        "account_id": actor.account_id,
        "since": now - rules.LOOKED_UP_WITHIN,
    }
    return db.scalar(ROSTER_READ, given) is not None


def strangers_among(db: Session, *, actor: Actor, person_ids: Sequence[int]) -> frozenset[int]:
    """Returns those of the people whose names the actor may not read as a list."""
    if policy.may_search_the_region(actor) or not person_ids:
        return frozenset()
    query = select(Person.id).where(
        Person.id.in_(person_ids), func.coalesce(Person.country_code, "") != (actor.country or "-")
    )
    return frozenset(db.scalars(query))
