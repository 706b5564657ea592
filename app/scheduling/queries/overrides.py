"""What an engagement stands against by somebody's decision, for whoever plans it."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.directory.models import Person
from app.identity.models import Account
from app.kernel.text import LocalizedText
from app.scheduling.models import Engagement, Override
from app.scheduling.rules.settings import reference_day
from app.scheduling.values import Rule


@dataclass(frozen=True)
class OverrideNote:
    """`against`: the other engagement's title; None when there is no single one, or it is confidential. The day is that
    of the reference zone."""

    rule: Rule
    against: LocalizedText | None
    reason: str
    decided_by: str
    decided_on: date


def overrides_of(db: Session, *, holder: str) -> tuple[OverrideNote, ...]:
    """In order of time, one statement. Not scoped: for those who may plan the engagement's event."""
    other = aliased(Engagement)
    rows = db.execute(
        select(Override, other.title, other.is_confidential, Person.full_name)
        .join(Engagement, Engagement.id == Override.engagement_id)
        .outerjoin(other, other.holder == Override.against)
        .outerjoin(Account, Account.id == Override.decided_by)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(Engagement.holder == holder, Override.decided_by.is_not(None))
        .order_by(Override.decided_at, Override.id)
    )
    return tuple(
        OverrideNote(Rule(row.rule), None if hidden else title, row.reason, name or "",
                     reference_day(row.decided_at))
        for row, title, hidden, name in rows
    )  # fmt: skip
