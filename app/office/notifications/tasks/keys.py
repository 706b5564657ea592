"""Keys of letters are forgotten when their links have lapsed."""

from app.infra import clock
from app.infra.database import transaction
from app.office.outbox.services.erasing import drop_keys
from app.people.identity.rules import INVITATION_LASTS


def forget_keys() -> int:
    """Returns of how many letters. Until then a letter that came back can be sent once more."""
    now = clock.now()
    with transaction() as db:
        return drop_keys(db, before=now - INVITATION_LASTS)
