"""A webinar, people who register for it, and the letters that follow, read back from the folder
they went to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property, lru_cache
from pathlib import Path
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.infra.mail import Outgoing
from app.infra.platform import platform
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.office.inbox.services import Received
from app.office.inbox.tasks import receive
from app.office.outbox.models import MailWish, Message
from app.office.outbox.queries import answer_tokens_of
from app.participation.registrations.models import Registration
from app.participation.registrations.services.registering import cancel_registration, register
from app.participation.registrations.values import CONSENT_VERSION
from app.planning.arranging.services.planning import cancel_event, move_event, plan_event
from app.planning.events.values import EventDraft, EventKind
from tests.support.actors import actor_of

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
STARTS = datetime(2027, 8, 3, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Away(Outgoing):
    """A mail server that nobody reaches."""

    def __init__(self) -> None:
        super().__init__(Path("nowhere"))

    def send(self, message: object, server: object) -> None:
        raise ConnectionRefusedError


@dataclass(frozen=True)
class Letter:
    mail: EmailMessage

    @cached_property
    def to(self) -> str:
        return str(self.mail["To"].addresses[0].addr_spec)

    @cached_property
    def number(self) -> str:
        """Of the message that it was written from."""
        return str(self.mail["Message-ID"]).strip("<>").removesuffix("@localhost")

    def is_for(self, who: str) -> bool:
        """Any letter is for ""."""
        return not who or self.to == f"{who}@example.org"

    @property
    def subject(self) -> str:
        return str(self.mail["Subject"])

    @property
    def text(self) -> str:
        part = self.mail.get_body(("plain",))
        assert part is not None
        return str(part.get_content()).replace("\r\n", "\n")

    @property
    def page(self) -> str:
        part = self.mail.get_body(("html",))
        assert part is not None
        return str(part.get_content())

    @property
    def calendar(self) -> bytes:
        """The text/calendar alternative, b"" when there is none."""
        found = [part for part in self.mail.walk() if part.get_content_type() == "text/calendar"]
        return bytes(found[0].get_payload(decode=True)) if found else b""


def webinar(app: Flask, starts: datetime = STARTS, *, capacity: int | None = None) -> UUID:
    draft = EventDraft(
        EventKind.WEBINAR,
        LocalizedText(es="Señales de trata", en="Signs of trafficking"),
        Timespan(starts, starts + HOUR),
        capacity=capacity,
    )
    organizer = actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        return plan_event(db, actor=organizer, draft=draft, publish=True, now=NOW)


def take_place(app: Flask, who: str, event_id: UUID, now: datetime = NOW) -> int:
    """Registers a persona; returns the person's number."""
    actor = actor_of(app, who)
    assert actor.person_id is not None
    with app.app_context(), transaction() as db:
        register(db, actor=actor, event_id=event_id, consent_version=CONSENT_VERSION, now=now)
    return actor.person_id


def webinar_of(app: Flask, *people: str, capacity: int | None = None) -> UUID:
    """A webinar, and people who registered for it and have had their letters."""
    event_id = webinar(app, capacity=capacity)
    for who in people:
        take_place(app, who, event_id)
    drain(app)
    return event_id


def give_back(app: Flask, who: str, event_id: UUID, now: datetime = NOW) -> None:
    with app.app_context(), transaction() as db:
        assert cancel_registration(db, actor=actor_of(app, who), event_id=event_id, now=now)


def move(app: Flask, event_id: UUID, starts: datetime, now: datetime = NOW) -> None:
    organizer = actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        move_event(
            db, actor=organizer, event_id=event_id, span=Timespan(starts, starts + HOUR), now=now
        )


def call_off(app: Flask, event_id: UUID, now: datetime = NOW) -> None:
    organizer = actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        cancel_event(db, actor=organizer, event_id=event_id, now=now)


def drain(app: Flask) -> None:
    with app.app_context():
        jobs = platform(app).jobs
        jobs.drain()


def letters(app: Flask, to: str = "") -> list[Letter]:
    """What was written, in the order of writing; of one person when asked."""
    drain(app)
    with app.app_context(), reading() as db:
        order = list(db.scalars(select(Message.dedupe).order_by(Message.id)))
    folder = platform(app).settings.data / "mail"
    contents = [path.read_bytes() for path in folder.glob("*.eml")]
    found = {letter.number: letter for letter in map(_read, contents) if letter.is_for(to)}
    return [found[number] for number in order if number in found]


@lru_cache(maxsize=100)
def _read(raw: bytes) -> "Letter":
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return Letter(mail)


def wish(app: Flask, person_id: int, **wishes: bool) -> None:
    with app.app_context(), transaction() as db:
        db.add(MailWish(person_id=person_id, changed_at=NOW - timedelta(days=30), **wishes))


def token_of(app: Flask, event_id: UUID, person_id: int) -> str:
    with app.app_context(), reading() as db:
        return answer_tokens_of(db, event_id, [person_id])[person_id]


def registration(app: Flask, event_id: UUID, person_id: int) -> Registration:
    with app.app_context(), reading() as db:
        r = Registration
        return db.scalars(select(r).where(r.event_id == event_id, r.person_id == person_id)).one()


def statuses(app: Flask, event_id: UUID, people: Sequence[int]) -> list[str]:
    return [registration(app, event_id, person).status for person in people]


def take_in(app: Flask, raw: bytes, recipient: str = "") -> Received:
    with app.app_context():
        return receive(raw, recipient=recipient)
