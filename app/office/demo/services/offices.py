"""Two offices that were asked who takes over, and a unit whose people are named to nobody abroad;
its posts are beside those that coverage counts.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.journal import Delivery, JournalEntry
from app.kernel.actor import Actor, Grant, Role
from app.office.demo.data import demo_data
from app.office.demo.services.people import COUNTRIES, a_person, appoint
from app.office.notifications.tasks.requests import on_successors_asked
from app.office.outbox.models import Message
from app.people.directory.models import FocalPoint, Institution, Post
from app.people.directory.services.institutions import add_institution
from app.people.directory.services.protecting import protect_institution
from app.people.identity.models import Account
from app.training.requests.facts import SuccessorsAsked
from app.training.requests.queries import vacant_posts
from app.training.requests.services import ask_successors, note_answer

SENDER = "notifications.send_message"
ASKED = ((23, 9), (6, None))
"""How many days ago an office was asked, and answered; the first may be asked again."""


def load_offices(db: Session, *, today: date, now: datetime) -> None:
    data = demo_data("people")["sensitive_unit"]
    actor = _focal_point(db, data["country"])
    _ask(db, actor, data["country"], today=today, now=now)
    number = add_institution(
        db,
        actor=actor,
        country_code=data["country"],
        name=data["name"],
        kind=data["kind"],
        now=now - timedelta(days=200),
    )
    for place, one in enumerate(data["people"]):
        post = Post(institution_id=number, title=one["post"], is_target=False)
        db.add(post)
        db.flush()
        person = a_person(db, COUNTRIES[data["country"]], one["name"], one["email"], one["sex"])
        since = today - timedelta(days=190 - 30 * place)
        appoint(db, person, post, since=since, confirmed_days_ago=12, today=today)
    db.flush()
    protect_institution(
        db,
        actor=actor,
        institution_id=number,
        is_sensitive=True,
        today=today,
        now=now - timedelta(days=100),
    )


def _focal_point(db: Session, country: str) -> Actor:
    account_id, person_id = db.execute(
        select(Account.id, Account.person_id)
        .join(FocalPoint, FocalPoint.person_id == Account.person_id)
        .where(FocalPoint.country_code == country, FocalPoint.valid_until.is_(None))
    ).one()
    grants = frozenset({Grant(Role.FOCAL_POINT, country)})
    return Actor(account_id=account_id, person_id=person_id, grants=grants, country=country)


def _ask(db: Session, actor: Actor, country: str, *, today: date, now: datetime) -> None:
    """Asks the offices with a vacant post, by letters that have left already."""
    places = db.scalars(
        select(Institution).where(Institution.country_code == country).order_by(Institution.id)
    ).all()
    vacant = [one for one in places if vacant_posts(db, institution_id=one.id, on=today)]
    for place, (asked, answered) in zip(vacant, ASKED, strict=False):
        place.contact_email = demo_data("people")["mailboxes"][place.kind]
        at = now - timedelta(days=asked)
        request_id = ask_successors(
            db,
            actor=actor,
            country_code=country,
            institution_id=place.id,
            today=today - timedelta(days=asked),
            now=at,
        )
        entry = db.scalars(
            select(JournalEntry)
            .where(JournalEntry.fact == SuccessorsAsked.__name__)
            .order_by(JournalEntry.id.desc())
        ).first()
        if entry is not None:
            on_successors_asked(db, entry, now=at)
            _deliver(db, f"{entry.id}.", at)
        if answered is not None:
            note_answer(
                db,
                actor=actor,
                country_code=country,
                institution_id=place.id,
                request_id=request_id,
                is_answered=True,
                today=today - timedelta(days=answered),
                now=now - timedelta(days=answered),
            )


def _deliver(db: Session, dedupe: str, at: datetime) -> None:
    """Settles the letters of an entry, so that none of them is ever sent."""
    for message in db.scalars(select(Message).where(Message.dedupe.startswith(dedupe))):
        message.sent_at, message.is_filed = at + timedelta(seconds=2), True
        db.add(
            Delivery(
                entry_id=message.entry_id, handler=SENDER, state="done", next_at=at, done_at=at
            )
        )
