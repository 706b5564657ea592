"""The demo personas: one account a role, so that each of the platform's jobs can be tried with one
click.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.actor import SYSTEM, Role
from app.office.demo.data import demo_data
from app.office.demo.services.body import COUNTRIES, RCM
from app.office.demo.services.people import a_person, appoint
from app.people.directory.models import (
    Appointment,
    FocalPoint,
    Institution,
    Membership,
    Person,
    Post,
    PresidencyTerm,
    WorkingGroup,
)
from app.people.identity.services.accounts import create_account
from app.people.identity.services.roles import grant_role

PRESIDENCY = "DO"
NEXT_PRESIDENCY = "CR"


@dataclass(frozen=True)
class DemoPersona:
    key: str
    full_name: str
    country: str
    role: Role
    scope: str = ""
    sex: str = "F"

    @property
    def email(self) -> str:
        return f"{self.key}@example.org"


PERSONAS = tuple(
    DemoPersona(**{**one, "role": Role(one["role"])}) for one in demo_data("people")["personas"]
)


def load_personas(db: Session, *, today: date, now: datetime) -> dict[str, int]:
    """Creates people, accounts and grants; returns person ids by persona."""
    people = {}
    for persona in PERSONAS:
        person = a_person(
            db, COUNTRIES[persona.country], persona.full_name, persona.email, persona.sex
        )
        people[persona.key] = person.id
        account = create_account(
            db, actor=SYSTEM, email=persona.email, person_id=person.id, now=now
        )
        grant_role(
            db,
            actor=SYSTEM,
            account_id=account,
            role=persona.role,
            scope=persona.scope,
            valid_from=date(today.year, 1, 1),
            now=now,
        )
        if persona.role is not Role.OFFICIAL:
            grant_role(
                db,
                actor=SYSTEM,
                account_id=account,
                role=Role.OFFICIAL,
                scope=persona.country,
                valid_from=date(today.year, 1, 1),
                now=now,
            )
        if persona.role in (Role.OFFICIAL, Role.FOCAL_POINT):
            post = db.scalars(
                select(Post)
                .join(Institution)
                .where(Institution.country_code == persona.country)
                .order_by(Post.id)
            ).all()[-1 if persona.role is Role.OFFICIAL else -2]
            extra = Post(institution_id=post.institution_id, title=post.title)
            db.add(extra)
            db.flush()
            appoint(
                db,
                person,
                extra,
                since=today - timedelta(days=140),
                confirmed_days_ago=12,
                today=today,
            )
    _designate(db, people, today=today)
    return people


def _designate(db: Session, people: dict[str, int], *, today: date) -> None:
    year = date(today.year, 1, 1)
    for code in ("hn", "gt"):
        db.add(
            FocalPoint(
                person_id=people[f"focal-point-{code}"], country_code=code.upper(), valid_from=year
            )
        )
    groups = {group.slug: group.id for group in db.scalars(select(WorkingGroup))}
    for persona in PERSONAS:
        if persona.role is Role.CONVENOR:
            db.add(
                Membership(
                    working_group_id=groups[persona.scope],
                    person_id=people[persona.key],
                    role="convenor",
                    valid_from=year,
                )
            )
    _delegates(db, groups, leaving_out=set(people.values()), since=year)
    for country, first in ((PRESIDENCY, today.year), (NEXT_PRESIDENCY, today.year + 1)):
        db.add(
            PresidencyTerm(
                country_code=country,
                valid_from=date(first, 1, 1),
                valid_until=date(first + 1, 1, 1),
            )
        )
    db.flush()


def _delegates(db: Session, groups: dict[str, int], *, leaving_out: set[int], since: date) -> None:
    """Each country's delegate to each working group: people who serve there, one group each."""
    serving = (
        select(Person)
        .where(
            Person.id.in_(select(Appointment.person_id).where(Appointment.valid_until.is_(None)))
        )
        .order_by(Person.country_code, Person.id)
    )
    standing = [groups[group.slug] for group in RCM.working_groups]
    for _code, people in groupby(db.scalars(serving), key=lambda person: person.country_code):
        chosen = (person for person in people if person.id not in leaving_out)
        db.add_all(
            Membership(working_group_id=group, person_id=person.id, valid_from=since)
            for group, person in zip(standing, chosen, strict=False)
        )
