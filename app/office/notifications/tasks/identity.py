"""Letters about accounts that follow from facts."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.infra.journal import JournalEntry
from app.office.notifications import queries
from app.office.notifications.tasks.letters import site_address, write
from app.office.notifications.wording.identity import account_invited
from app.people.identity.queries import account_by_id


def on_account_invited(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    account = account_by_id(db, entry.payload["account_id"])
    if account is None or not account.active or account.person_id is None:
        return
    to = queries.recipient(db, account.person_id)
    if to is not None:
        site = site_address()
        letter = account_invited(to, url=f"{site}/sign-in", course_url=f"{site}/courses/guidelines")
        write(db, entry, [(to, letter)], now=now)
