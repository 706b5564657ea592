"""Cancelling with a reason, taking it back, and deleting what was made by mistake."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.database import reading, transaction
from app.kernel.text import LocalizedText
from app.participation.registrations.models import Registration
from app.planning.arranging.services.planning import (
    cancel_event,
    plan_event,
    take_back_cancellation,
)
from app.planning.events.models import Attendance, Event
from app.planning.scheduling.queries.calendar import overrides_of
from app.planning.scheduling.rules.refusals import Clash
from app.planning.scheduling.values import OverrideAsked
from tests.planning.events.planning_builders import (
    HOUR,
    NINE,
    NOW,
    ORGANIZER,
    PRESIDENCY,
    a_draft,
    act_as,
    furnished,
    plan,
)
from tests.support.actors import csrf_token, post

AFTER = NINE + 3 * HOUR
REASON = "Quien exponía enfermó y no hay otra fecha este mes."


def test_what_people_attended_did_take_place(app: Flask, client: FlaskClient) -> None:
    furnished(app)
    event_id = plan(app, a_draft())
    with app.app_context(), transaction() as db:
        db.add(
            Attendance(
                event_id=event_id, person_id=1, minutes=40, source="manual", recorded_at=AFTER
            )
        )
    act_as(app, ORGANIZER)
    with time_machine.travel(AFTER, tick=False):
        path = f"/events/{event_id}/cancel"
        refused = client.post(path, data={"csrf_token": csrf_token(client), "reason": REASON})
    assert refused.status_code == 409
    assert "Consta que hubo asistentes" in refused.text
    with app.app_context(), transaction() as db:
        db.scalars(select(Attendance)).one().minutes = 0
    with app.app_context(), transaction() as db:
        cancel_event(db, actor=ORGANIZER, event_id=event_id, now=AFTER)
    with app.app_context(), reading() as db:
        assert db.get_one(Event, event_id).status == "cancelled"


@pytest.fixture
def page(app: Flask, client: FlaskClient) -> Iterator[FlaskClient]:
    furnished(app)
    act_as(app, ORGANIZER)
    with time_machine.travel(NOW, tick=False):
        yield client


def status_of(app: Flask, event_id: UUID) -> str | None:
    with app.app_context(), reading() as db:
        return db.scalar(select(Event.status).where(Event.id == event_id))


def test_cancelling_what_is_public_takes_a_reason_that_stays(app: Flask, page: FlaskClient) -> None:
    event_id = plan(app, a_draft())
    path = f"/events/{event_id}/cancel"
    short = post(page, path, reason="Sin sala")
    assert short.status_code == 422
    assert ">Sin sala</textarea>" in short.text, "nothing typed is lost"
    assert status_of(app, event_id) == "published"
    assert post(page, path, reason=REASON).status_code == 303
    assert REASON in page.get(f"/events/{event_id}").text


def test_draft_is_cancelled_without_a_reason(app: Flask, page: FlaskClient) -> None:
    event_id = plan(app, a_draft(), publish=False)
    assert post(page, f"/events/{event_id}/cancel").status_code == 303
    assert post(page, f"/events/{event_id}/reinstate").status_code == 303
    assert status_of(app, event_id) == "draft"


def test_cancellation_is_taken_back_with_the_override_that_stood_there(
    app: Flask, page: FlaskClient
) -> None:
    labour = plan(app, a_draft(groups=("labour-migration",)))
    beside = OverrideAsked("two-working-groups", f"event:{labour}", REASON)
    with app.app_context(), transaction() as db:
        event_id = plan_event(
            db, actor=PRESIDENCY, draft=a_draft(), publish=True, now=NOW, overrides=[beside]
        )
    post(page, f"/events/{event_id}/cancel", reason=REASON)
    assert "Revertir la cancelación" in page.get(f"/events/{event_id}").text
    assert post(page, f"/events/{event_id}/reinstate").status_code == 303
    assert status_of(app, event_id) == "published"
    with app.app_context(), reading() as db:
        notes = overrides_of(db, holder=f"event:{event_id}")
        assert db.get_one(Event, event_id).sequence == 2, "calendars hear of both"
    assert [note.reason for note in notes] == [REASON]
    assert post(page, f"/events/{event_id}/reinstate").status_code == 303, "again: nothing"


def test_cancellation_stays_where_somebody_else_holds_the_hour(
    app: Flask, page: FlaskClient
) -> None:
    event_id = plan(app, a_draft())
    post(page, f"/events/{event_id}/cancel", reason=REASON)
    title = LocalizedText(es="Rutas laborales", en="Labour routes")
    plan(app, a_draft(title=title, groups=("labour-migration",)))
    refused = page.post(
        f"/events/{event_id}/reinstate",
        data={"csrf_token": csrf_token(page)},
        follow_redirects=True,
    )
    assert "su hora está ocupada" in refused.text
    assert "Rutas laborales" in refused.text
    assert status_of(app, event_id) == "cancelled"


@pytest.mark.both_databases
def test_of_taking_back_and_taking_the_hour_at_once_one_wins(app: Flask) -> None:
    furnished(app)
    event_id = plan(app, a_draft())
    with app.app_context(), transaction() as db:
        cancel_event(db, actor=ORGANIZER, event_id=event_id, now=NOW, reason=REASON)
    ready = Barrier(2)

    def run(work: Callable[[Session], object]) -> bool:
        ready.wait()
        try:
            with app.app_context(), transaction() as db:
                work(db)
        except Clash:
            return False
        return True

    other = a_draft(groups=("labour-migration",))
    works: list[Callable[[Session], object]] = [
        lambda db: take_back_cancellation(db, actor=ORGANIZER, event_id=event_id, now=NOW),
        lambda db: plan_event(db, actor=ORGANIZER, draft=other, publish=True, now=NOW),
    ]
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(run, works))
    assert sorted(outcomes) == [False, True]


def test_record_made_by_mistake_is_deleted_and_what_something_hangs_on_stays(
    app: Flask, page: FlaskClient
) -> None:
    mistake = plan(app, a_draft(), publish=False)
    assert "Borrar el registro" in page.get(f"/events/{mistake}/cancel").text
    assert post(page, f"/events/{mistake}/delete").status_code == 303
    assert status_of(app, mistake) is None
    assert page.get(f"/events/{mistake}").status_code == 404
    again = plan(app, a_draft())
    assert post(page, f"/events/{again}/delete").status_code == 303
    assert status_of(app, again) == "published", "what is public and to come is cancelled first"
    post(page, f"/events/{again}/cancel", reason=REASON)
    with app.app_context(), transaction() as db:
        db.add(
            Registration(
                event_id=again,
                person_id=1,
                status="registered",
                origin="self",
                created_at=NOW,
                changed_at=NOW,
            )
        )
    refused = page.post(
        f"/events/{again}/delete", data={"csrf_token": csrf_token(page)}, follow_redirects=True
    )
    assert "no se puede borrar" in refused.text
    assert status_of(app, again) == "cancelled"
