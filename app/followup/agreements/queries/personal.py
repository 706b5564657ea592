"""What is kept here of one person: that they wrote something down. What was agreed is about
countries.
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.followup.agreements.models import (
    Agreement,
    AgreementProposal,
    AgreementReview,
    ClosingReason,
    TableFinding,
)
from app.people.identity.models import Account

AUTHORS: dict[str, tuple[InstrumentedAttribute[Any], InstrumentedAttribute[int | None]]] = {
    "agreements_recorded": (Agreement.id, Agreement.created_by),
    "agreements_reviewed": (AgreementReview.agreement_id, AgreementReview.by),
    "statuses_proposed": (AgreementProposal.agreement_id, AgreementProposal.by),
    "findings_recorded": (TableFinding.id, TableFinding.created_by),
    "closed_without_attendance": (ClosingReason.event_id, ClosingReason.by),
}


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns the ids of what the person wrote down, by kind."""
    accounts = select(Account.id).where(Account.person_id == person_id)
    return {
        name: [
            str(one) for one in db.scalars(select(key).where(author.in_(accounts)).order_by(key))
        ]
        for name, (key, author) in AUTHORS.items()
    }
