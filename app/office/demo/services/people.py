"""Institutions, posts and a few hundred synthetic officials who come and go over three years."""

from datetime import date, timedelta
from random import Random

from sqlalchemy.orm import Session

from app.infra.body import MemberCountry
from app.kernel.text import LocalizedText
from app.office.demo.data import demo_data
from app.office.demo.rules import Names, Stint, career_of_seat
from app.office.demo.services.body import RCM
from app.people.directory.models import Appointment, Institution, Person, Post
from app.people.directory.rules.people import sort_key


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
