"""Records whose personal details somebody looked at."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.journal import JournalEntry
from app.kernel.actor import Actor
from app.kernel.refusal import Kind, Refusal
from app.people.directory import policy, queries
from app.people.directory.facts import PeopleLookedUp, RosterRead
from app.people.directory.rules import people as rules


class TooManyLookups(Refusal):
    kind = Kind.TOO_MANY
    rule = "too-many-lookups"
    msgid = queries.CAPPED


def record_lookup(db: Session, *, actor: Actor, person_ids: Collection[int], now: datetime) -> None:
    """Records which people were shown by name; whoever was looked up within 24 hours already is not
    recorded again.
    """
    fresh = frozenset(person_ids) - queries.looked_up(db, actor=actor, now=now)
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
    strangers = queries.strangers_among(db, actor=actor, person_ids=person_ids)
    known = queries.looked_up(db, actor=actor, now=now)
    if strangers - known and len(strangers | known) > rules.MOST_LOOKED_UP:
        raise TooManyLookups(most=rules.MOST_LOOKED_UP)
    record_lookup(db, actor=actor, person_ids=strangers, now=now)


def record_roster_read(db: Session, *, actor: Actor, country_code: str, now: datetime) -> None:
    """Records that the actor reads a country's roster: once an account within 24 hours."""
    policy.require_may_keep_roster(actor, country_code)
    recent = select(JournalEntry.id).where(
        JournalEntry.subject_kind == RosterRead.subject_kind,
        JournalEntry.subject_id == country_code,
        JournalEntry.fact == "RosterRead",
        JournalEntry.actor_account_id == actor.account_id,
        JournalEntry.at > now - rules.LOOKED_UP_WITHIN,
    )
    if db.scalar(recent.limit(1)) is None:
        journal.record(db, RosterRead(country_code), actor=actor, now=now)
