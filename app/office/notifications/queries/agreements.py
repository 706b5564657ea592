"""What letters about agreements need: who answers for a country, and what comes due."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.followup.agreements.models import Agreement, AgreementParty
from app.followup.agreements.queries.agreements import agreements_called
from app.followup.agreements.values import UNSETTLED, AgreementView
from app.infra.orm import in_force
from app.kernel.actor import SYSTEM
from app.office.notifications.queries.people import people, recipient_of
from app.office.notifications.values import Recipient
from app.people.directory.models import FocalPoint, Person


def focal_points(db: Session, countries: Collection[str], *, on: date) -> list[Recipient]:
    """Whoever speaks for these countries on a day and can be written to, each once."""
    in_office = select(FocalPoint.person_id).where(
        FocalPoint.country_code.in_(countries),
        in_force(FocalPoint, on),
    )
    rows = db.execute(people().where(Person.id.in_(in_office)))
    return [found for row in rows if (found := recipient_of(*row))]


def agreement(db: Session, agreement_id: int) -> AgreementView | None:
    found = agreements_called(db, actor=SYSTEM, ids=frozenset({agreement_id}))
    return found[0] if found else None


def coming_due(db: Session, *, first: date, last: date) -> tuple[AgreementView, ...]:
    """Open agreements that a country answers for and that are due on these days, both included."""
    of_countries = select(AgreementParty.agreement_id).where(
        AgreementParty.country_code.is_not(None)
    )
    due = select(Agreement.id).where(
        Agreement.id.in_(of_countries),
        Agreement.status.in_(UNSETTLED),
        Agreement.due.between(first, last),
    )
    return agreements_called(db, actor=SYSTEM, ids=frozenset(db.scalars(due)))
