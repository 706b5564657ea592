"""Behind the scenes of a journey: what the database holds, and what no visitor can do (let time
pass).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import SystemRandom
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.actor import SYSTEM
from app.kernel.text import LocalizedText
from app.office.outbox.models import Message
from app.participation.registrations.models import Registration
from app.people.directory.models import Appointment, Person, WorkingGroup
from app.planning.events.models import Event, EventGroup, EventPerson
from app.training.certificates.models import Certificate, Revocation
from app.training.certificates.services.issuing import issue_certificate
from app.training.certificates.values import IssuedFrom
from app.training.learning.models import (
    Attempt,
    AttemptItem,
    Completion,
    Enrolment,
    ItemOption,
    UnitProgress,
)
from app.training.learning.queries.courses import seat_of
from app.training.learning.rules.quiz import Given
from app.training.learning.services.publishing import publish_edition
from app.training.learning.services.quiz import save_answer, start_attempt, submit_attempt
from app.training.learning.services.study import leave_screen, start_enrolment
from app.training.learning.values import CoursePosition
from tests.support.actors import actor_of
from tests.support.server import LiveServer
from tests.training.learning.builders import another_course

COURSE = "guidelines"
SMALL_COURSE = "small"
"""Two modules of one lesson each: for journeys whose point is the way through, not the content."""
Found = TypeVar("Found")


def look(server: LiveServer, query: Callable[[Session], Found]) -> Found:
    with server.app.app_context(), reading() as db:
        return query(db)


@dataclass(frozen=True)
class Held:
    """An event of the demonstration. `starts` and `ends` are wall time of its zone, without it."""

    id: UUID
    title: LocalizedText
    starts: datetime
    ends: datetime
    people: tuple[str, ...]


def coming(server: LiveServer, group: str, *, number: int = 0) -> Held:
    """The next published event of a group, or the one after it, …"""

    def query(db: Session) -> Held:
        event = db.scalars(
            select(Event)
            .join(EventGroup)
            .join(WorkingGroup, WorkingGroup.id == EventGroup.working_group_id)
            .where(
                WorkingGroup.slug == group,
                Event.status == "published",
                Event.starts_at > clock.now(),
            )
            .order_by(Event.starts_at)
        ).all()[number]
        names = select(Person.full_name).join(EventPerson, EventPerson.person_id == Person.id)
        zone = ZoneInfo(event.timezone)
        assert event.starts_at
        assert event.ends_at
        starts, ends = (
            at.astimezone(zone).replace(tzinfo=None) for at in (event.starts_at, event.ends_at)
        )
        people = tuple(db.scalars(names.where(EventPerson.event_id == event.id)))
        return Held(event.id, event.title, starts, ends, people)

    return look(server, query)


def only_in_spanish(server: LiveServer) -> tuple[UUID, str]:
    """A published event with an instant and without an English title."""

    def query(db: Session) -> tuple[UUID, str]:
        found = select(Event).where(Event.status == "published", Event.starts_at.is_not(None))
        event = next(
            event
            for event in db.scalars(found.order_by(Event.starts_at.desc()))
            if event.title.lacks("en")
        )
        return event.id, event.title["es"]

    return look(server, query)


def person_id(server: LiveServer, name: str) -> int:
    return look(
        server, lambda db: db.scalars(select(Person.id).where(Person.full_name == name)).one()
    )


def registered(server: LiveServer, event_id: UUID) -> set[int]:
    query = select(Registration.person_id).where(
        Registration.event_id == event_id, Registration.status == "registered"
    )
    return look(server, lambda db: set(db.scalars(query)))


def with_a_part(server: LiveServer, event_id: UUID) -> set[int]:
    """Those who speak, moderate, report or interpret."""
    query = select(EventPerson.person_id).where(
        EventPerson.event_id == event_id,
        EventPerson.role.in_(("speaker", "moderator", "rapporteur", "interpreter")),
    )
    return look(server, lambda db: set(db.scalars(query)))


def last_message(server: LiveServer) -> int:
    return look(server, lambda db: db.scalar(select(func.max(Message.id))) or 0)


@dataclass(frozen=True)
class Letter:
    person_id: int | None
    subject: str
    body: str
    is_sent: bool


def messages_after(server: LiveServer, message_id: int) -> list[Letter]:
    def query(db: Session) -> list[Letter]:
        rows = db.scalars(select(Message).where(Message.id > message_id))
        return [
            Letter(row.person_id, row.subject, row.body, row.sent_at is not None) for row in rows
        ]

    return look(server, query)


def let_pass(server: LiveServer, event_id: UUID) -> None:
    """The event was yesterday."""
    with server.app.app_context(), transaction() as db:
        event = db.get_one(Event, event_id)
        assert event.starts_at
        assert event.ends_at
        back = event.starts_at - clock.now() + timedelta(days=1)
        db.execute(
            update(Event)
            .where(Event.id == event_id)
            .values(starts_at=event.starts_at - back, ends_at=event.ends_at - back)
        )


def let_pause_pass(server: LiveServer, attempt_id: UUID) -> None:
    with server.app.app_context(), transaction() as db:
        attempt = db.get_one(Attempt, attempt_id)
        assert attempt.submitted_at
        attempt.submitted_at -= timedelta(hours=1)


@dataclass(frozen=True)
class Answer:
    """The ids to mark, or the lines of an ordering as shown, in the order to give them."""

    options: tuple[int, ...] = ()
    rows: tuple[int, ...] = ()


def answers(server: LiveServer, attempt_id: UUID, *, right: bool = True) -> list[Answer]:
    """For each question what is right, or something that is not."""

    def query(db: Session) -> list[Answer]:
        asked = (
            select(AttemptItem)
            .where(AttemptItem.attempt_id == attempt_id)
            .order_by(AttemptItem.position)
        )
        return [_answer(db, item, right=right) for item in db.scalars(asked)]

    return look(server, query)


def _answer(db: Session, asked: AttemptItem, *, right: bool) -> Answer:
    held = select(ItemOption).where(ItemOption.item_id == asked.item_id)
    options = db.scalars(held.order_by(ItemOption.position)).all()
    if not any(option.is_correct for option in options):
        rows = [asked.option_order.index(option.id) + 1 for option in options]
        return Answer(rows=tuple(rows if right else reversed(rows)))
    found = [option.id for option in options if option.is_correct is right]
    return Answer(options=tuple(found if right else found[:1]))


def attempt_in(url: str) -> UUID:
    """From the address of a question: …/attempts/<id>/<position>."""
    return UUID(url.partition("/attempts/")[2].partition("/")[0])


def read_module(server: LiveServer, who: str, module_number: int, *, course: str = COURSE) -> None:
    """Enrols if need be and reads every text of a module to its end; the quiz is left."""
    actor = actor_of(server.app, who)
    with server.app.app_context(), transaction() as db:
        start_enrolment(db, actor=actor, course_slug=course, language="es", now=clock.now())
        outline = seat_of(db, actor=actor, slug=course).outline
        module = next(module for module in outline.modules if module.number == module_number)
        enrolment_id = seat_of(db, actor=actor, slug=course).enrolment_id
        for unit in module.units:
            if unit.is_quiz:
                continue
            db.add(
                UnitProgress(
                    enrolment_id=enrolment_id,
                    unit_id=unit.id,
                    screen=unit.screens,
                    completed_at=None,
                )
            )
            db.flush()
            place = CoursePosition(module.slug, unit.code, unit.screens)
            leave_screen(
                db, actor=actor, course_slug=course, place=place, language="es", now=clock.now()
            )


def publish_small_course(server: LiveServer) -> None:
    with server.app.app_context(), transaction() as db:
        content = another_course(SMALL_COURSE, modules=2)
        publish_edition(db, actor=SYSTEM, content=content, now=clock.now())


def pass_quiz(server: LiveServer, who: str, module_number: int, *, course: str = COURSE) -> None:
    actor = actor_of(server.app, who)
    place = quiz_of(server, who, module_number, course=course)
    with server.app.app_context(), transaction() as db:
        attempt_id = start_attempt(
            db,
            actor=actor,
            course_slug=course,
            place=place,
            language="es",
            rng=SystemRandom(),
            now=clock.now(),
        )
    give_answers(server, who, attempt_id, dict(enumerate(answers(server, attempt_id), start=1)))
    with server.app.app_context(), transaction() as db:
        assert submit_attempt(db, actor=actor, attempt_id=attempt_id, now=clock.now())


def give_answers(
    server: LiveServer, who: str, attempt_id: UUID, by_position: dict[int, Answer]
) -> None:
    actor = actor_of(server.app, who)
    with server.app.app_context(), transaction() as db:
        for position, answer in by_position.items():
            save_answer(
                db,
                actor=actor,
                attempt_id=attempt_id,
                position=position,
                given=Given(frozenset(answer.options), rows=tuple(answer.rows)),
                now=clock.now(),
            )


def quiz_of(
    server: LiveServer, who: str, module_number: int, *, course: str = COURSE
) -> CoursePosition:
    actor = actor_of(server.app, who)
    outline = look(server, lambda db: seat_of(db, actor=actor, slug=course)).outline
    module = next(module for module in outline.modules if module.number == module_number)
    return next(
        CoursePosition(module.slug, unit.code, is_quiz=True)
        for unit in module.units
        if unit.is_quiz
    )


def certify(server: LiveServer, who: str) -> None:
    """The certificate of the course. test_course and test_first_day earn one as a learner does."""
    actor, now = actor_of(server.app, who), clock.now()
    assert actor.person_id
    with server.app.app_context(), transaction() as db:
        enrolment = start_enrolment(db, actor=actor, course_slug=COURSE, language="es", now=now)
        db.add(Completion(enrolment_id=enrolment, module_id=None, rule_version="1", decided_at=now))
        db.flush()
        issue_certificate(
            db,
            actor=SYSTEM,
            now=now,
            person_id=actor.person_id,
            course_edition_id=db.get_one(Enrolment, enrolment).edition_id,
            place=IssuedFrom(server.url),
        )


def codes_of(server: LiveServer, who: str) -> list[str]:
    holder = actor_of(server.app, who).person_id
    return look(
        server,
        lambda db: list(
            db.scalars(select(Certificate.code).where(Certificate.person_id == holder))
        ),
    )


@dataclass(frozen=True)
class Colleague:
    name: str
    email: str
    appointment_id: int
    code: str


def certified_colleague(server: LiveServer, country: str) -> Colleague:
    """Somebody who serves in one post, was confirmed within 90 days and holds a certificate good
    for a month more.
    """
    today = clock.today()
    one_post = (
        select(Appointment.person_id)
        .where(Appointment.valid_until.is_(None))
        .group_by(Appointment.person_id)
    )
    query = (
        select(Person, Appointment.id, Certificate.code)
        .join(Appointment, Appointment.person_id == Person.id)
        .join(Certificate, Certificate.person_id == Person.id)
        .where(
            Person.country_code == country,
            Appointment.valid_until.is_(None),
            Appointment.confirmed_on > today - timedelta(days=80),
            Certificate.last_valid_on > today + timedelta(days=30),
            Certificate.id.not_in(select(Revocation.certificate_id)),
            Person.id.in_(one_post.having(func.count() == 1)),
        )
        .order_by(Person.id)
    )

    def first(db: Session) -> Colleague:
        person, appointment_id, code = db.execute(query).first()  # type: ignore[misc]  # the demonstration has such people
        return Colleague(person.full_name, person.email, appointment_id, code)

    return look(server, first)


def names_of(server: LiveServer, country: str) -> set[str]:
    return look(
        server,
        lambda db: set(db.scalars(select(Person.full_name).where(Person.country_code == country))),
    )
