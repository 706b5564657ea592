"""What a country shares of its people, and the record of who looked at whom."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.email_address import canonical_email
from app.infra.journal import JournalEntry
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, Kind, Refusal, Sentence
from app.kernel.text import N_
from app.people.directory import policy
from app.people.directory.facts import AddressesRead, PeopleLookedUp, RosterRead, SharingChanged
from app.people.directory.models import Country, Institution
from app.people.directory.queries import people
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
    stored = (country.shares_delegates, country.shares_emails)
    if not changed and wanted == stored and sharing.shares_figures == country.shares_figures:
        return False
    country.shares_delegates, country.shares_emails = wanted
    country.shares_figures = sharing.shares_figures
    for key, address in changed.items():
        places[key].contact_email = address
    db.flush()
    fact = SharingChanged(country_code, *wanted, len(changed), sharing.shares_figures)
    journal.record(db, fact, actor=actor, now=now)
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


# Records whose personal details somebody looked at.


class TooManyLookups(Refusal):
    kind = Kind.TOO_MANY
    rule = "too-many-lookups"
    msgid = people.CAPPED


def record_lookup(db: Session, *, actor: Actor, person_ids: Collection[int], now: datetime) -> None:
    """Records which people were shown by name; whoever was looked up within 24 hours already is not
    recorded again.
    """
    fresh = frozenset(person_ids) - people.looked_up(db, actor=actor, now=now)
    if fresh and actor.signed_in:
        journal.record(
            db, PeopleLookedUp(actor.account_id, tuple(sorted(fresh))), actor=actor, now=now
        )


def record_named_by_number(
    db: Session, *, actor: Actor, person_ids: Sequence[int], now: datetime
) -> None:
    """Counts people whom a program names by number, because the answer tells their names. Refuses
    with `TooManyLookups` once the day's number of people of other countries is used up.
    """
    strangers = people.strangers_among(db, actor=actor, person_ids=person_ids)
    known = people.looked_up(db, actor=actor, now=now)
    if strangers - known and len(strangers | known) > rules.MOST_LOOKED_UP:
        raise TooManyLookups(most=rules.MOST_LOOKED_UP)
    record_lookup(db, actor=actor, person_ids=strangers, now=now)


def record_roster_read(db: Session, *, actor: Actor, country_code: str, now: datetime) -> None:
    """Records that the actor reads a country's roster: once an account within 24 hours."""
    policy.require_may_keep_roster(actor, country_code)
    if not people.is_roster_read_on_record(db, actor=actor, country_code=country_code, now=now):
        journal.record(db, RosterRead(country_code), actor=actor, now=now)
