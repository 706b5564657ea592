"""Who is who: mechanisms, focal points and delegates by country, as each country shares them with
the reader.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from sqlalchemy import ColumnElement, and_, bindparam, select
from sqlalchemy.orm import Session

from app.infra.orm import in_force
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.people.directory import policy
from app.people.directory.models import (
    Appointment,
    Country,
    FocalPoint,
    Institution,
    Membership,
    Person,
    Post,
    WorkingGroup,
)
from app.people.directory.queries.designations import WORKING_GROUP
from app.people.directory.queries.roster import CODE
from app.people.directory.values import (
    CountryEntry,
    Mechanism,
    Part,
    Representative,
    SharedFigures,
)

PostToday = tuple[int, LocalizedText, LocalizedText]


def _on_day(table: type[FocalPoint | Membership | Appointment]) -> ColumnElement[bool]:
    return and_(
        in_force(table, bindparam("on")),
    )


COUNTRIES = select(Country).order_by(Country.code)
MECHANISMS = select(Institution).order_by(Institution.id)
FOCAL_POINTS = (
    select(FocalPoint.country_code, Person)
    .join(Person, Person.id == FocalPoint.person_id)
    .where(_on_day(FocalPoint))
    .order_by(FocalPoint.valid_from, FocalPoint.id)
)
MEMBERS = (
    select(Person, Membership.role, WorkingGroup)
    .join(Membership, Membership.person_id == Person.id)
    .join(WorkingGroup, WorkingGroup.id == Membership.working_group_id)
    .where(
        _on_day(Membership),
        WorkingGroup.kind == WORKING_GROUP,
        Person.country_code.is_not(None),
    )
    .order_by(WorkingGroup.position, Membership.role, Person.sort_key, Person.id)
)
POSTS = (
    select(Appointment.person_id, Institution.id, Institution.name, Post.title)
    .join(Post, Post.id == Appointment.post_id)
    .join(Institution, Institution.id == Post.institution_id)
    .where(_on_day(Appointment), Appointment.person_id.in_(bindparam("people", expanding=True)))
    .order_by(Appointment.valid_from, Appointment.id)
)


def who_is_who(db: Session, *, actor: Actor, on: date) -> tuple[CountryEntry, ...]:
    """Returns every country with its mechanisms and whoever speaks for it on the day, by code.

    Five statements however many there are.

    A focal point's name is for every partner; delegates and addresses are for others when the
    country shares them.
    """
    speakers = _speakers(db, on)
    mechanisms: dict[str, list[Mechanism]] = {}
    for row in db.scalars(MECHANISMS):
        mechanisms.setdefault(row.country_code, []).append(
            Mechanism(row.id, row.name, row.kind, row.contact_email)
        )
    return tuple(
        _entry(actor, country, mechanisms.get(country.code, ()), speakers.get(country.code, ()))
        for country in db.scalars(COUNTRIES)
    )


def country_entry(db: Session, *, actor: Actor, code: str, on: date) -> CountryEntry:
    """Returns one country. Raises NotFound for a code that is no Member Country."""
    if CODE.fullmatch(code):
        for entry in who_is_who(db, actor=actor, on=on):
            if entry.code == code:
                return entry
    raise NotFound


def groups_named(db: Session) -> tuple[tuple[str, LocalizedText], ...]:
    """Returns the working groups by slug, in their order."""
    query = select(WorkingGroup).where(WorkingGroup.kind == WORKING_GROUP)
    return tuple(
        (row.slug, row.name)
        for row in db.scalars(query.order_by(WorkingGroup.position, WorkingGroup.id))
    )


def _speakers(db: Session, on: date) -> dict[str, list[Representative]]:
    focal = db.execute(FOCAL_POINTS, {"on": on}).all()
    members = db.execute(MEMBERS, {"on": on}).all()
    people = {person.id for _code, person in focal} | {person.id for person, *_rest in members}
    posts: dict[int, PostToday] = {
        person_id: (number, name, title)
        for person_id, number, name, title in db.execute(POSTS, {"on": on, "people": list(people)})
    }
    found: dict[str, list[Representative]] = {}
    for code, person in focal:
        found.setdefault(code, []).append(_speaker(person, Part.FOCAL_POINT, posts))
    for person, role, group in members:
        code = person.country_code or ""
        part = Part.CONVENOR if role == Part.CONVENOR else Part.DELEGATE
        found.setdefault(code, []).append(_speaker(person, part, posts, group.slug, group.name))
    return found


def _speaker(
    person: Person,
    part: Part,
    posts: dict[int, PostToday],
    group: str = "",
    group_name: LocalizedText | None = None,
) -> Representative:
    number, institution, title = posts.get(person.id, (None, None, None))
    return Representative(
        person_id=person.id,
        full_name=person.own_name,
        email=person.own_email,
        is_withheld=bool(person.withheld),
        part=part,
        group=group,
        group_name=group_name,
        institution_id=number,
        institution=institution,
        post=title,
    )


def _entry(
    actor: Actor,
    country: Country,
    mechanisms: Collection[Mechanism],
    speakers: Collection[Representative],
) -> CountryEntry:
    sees_all = policy.sees_every_name_shared(actor)
    named, hidden = [], 0
    for one in speakers:
        is_own = one.person_id == actor.person_id
        is_named = is_own or (
            (sees_all or one.part is Part.FOCAL_POINT or country.shares_delegates)
            and (not one.is_withheld or policy.may_see_names(actor, country.code))
        )
        if not is_named:
            hidden += 1
            continue
        shows_address = sees_all or is_own or country.shares_emails
        named.append(one if shows_address else replace(one, email=""))
    return CountryEntry(
        code=country.code,
        name=country.name,
        shares_delegates=country.shares_delegates,
        shares_emails=country.shares_emails,
        shares_figures=SharedFigures(country.shares_figures),
        mechanisms=tuple(mechanisms),
        speakers=tuple(named),
        hidden=hidden,
    )
