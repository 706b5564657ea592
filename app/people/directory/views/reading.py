"""Puts on record that a page has named the people of a country."""

from sqlalchemy.orm import Session

from app.infra import clock
from app.people.directory.queries.people import is_roster_read_on_record
from app.people.directory.services.sharing import record_roster_read
from app.web.guards import current_actor
from app.web.looking import record_when_sent


def note_roster_read(db: Session, country_code: str) -> None:
    """Records, once the page is sent, that the actor read a country's roster. Whoever is on record
    already opens no transaction: most pages with names are read again within the day.
    """
    actor, now = current_actor(), clock.now()
    if not is_roster_read_on_record(db, actor=actor, country_code=country_code, now=now):
        record_when_sent(
            lambda db: record_roster_read(db, actor=actor, country_code=country_code, now=now)
        )
