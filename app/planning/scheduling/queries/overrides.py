"""What an engagement stands against by somebody's decision, for whoever plans it."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from app.kernel.reference import reference_day
from app.kernel.text import LocalizedText
from app.people.directory.models import Person
from app.people.identity.models import Account
from app.planning.scheduling.models import Engagement, Override

HOLDER = bindparam("holder", type_=Engagement.holder.type)
OWN, OTHER = aliased(Engagement), aliased(Engagement)
OVERRIDES_OF = (
    select(Override, OWN, OTHER, Person.full_name)
    .join(OWN, OWN.id == Override.engagement_id)
    .outerjoin(OTHER, OTHER.holder == Override.against)
    .outerjoin(Account, Account.id == Override.decided_by)
    .outerjoin(Person, Person.id == Account.person_id)
    .where(or_(OWN.holder == HOLDER, Override.against == HOLDER), Override.decided_by.is_not(None))
    .order_by(Override.decided_at, Override.id)
)


@dataclass(frozen=True)
class OverrideNote:
    """`against`: the other engagement's title; None when there is no single one, or it is
    confidential. The day is that of the reference zone. `is_others`: it was given for the other
    engagement, which stands beside this one.
    """

    rule: str
    against: LocalizedText | None
    reason: str
    decided_by: str
    decided_on: date
    is_others: bool = False


def overrides_of(db: Session, *, holder: str) -> tuple[OverrideNote, ...]:
    """Returns what was confirmed for an engagement, and for others against it, in order of time;
    one statement.

    The reason that was given for a confidential engagement is not told beside the other one. Not
    scoped: for those who may plan the engagement's event.
    """
    rows = db.execute(OVERRIDES_OF, {"holder": holder})
    return tuple(
        _note(row, own, other, name or "", holder=holder) for row, own, other, name in rows
    )


def _note(
    row: Override, own: Engagement, other: Engagement | None, decided_by: str, *, holder: str
) -> OverrideNote:
    is_others = own.holder != holder
    beside = own if is_others else other
    is_hidden = beside is not None and beside.is_confidential
    return OverrideNote(
        rule=row.rule,
        against=None if beside is None or is_hidden else beside.title,
        reason="" if is_others and is_hidden else row.reason,
        decided_by=decided_by,
        decided_on=reference_day(row.decided_at),
        is_others=is_others,
    )
