"""Reads of the directory. Rosters are scoped by actor: another country's names are never loaded."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVarTuple

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Row,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session

from app.infra.journal import JournalEntry
from app.infra.orm import in_force, not_over, text_in
from app.kernel.actor import Actor, Role
from app.kernel.paging import Paging
from app.kernel.reference import reference_start
from app.kernel.text import LocalizedText, languages
from app.people.directory import policy
from app.people.directory.facts import AppointmentStarted
from app.people.directory.models import (
    Appointment,
    Country,
    HeldNewcomer,
    Institution,
    Person,
    Post,
    RosterDraft,
)
from app.people.directory.rules import people as rules
from app.people.directory.values import EndReason, RosterChoice, SharedFigures

Columns = TypeVarTuple("Columns")
_Held = tuple[
    int,
    int,
    str,
    str,
    LocalizedText,
    LocalizedText,
    date,
    date | None,
    date | None,
    str,
    str,
    str,
    str,
    datetime,
]
"""What a row of the roster is made of: see `_rows`."""
PER_PAGE = 20
LONGEST_SEARCH = 80
CODE = re.compile(r"[A-Z]{2}")
ERASED = "Persona "
"""What stands, with the number, where a name was erased."""


@dataclass(frozen=True)
class CountryName:
    """A Member Country. `counts_only_since` is as in the table; left out where nobody asks."""

    code: str
    name: LocalizedText
    timezone: str
    shares_figures: str = SharedFigures.ALL
    counts_only_since: date | None = None

    @property
    def gives_no_names(self) -> bool:
        return self.counts_only_since is not None


@dataclass(frozen=True)
class InstitutionName:
    id: int
    name: LocalizedText


@dataclass(frozen=True)
class RosterRow:
    """Somebody in a post today. `is_to_confirm`: nobody said within 90 days that the person serves,
    or a focal point did not know (`doubted_on`); so it is of each of the person's rows.
    `is_withheld`: the name stays inside the country. `choice`: what was chosen for the row and is
    not confirmed yet.
    """

    appointment_id: int
    person_id: int
    full_name: str
    email: str
    institution: LocalizedText
    post: LocalizedText
    valid_from: date
    confirmed_on: date | None
    doubted_on: date | None
    is_to_confirm: bool
    is_withheld: bool
    choice: RosterChoice | None


@dataclass(frozen=True)
class RosterPage:
    """Part of the roster; `paging` counts the rows that fit the search, `people` the persons in
    them, `in_coverage` those of them who hold a post that coverage counts.
    """

    rows: Sequence[RosterRow]
    paging: Paging
    people: int
    in_coverage: int


@dataclass(frozen=True)
class LeaverRow:
    """Somebody who left a post. `serves` is in another post today; `may_undo` while the end can be
    taken back.
    """

    appointment_id: int
    person_id: int
    full_name: str
    institution: LocalizedText
    post: LocalizedText
    valid_from: date
    left_on: date
    reason: EndReason
    recorded_on: date | None
    serves: bool
    may_undo: bool


@dataclass(frozen=True)
class LeaversPage:
    rows: Sequence[LeaverRow]
    paging: Paging


@dataclass(frozen=True)
class PostHeld:
    """A post somebody has or had; `left_on` is None while they serve in it."""

    institution: LocalizedText
    post: LocalizedText
    valid_from: date
    left_on: date | None


@dataclass(frozen=True)
class Namesake:
    """Somebody with a given name, and their latest post in the country; None for somebody who never
    had one there.
    """

    person_id: int
    full_name: str
    email: str
    latest: PostHeld | None


COUNTRIES = select(
    Country.code,
    Country.name,
    Country.timezone,
    Country.shares_figures,
    Country.counts_only_since,
).order_by(Country.code)
_COUNTRY = COUNTRIES.where(Country.code == bindparam("code"))
_FIRST_BY_NAME = (
    select(Person.id)
    .where(Person.id.in_(bindparam("people", expanding=True)))
    .order_by(Person.own_key, Person.id)
    .limit(bindparam("number", type_=Integer()))
)


def country_of(db: Session, code: str) -> CountryName | None:
    """Returns the country of a code; None when it is no Member Country."""
    row = db.execute(_COUNTRY, {"code": code}).first() if CODE.fullmatch(code) else None
    return CountryName(*row) if row else None


def countries(db: Session) -> Sequence[CountryName]:
    return [CountryName(*row) for row in db.execute(COUNTRIES)]


def countries_keeping(
    known: Iterable[CountryName], *, actor: Actor | None, figures: SharedFigures
) -> frozenset[str]:
    """Returns the countries that do not share so much of their figures with the actor; None: with
    whoever a copy may reach. TRAINED is asked for counts of who took part, which only a country
    that shares nothing keeps; ALL for everything else.
    """
    order = list(SharedFigures)
    return frozenset(
        one.code
        for one in known
        if order.index(policy.shared_with(actor, one.code, one.shares_figures))
        < order.index(figures)
    )


def institutions_of(db: Session, *, actor: Actor, country_code: str) -> Sequence[InstitutionName]:
    policy.require_may_keep_roster(actor, country_code)
    query = (
        select(Institution)
        .where(Institution.country_code == country_code, Institution.closed_on.is_(None))
        .order_by(Institution.id)
    )
    return [InstitutionName(row.id, row.name) for row in db.scalars(query)]


def post_titles_of(db: Session, *, actor: Actor, country_code: str) -> Sequence[LocalizedText]:
    """Returns the titles of posts in a country, each once, as suggestions."""
    policy.require_may_keep_roster(actor, country_code)
    query = (
        select(Post.title)
        .join(Institution, Institution.id == Post.institution_id)
        .where(Institution.country_code == country_code)
        .distinct()
    )
    return sorted(set(db.scalars(query)), key=lambda title: rules.sort_key(title.in_()))[:100]


def roster_of(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    on: date,
    search: str = "",
    to_confirm: bool = False,
    number: int = 1,
) -> RosterPage:
    """Returns who serves in a country on a day, for its own focal point; three statements whatever
    the length.

    `search` looks for every word in name and address, accents and case apart. `to_confirm` keeps
    those who are to be confirmed, in the posts that count. A page beyond the last is the last.
    """
    policy.require_may_keep_roster(actor, country_code)
    wanted = [_open_in(country_code, on), *_matches(search), *known_to(actor)]
    unsure = persons_to_confirm(country_code, on)
    if to_confirm:
        wanted += [Post.is_target.is_(True), Appointment.person_id.in_(unsure)]
    persons = func.count(Appointment.person_id.distinct())
    counted = select(func.count(Appointment.id), persons, persons.filter(Post.is_target))
    total, people, in_coverage = db.execute(_joined(counted).where(*wanted)).one()
    paging = Paging(total, PER_PAGE, number)
    rows = db.execute(_rows().where(*wanted).limit(PER_PAGE).offset(paging.offset)).all()
    return RosterPage(_roster_rows(db, rows, unsure), paging, people, in_coverage)


def roster_to_confirm(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    on: date,
    people: Collection[int],
) -> Sequence[RosterRow]:
    """Returns rows of some of the people whom `roster_of(…, to_confirm=True)` lists, at most as many
    as there are people; one statement.
    """
    policy.require_may_keep_roster(actor, country_code)
    query = _to_confirm()
    if known := known_to(actor):
        query = query.where(*known)
    given = {"country": country_code, "on": on, "people": list(people), "limit": len(people)}
    return [_roster_row(row, is_to_confirm=True) for row in db.execute(query, given)]


@cache
def _to_confirm() -> Select[*_Held]:
    country, on = bindparam("country", type_=String()), bindparam("on", type_=Date())
    people = Appointment.person_id.in_(bindparam("people", expanding=True))
    return (
        _rows()
        .where(_open_in(country, on), Post.is_target, people)
        .limit(bindparam("limit", type_=Integer()))
    )


def first_by_name(db: Session, people: Collection[int], number: int) -> tuple[int, ...]:
    """Returns the first of the people by name, at most so many."""
    return tuple(db.scalars(_FIRST_BY_NAME, {"people": list(people), "number": number}))


def whole_roster(db: Session, *, actor: Actor, country_code: str, on: date) -> Sequence[RosterRow]:
    policy.require_may_keep_roster(actor, country_code)
    rows = db.execute(_rows().where(_open_in(country_code, on))).all()
    return _roster_rows(db, rows, persons_to_confirm(country_code, on))


def persons_to_confirm(country_code: str, on: date) -> Select[int]:
    """Returns the persons who serve in a target post of the country on the day and of whom nobody
    knows it.

    The same by statement as `rules.last_known_day` says by person, which coverage counts with; a test
    holds them equal.
    """
    return _persons_to_confirm(country_code, on, on - rules.CONFIRMATION_HOLDS)


def _persons_to_confirm(country_code: Any, on: Any, since: Any) -> Select[int]:
    """Returns the statement of `persons_to_confirm`, for values or bound parameters; see also
    `_nobody_knows`.
    """
    return (
        _joined(select(Appointment.person_id))
        .where(_open_in(country_code, on), Post.is_target)
        .group_by(Appointment.person_id)
        .having(_nobody_knows(on, since))
    )


def _nobody_knows(on: Any, since: Any) -> ColumnElement[bool]:
    """Returns the condition that nobody has confirmed an appointment lately. `on`: the day;
    `since`: the first day whose confirmations still hold on it. Both are values or bound
    parameters.
    """
    return func.max(case((_is_known(Appointment, on, since), 1), else_=0)) == 0


def _is_known(held: Any, on: Any, since: Any) -> ColumnElement[bool]:
    """Returns the condition that an appointment, or an alias of one, is known to hold on the day."""
    return or_(
        held.valid_until.is_not(None),
        and_(
            held.confirmed_on.is_not(None),  # else the condition would be neither true nor false
            held.confirmed_on >= since,
            or_(held.doubted_on.is_(None), held.doubted_on > on),
        ),
    )


def unconfirmed_by_country(db: Session, *, actor: Actor, on: date) -> tuple[tuple[str, int], ...]:
    """Returns how many people each country's focal point has to confirm, the most first; numbers
    only, for whoever sees all delegations.
    """
    if not policy.sees_all_delegations(actor):
        return ()
    days = {"on": on, "since": on - rules.CONFIRMATION_HOLDS}
    return tuple((code, number) for code, number in db.execute(_unconfirmed(), days))


@cache
def _unconfirmed() -> Select[str, int]:
    on, since = (bindparam(name, type_=Date()) for name in ("on", "since"))
    people = (
        _joined(select(Institution.country_code, Appointment.person_id))
        .where(in_force(Appointment, on), Post.is_target, Institution.country_code.is_not(None))
        .group_by(Institution.country_code, Appointment.person_id)
        .having(_nobody_knows(on, since))
        .subquery()
    )
    number = func.count().label("number")
    return (
        select(people.c.country_code, number)
        .group_by(people.c.country_code)
        .order_by(number.desc(), people.c.country_code)
    )


def leavers_of(
    db: Session, *, actor: Actor, country_code: str, on: date, search: str = "", number: int = 1
) -> LeaversPage:
    """Returns who left a post of the country, the last first, for its own focal point. Leaves out
    people who were erased.
    """
    policy.require_may_keep_roster(actor, country_code)
    wanted = [
        Institution.country_code == country_code,
        Appointment.valid_until <= on,
        Person.full_name != literal(ERASED) + cast(Person.id, String),
        *_matches(search),
        *known_to(actor),
    ]
    total = db.scalar(_joined(select(func.count(Appointment.id))).where(*wanted)) or 0
    paging = Paging(total, PER_PAGE, number)
    query = (
        _joined(select(Appointment, Person, Institution.name, Post.title))
        .where(*wanted)
        .order_by(Appointment.valid_until.desc(), Person.own_key, Appointment.id)
    )
    rows = db.execute(query.limit(PER_PAGE).offset(paging.offset)).all()
    serving = set(
        db.scalars(
            select(Appointment.person_id).where(
                Appointment.person_id.in_(
                    [person.id for _held, person, _institution, _post in rows]
                ),
                in_force(Appointment, on),
            )
        )
    )
    return LeaversPage(
        [
            LeaverRow(
                appointment_id=held.id,
                person_id=person.id,
                full_name=person.own_name,
                institution=institution,
                post=post,
                valid_from=held.valid_from,
                left_on=held.valid_until,
                reason=EndReason(held.end_reason)
                if held.end_reason in list(EndReason)
                else EndReason.UNKNOWN,
                recorded_on=held.end_recorded_on,
                serves=person.id in serving,
                may_undo=rules.may_undo_end(held.valid_until, held.end_recorded_on, on),
            )
            for held, person, institution, post in rows
            if held.valid_until is not None
        ],
        paging,
    )


def _handed_over(actor: Actor) -> list[tuple[str, date]]:
    """Returns the countries that the actor still reads but no longer answers for, since which day."""
    ended = (
        (code, actor.ended_on(Role.FOCAL_POINT, code)) for code in actor.scopes(Role.FOCAL_POINT)
    )
    return sorted((code, day) for code, day in ended if day is not None)


def known_to(actor: Actor) -> list[ColumnElement[bool]]:
    """Conditions on rows of Appointment and Institution: a focal point who handed a country over
    reads of it the appointments that began, and were written down, before the first day without
    the role.
    """
    return [
        or_(Institution.country_code != code, _was_known_on(day))
        for code, day in _handed_over(actor)
    ]


def _was_known_on(day: date) -> ColumnElement[bool]:
    """Returns the condition on rows of Appointment that it began before the day, and was not
    written down later.
    """
    later = (
        select(JournalEntry.id)
        .where(
            JournalEntry.subject_kind == AppointmentStarted.subject_kind,
            JournalEntry.subject_id == cast(Appointment.id, String),
            JournalEntry.fact == AppointmentStarted.__name__,
            JournalEntry.at >= reference_start(day),
        )
        .correlate(Appointment)
    )
    return and_(Appointment.valid_from < day, ~later.exists())


def people_known_to(actor: Actor, person: Any = Person) -> list[ColumnElement[bool]]:
    """Returns the same conditions on rows of Person (or an alias), for lists of names: who had such
    an appointment.
    """
    return [
        or_(
            person.country_code != code,
            select(Appointment.id)
            .where(Appointment.person_id == person.id, _was_known_on(day))
            .correlate(person)
            .exists(),
        )
        for code, day in _handed_over(actor)
    ]


def is_erased(person_id: int, full_name: str) -> bool:
    """Returns True for a person whose name was erased."""
    return full_name == f"{ERASED}{person_id}"


def is_taken(db: Session, post_id: int, since: date) -> bool:
    """Returns True when somebody holds the post on that day or later."""
    later = not_over(Appointment, since)
    return (
        db.scalar(select(Appointment.id).where(Appointment.post_id == post_id, later).limit(1))
        is not None
    )


def name_in_post(db: Session, appointment_id: int) -> str:
    """Returns the name of the person of an appointment. Not scoped: the caller checks that the
    actor keeps that roster.
    """
    query = select(Person.own_name).join(Appointment, Appointment.person_id == Person.id)
    return db.execute(query.where(Appointment.id == appointment_id)).scalar_one()


def people_called(db: Session, country_code: str, full_name: str) -> tuple[int, ...]:
    """Returns the ids of the people of a country who have that name; accents and case do not
    matter. Not scoped by actor: it has no names.
    """
    query = select(Person.id).where(
        Person.country_code == country_code,
        Person.own_key == rules.sort_key(full_name),
        Person.is_guest.is_(False),
        Person.merged_into_id.is_(None),
    )
    return tuple(db.scalars(query.order_by(Person.id)))


def namesakes(
    db: Session, *, actor: Actor, country_code: str, people: Collection[int], on: date
) -> dict[int, Namesake]:
    """Returns people of the country, each with the latest post there, for its own focal point. Two
    statements.
    """
    policy.require_may_keep_roster(actor, country_code)
    posts: dict[int, PostHeld] = {}
    for held, _person, institution, post in db.execute(
        _joined(select(Appointment, Person, Institution.name, Post.title))
        .where(Appointment.person_id.in_(people), Institution.country_code == country_code)
        .order_by(Appointment.valid_from, Appointment.id)
    ):
        left_on = (
            held.valid_until if held.valid_until is not None and held.valid_until <= on else None
        )
        posts[held.person_id] = PostHeld(institution, post, held.valid_from, left_on)
    known = (
        select(Person)
        .where(Person.id.in_(people), Person.country_code == country_code)
        .order_by(Person.id)
    )
    return {
        person.id: Namesake(person.id, person.own_name, person.own_email, posts.get(person.id))
        for person in db.scalars(known)
    }


def person_known_as(db: Session, country_code: str, full_name: str, email: str) -> Person | None:
    """Finds a person by name and address together: several may share a mailbox, and several a name."""
    query = select(Person).where(
        Person.country_code == country_code,
        Person.own_key == rules.sort_key(full_name),
        func.lower(Person.own_email) == email.lower(),
    )
    return db.scalars(query.order_by(Person.id).limit(1)).first()


def vacant_post(db: Session, institution_id: int, title: str, on: date) -> int | None:
    """Returns the id of a post of that title in which nobody serves on the day or later, and that
    counts for coverage if any of its kind does.
    """
    taken = select(Appointment.id).where(
        Appointment.post_id == Post.id,
        not_over(Appointment, on),
    )
    there = select(Post.id).where(
        Post.institution_id == institution_id,
        Post.is_target.is_(is_in_scope(db, institution_id, title)),
        Post.closed_on.is_(None),
        titled(title),
    )
    return db.scalar(there.where(~taken.exists()).order_by(Post.id).limit(1))


def is_in_scope(db: Session, institution_id: int, title: str) -> bool:
    """Returns whether posts of that title there count for coverage, as a first one does."""
    kinds = select(Post.is_target).where(Post.institution_id == institution_id, titled(title))
    known = set(db.scalars(kinds))
    return not known or True in known


def serving_since(
    db: Session, person_id: int, institution_id: int, title: str, on: date
) -> date | None:
    """Returns the first day of somebody in a post of that title there, if they serve in it on that
    day or later.
    """
    query = (
        select(func.min(Appointment.valid_from))
        .join(Post, Post.id == Appointment.post_id)
        .where(
            Appointment.person_id == person_id,
            Post.institution_id == institution_id,
            titled(title),
            not_over(Appointment, on),
        )
    )
    return db.scalar(query)


_BY_NAME = (Person.own_key, Appointment.id)


def _rows() -> Select[*_Held]:
    columns = select(
        Appointment.id,
        Person.id.label("person_id"),
        Person.own_name.label("full_name"),
        Person.own_email.label("email"),
        Institution.name.label("institution"),
        Post.title.label("post"),
        Appointment.valid_from,
        Appointment.confirmed_on,
        Appointment.doubted_on,
        Person.withheld,
        RosterDraft.said,
        RosterDraft.on_text,
        RosterDraft.post_text,
        RosterDraft.saved_at,
    )
    chosen = RosterDraft.appointment_id == Appointment.id
    return _joined(columns).outerjoin(RosterDraft, chosen).order_by(*_BY_NAME)


def _joined(query: Select[*Columns]) -> Select[*Columns]:
    return (
        query.select_from(Appointment)
        .join(Person, Person.id == Appointment.person_id)
        .join(Post, Post.id == Appointment.post_id)
        .join(Institution, Institution.id == Post.institution_id)
    )


def _open_in(country_code: Any, on: Any) -> ColumnElement[bool]:
    return and_(Institution.country_code == country_code, in_force(Appointment, on))


def _matches(search: str) -> list[ColumnElement[bool]]:
    plain = func.replace(Person.own_key, "~", "")
    shown = "".join(letter if letter.isprintable() else " " for letter in search[:LONGEST_SEARCH])
    words = rules.plain_key(shown).split()
    return [
        or_(
            plain.contains(w, autoescape=True),
            func.lower(Person.own_email).contains(w, autoescape=True),
        )
        for w in words
    ]


def titled(title: str) -> ColumnElement[bool]:
    """Says in a statement that a post has this title, in any language of the house."""
    return or_(*(text_in(Post.title, language) == title for language in languages()))


def _roster_rows(
    db: Session,
    rows: Sequence[Row[*_Held]],
    unsure: Select[int],
) -> list[RosterRow]:
    people = {row.person_id for row in rows}
    to_confirm = set(db.scalars(unsure.where(Appointment.person_id.in_(people))))
    return [_roster_row(row, is_to_confirm=row.person_id in to_confirm) for row in rows]


def _roster_row(row: Row[*_Held], *, is_to_confirm: bool) -> RosterRow:
    return RosterRow(
        appointment_id=row.id,
        person_id=row.person_id,
        full_name=row.full_name,
        email=row.email,
        institution=row.institution,
        post=row.post,
        valid_from=row.valid_from,
        confirmed_on=row.confirmed_on,
        doubted_on=row.doubted_on,
        is_to_confirm=is_to_confirm,
        is_withheld=bool(row.withheld),
        choice=RosterChoice(row.said, row.on_text, row.post_text, row.saved_at)
        if row.said
        else None,
    )


# Newcomers who wait for the secretariat, because their address belongs to somebody of another
# country.


@dataclass(frozen=True)
class PersonOfAddress:
    person_id: int
    full_name: str
    country: LocalizedText | None


@dataclass(frozen=True)
class HeldRow:
    """Somebody whom a focal point wrote down; `owners` are the people known by the address."""

    id: int
    full_name: str
    email: str
    country: LocalizedText
    institution: LocalizedText
    post_title: str
    valid_from: date
    asked_at: datetime
    owners: tuple[PersonOfAddress, ...] = ()


def people_of_address(db: Session, *, email: str) -> Sequence[PersonOfAddress]:
    """Returns everybody whose contact the address is, without guests of a single event."""
    rows = db.execute(
        select(Person, Country.name)
        .outerjoin(Country, Country.code == Person.country_code)
        .where(func.lower(Person.email) == email.lower(), Person.is_guest.is_(False))
        .order_by(Person.sort_key, Person.id)
    )
    return [PersonOfAddress(person.id, person.full_name, country) for person, country in rows]


def is_address_elsewhere(db: Session, *, email: str, country_code: str) -> bool:
    """Returns whether the address is the contact of somebody of another country, or of none."""
    query = select(Person.id).where(
        func.lower(Person.own_email) == email.strip().lower(),
        Person.is_guest.is_(False),
        func.coalesce(Person.country_code, "") != country_code,
    )
    return db.scalar(query.limit(1)) is not None


def held_newcomers(db: Session, *, actor: Actor) -> tuple[HeldRow, ...]:
    """Returns all who wait, the longest first, with the owners of the address. For the secretariat;
    two statements.
    """
    policy.require_may_decide_held(actor)
    rows = db.execute(
        select(HeldNewcomer, Country.name, Institution.name)
        .join(Country, Country.code == HeldNewcomer.country_code)
        .join(Institution, Institution.id == HeldNewcomer.institution_id)
        .order_by(HeldNewcomer.id)
    ).all()
    addresses = {row.email.lower() for row, _country, _institution in rows}
    owners: dict[str, list[PersonOfAddress]] = {}
    people = (
        select(Person, Country.name)
        .outerjoin(Country, Country.code == Person.country_code)
        .where(func.lower(Person.email).in_(addresses), Person.is_guest.is_(False))
        .order_by(Person.sort_key, Person.id)
    )
    for person, country in db.execute(people):
        owners.setdefault(person.email.lower(), []).append(
            PersonOfAddress(person.id, person.full_name, country)
        )
    return tuple(
        HeldRow(
            id=row.id,
            full_name=row.full_name,
            email=row.email,
            country=country,
            institution=institution,
            post_title=row.post_title,
            valid_from=row.valid_from,
            asked_at=row.asked_at,
            owners=tuple(owners.get(row.email.lower(), ())),
        )
        for row, country, institution in rows
    )


def held_of_country(db: Session, *, actor: Actor, country_code: str) -> tuple[str, ...]:
    """Returns the names of a country's newcomers who wait, for its focal point."""
    policy.require_may_keep_roster(actor, country_code)
    query = select(HeldNewcomer.full_name).where(HeldNewcomer.country_code == country_code)
    ended = actor.ended_on(Role.FOCAL_POINT, country_code)
    if ended is not None:
        query = query.where(HeldNewcomer.asked_at < reference_start(ended))
    return tuple(db.scalars(query.order_by(HeldNewcomer.id)))


HELD_NEWCOMERS = select(func.count(HeldNewcomer.id))
"""How many newcomers wait for the secretariat, to be asked together with other numbers."""
