"""Letters about accounts that follow from facts."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.identity.models import Account
from app.infra.journal import JournalEntry
from app.notifications import queries
from app.notifications.tasks.letters import site_address, write
from app.notifications.wording.identity import account_invited


def on_account_invited(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    account = db.get(Account, entry.payload["account_id"])
    if account is None or not account.active or account.person_id is None:
        return
    to = queries.recipient(db, account.person_id)
    if to is not None:
        site = site_address()
        letter = account_invited(to, url=f"{site}/sign-in", course_url=f"{site}/courses/guidelines")
        write(db, entry, [(to, letter)], now=now)
