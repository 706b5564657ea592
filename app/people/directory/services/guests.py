"""People from outside, who have no account and are in no country's roster."""

from sqlalchemy.orm import Session

from app.kernel.text import Language
from app.people.directory.models import Person
from app.people.directory.rules.people import sort_key


def add_guest(
    db: Session, *, name: str, email: str, organisation: str, language: Language, timezone: str
) -> int:
    """Adds a person for one event, whom the directory does not list; returns the number. They are
    erased some time after the event (`office.privacy`).
    """
    person = Person(
        full_name=name,
        sort_key=sort_key(name),
        email=email.lower(),
        is_guest=True,
        organisation=organisation,
        language=language,
        timezone=timezone,
    )
    db.add(person)
    db.flush()
    return person.id
