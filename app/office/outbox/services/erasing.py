"""Letters to somebody who is to be forgotten: gone with name and address, sent or not."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.infra.journal import Delivery
from app.office.outbox.models import AnswerAddress, MailWish, Message
from app.office.outbox.rules.keys import KEYED, without_keys
from app.people.directory.queries.people import emails_of_person
from app.people.identity.queries import accounts_of_person


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Also those that went to the address alone, such as links to sign in. Called while the address
    is known.
    """
    owned = accounts_of_person(db, person_id).values()
    addresses = {*emails_of_person(db, person_id), *owned}
    about = or_(Message.person_id == person_id, Message.recipient.in_(addresses))
    _delete(db, about)
    db.execute(delete(MailWish).where(MailWish.person_id == person_id))
    db.execute(delete(AnswerAddress).where(AnswerAddress.person_id == person_id))
    db.flush()


def drop_letters_to(db: Session, *, person_id: int) -> None:
    """Takes out the letters to one record, sent or not, and no others of a shared mailbox."""
    _delete(db, Message.person_id == person_id)
    db.execute(delete(MailWish).where(MailWish.person_id == person_id))
    db.flush()


def expire_letters(db: Session, *, before: datetime, dry_run: bool) -> int:
    """Letters that were sent or given up before that instant; returns how many."""
    over = or_(Message.sent_at.is_not(None), Message.given_up_at.is_not(None))
    old = and_(Message.created_at < before, over)
    found = db.scalar(select(func.count()).select_from(Message).where(old)) or 0
    if not dry_run:
        _delete(db, old)
    return found


def drop_keys(db: Session, *, before: datetime) -> int:
    """Forgets the keys of letters that left before that instant, when their links have lapsed, and
    takes them out of what was stored before letters were kept without them. Returns how many.
    """
    left = and_(Message.sent_at.is_not(None), Message.sent_at < before)
    sealed = and_(left, Message.sealed_keys != "")
    found = db.scalar(select(func.count()).select_from(Message).where(sealed)) or 0
    in_clear = [
        (number, without_keys(body)[0])
        for number, body in db.execute(
            select(Message.id, Message.body).where(
                left,
                Message.sealed_keys == "",
                or_(*(Message.body.contains(f"/{path}/") for path in KEYED)),
            )
        )
        if without_keys(body)[1]
    ]
    db.execute(update(Message).where(sealed).values(sealed_keys=""))
    if in_clear:
        db.execute(update(Message), [{"id": one, "body": body} for one, body in in_clear])
    return found + len(in_clear)


def _delete(db: Session, which: ColumnElement[bool]) -> None:
    """What their deliveries noted of failures may hold addresses."""
    entries = select(Message.entry_id).where(which, Message.entry_id.is_not(None))
    db.execute(
        update(Delivery)
        .where(Delivery.entry_id.in_(entries), Delivery.error != "")
        .values(error="")
    )
    db.execute(delete(Message).where(which))
    db.flush()
