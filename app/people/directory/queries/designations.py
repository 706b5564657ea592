"""Who speaks for a country: focal points and delegates to the working groups. Scoped by actor: a
focal point sees the names of their own country only.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, exists, func, not_, select
from sqlalchemy.orm import Session

from app.infra.orm import in_force, not_over
from app.kernel import dated
from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.people.directory import policy
from app.people.directory.models import (
    Appointment,
    Country,
    FocalPoint,
    Membership,
    Person,
    WorkingGroup,
)
from app.people.directory.queries.counts_only import gives_no_names
from app.people.directory.queries.roster import CODE, ERASED, LONGEST_SEARCH
from app.people.directory.rules import people as rules
from app.people.directory.values import Office, OfficeHolding

DELEGATE = "member"
WORKING_GROUP = "working-group"
MOST_OFFERED = 20
ENOUGH_LETTERS = 3


@dataclass(frozen=True)
class OfficeName:
    """An office with its country and group in words; a focal point's has no group."""

    office: Office
    country: LocalizedText
    group: LocalizedText | None


@dataclass(frozen=True)
class DesignationRow:
    """Somebody who holds an office today or will hold it. `serves`: the roster has a present post
    of theirs.
    """

    holding: OfficeHolding
    full_name: str
    serves: bool


@dataclass(frozen=True)
class DesignationCandidate:
    person_id: int
    full_name: str


def offices_for(db: Session, *, actor: Actor) -> tuple[OfficeName, ...]:
    """Returns every office the actor may see, by country and then group; the focal point's first."""
    wanted = select(Country).order_by(Country.code)
    if not policy.sees_all_delegations(actor):
        wanted = wanted.where(Country.code.in_(actor.scopes(Role.FOCAL_POINT)))
    groups = db.scalars(
        select(WorkingGroup)
        .where(WorkingGroup.kind == WORKING_GROUP)
        .order_by(WorkingGroup.position, WorkingGroup.id)
    ).all()
    offices = []
    for country in db.scalars(wanted):
        offices.append(OfficeName(Office(country.code), country.name, None))
        offices += [
            OfficeName(Office(country.code, group.slug), country.name, group.name)
            for group in groups
        ]
    return tuple(offices)


def office_of(db: Session, *, actor: Actor, office: Office) -> OfficeName:
    """Returns an office. Raises NotFound for what does not exist and for what the actor may not
    see.
    """
    if not (
        CODE.fullmatch(office.country_code)
        and policy.may_see_delegation(actor, office.country_code)
    ):
        raise NotFound
    country = db.get(Country, office.country_code)
    group = db.scalar(
        select(WorkingGroup).where(
            WorkingGroup.slug == office.group, WorkingGroup.kind == WORKING_GROUP
        )
    )
    if country is None or (group is None and office.group):
        raise NotFound
    return OfficeName(office, country.name, group.name if group else None)


def designations_of(
    db: Session, *, actor: Actor, offices: Collection[Office], on: date
) -> dict[Office, tuple[DesignationRow, ...]]:
    """Returns who holds each office on the day or will later, in order. Four statements however
    many there are.
    """
    visible = [
        office for office in offices if policy.may_see_delegation(actor, office.country_code)
    ]
    holdings = [h for h in holdings_of(db, offices=visible) if dated.not_over(h.valid_until, on)]
    ids = {holding.person_id for holding in holdings}
    names = {p.id: p.full_name for p in db.scalars(select(Person).where(Person.id.in_(ids)))}
    serving = serving_on(db, ids, on)
    found: dict[Office, tuple[DesignationRow, ...]] = {}
    for one in sorted(holdings, key=lambda h: (h.valid_from, h.id)):
        if dated.not_over(one.valid_until, one.valid_from):
            row = DesignationRow(one, names[one.person_id], one.person_id in serving)
            found[one.office] = (*found.get(one.office, ()), row)
    return found


def holdings_of(db: Session, *, offices: Collection[Office]) -> tuple[OfficeHolding, ...]:
    """Returns every designation for some offices, past ones too. Not scoped by actor: it has no
    names.
    """
    countries = {office.country_code for office in offices}
    holdings = []
    if any(office.is_focal_point for office in offices):
        holdings += [
            OfficeHolding(
                row.id, Office(row.country_code), row.person_id, row.valid_from, row.valid_until
            )
            for row in db.scalars(select(FocalPoint).where(FocalPoint.country_code.in_(countries)))
        ]
    slugs = {office.group for office in offices if office.group}
    if slugs:
        members = (
            select(Membership, WorkingGroup.slug, Person.country_code)
            .join(WorkingGroup, WorkingGroup.id == Membership.working_group_id)
            .join(Person, Person.id == Membership.person_id)
            .where(
                WorkingGroup.slug.in_(slugs),
                Person.country_code.in_(countries),
                Membership.role == DELEGATE,
            )
        )
        holdings += [
            OfficeHolding(m.id, Office(code or "", slug), m.person_id, m.valid_from, m.valid_until)
            for m, slug, code in db.execute(members)
        ]
    return tuple(holding for holding in holdings if holding.office in set(offices))


def without_focal_point(db: Session, *, actor: Actor, on: date) -> tuple[str, ...]:
    """Returns the codes of the countries the actor may see that have no focal point on a day; one
    statement.
    """
    f = FocalPoint
    held = exists().where(
        f.country_code == Country.code,
        in_force(f, on),
    )
    wanted = select(Country.code).where(not_(held)).order_by(Country.code)
    if not policy.sees_all_delegations(actor):
        wanted = wanted.where(Country.code.in_(actor.scopes(Role.FOCAL_POINT)))
    return tuple(db.scalars(wanted))


def holders_of(db: Session, *, office: Office) -> tuple[OfficeHolding, ...]:
    """Returns everybody who holds the office, held it or will, in order. Not scoped by actor: it
    has no names.
    """
    return rules.overlapping(holdings_of(db, offices=[office]), date.min, None)


def serving_on(db: Session, people: Collection[int], on: date) -> frozenset[int]:
    """Returns those of the people who have a post on a day."""
    wanted = select(Appointment.person_id).where(
        Appointment.person_id.in_(people),
        in_force(Appointment, on),
    )
    return frozenset(db.scalars(wanted))


def left_by(db: Session, people: Collection[int], on: date) -> frozenset[int]:
    """Returns those who had a post and have none on the day. A guest, who never had one, is not
    among them.
    """
    once = select(Appointment.person_id).where(Appointment.person_id.in_(people))
    return frozenset(db.scalars(once)) - serving_on(db, people, on)


def must_search(actor: Actor, country_code: str, words: str) -> bool:
    """Returns True when the actor has to type more of a name before people are listed."""
    longest = max(map(len, words.split()), default=0)
    return not policy.may_see_names(actor, country_code) and longest < ENOUGH_LETTERS


def candidates_for(
    db: Session, *, actor: Actor, country_code: str, on: date, words: str = ""
) -> Sequence[DesignationCandidate]:
    """Returns people of the country with a post on the day, at most twenty whose name holds each of
    the words.

    For somebody of elsewhere this is no roster: nobody is named before one word has three letters.
    """
    if not policy.may_see_delegation(actor, country_code):
        raise NotFound
    if must_search(actor, country_code, words):
        return ()
    wanted = select(Person).where(
        Person.country_code == country_code,
        # Of a country that gives no names only who signs in is on record, without a post.
        and_(
            Person.is_guest.is_(False),
            Person.merged_into_id.is_(None),
            ~Person.full_name.startswith(ERASED, autoescape=True),
        )
        if gives_no_names(db, country_code)
        else Person.id.in_(
            select(Appointment.person_id).where(
                in_force(Appointment, on),
            )
        ),
    )
    shown = "".join(letter if letter.isprintable() else " " for letter in words[:LONGEST_SEARCH])
    for word in rules.plain_key(shown).split()[:6]:
        wanted = wanted.where(
            func.replace(Person.sort_key, "~", "").contains(word, autoescape=True)
        )
    rows = db.scalars(wanted.order_by(Person.sort_key, Person.id).limit(MOST_OFFERED))
    return [DesignationCandidate(row.id, row.full_name) for row in rows]


def office_holders(db: Session, people: Collection[int], on: date) -> frozenset[int]:
    """Returns those of the people who hold an office on the day or will: a country's focal point, a
    delegate or convenor of a group.
    """
    found: set[int] = set()
    for office in (FocalPoint, Membership):
        stands = not_over(office, on)
        wanted = select(office.person_id).where(office.person_id.in_(people), stands)
        found |= set(db.scalars(wanted))
    return frozenset(found)
