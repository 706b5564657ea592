"""Letters that were written, for those who may read them, with the delivery of each."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    cast,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import Session

from app.infra.journal import Delivery
from app.kernel.actor import Actor
from app.kernel.paging import Paging
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.office.outbox.models import Message
from app.office.outbox.queries.outbox import SENDER
from app.office.writing import policy
from app.office.writing.models import LetterReader, WrittenLetter
from app.office.writing.values import DeliveryCounts, LetterWords, WrittenLetterSummary
from app.people.directory.models import Person, WorkingGroup
from app.people.identity.models import Account
from app.planning.events.models import Event
from app.planning.events.queries.events import event_of
from app.training.learning.models import Course

PER_PAGE = 25
MARK = "written."
"""How the outbox names these letters: "written." and the number of the LetterReader."""
m = Message


@dataclass(frozen=True)
class LettersPage:
    letters: tuple[WrittenLetterSummary, ...]
    paging: Paging


def letters_of_event(db: Session, *, event_id: UUID, number: int = 1) -> LettersPage:
    """Returns the letters, newest first. Call `event_to_write_to` before: it checks who may read
    them.
    """
    return _page(db, WrittenLetter.event_id == event_id, number)


def letters_of_office(db: Session, *, actor: Actor, number: int = 1) -> LettersPage:
    """Returns all letters but those of countries, newest first."""
    policy.require_may_write_from_office(actor)
    return _page(db, WrittenLetter.country_code == "", number)


def letters_of_country(
    db: Session, *, actor: Actor, country_code: str, number: int = 1
) -> LettersPage:
    """Returns the letters that the country's focal points wrote, newest first."""
    policy.require_may_write_to_country(actor, country_code)
    return _page(db, WrittenLetter.country_code == country_code, number)


def letter_of(db: Session, *, actor: Actor, letter_id: UUID) -> WrittenLetterSummary:
    """Returns a letter. Raises NotFound for an actor who may not read it, as if it did not exist."""
    found = _summaries(db, select(WrittenLetter).where(WrittenLetter.id == letter_id))
    if not found:
        raise NotFound
    letter = found[0]
    if letter.country_code:
        policy.require_may_write_to_country(actor, letter.country_code)
    elif letter.event_id is None:
        if not policy.may_write_from_office(actor):
            raise NotFound
    else:
        event = event_of(db, actor=actor, event_id=letter.event_id)
        if not policy.may_write_to_event(actor, event.group_slugs, event.kind):
            raise NotFound
    return letter


def letter_readers(db: Session, letter_id: UUID) -> list[LetterReader]:
    asked = select(LetterReader).where(LetterReader.letter_id == letter_id)
    return list(db.scalars(asked.order_by(LetterReader.id)))


def words_of(db: Session, letter_id: UUID) -> LetterWords:
    letter = db.get_one(WrittenLetter, letter_id)
    return LetterWords(letter.subject, letter.text)


def names_of(db: Session, keys: Iterable[str]) -> dict[str, LocalizedText]:
    """Returns the names of the groups and courses in audiences, by the key of the audience."""
    wanted = {tuple(key.split(":", 1)) for key in keys if ":" in key}
    slugs = {slug for _, slug in wanted}
    if not slugs:
        return {}
    groups = select(literal("group"), WorkingGroup.slug, WorkingGroup.name)
    courses = select(literal("course"), Course.slug, Course.title)
    rows = (
        *db.execute(groups.where(WorkingGroup.slug.in_(slugs))),
        *db.execute(courses.where(Course.slug.in_(slugs))),
    )
    return {f"{kind}:{slug}": name for kind, slug, name in rows}


def _page(db: Session, which: ColumnElement[bool], number: int) -> LettersPage:
    total = db.scalar(select(func.count(WrittenLetter.id)).where(which)) or 0
    paging = Paging(total, PER_PAGE, number)
    asked = (
        select(WrittenLetter)
        .where(which)
        .order_by(WrittenLetter.written_at.desc(), WrittenLetter.id)
        .limit(PER_PAGE)
        .offset(paging.offset)
    )
    return LettersPage(_summaries(db, asked), paging)


def _summaries(db: Session, asked: Select[WrittenLetter]) -> tuple[WrittenLetterSummary, ...]:
    rows = db.execute(
        asked.add_columns(Person.full_name, Event.title)
        .outerjoin(Account, Account.id == WrittenLetter.written_by)
        .outerjoin(Person, Person.id == Account.person_id)
        .outerjoin(Event, Event.id == WrittenLetter.event_id)
    ).all()
    counts = _counts(db, [row[0].id for row in rows])
    return tuple(
        WrittenLetterSummary(
            id=letter.id,
            words=LetterWords(letter.subject, letter.text),
            audiences=tuple(letter.audiences),
            event_id=letter.event_id,
            event_title=title or LocalizedText(),
            written_by=name or "",
            written_at=letter.written_at,
            people=letter.people,
            counts=counts.get(letter.id, DeliveryCounts()),
            country_code=letter.country_code,
        )
        for letter, name, title in rows
    )


def _counts(db: Session, letter_ids: list[UUID]) -> dict[UUID, DeliveryCounts]:
    """Returns the deliveries of each letter, from the outbox, in one statement."""
    if not letter_ids:
        return {}
    is_there = m.id.is_not(None)
    returned = m.bounced_at.is_not(None)
    gone = and_(m.sent_at.is_(None), or_(Delivery.state == "dead", m.given_up_at.is_not(None)))
    delivered = and_(m.sent_at.is_not(None), not_(returned))
    rows = db.execute(
        select(
            LetterReader.letter_id,
            func.count().filter(is_there, delivered),
            func.count().filter(is_there, returned),
            func.count().filter(is_there, not_(returned), gone),
            func.count().filter(is_there),
        )
        .outerjoin(m, m.dedupe == literal(MARK) + cast(LetterReader.id, String))
        .outerjoin(Delivery, and_(Delivery.entry_id == m.entry_id, Delivery.handler == SENDER))
        .where(LetterReader.letter_id.in_(letter_ids))
        .group_by(LetterReader.letter_id)
    )
    return {
        letter_id: DeliveryCounts(
            delivered=sent, returned=back, undelivered=lost, waiting=there - sent - back - lost
        )
        for letter_id, sent, back, lost, there in rows
    }
