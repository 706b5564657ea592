"""Somebody's own wishes."""

from sqlalchemy.orm import Session

from app.kernel.refusal import NotFound
from app.office.notifications.queries.people import wishes_of
from app.office.notifications.values import Wishes
from app.office.outbox.models import MailWish
from app.people.directory.models import Person


def own_wishes(db: Session, person_id: int) -> Wishes:
    """Refuses with NotFound who is not in the directory."""
    if db.get(Person, person_id) is None:
        raise NotFound
    return wishes_of(db.get(MailWish, person_id))
