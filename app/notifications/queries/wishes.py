"""Somebody's own wishes."""

from sqlalchemy.orm import Session

from app.directory.models import Person
from app.kernel.refusal import NotFound
from app.notifications.models import MailWish
from app.notifications.queries.people import wishes_of
from app.notifications.values import Wishes


def own_wishes(db: Session, person_id: int) -> Wishes:
    """Refuses with NotFound who is not in the directory."""
    if db.get(Person, person_id) is None:
        raise NotFound
    return wishes_of(db.get(MailWish, person_id))
