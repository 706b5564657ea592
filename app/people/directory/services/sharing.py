"""What a country shares in who is who, and the record of who read its addresses."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.email_address import canonical_email
from app.infra.journal import JournalEntry
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_
from app.people.directory import policy
from app.people.directory.facts import AddressesRead, SharingChanged
from app.people.directory.models import Country, Institution
from app.people.directory.rules import people as rules
from app.people.directory.values import Sharing


def change_sharing(
    db: Session, *, actor: Actor, country_code: str, sharing: Sharing, now: datetime
) -> bool:
    """Stores what the country shares and its institutions' mailboxes; returns whether anything
    changed. Errors are named by field: `mailbox-<institution id>`.
    """
    policy.require_may_change_sharing(actor, country_code)
    country = db.get_one(Country, country_code, with_for_update=True)
    places = {
        row.id: row
        for row in db.scalars(select(Institution).where(Institution.country_code == country_code))
    }
    boxes = {key: typed.strip() for key, typed in sharing.mailboxes.items() if key in places}
    errors = {
        f"mailbox-{key}": Sentence(N_("Write one e-mail address, such as name@example.org."))
        for key, typed in boxes.items()
        if typed and canonical_email(typed) is None
    }
    if errors:
        raise InvalidInput(errors)
    changed = {
        key: address
        for key, typed in boxes.items()
        if (address := canonical_email(typed) or "") != places[key].contact_email
    }
    wanted = (sharing.shares_delegates, sharing.shares_emails)
    if not changed and wanted == (country.shares_delegates, country.shares_emails):
        return False
    country.shares_delegates, country.shares_emails = wanted
    for key, address in changed.items():
        places[key].contact_email = address
    db.flush()
    journal.record(db, SharingChanged(country_code, *wanted, len(changed)), actor=actor, now=now)
    return True


def record_addresses_read(
    db: Session, *, actor: Actor, listed: str, rows: int, now: datetime
) -> None:
    """Records that the actor was shown the addresses of a list: once an account and list within 24
    hours.
    """
    recent = select(JournalEntry.id).where(
        JournalEntry.subject_kind == AddressesRead.subject_kind,
        JournalEntry.subject_id == listed,
        JournalEntry.actor_account_id == actor.account_id,
        JournalEntry.at > now - rules.LOOKED_UP_WITHIN,
    )
    if rows and db.scalar(recent.limit(1)) is None:
        journal.record(db, AddressesRead(listed, rows), actor=actor, now=now)
