"""Certificates that end: each step told once, a list renewed at one press, the way shorter than the
course (R67).
"""

import html
import re
import signal
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.infra.platform import platform
from app.kernel.actor import Actor, Grant, Role
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.refusal import NotFound
from app.office.notifications.tasks import renewals as letters
from app.office.outbox.models import Message
from app.people.directory.models import Appointment, FocalPoint, Person
from app.training.certificates.models import Certificate, RenewalNotice
from app.training.certificates.queries.renewals import ending_of
from app.training.certificates.rules import NOTICE_DAYS, digest_of, grouped, notice_on
from app.training.certificates.services.renewing import renew_ending
from app.training.learning.models import Attempt, Completion, Enrolment
from app.training.learning.queries.courses import seat_of, standing_of
from app.training.learning.queries.records import audit
from app.training.learning.rules.progress import resume_place
from tests.infra.test_processes import environment
from tests.security.test_races import together
from tests.support import forked
from tests.training.certificates.builders import (
    Finished,
    a_correction,
    a_country,
    finished,
    focal_point,
    revoke,
)
from tests.training.certificates.test_renewing import certify
from tests.training.learning.builders import QUIZ_1, QUIZ_2, Classroom
from tests.training.learning.visitor import Visitor

LAST = date(2027, 6, 1)
"""A Tuesday."""
COMPLETED = datetime(2025, 6, 1, 18, tzinfo=UTC)
OFFICE = Actor(account_id=7, grants=frozenset({Grant(Role.ORGANIZER)}))


class Today:
    """The day it is; noon in the reference zone."""

    on = LAST - timedelta(days=90)

    def now(self) -> datetime:
        return datetime.combine(self.on, time(12), ZoneInfo(REFERENCE_ZONE)).astimezone(UTC)


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch) -> Today:
    today = Today()
    monkeypatch.setattr(clock, "today", lambda *_zone: today.on)
    monkeypatch.setattr(clock, "now", today.now)
    return today


def a_holder(
    db: Session, name: str, *, country: str = "HN", language: str = "es", edition: int | None = None
) -> Finished:
    """Somebody who serves, can be written to, and holds a certificate until LAST."""
    one = finished(db, name=name, country=country, decided_at=COMPLETED, edition_id=edition)
    address = f"{name.split(maxsplit=1)[0].lower()}@example.org"
    db.execute(
        update(Person).where(Person.id == one.person_id).values(email=address, language=language)
    )
    one.certificate(db, now=COMPLETED)
    return one


def a_focal_point(db: Session, name: str, country: str, language: str = "es") -> Actor:
    a_country(db, country)
    address = f"{name.lower()}@example.org"
    person = Person(full_name=name, sort_key=name, email=address, language=language, timezone="UTC")
    db.add(person)
    db.flush()
    db.add(FocalPoint(person_id=person.id, country_code=country, valid_from=date(2020, 1, 1)))
    return focal_point(country)


def go_round(app: Flask, day: Today, on: date) -> int:
    day.on = on
    with app.app_context():
        return letters.remind_of_renewals()


def sent(app: Flask, recipient: str) -> list[Message]:
    with app.app_context(), reading() as db:
        rows = select(Message).where(Message.recipient == recipient).order_by(Message.id)
        return list(db.scalars(rows))


def about_renewal(app: Flask, recipient: str) -> list[Message]:
    return [one for one in sent(app, recipient) if one.subject.startswith("Renueve su")]


def enrolled_anew(db: Session) -> int:
    return db.scalar(select(func.count()).where(Enrolment.renews_id.is_not(None))) or 0


def test_r67_holder_and_focal_point_are_told_once_a_step_in_their_language_with_one_link(
    app: Flask, day: Today
) -> None:
    """Given a certificate that ends in 90/60/30/7 days, when the daily job runs, then the holder
    (and the focal point by digest) is told once per step, in their language, with one link to the
    renewal path.
    """
    with app.app_context(), transaction() as db:
        a_holder(db, "Ana Paz")
        a_holder(db, "Bea Coc", country="BZ", language="en")
        a_focal_point(db, "Olga", "HN")
        a_focal_point(db, "Rita", "BZ", "en")
        a_focal_point(db, "Nora", "CR")
    told: dict[str, list[int]] = {"ana": [], "bea": []}
    for left in range(100, -5, -1):
        before = {name: len(sent(app, f"{name}@example.org")) for name in told}
        go_round(app, day, LAST - timedelta(days=left))
        assert go_round(app, day, day.on) == 0, "the job again on the same day writes nothing"
        for name, steps in told.items():
            if len(sent(app, f"{name}@example.org")) > before[name]:
                steps.append(left)
    assert told == {"ana": [90, 60, 30, 7], "bea": [90, 60, 30, 7]}
    first = sent(app, "ana@example.org")[0]
    assert "está vigente hasta el 1 de junio de 2027" in first.subject
    assert "Quedan 90 días." in first.body
    assert first.body.count("/courses/guidelines/renewals") == 1
    assert "is valid until" in sent(app, "bea@example.org")[0].subject
    digests = sent(app, "olga@example.org")
    assert len(digests) == 7, "one in each fortnight of ninety days"
    assert "Ana Paz" in digests[0].body
    assert all("Bea" not in one.body for one in digests), "another country's are not named"
    assert "has begun" not in sent(app, "rita@example.org")[0].body
    assert "of your officials" in sent(app, "rita@example.org")[0].subject
    assert sent(app, "nora@example.org") == [], "no letter where nothing ends"


def test_digest_leaves_on_a_monday_every_second_week() -> None:
    days = [date(2027, 3, 1) + timedelta(days=number) for number in range(28)]
    numbers = [digest_of(on) for on in days]
    assert sorted({one for one in numbers if one is not None}) == [30, 31]
    assert {on.weekday() for on, one in zip(days, numbers, strict=True) if one == 30} == set(
        range(7)
    )


@pytest.mark.parametrize(
    ("left", "told", "step"),
    [
        (91, (), None),
        (90, (), 90),
        (75, (), 90),
        (75, (90,), None),
        (30, (90,), 30),
        (29, (90, 30), None),
        (20, (90,), 30),
        (3, (90, 60, 30), 7),
        (0, (90, 60, 30), 7),
        (0, (7,), None),
        (-1, (), None),
    ],
)
def test_a_missed_day_is_caught_up_with_the_latest_step_only(
    left: int, told: tuple[int, ...], step: int | None
) -> None:
    on = LAST - timedelta(days=left)
    issued = date(2025, 6, 1)
    assert notice_on(on, last_valid_on=LAST, issued_on=issued, told=told) == step


def test_a_step_that_was_past_at_issue_is_left_out() -> None:
    issued = LAST - timedelta(days=30)
    assert notice_on(issued, last_valid_on=LAST, issued_on=issued, told=()) is None
    later = LAST - timedelta(days=7)
    assert notice_on(later, last_valid_on=LAST, issued_on=issued, told=()) == NOTICE_DAYS[-1]


def test_who_is_not_told(app: Flask, day: Today) -> None:
    """Not of a certificate that was revoked, replaced or renewed, and nobody without an address; who
    left keeps the certificate and is told, but the focal point's list names who serves.
    """
    with app.app_context(), transaction() as db:
        ended = a_holder(db, "Eva Paz").certificate(db)
        corrected = a_holder(db, "Iris Paz").certificate(db)
        new = a_correction(db, corrected, name="Iris Paz Mora")
        renewed = a_holder(db, "Ida Paz")
        later = finished(db, country="HN", decided_at=COMPLETED + timedelta(days=300))
        db.execute(
            update(Enrolment)
            .where(Enrolment.id == later.enrolment_id)
            .values(person_id=renewed.person_id)
        )
        Finished(renewed.person_id, later.edition_id, later.enrolment_id).certificate(
            db, now=COMPLETED + timedelta(days=300)
        )
        silent = a_holder(db, "Luz Paz")
        db.execute(update(Person).where(Person.id == silent.person_id).values(email=""))
        gone = a_holder(db, "Mar Paz")
        db.execute(
            update(Appointment)
            .where(Appointment.person_id == gone.person_id)
            .values(valid_until=date(2027, 1, 1))
        )
        a_focal_point(db, "Olga", "HN")
    revoke(app, ended)
    go_round(app, day, LAST - timedelta(days=90))
    with app.app_context(), reading() as db:
        told = dict(
            db.execute(
                select(Certificate.code, Message.recipient)
                .join(RenewalNotice, RenewalNotice.certificate_id == Certificate.id)
                .join(Message, Message.person_id == Certificate.person_id)
            ).all()
        )
    assert sorted(told.values()) == ["iris@example.org", "mar@example.org"]
    assert new in told, "the letter is about the certificate that corrects"
    assert corrected not in told
    (digest,) = sent(app, "olga@example.org")
    assert "Mar Paz" not in digest.body
    assert "Iris Paz" in digest.body
    assert "Luz Paz" in digest.body
    go_round(app, day, day.on)
    with app.app_context(), transaction() as db:
        db.execute(
            update(Person).where(Person.id == silent.person_id).values(email="luz@example.org")
        )
    go_round(app, day, day.on + timedelta(days=1))
    assert len(sent(app, "luz@example.org")) == 1, "with an address they get that day's step"


WRITING = """
import sys
from datetime import date, datetime
from app import create_app
from app.infra import clock
from app.office.notifications.tasks import renewals

on = date.fromisoformat(sys.argv[1])
clock.today = lambda *_zone: on
queue = renewals.queue_messages
def stopping(db, drafts, *, now):
    number = queue(db, drafts, now=now)
    print("written", flush=True)
    sys.stdin.readline()
    return number
renewals.queue_messages = stopping
with create_app().app_context():
    renewals.remind_of_renewals()
"""


@pytest.mark.both_databases
def test_r67_job_that_is_killed_tells_nobody_twice_and_nobody_too_little(
    app: Flask, day: Today
) -> None:
    """Given the job has written its letters and not committed, when it is killed with SIGKILL and
    runs again, then each holder has one letter and one note.
    """
    with app.app_context(), transaction() as db:
        for name in ("Ana Paz", "Eva Paz", "Iris Paz"):
            a_holder(db, name)
    day.on = LAST - timedelta(days=60)
    with forked.begun("-c", WRITING, day.on.isoformat(), env=environment(app)) as process:
        assert process.stdout.readline() == "written\n"
        process.kill()
        assert process.wait() == -signal.SIGKILL
    with app.app_context(), reading() as db:
        assert db.scalar(select(func.count(Message.id))) == 0
    assert go_round(app, day, day.on) == 3
    assert go_round(app, day, day.on) == 0
    with app.app_context(), reading() as db:
        assert sorted(db.scalars(select(RenewalNotice.days))) == [60, 60, 60]
        assert db.scalar(select(func.count(Message.id))) == 3


@pytest.mark.both_databases
def test_r67_two_jobs_at_once_write_each_letter_once(app: Flask, day: Today) -> None:
    with app.app_context(), transaction() as db:
        for name in ("Ana Paz", "Eva Paz"):
            a_holder(db, name)
    day.on = LAST - timedelta(days=30)
    assert sorted(map(str, together(app, [letters.remind_of_renewals] * 2))) == ["0", "2"]


@pytest.mark.both_databases
def test_r67_one_press_renews_the_list_of_the_own_country_once_and_resets_nothing(
    app: Flask, day: Today
) -> None:
    """Given officials whose certificates end, when their focal point presses once, then each is
    enrolled in the renewal and told, those of another country are not, a second press enrols nobody,
    and what was completed stays.
    """
    day.on = LAST - timedelta(days=40)
    with app.app_context(), transaction() as db:
        own = [a_holder(db, name) for name in ("Ana Paz", "Eva Paz")]
        a_holder(db, "Bea Coc", country="BZ")
        hn = focal_point("HN")
        before = db.scalar(select(func.count(Completion.id)))
        assert [one.holder for one in ending_of(db, actor=hn, today=day.on)] == [
            "Ana Paz",
            "Eva Paz",
        ]
        with pytest.raises(NotFound):
            ending_of(db, actor=hn, country_code="BZ", today=day.on)

    def press() -> int:
        with transaction() as db:
            return renew_ending(db, actor=hn, now=day.now(), today=day.on)

    assert sorted(map(str, together(app, [press] * 2))) == ["0", "2"]
    with app.app_context():
        platform(app).jobs.drain()
        with reading() as db:
            assert enrolled_anew(db) == 2
            facts = select(func.count()).where(JournalEntry.fact == "RenewalOpened")
            assert db.scalar(facts) == 2
            assert (db.scalar(select(func.count(Completion.id))) or 0) >= (before or 0)
            assert db.scalar(select(func.count(Certificate.id))) == 3
    for name in ("ana", "eva"):
        assert len(about_renewal(app, f"{name}@example.org")) == 1
    assert about_renewal(app, "bea@example.org") == []
    assert {one.person_id for one in own}
    with app.app_context(), transaction() as db:
        assert renew_ending(db, actor=OFFICE, now=day.now(), today=day.on) == 1, "the third"


@pytest.mark.both_databases
def test_r67_renewal_where_nothing_changed_asks_the_quizzes_alone(app: Flask, day: Today) -> None:
    """Given a certificate of the newest edition, when it is renewed, then all reading counts, the
    first thing left is the quiz, and passing the quizzes completes the course; every completion
    follows from events.
    """
    room = Classroom(app, now=COMPLETED)
    edition = room.publish()
    with app.app_context(), transaction() as db:
        holder = finished(db, name="Ana Paz", country="HN", completed=False, edition_id=edition)
    learner = holder.actor("HN")
    certify(room, learner, edition)
    day.on = date(2027, 5, 1)
    room.now = day.now()
    visitor = Visitor(app.test_client(), learner)
    page = visitor.get("/courses/guidelines")
    assert "lo renueva con los cuestionarios de sus 2 módulos" in page
    assert "La prueba previa cuenta" in page
    with app.app_context(), transaction() as db:
        assert renew_ending(db, actor=focal_point("HN"), now=day.now(), today=day.on) == 1
    with app.app_context():
        platform(app).jobs.drain()
    with app.app_context(), reading() as db:
        seat = seat_of(db, actor=learner, slug=room.course)
        place = resume_place(seat)
        assert place is not None
        assert place.is_quiz
        assert list(audit(db)) == []
    room.sit(learner, QUIZ_1, right=0)
    with app.app_context(), reading() as db:
        standing = standing_of(db, seat.enrolment_id) if seat.enrolment_id else None
        assert standing is not None
        assert standing.completed_modules == frozenset(), "a failed quiz completes nothing"
    room.now += timedelta(days=1)
    room.sit(learner, QUIZ_1)
    room.sit(learner, QUIZ_2)
    with app.app_context(), reading() as db:
        attempts = db.scalar(select(func.count(Attempt.id)))
        assert attempts == 5, "those of the first time stay"
        wholes = select(func.count()).where(Completion.module_id.is_(None))
        assert db.scalar(wholes) == 2
        assert list(audit(db)) == []


def test_r67_link_of_the_letter_leads_through_signing_in(client: FlaskClient, app: Flask) -> None:
    answer = client.get("/courses/guidelines/renewals")
    assert answer.status_code == 302
    assert "next=" in answer.location
    assert "/renewals" in unquote(answer.location)


def test_holder_sees_the_state_the_way_and_what_to_do_with_the_certificate(
    app: Flask, client: FlaskClient, day: Today
) -> None:
    """On the home page and on My certificates: how many days are left, renewing, the whole code, and
    LinkedIn's form filled in; also after a change of address and of post.
    """
    day.on = LAST - timedelta(days=21)
    with app.app_context(), transaction() as db:
        holder = a_holder(db, "Ana Paz")
        code = holder.certificate(db)
        db.execute(
            update(Person).where(Person.id == holder.person_id).values(email="otra@example.org")
        )
        db.execute(update(Appointment).values(valid_until=date(2027, 2, 1)))
    visitor = Visitor(client, holder.actor("HN"))
    page = visitor.get("/certificates")
    assert "vence en 21 días" in page
    assert grouped(code) in page
    assert f"/certificates/{code}.pdf" in page
    linkedin = re.search(r'href="(https://www\.linkedin\.com/[^"]+)"', page)
    assert linkedin is not None
    said = parse_qs(urlsplit(html.unescape(linkedin[1])).query)
    assert said["startTask"] == ["CERTIFICATION_NAME"]
    assert said["name"] == ["Lineamientos en la práctica"]
    assert said["organizationName"] == ["Conferencia Regional sobre Migración"]
    assert (said["issueYear"], said["issueMonth"]) == (["2025"], ["6"])
    assert (said["expirationYear"], said["expirationMonth"]) == (["2027"], ["6"])
    assert said["certId"] == [grouped(code)]
    assert said["certUrl"][0].endswith(f"/verify/{code}")
    home = visitor.get("/")
    assert "vence en 21 días" in home
    assert "/courses/guidelines/renewals" in home


def test_list_page_names_the_own_country_and_renews_at_one_press(
    app: Flask, client: FlaskClient, day: Today
) -> None:
    day.on = LAST - timedelta(days=40)
    with app.app_context(), transaction() as db:
        a_holder(db, "Ana Paz")
        a_holder(db, "Bea Coc", country="BZ")
    visitor = Visitor(client, focal_point("HN"))
    page = visitor.get("/certificates/renewals")
    assert "Ana Paz" in page
    assert "Bea Coc" not in page
    assert client.get("/certificates/renewals?country=BZ").status_code == 404
    assert "Renovar 1" in page
    visitor.press("/certificates/renewals")
    assert "ya comenzó a renovar" in visitor.get("/certificates/renewals")
    office = Visitor(client, OFFICE)
    page = office.get("/certificates/renewals")
    assert "Belice" in page
    assert "Renovar 1" in page, "who has begun is not counted"
