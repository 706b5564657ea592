"""People who say themselves who they are."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_, languages
from app.people.directory import queries
from app.people.directory.models import Country, Person
from app.people.directory.rules import people as rules


def record_person(
    db: Session,
    *,
    full_name: str,
    email: str,
    country_code: str | None,
    language: str,
    timezone: str,
) -> int:
    """Returns the id of the person of that name, address and country: the record that is there, or
    a new one.

    The caller has proved that the address is the person's own. `country_code` None is for who
    serves in none of the Member Countries; `timezone` holds for those only, others keep their
    country's. `language` "" is that of the country. Refuses at the fields "full_name" and
    "country".
    """
    name = rules.tidy(full_name)
    errors: dict[str, Sentence] = {}
    if not rules.is_name(name):
        errors["full_name"] = Sentence(N_("Write the full name as it appears on the ID."))
    country = None if country_code is None else db.get(Country, country_code)
    if country_code is not None and country is None:
        errors["country"] = Sentence(N_("Choose one of the answers."))
    if errors:
        raise InvalidInput(errors)
    known = _known(db, name, email, country_code)
    if known is not None:
        return known
    person = Person(
        full_name=name,
        sort_key=rules.sort_key(name),
        email=email,
        country_code=country_code,
        language=language or (country.language if country else languages()[0]),
        timezone=timezone if country is None else country.timezone,
    )
    db.add(person)
    db.flush()
    return person.id


def _known(db: Session, name: str, email: str, country_code: str | None) -> int | None:
    """Returns the person whom a focal point wrote down under the same name and address. Guests do
    not count: their record is for one event.
    """
    if country_code is None:
        same = select(Person.id).where(
            Person.country_code.is_(None),
            Person.sort_key == rules.sort_key(name),
            Person.email == email,
            Person.is_guest.is_(False),
        )
        return db.scalar(same.order_by(Person.id).limit(1))
    person = queries.person_known_as(db, country_code, name, email)
    return None if person is None or person.is_guest else person.id
