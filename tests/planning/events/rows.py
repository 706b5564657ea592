"""Events as rows, written straight into the tables: for reading tests that need many of them and no
rule book.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from app.infra.database import database, transaction
from app.kernel.text import LocalizedText
from app.participation.registrations.models import Registration
from app.people.directory.models import WorkingGroup
from app.people.directory.services.reference import seed_reference
from app.people.identity.services.tokens import issue_feed_token
from app.planning.events.models import Attendance, Event, EventGroup, EventPerson
from tests.support.actors import account_id_of

NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
STARTS = datetime(2026, 12, 10, 15, tzinfo=UTC)


def add_event(
    db: Session, *, groups: Sequence[str] = (), people: Sequence[int] = (), **changes: Any
) -> UUID:
    """A published webinar on 10 December 2026, 09:00–10:30 in Costa Rica, unless told otherwise."""
    starts = changes.pop("starts_at", STARTS)
    title = changes.pop("title", "Rutas de protección")
    values: dict[str, Any] = {
        "id": uuid4(),
        "kind": "webinar",
        "status": "published",
        "title": LocalizedText(es=title, en=f"{title} (en)"),
        "summary": LocalizedText(),
        "starts_at": starts,
        "ends_at": starts and starts + timedelta(minutes=90),
        "timezone": "America/Costa_Rica",
        "mode": "online",
        "place": "",
        "created_at": NOW,
        "changed_at": NOW,
        "published_at": NOW,
        "sequence": 0,
        **changes,
    }
    row = Event(**values)
    db.add(row)
    db.flush()
    ids = {group.slug: group.id for group in db.scalars(select(WorkingGroup))}
    db.add_all(EventGroup(event_id=row.id, working_group_id=ids[slug]) for slug in groups)
    db.add_all(EventPerson(event_id=row.id, person_id=person) for person in people)
    db.flush()
    return row.id


def an_event(
    app: Flask, *, groups: Sequence[str] = (), people: Sequence[int] = (), **changes: Any
) -> UUID:
    with app.app_context(), transaction() as db:
        if db.scalar(select(WorkingGroup.id).limit(1)) is None:
            seed_reference(db)
        return add_event(db, groups=groups, people=people, **changes)


def partial_event(app: Flask, precision: str, found: str, **changes: Any) -> UUID:
    return an_event(
        app, starts_at=None, date_precision=precision, found_start=found, found_end=found, **changes
    )


def change_event_row(app: Flask, event_id: UUID, **changes: Any) -> None:
    with app.app_context(), transaction() as db:
        row = db.get_one(Event, event_id)
        for name, value in changes.items():
            setattr(row, name, value)


def add_registration(
    app: Flask, event_id: UUID, person_id: int, *, status: str = "registered"
) -> None:
    with app.app_context(), transaction() as db:
        since = NOW if status == "waiting" else None
        db.add(
            Registration(
                event_id=event_id,
                person_id=person_id,
                status=status,
                waiting_since=since,
                created_at=NOW,
                changed_at=NOW,
            )
        )


def attendance_of(db: Session, event_id: UUID) -> dict[int, int]:
    rows = db.scalars(select(Attendance).where(Attendance.event_id == event_id))
    return {row.person_id: row.minutes for row in rows}


def counted_statements(app: Flask) -> AbstractContextManager[list[str]]:
    """The SELECTs that ran in the block, on whichever session."""
    return every_statement(app, beginning="SELECT")


@contextmanager
def every_statement(app: Flask, *, beginning: str = "") -> Iterator[list[str]]:
    """The statements that ran in the block, on whichever session: all, or those that begin with a
    word.
    """
    with app.app_context():
        engine: Engine = database.engine
    found: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(beginning):
            found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def personal_feed_path(app: Flask, who: str) -> str:
    """A new address of a persona's own calendar."""
    account_id = account_id_of(app, who)
    with app.app_context(), transaction() as db:
        token = issue_feed_token(db, account_id=account_id, now=NOW)
    return f"/calendar/{token}/me.ics"
