"""Finds people by name beyond what the actor may read as a list: an own roster, an own country, the
whole region.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, func, literal, or_, select
from sqlalchemy.orm import Session

from app.infra.journal import JournalEntry
from app.kernel.actor import Actor
from app.kernel.refusal import Sentence
from app.kernel.text import N_
from app.people.directory import policy
from app.people.directory.facts import PeopleLookedUp
from app.people.directory.models import Country, Person
from app.people.directory.rules import people as rules

SEVERAL = N_(
    "Several people in other countries have this name. Write more of it, or the whole e-mail address."
)
CAPPED = N_(
    "You have looked up %(most)s people of other countries within a day. Try again tomorrow."
)
WHOLE_NAME = N_(
    "For people of other countries, write a given name and a surname, or the whole e-mail address."
)
MOST_WORDS = 6


@dataclass(frozen=True)
class PeopleElsewhere:
    """People of other countries who fit what was typed; `note` says why there is nobody or not
    everybody.
    """

    rows: Sequence[Row[Person, Country | None]] = ()
    note: Sentence | None = None


def records_of_person(db: Session, person_id: int) -> tuple[int, ...]:
    """Returns the numbers of the person's record and of every record joined to it, in order."""
    known: set[int] = {person_id}
    while True:
        joined = select(Person.id, Person.merged_into_id).where(
            or_(Person.id.in_(known), Person.merged_into_id.in_(known))
        )
        more = {number for row in db.execute(joined) for number in row if number is not None}
        if more <= known:
            return tuple(sorted(known))
        known |= more


def people_elsewhere(db: Session, *, actor: Actor, words: str, now: datetime) -> PeopleElsewhere:
    """Returns those outside the actor's country who bear the typed given name and surname, or the
    typed address.

    For whoever may not read the names of the region: nobody is found by a part of a name, no more
    than three of one name are shown, and no more than 60 people within 24 hours.
    """
    typed = rules.plain_key(words).split()[:MOST_WORDS]
    is_address = "@" in words
    if not typed or (len(typed) == 1 and not is_address):
        return PeopleElsewhere(note=Sentence(WHOLE_NAME) if typed else None)
    query = (
        select(Person, Country)
        .outerjoin(Country, Country.code == Person.country_code)
        .where(
            Person.is_guest.is_(False),
            Person.merged_into_id.is_(None),
            func.coalesce(Person.country_code, "") != (actor.country or "-"),
        )
        .order_by(Person.sort_key, Person.id)
        .limit(rules.MOST_NAMESAKES * 10)
    )
    if is_address:
        rows = db.execute(query.where(func.lower(Person.email) == words.strip().lower())).all()
    else:
        name = literal(" ").concat(func.replace(Person.sort_key, "~", "")).concat(" ")
        whole = [name.contains(f" {word} ", autoescape=True) for word in typed]
        candidates = db.execute(query.where(*whole)).all()
        rows = [row for row in candidates if rules.is_name_of(row[0].full_name, words)]
    if len(rows) > rules.MOST_NAMESAKES:
        return PeopleElsewhere(note=Sentence(SEVERAL))
    known = looked_up(db, actor=actor, now=now)
    if len(known | {row[0].id for row in rows}) > max(rules.MOST_LOOKED_UP, len(known)):
        return PeopleElsewhere(note=Sentence(CAPPED, {"most": rules.MOST_LOOKED_UP}))
    return PeopleElsewhere(rows, None if rows else Sentence(WHOLE_NAME))


def looked_up(db: Session, *, actor: Actor, now: datetime) -> frozenset[int]:
    """Returns the people whom the actor's account looked up within 24 hours, from the journal."""
    entries = db.scalars(
        select(JournalEntry.payload).where(
            JournalEntry.subject_kind == PeopleLookedUp.subject_kind,
            JournalEntry.subject_id == str(actor.account_id),
            JournalEntry.at > now - rules.LOOKED_UP_WITHIN,
        )
    )
    return frozenset(number for payload in entries for number in payload["person_ids"])


def strangers_among(db: Session, *, actor: Actor, person_ids: Sequence[int]) -> frozenset[int]:
    """Returns those of the people whose names the actor may not read as a list."""
    if policy.may_search_the_region(actor) or not person_ids:
        return frozenset()
    query = select(Person.id).where(
        Person.id.in_(person_ids), func.coalesce(Person.country_code, "") != (actor.country or "-")
    )
    return frozenset(db.scalars(query))
