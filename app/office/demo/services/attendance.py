"""A report of the last webinar that was sent and waits for its organizer: most names are clear,
some are not.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.sheets import rows_of
from app.kernel.actor import SYSTEM
from app.kernel.reference import REFERENCE
from app.office.demo.data import demo_data
from app.participation.attendance.queries.sheet import around_of, known_people
from app.participation.attendance.rules.matching import Matcher
from app.participation.attendance.rules.readers.reading import read_report
from app.participation.attendance.rules.recording import participants
from app.participation.attendance.services.importing import covers, keep_participants, upload_report
from app.participation.attendance.services.recording import record
from app.participation.attendance.values import Span
from app.participation.registrations.models import Registration
from app.people.directory.models import Person
from app.planning.events.models import Attendance, Event, EventGroup
from app.planning.events.queries.events import event_of

DOUBTFUL, CORRECTED = 4, 1
HEADING = "Nombre (nombre original);Correo electrónico;Hora de entrada;Hora de salida;Duración (minutos);Invitado"
REASON = "Se conectó desde la sala de la dirección, con otro nombre"


def load_attendance(db: Session, *, now: datetime) -> None:
    """The last published webinar of a working group, with those who came under their own name and
    some who did not.
    """
    event = db.scalars(
        select(Event)
        .join(EventGroup, EventGroup.event_id == Event.id)
        .where(
            Event.kind == "webinar",
            Event.status == "published",
            Event.ends_at < now,
            Event.closed_at.is_(None),
        )
        .order_by(Event.ends_at.desc())
        .limit(1)
    ).one()
    around = around_of(event_of(db, actor=SYSTEM, event_id=event.id))
    content = _report(db, event, around.starts_at).encode("utf-8-sig")
    report = read_report(rows_of(content).rows, around)
    made = upload_report(
        db,
        actor=SYSTEM,
        event_id=event.id,
        content=content,
        filename="participantes.csv",
        report=report,
        now=now,
    )
    matcher = Matcher(known_people(db, event_id=event.id))
    there = participants(
        report.stays, Span(around.starts_at, around.ends_at), shared=matcher.shared
    )
    proposals = [(one, matcher.propose(one)) for one in there]
    keep_participants(db, import_id=made.import_id, proposals=proposals, covered=covers(report))
    _correct(db, event.id, now)


def _report(db: Session, event: Event, starts_at: datetime) -> str:
    came = db.execute(
        select(Person.full_name, Person.email, Attendance.minutes)
        .join(Attendance, Attendance.person_id == Person.id)
        .where(Attendance.event_id == event.id, Attendance.minutes > 0)
        .order_by(Person.id)
    )
    lines = [_line(starts_at, name, email, minutes) for name, email, minutes in came]
    missed = db.scalars(
        select(Person.full_name)
        .join(Registration, Registration.person_id == Person.id)
        .outerjoin(
            Attendance, (Attendance.person_id == Person.id) & (Attendance.event_id == event.id)
        )
        .where(Registration.event_id == event.id, Attendance.id.is_(None))
        .order_by(Person.id)
        .limit(DOUBTFUL)
    )
    short = [f"{words[0]} {words[-1]}" for words in map(str.split, missed)]
    lines += [
        _line(starts_at, name, "", 20 + 10 * number)
        for number, name in enumerate((*short, *demo_data("people")["strangers"]))
    ]
    return "\r\n".join([HEADING, *lines, ""])


def _line(starts_at: datetime, name: str, email: str, minutes: int) -> str:
    first = starts_at.astimezone(REFERENCE)
    last = first + timedelta(minutes=minutes)
    return f"{name};{email};{first:%d/%m/%Y %H:%M:%S};{last:%d/%m/%Y %H:%M:%S};{minutes};No"


def _correct(db: Session, event_id: UUID, now: datetime) -> None:
    """One person's minutes were corrected by hand, with a reason."""
    asked = select(Attendance).where(Attendance.event_id == event_id, Attendance.minutes > 1)
    for row in db.scalars(asked.order_by(Attendance.minutes, Attendance.id).limit(CORRECTED)):
        minutes = {row.person_id: row.minutes - 1}
        record(
            db,
            actor=SYSTEM,
            event_id=event_id,
            minutes=minutes,
            reason=REASON,
            source="manual",
            now=now,
        )
