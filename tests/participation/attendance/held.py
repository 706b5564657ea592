"""A webinar that is over, of 10 December 2026, 09:00–10:30 in Costa Rica, with people registered
for it.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.infra.platform import platform
from app.infra.sheets import rows_of
from app.participation.attendance.models import AttendanceInterval, AttendanceParticipant
from app.participation.attendance.rules.readers.reading import read_report
from app.participation.attendance.services.importing import Applied, apply_import, upload_report
from app.participation.attendance.tasks import on_import_uploaded
from app.participation.attendance.values import MatchDecision, RowChoice
from app.participation.registrations.models import Registration
from tests.participation.attendance.reports import AROUND
from tests.planning.events.rows import STARTS, add_registration, an_event, attendance_of
from tests.support.actors import actor_of, csrf_token

AFTER = STARTS + timedelta(hours=3)
ZOOM = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes)\n"


def person(app: Flask, who: str) -> int:
    found = actor_of(app, who).person_id
    assert found
    return found


def held(app: Flask, *who: str, **changes: Any) -> UUID:
    event_id = an_event(app, groups=["protection"], **changes)
    for one in who:
        add_registration(app, event_id, person(app, one))
    return event_id


def zoom(*rows: tuple[str, str, str, str]) -> bytes:
    """A meeting report of (name, address, "09:00", "10:30")."""
    lines = (
        f'"{name}",{email},12/10/2026 {a}:00 AM,12/10/2026 {b}:00 AM,1\n'
        for name, email, a, b in rows
    )
    return (ZOOM + "".join(lines)).encode()


def uploaded(
    app: Flask,
    event_id: UUID,
    content: bytes,
    *,
    who: str = "organizer",
    zone: str = "",
    is_read: bool = True,
) -> UUID:
    """The report, sent; its people are looked for at once when it `is_read`."""
    actor = actor_of(app, who)
    with app.app_context():
        around = replace(AROUND, zone=ZoneInfo(zone)) if zone else AROUND
        report = read_report(rows_of(content).rows, around)
        with transaction() as db:
            made = upload_report(
                db,
                actor=actor,
                event_id=event_id,
                content=content,
                filename="informe.csv",
                report=report,
                zone=zone,
                now=AFTER,
            )
    if is_read:
        drain(app)
    return made.import_id


def drain(app: Flask) -> None:
    with app.app_context():
        platform(app).jobs.drain()


def applied(
    app: Flask,
    import_id: UUID,
    choices: dict[str, RowChoice] | None = None,
    *,
    who: str = "organizer",
    **more: Any,
) -> Applied:
    """`choices` by the name in the report."""
    actor = actor_of(app, who)
    with app.app_context(), transaction() as db:
        ids = {one.name: one.id for one in participants_in(db, import_id)}
        by_id = {ids[name]: choice for name, choice in (choices or {}).items()}
        return apply_import(db, actor=actor, import_id=import_id, choices=by_id, now=AFTER, **more)


def is_person(person_id: int) -> RowChoice:
    return RowChoice(MatchDecision.PERSON, person_id)


def participants_in(db: Any, import_id: UUID) -> list[AttendanceParticipant]:
    asked = select(AttendanceParticipant).where(AttendanceParticipant.import_id == import_id)
    return list(db.scalars(asked.order_by(AttendanceParticipant.position)))


def decisions(app: Flask, import_id: UUID) -> dict[str, tuple[str, str]]:
    """Verdict and decision by the name in the report."""
    with app.app_context(), reading() as db:
        return {one.name: (one.verdict, one.decision) for one in participants_in(db, import_id)}


def minutes_in(app: Flask, event_id: UUID) -> dict[int, int]:
    with app.app_context(), reading() as db:
        return attendance_of(db, event_id)


def facts(app: Flask, name: str) -> list[dict[str, Any]]:
    asked = select(JournalEntry).where(JournalEntry.fact == name).order_by(JournalEntry.id)
    with app.app_context(), reading() as db:
        return [entry.payload | {"by": entry.actor_account_id} for entry in db.scalars(asked)]


def intervals(app: Flask, event_id: UUID) -> list[tuple[int, int, str]]:
    """Person, minutes, source of each stored time."""
    asked = (
        select(AttendanceInterval)
        .where(AttendanceInterval.event_id == event_id)
        .order_by(AttendanceInterval.id)
    )
    with app.app_context(), reading() as db:
        return [
            (row.person_id, int((row.ends_at - row.starts_at).total_seconds() // 60), row.source)
            for row in db.scalars(asked)
        ]


def give_code(app: Flask, event_id: UUID, person_id: int, code: str) -> None:
    with app.app_context(), transaction() as db:
        asked = select(Registration).where(
            Registration.event_id == event_id, Registration.person_id == person_id
        )
        db.scalars(asked).one().check_in_code = code


def rows_in(app: Flask, table: Any) -> int:
    with app.app_context(), reading() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def send(
    client: FlaskClient,
    event_id: UUID,
    content: bytes,
    filename: str = "informe.csv",
    *,
    zone: str = "",
) -> TestResponse:
    """As a browser does. Put together here, because werkzeug would leave its own file of a large
    body open.
    """
    parts = (
        b'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n',
        csrf_token(client).encode(),
        b'\r\n--x\r\nContent-Disposition: form-data; name="report-zone"\r\n\r\n',
        zone.encode(),
        f'\r\n--x\r\nContent-Disposition: form-data; name="report"; filename="{filename}"\r\n'.encode(),
        b"Content-Type: text/csv\r\n\r\n",
        content,
        b"\r\n--x--\r\n",
    )
    path = f"/events/{event_id}/attendance/import"
    return client.post(path, data=b"".join(parts), content_type="multipart/form-data; boundary=x")


def read_again(app: Flask, import_id: UUID) -> None:
    """As a worker does that was woken twice."""
    with app.app_context():
        with reading() as db:
            entry = db.scalars(
                select(JournalEntry).where(JournalEntry.fact == "ImportUploaded")
            ).first()
            assert entry is not None
            assert entry.payload["import_id"] == str(import_id)
        on_import_uploaded(entry, now=AFTER)
