"""The demo's people: institutions and officials who come and go, the personas, the next presidency,
and what national pages say of offices.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.body import MemberCountry, read_body
from app.kernel.actor import SYSTEM, Role
from app.kernel.reference import FIRST_BODY
from app.kernel.text import LocalizedText
from app.office.demo.data import demo_data
from app.office.demo.rules import Names, Stint, career_of_seat
from app.office.demo.services.counts_only import COUNTS_ONLY
from app.office.handover.models import HandoverNote
from app.office.privacy.services import write_notice
from app.people.directory.models import (
    Appointment,
    ConfirmationRound,
    FocalPoint,
    Institution,
    Membership,
    Person,
    Post,
    PresidencyTerm,
    WorkingGroup,
)
from app.people.directory.rules.confirming import quarter_of
from app.people.directory.rules.people import sort_key
from app.people.identity.models import RoleGrant
from app.people.identity.services.accounts import create_account
from app.people.identity.services.roles import grant_role
from app.training.national.services import add_line, check_page, write_notes
from app.training.national.values import LineDraft, LineKind

RCM = read_body(FIRST_BODY)
COUNTRIES = {country.code: country for country in RCM.countries}


# Institutions, posts and a few hundred synthetic officials who come and go over three years.


def load_people(db: Session, *, chance: Random, today: date) -> None:
    served: list[tuple[Post, Stint]] = []
    people: list[Person] = []
    seats = demo_data("people")["seats"]
    names = {language: Names(**lists) for language, lists in demo_data("people")["names"].items()}
    for country in RCM.countries:
        institutions = _institutions(db, country)
        tongue = "english" if country.language == "en" else "spanish"
        for seat in range(seats.get(country.code, seats["default"])):
            post = _post(institutions[seat % len(institutions)], seat)
            for stint in career_of_seat(chance, today, names=names[tongue]):
                email = f"{country.code.lower()}{len(people) + 1:04d}@example.org"
                people.append(_person(country, stint.full_name, email, stint.sex))
                served.append((post, stint))
    db.add_all([*dict.fromkeys(post for post, _stint in served), *people])
    db.flush()
    db.add_all(
        _appointment(person, post, stint)
        for person, (post, stint) in zip(people, served, strict=True)
    )
    db.flush()


def a_person(
    db: Session, country: MemberCountry, full_name: str, email: str, sex: str = ""
) -> Person:
    person = _person(country, full_name, email, sex)
    db.add(person)
    db.flush()
    return person


def _person(country: MemberCountry, full_name: str, email: str, sex: str = "") -> Person:
    return Person(
        full_name=full_name,
        sort_key=sort_key(full_name),
        email=email,
        country_code=country.code,
        language=country.language,
        timezone=country.timezone,
        sex=sex,
    )


def _institutions(db: Session, country: MemberCountry) -> list[Institution]:
    rows = [
        Institution(
            country_code=country.code,
            kind=one["kind"],
            mandate=one.get("mandate", ""),
            name=LocalizedText(
                {code: f"{one['name'][code]} ({country.name[code]})" for code in one["name"]}
            ),
        )
        for one in demo_data("people")["institutions"]
    ]
    db.add_all(rows)
    db.flush()
    return rows


def _post(institution: Institution, seat: int) -> Post:
    institutions = demo_data("people")["institutions"]
    titles = next(one["posts"] for one in institutions if one["kind"] == institution.kind)
    return Post(
        institution_id=institution.id, title=titles[seat // len(institutions) % len(titles)]
    )


def _appointment(person: Person, post: Post, stint: Stint) -> Appointment:
    return Appointment(
        person_id=person.id,
        post_id=post.id,
        valid_from=stint.starts_on,
        valid_until=stint.ends_on,
        end_reason=stint.end_reason,
        confirmed_on=stint.confirmed_on,
    )


def appoint(
    db: Session, person: Person, post: Post, *, since: date, confirmed_days_ago: int, today: date
) -> None:
    confirmed_on = today - timedelta(days=confirmed_days_ago)
    db.add(
        Appointment(
            person_id=person.id, post_id=post.id, valid_from=since, confirmed_on=confirmed_on
        )
    )


# The demo personas: one account a role, so that each of the platform's jobs can be tried with one
# click.

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
        has_post = persona.role in (Role.OFFICIAL, Role.FOCAL_POINT)
        if has_post and persona.country != COUNTS_ONLY:
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
    db.add_all(
        FocalPoint(person_id=people[one.key], country_code=one.scope, valid_from=year)
        for one in PERSONAS
        if one.role is Role.FOCAL_POINT
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
    """Designates a delegate of each country to each working group among the people who serve there,
    each for one group.
    """
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


# The next presidency with its people from 1 January, and a country whose focal point changed a few
# weeks ago.


def load_handover(db: Session, *, today: date, now: datetime) -> None:
    term = db.scalars(select(PresidencyTerm).where(PresidencyTerm.valid_from > today)).first()
    if term is None:
        return
    country = COUNTRIES[term.country_code]
    for one in demo_data("people")["next_presidency"]:
        person = a_person(db, country, one["name"], one["email"], one["sex"])
        _role(db, person, (Role.PRESIDENCY, country.code), (term.valid_from, term.valid_until), now)
    outgoing = select(RoleGrant).where(
        RoleGrant.role == Role.PRESIDENCY.value, RoleGrant.valid_until.is_(None)
    )
    for grant in db.scalars(outgoing):
        grant.valid_until = term.valid_from
    _changed_focal_point(db, today, now)
    db.flush()


def _changed_focal_point(db: Session, today: date, now: datetime) -> None:
    handed_on, first = today - timedelta(days=21), date(today.year - 1, 3, 1)
    changed = demo_data("people")["changed_focal_point"]
    code = changed["country"]
    spans = ((changed["before"], first, handed_on), (changed["since"], handed_on, None))
    for one, since, until in spans:
        person = a_person(db, COUNTRIES[code], one["name"], one["email"], one["sex"])
        _serve(db, person, code, since, today)
        db.add(
            FocalPoint(person_id=person.id, country_code=code, valid_from=since, valid_until=until)
        )
        account = _role(db, person, (Role.FOCAL_POINT, code), (since, until), now)
        if until is not None:
            db.add(
                HandoverNote(
                    office=Role.FOCAL_POINT.value,
                    country_code=code,
                    since=since,
                    text=changed["note"],
                    written_at=now - timedelta(days=24),
                    written_by=account,
                )
            )


def load_quarter(db: Session, *, today: date) -> None:
    """Asks Honduras this quarter, a few days ago, and finds Guatemala silent."""
    quarter = quarter_of(today)
    for code, asked, reminded, told in (("HN", 4, None, None), ("GT", 30, 16, 2)):
        days = [
            None if ago is None else today - timedelta(days=ago) for ago in (asked, reminded, told)
        ]
        asked_on, reminded_on, told_on = (on and max(on, quarter) for on in days)
        db.add(
            ConfirmationRound(
                country_code=code,
                quarter=quarter,
                asked_on=asked_on,
                reminded_on=reminded_on,
                told_on=told_on,
            )
        )
    db.flush()


def _role(
    db: Session,
    person: Person,
    office: tuple[Role, str],
    span: tuple[date, date | None],
    now: datetime,
) -> int:
    account = create_account(db, actor=SYSTEM, email=person.email, person_id=person.id, now=now)
    grant_role(
        db,
        actor=SYSTEM,
        account_id=account,
        role=office[0],
        scope=office[1],
        valid_from=span[0],
        valid_until=span[1],
        now=now,
    )
    return account


def _serve(db: Session, person: Person, code: str, since: date, today: date) -> None:
    """Gives each persona a post of its own, beside the posts that coverage counts."""
    place = select(Institution.id).where(Institution.country_code == code).order_by(Institution.id)
    title = (
        select(Post.title)
        .join(Institution)
        .where(Institution.country_code == code)
        .order_by(Post.id)
    )
    post = Post(
        institution_id=db.scalars(place).first(), title=db.scalars(title).first(), is_target=False
    )
    db.add(post)
    db.flush()
    db.add(
        Appointment(
            person_id=person.id,
            post_id=post.id,
            valid_from=since,
            confirmed_on=today - timedelta(days=30),
        )
    )


# Three national pages of invented offices, laws and numbers: two checked lately, one long ago. The
# other countries' are empty. The same three have a text in the privacy notice.

WITH_PLACEHOLDERS = ("url", "address", "telephone")
NO_TEXT = LocalizedText()


def load_national_pages(db: Session, *, now: datetime) -> None:
    data = demo_data("national")
    for page in data["pages"]:
        code, at = page["country"], now - timedelta(days=page["checked_days_ago"])
        for line in data["lines"]:
            draft = _line(line, page, today=at.date())
            add_line(db, actor=SYSTEM, country_code=code, draft=draft, now=at)
        write_notes(db, actor=SYSTEM, country_code=code, notes=data["notes"], now=at)
        check_page(db, actor=SYSTEM, country_code=code, now=at)
        write_notice(
            db, actor=SYSTEM, country_code=code, text=data["privacy_notice"], seen="", now=at
        )


def _line(line: Mapping[str, Any], page: Mapping[str, Any], *, today: date) -> LineDraft:
    """Returns a line of a national page. Office hours are in the country's zone, and an office
    speaks the page's languages unless the line says otherwise.
    """
    own = {"code": page["country"].lower(), "calling": page["calling"], "capital": page["capital"]}
    texts = {name: line[name].format(**own) for name in WITH_PLACEHOLDERS if name in line}
    days = line.get("adopted_days_ago")
    is_office = line["kind"] == LineKind.OFFICE
    return LineDraft(
        LineKind(line["kind"]),
        line["name"],
        line.get("about", NO_TEXT),
        adopted_on=today - timedelta(days=days) if days else None,
        email=line.get("email", ""),
        hours=line.get("hours", NO_TEXT),
        timezone=COUNTRIES[page["country"]].timezone if "hours" in line else "",
        spoken=line.get("spoken", page["spoken"] if is_office else NO_TEXT),
        **texts,
    )
