"""Certificates of events: who earned one, the press that issues them, and once each."""

import signal
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.infra.platform import platform
from app.kernel.actor import SYSTEM, Actor, Grant, Role
from app.kernel.refusal import NotAllowed, NotFound
from app.kernel.text import LocalizedText
from app.office.outbox.models import Message
from app.participation.speakers.models import OutsideSpeaker
from app.people.directory.models import Person
from app.people.directory.values import EndReason
from app.people.identity.models import Account
from app.planning.arranging.services.requests import close_event, reopen_event
from app.planning.events.models import Attendance, Event, EventPerson, Series
from app.training.certificates.models import Certificate
from app.training.certificates.queries.events import (
    attested_event,
    papers_of,
    unissued_events,
)
from app.training.certificates.queries.register import public_certificate
from app.training.certificates.rules import NothingToAttest
from app.training.certificates.services.events import (
    NotClosedYet,
    ask_for_certificates,
    issue_for_event,
)
from app.training.certificates.values import (
    CertificateFacts,
    CertificateKind,
    IssuedFrom,
    facts_from,
)
from app.training.turnover.queries.figures import country_coverage
from tests.infra.test_processes import environment
from tests.planning.events.rows import an_event
from tests.security.test_races import together
from tests.support import forked
from tests.support.actors import actor_of, csrf_token, sign_in
from tests.support.faults import Tell
from tests.support.roster import end_appointment
from tests.training.certificates.builders import ADDRESS, a_country
from tests.training.turnover.builders import an_institution, an_official

EVENING = datetime(2026, 11, 25, 1, tzinfo=UTC)
"""19:00 on 24 November in Costa Rica: already tomorrow in UTC."""
AFTER = EVENING + timedelta(hours=20)
ATTENDANCE = CertificateKind.ATTENDANCE
HONDURAS = Actor(account_id=1, grants=frozenset({Grant(Role.FOCAL_POINT, "HN")}), country="HN")


@pytest.fixture(autouse=True)
def _the_day_after(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AFTER)


def people(app: Flask, minutes: Sequence[int | None], *, event_id: UUID) -> list[int]:
    """People of Honduras and Costa Rica in turn, who were there for so many minutes."""
    with app.app_context(), transaction() as db:
        a_country(db, "HN")
        a_country(db, "CR")
        rows = [
            Person(
                full_name=f"Persona Ñáñez {chr(65 + number)}",
                sort_key=f"{number:03}",
                country_code=("HN", "CR")[number % 2],
                timezone="America/Tegucigalpa",
            )
            for number in range(len(minutes))
        ]
        db.add_all(rows)
        db.flush()
        db.add_all(
            Attendance(
                event_id=event_id,
                person_id=row.id,
                minutes=spent,
                source="manual",
                recorded_at=AFTER,
            )
            for row, spent in zip(rows, minutes, strict=True)
            if spent is not None
        )
        return [row.id for row in rows]


def held(app: Flask, **changes: Any) -> UUID:
    return an_event(app, groups=["protection"], starts_at=EVENING, **changes)


def closed(app: Flask, event_id: UUID, *, at: datetime = AFTER) -> None:
    actor = actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        close_event(db, actor=actor, event_id=event_id, now=at)


def delivered(app: Flask) -> None:
    """Does the work in the background."""
    with app.app_context():
        platform(app).jobs.drain()


def issue(app: Flask, event_id: UUID, kind: CertificateKind) -> int:
    with app.app_context(), transaction() as db:
        return issue_for_event(
            db, actor=SYSTEM, now=AFTER, event_id=event_id, kind=kind, place=IssuedFrom(ADDRESS)
        )


def certificates(app: Flask, event_id: UUID) -> list[Certificate]:
    with app.app_context(), reading() as db:
        wanted = select(Certificate).where(Certificate.event_id == event_id)
        return list(db.scalars(wanted.order_by(Certificate.id)))


def facts_at(app: Flask, event_id: UUID) -> list[CertificateFacts]:
    return [facts_from(row.facts) for row in certificates(app, event_id)]


def test_attendance_is_certified_by_the_minutes_rule_when_the_event_is_closed(app: Flask) -> None:
    """Given 90 minutes and people there for 90, 72, 71 and 0 of them, when the event is closed,
    then who was there for 72 (80 %) or more has a certificate of the local day and their hours.
    """
    event_id = held(app)
    there = people(app, [90, 72, 71, 0, None], event_id=event_id)
    assert certificates(app, event_id) == []
    closed(app, event_id)
    delivered(app)
    rows = certificates(app, event_id)
    assert [row.person_id for row in rows] == there[:2]
    assert {row.kind for row in rows} == {"attendance"}
    whole, most = facts_at(app, event_id)
    assert (whole.hours, most.hours) == ("1.5", "1.2")
    assert whole.completed_on == date(2026, 11, 24)
    assert whole.course_title["es"] == "Rutas de protección"
    assert (whole.design, whole.last_valid_on, whole.edition) == ("worded/v1", None, "")
    assert (whole.country["es"], most.country["es"]) == ("Honduras", "Costa Rica")


def test_reopened_and_closed_again_issues_only_what_is_missing(app: Flask) -> None:
    event_id = held(app)
    first, late = people(app, [90, 10], event_id=event_id)
    closed(app, event_id)
    delivered(app)
    codes = [row.code for row in certificates(app, event_id)]
    actor = actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        reopen_event(
            db, actor=actor, event_id=event_id, reason="Faltaba el segundo reporte.", now=AFTER
        )
        wanted = Attendance.person_id == late
        db.execute(update(Attendance).where(wanted).values(minutes=88))
    assert issue(app, event_id, ATTENDANCE) == 0, "it is open"
    closed(app, event_id)
    delivered(app)
    rows = certificates(app, event_id)
    assert [row.person_id for row in rows] == [first, late]
    assert [row.code for row in rows][:1] == codes


@pytest.mark.both_databases
def test_two_workers_at_once_issue_one_each(app: Flask) -> None:
    event_id = held(app)
    people(app, [90] * 12, event_id=event_id)
    closed(app, event_id)
    counts = together(app, [lambda: issue(app, event_id, ATTENDANCE)] * 4)
    assert sorted(map(str, counts)) == ["0", "0", "0", "12"]
    assert len({row.person_id for row in certificates(app, event_id)}) == 12


KILLED_WHILE_ISSUING = """
import os, signal, sys
from typing import Any
from uuid import UUID
from app import create_app
from app.infra.database import transaction
from app.infra.clock import now
from app.kernel.actor import SYSTEM
from app.training.certificates.services.events import issue_for_event
from app.training.certificates.values import CertificateKind, IssuedFrom

application = create_app()
with application.app_context(), transaction() as db:
    count = issue_for_event(
        db, actor=SYSTEM, now=now(), event_id=UUID(sys.argv[1]), kind=CertificateKind.ATTENDANCE,
        place=IssuedFrom("https://convoca.example.org"),
    )
    assert count == 5, count
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.both_databases
@pytest.mark.fault("closing killed")
def test_killed_while_issuing_loses_and_doubles_none(app: Flask, fault: Tell) -> None:
    event_id = held(app)
    people(app, [90] * 5, event_id=event_id)
    closed(app, event_id)
    program = KILLED_WHILE_ISSUING.replace("now()", repr_of(AFTER))
    status, said = forked.run("-c", program, str(event_id), env=environment(app))
    assert status == -signal.SIGKILL, said
    assert certificates(app, event_id) == []
    delivered(app)
    assert len(certificates(app, event_id)) == 5
    delivered(app)
    issued = len(certificates(app, event_id))
    fault(lost=max(0, 5 - issued), doubled=max(0, issued - 5))


def repr_of(moment: datetime) -> str:
    return f'__import__("datetime").datetime.fromisoformat("{moment.isoformat()}")'


def test_who_missed_one_event_of_a_series_is_certified_by_the_whole_of_it(app: Flask) -> None:
    """Given a series of two webinars held, when one was there for 90 and 60 minutes of 180, which
    is 83 %, then the second webinar is certified too, with the hours attended of it.
    """
    with app.app_context(), transaction() as db:
        series = Series(
            title=LocalizedText(es="Ciclo", en="Cycle"),
            recurrence="",
            timezone="America/Costa_Rica",
            created_at=AFTER,
        )
        db.add(series)
        db.flush()
        series_id = series.id
    first = held(app, series_id=series_id, series_position=1)
    second = held(app, series_id=series_id, series_position=2)
    somebody, other = people(app, [60, 60], event_id=second)
    with app.app_context(), transaction() as db:
        db.add_all(
            Attendance(
                event_id=first, person_id=who, minutes=spent, source="manual", recorded_at=AFTER
            )
            for who, spent in ((somebody, 90), (other, 60))
        )
    closed(app, second)
    assert issue(app, second, ATTENDANCE) == 1
    (row,) = certificates(app, second)
    assert (row.person_id, facts_from(row.facts).hours) == (somebody, "1")


def test_parts_are_certified_by_a_press_of_their_own_with_fixed_words(app: Flask) -> None:
    event_id = held(app)
    speaker, moderator, host, interpreter = people(app, [None] * 4, event_id=event_id)
    with app.app_context(), transaction() as db:
        parts = ((speaker, "speaker"), (moderator, "moderator"), (host, "host"))
        for who, role in (*parts, (interpreter, "interpreter")):
            db.add(EventPerson(event_id=event_id, person_id=who, role=role))
    closed(app, event_id)
    delivered(app)
    assert certificates(app, event_id) == []
    for kind in (CertificateKind.SPEAKER, CertificateKind.MODERATOR, CertificateKind.HOST):
        assert issue(app, event_id, kind) == 1
        assert issue(app, event_id, kind) == 0
    printed = facts_at(app, event_id)
    assert [(one.kind, one.design, one.hours) for one in printed] == [
        ("speaker", "worded/v1", ""),
        ("moderator", "worded/v1", ""),
        ("host", "worded/v1", ""),
    ]
    assert [row.person_id for row in certificates(app, event_id)] == [speaker, moderator, host]


def test_protected_and_declined_speakers_are_certified_nowhere(app: Flask) -> None:
    event_id = held(app)
    protected, declined, confirmed = people(app, [None] * 3, event_id=event_id)
    with app.app_context(), transaction() as db:
        for number, (who, state) in enumerate(
            ((protected, "confirmed"), (declined, "declined"), (confirmed, "confirmed"))
        ):
            db.add(EventPerson(event_id=event_id, person_id=who, role="speaker"))
            db.add(
                OutsideSpeaker(
                    person_id=who,
                    event_id=event_id,
                    state=state,
                    lines=LocalizedText(),
                    token_sha256=str(number),
                    is_protected=who == protected,
                    created_at=AFTER,
                    asked_at=AFTER,
                )
            )
    assert issue(app, event_id, CertificateKind.SPEAKER) == 1
    assert [row.person_id for row in certificates(app, event_id)] == [confirmed]


@pytest.mark.parametrize(
    "changes", [{"is_confidential": True}, {"kind": "governance"}, {"status": "cancelled"}]
)
def test_nothing_is_issued_of_what_is_confidential_duty_or_was_not_held(
    app: Flask, changes: dict[str, object]
) -> None:
    event_id = held(app, **changes)
    people(app, [90], event_id=event_id)
    with app.app_context(), reading() as db, pytest.raises((NothingToAttest, NotFound)):
        attested_event(db, actor=SYSTEM, event_id=event_id, now=AFTER)


def test_a_name_that_cannot_be_printed_keeps_no_other_back(app: Flask) -> None:
    event_id = held(app)
    odd, plain = people(app, [90, 90], event_id=event_id)
    with app.app_context(), transaction() as db:
        db.get_one(Person, odd).full_name = "王小明"
    closed(app, event_id)
    assert issue(app, event_id, ATTENDANCE) == 1
    assert [row.person_id for row in certificates(app, event_id)] == [plain]
    with app.app_context(), reading() as db:
        event = attested_event(db, actor=SYSTEM, event_id=event_id, now=AFTER)
        papers = papers_of(db, event=event)
    assert papers.attendance.unprintable == ("王小明",)
    assert (papers.attendance.to_issue, papers.attendance.issued) == (0, 1)


def test_attendance_is_certified_by_those_who_plan_the_event_once_it_is_closed(app: Flask) -> None:
    event_id = held(app)
    people(app, [90], event_id=event_id)
    organizer, labour = actor_of(app, "organizer"), actor_of(app, "convenor-labour")
    with app.app_context(), transaction() as db, pytest.raises(NotClosedYet):
        ask_for_certificates(db, actor=organizer, event_id=event_id, kind=ATTENDANCE, now=AFTER)
    with app.app_context(), transaction() as db, pytest.raises(NotAllowed):
        ask_for_certificates(db, actor=labour, event_id=event_id, kind=ATTENDANCE, now=AFTER)


def test_one_press_issues_what_a_closing_of_before_did_not(app: Flask, client: FlaskClient) -> None:
    """Given an event that was closed when nothing was issued, when its organizer presses, then each
    who earned one has it and a letter; pressed again, nobody gets a second.
    """
    event_id = held(app)
    people(app, [90, 90, 30], event_id=event_id)
    with app.app_context(), transaction() as db:
        db.get_one(Event, event_id).closed_at = AFTER
    client.set_cookie("convoca_language", "en")
    sign_in(client, "organizer")
    page = client.get(f"/events/{event_id}/certificates").text
    assert "2 de 3 estuvieron al menos 72 de 90 minutos" in page or "2 of 3 were there" in page
    for _press in range(2):
        answer = client.post(
            f"/events/{event_id}/certificates/attendance", data={"csrf_token": csrf_token(client)}
        )
        assert answer.status_code == 303
    delivered(app)
    assert len(certificates(app, event_id)) == 2
    client.post(
        f"/events/{event_id}/certificates/attendance", data={"csrf_token": csrf_token(client)}
    )
    delivered(app)
    assert len(certificates(app, event_id)) == 2
    with app.app_context(), reading() as db:
        told = db.scalars(
            select(JournalEntry).where(JournalEntry.fact == "CertificateIssued")
        ).all()
        assert len(told) == 2
        assert {entry.payload["kind"] for entry in told} == {"attendance"}


def test_page_of_an_event_tells_its_letters_and_prints_for_the_organizer(
    app: Flask, client: FlaskClient
) -> None:
    """Given two certificates of an event of which one holder has an account, when its page is looked
    at before and after the work in the background, then it counts that letter as its row says it,
    waits until it has left, and puts both papers into one file; who does not keep the register may
    not.
    """
    event_id = held(app)
    ids = people(app, [90, 90, 30], event_id=event_id)
    with app.app_context(), transaction() as db:
        db.get_one(Event, event_id).closed_at = AFTER
        db.get_one(Person, ids[0]).email = "a@example.org"
        db.add(
            Account(email="a@example.org", person_id=ids[0], fs_uniquifier="a", created_at=AFTER)
        )
    sign_in(client, "organizer")
    token = {"csrf_token": csrf_token(client)}
    path = f"/events/{event_id}/certificates"
    assert "Un PDF para imprimir" not in client.get(path).text
    assert issue(app, event_id, ATTENDANCE) == 2
    waits = client.get(path).text
    assert "0 de 2 cartas" in waits
    assert "hx-get" in waits
    delivered(app)
    settled = client.get(f"{path}/progress").text
    assert "1 de 1 carta" in settled
    assert "hx-get" not in settled
    with app.app_context(), transaction() as db:
        db.execute(update(Message).values(sent_at=None, created_at=AFTER))
    assert "hx-get" in client.get(path).text
    with app.app_context(), transaction() as db:
        db.execute(update(Message).values(created_at=AFTER - timedelta(hours=1)))
    stuck = client.get(path).text
    assert "0 de 1 carta" in stuck
    assert "hx-get" not in stuck
    asked = client.post(f"{path}/print", data=token)
    assert asked.status_code == 303
    delivered(app)
    assert "Descargar 2 páginas" in client.get(asked.location).text
    convenor = app.test_client()
    sign_in(convenor, "convenor-protection")
    own = {"csrf_token": csrf_token(convenor)}
    assert "Un PDF para imprimir" not in convenor.get(path).text
    assert convenor.post(f"{path}/print", data=own).status_code == 403


def before_the_closing_issued_any(app: Flask, event_id: UUID) -> None:
    """Closes the event as it was closed before attendance was certified, two days ago."""
    with app.app_context(), transaction() as db:
        db.execute(
            update(Event).where(Event.id == event_id).values(closed_at=AFTER - timedelta(days=2))
        )


def unissued(app: Flask) -> list[str]:
    actor = actor_of(app, "organizer")
    with app.app_context(), reading() as db:
        return [one.title["es"] for one in unissued_events(db, actor=actor, now=AFTER)]


@pytest.mark.both_databases
def test_closed_event_is_named_while_somebody_who_earned_a_certificate_has_none(app: Flask) -> None:
    earned, nobody = held(app, title="Asilo"), held(app, title="Refugio")
    duty = held(app, title="Reunión", kind="meeting")
    still_open = held(app, title="Abierto")
    people(app, [72, 90, 20], event_id=earned)
    people(app, [20, 71], event_id=nobody)
    people(app, [90], event_id=duty)
    people(app, [90], event_id=still_open)
    for event_id in (earned, nobody, duty):
        before_the_closing_issued_any(app, event_id)
    assert unissued(app) == ["Asilo"]
    assert issue(app, earned, ATTENDANCE) == 2
    assert unissued(app) == []
    people(app, [90], event_id=earned)  # the sheet is put right afterwards
    assert unissued(app) == ["Asilo"]
    with app.app_context(), reading() as db, pytest.raises(NotAllowed):
        unissued_events(db, actor=actor_of(app, "convenor-protection"), now=AFTER)


def test_register_and_home_issue_what_a_closing_of_before_did_not(
    app: Flask, client: FlaskClient
) -> None:
    event_id = held(app, title="Asilo")
    people(app, [72, 90, 20], event_id=event_id)
    before_the_closing_issued_any(app, event_id)
    sign_in(client, "organizer")
    home = client.get("/").get_data(as_text=True)
    assert "Emitir las constancias de asistencia de «Asilo»" in home
    register = client.get("/certificates/register").get_data(as_text=True)
    assert "Emitir 2 constancias de asistencia" in register
    assert "2 de 3 estuvieron al menos 72 de 90 minutos" in register
    path = f"/events/{event_id}/certificates/attendance"
    assert f'action="{path}"' in register
    client.post(path, data={"csrf_token": csrf_token(client)})
    delivered(app)
    assert len(certificates(app, event_id)) == 2
    for page in ("/", "/certificates/register"):
        assert "constancias de asistencia de «Asilo»" not in client.get(page).get_data(as_text=True)
    assert "Emitir 2 constancias" not in client.get("/certificates/register").get_data(as_text=True)


def test_r27_certificate_of_attendance_stays_valid_when_its_holder_leaves(app: Flask) -> None:
    """Given somebody who serves and is certified, when they leave, then coverage misses them from
    the next day on, and the certificate still stands and says what it said.
    """
    event_id = held(app)
    (somebody,) = people(app, [90], event_id=event_id)
    with app.app_context(), transaction() as db:
        appointment, _person = an_official(db, an_institution(db, "HN"), person_id=somebody)
    closed(app, event_id)
    issue(app, event_id, ATTENDANCE)
    (before,) = facts_at(app, event_id)
    left_on = AFTER.date()
    with app.app_context(), transaction() as db:
        end_appointment(
            db,
            actor=HONDURAS,
            country_code="HN",
            appointment_id=appointment,
            reason=EndReason.LEFT,
            on=left_on,
            today=left_on,
            now=AFTER,
        )
        db.get_one(Person, somebody).full_name = "Otro Nombre"
    with app.app_context(), reading() as db:
        serving = [
            coverage.serving
            for day in (left_on - timedelta(days=1), left_on + timedelta(days=1))
            if (coverage := country_coverage(db, actor=HONDURAS, country_code="HN", on=day))
        ]
        record = public_certificate(db, before.code, today=date(2031, 1, 1))
    assert serving == [1, 0]
    assert (record.status, record.facts) == ("valid", before)


def test_nothing_is_drawn_before_it_is_asked_for(app: Flask) -> None:
    """The page counts as drawn what the background has come to."""
    event_id = held(app)
    people(app, [90], event_id=event_id)
    closed(app, event_id)
    issue(app, event_id, ATTENDANCE)
    with app.app_context(), reading() as db:
        event = attested_event(db, actor=SYSTEM, event_id=event_id, now=AFTER)
        papers = papers_of(db, event=event)
        assert (papers.attendance.issued, papers.attendance.drawn) == (1, 0)
        assert papers.is_busy
