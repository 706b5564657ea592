"""Countries, people and lists for tests of training taken elsewhere."""

from datetime import UTC, date, datetime
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor, Grant, Role
from app.people.directory.models import Person
from app.people.identity.models import Account
from app.training.learning.values import GUIDELINES
from app.training.recognised.values import RecognisedSource, StoredUpload, TrainingClaim

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
UPLOAD = StoredUpload("", "application/pdf")
_numbers = count(1)


def account_of(db: Session, person_id: int | None = None) -> int:
    number = next(_numbers)
    row = Account(
        email=f"training-{number}@example.org",
        person_id=person_id,
        fs_uniquifier=f"training-{number}",
        created_at=NOW,
    )
    db.add(row)
    db.flush()
    return row.id


def keeper(db: Session, country: str = "HN", person_id: int | None = None) -> Actor:
    return Actor(
        account_id=account_of(db, person_id),
        person_id=person_id,
        name="Diana Zelaya",
        grants=frozenset({Grant(Role.FOCAL_POINT, country)}),
        country=country,
    )


def holder(db: Session, person_id: int, country: str = "HN") -> Actor:
    return Actor(
        account_id=account_of(db, person_id),
        person_id=person_id,
        grants=frozenset({Grant(Role.OFFICIAL, country)}),
        country=country,
    )


def person_named(db: Session, name: str) -> int:
    return db.scalars(select(Person.id).where(Person.full_name == name)).one()


def claim(on: date = date(2026, 3, 4), title: str = "Género y fronteras") -> TrainingClaim:
    return TrainingClaim(GUIDELINES, RecognisedSource.ECAMPUS, title, on, "12")
