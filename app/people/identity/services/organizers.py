"""Makes sure that somebody can always run the platform, also when two organizers act at the same
time.
"""

from datetime import date

from sqlalchemy.orm import Session

from app.infra.locks import lock_by_name
from app.people.identity import queries
from app.people.identity.rules.terms import LastOrganizer


def lock_organizers(db: Session) -> None:
    """Lets one transaction at a time end roles of organizers or close their accounts. Services that
    lock anything else call it first.
    """
    lock_by_name(db, "organizers")


def require_organizer_without_account(db: Session, *, account_id: int, today: date) -> None:
    """Refuses with LastOrganizer when nobody else could run the platform; asks nothing of an
    account that is no organizer's.
    """
    lock_organizers(db)
    organizers = set(queries.organizers(db, today=today).values())
    if organizers == {account_id}:
        raise LastOrganizer


def require_organizer_without_grant(db: Session, *, grant_id: int, today: date) -> None:
    lock_organizers(db)
    if set(queries.organizers(db, today=today)) == {grant_id}:
        raise LastOrganizer
