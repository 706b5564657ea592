"""Bodies as partners of events and activities, and the page of each."""

from dataclasses import replace
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.followup.bodies.queries import other_bodies, other_body
from app.followup.plans.services import submit_plan, validate_plan, write_activities
from app.infra.database import reading, transaction
from app.kernel.actor import ANONYMOUS, SYSTEM
from app.kernel.refusal import InvalidInput, NotFound
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.arranging.services.planning import plan_event, write_brief
from app.planning.calendars.models import CalendarSource
from app.planning.events.queries.events import brief_of
from app.planning.events.values import Brief, body_key
from tests.followup.agreements.world import NOW, RAPPORTEUR
from tests.followup.plans.test_plans import DECISION, an_activity, world
from tests.planning.events.planning_builders import (
    HOUR,
    NINE,
    OFFICIAL,
    ORGANIZER,
    PRESIDENCY,
    a_draft,
    act_as,
)
from tests.planning.events.rows import counted_statements

pytestmark = [
    pytest.mark.both_databases,
    pytest.mark.usefixtures("app_context"),
    pytest.mark.at(NOW),
]


def held_with(db: Session, *partners: str, week: int = 0, publish: bool = True) -> UUID:
    span = Timespan(NINE + week * 7 * 24 * HOUR, NINE + week * 7 * 24 * HOUR + HOUR)
    event_id = plan_event(db, actor=SYSTEM, draft=a_draft(span=span), publish=publish, now=NOW)
    brief = Brief(partners=partners)
    write_brief(db, actor=SYSTEM, event_id=event_id, brief=brief, now=NOW)
    return event_id


def planned_with(db: Session, table: int, *partners: str) -> None:
    draft = an_activity(partners=partners)
    write_activities(db, actor=RAPPORTEUR, work_table_id=table, drafts=[draft], now=NOW)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("SICA", "sica"),
        ("Comisión  Europea ", "comision-europea"),
        ("Ñandú/OEA", "nandu-oea"),
        ("—", ""),
    ],
)
def test_key_ignores_accents_case_and_signs(name: str, key: str) -> None:
    assert body_key(name) == key


def test_page_of_a_body_names_what_is_done_together_and_hides_drafts() -> None:
    with transaction() as db:
        table = world(db)
        public = held_with(db, "SICA", "Comisión Europea")
        held_with(db, "Sica", "Secreto", week=1, publish=False)
        planned_with(db, table, "sica")
        db.add(
            CalendarSource(
                kind="process", name=LocalizedText(es="SICA"), problems=[], created_at=NOW
            )
        )
        db.add(
            CalendarSource(
                kind="person", name=LocalizedText(es="Agenda"), problems=[], created_at=NOW
            )
        )
    with reading() as db:
        body = other_body(db, actor=OFFICIAL, key="sica")
        assert (body.name, [one.id for one in body.events], body.activities) == (
            "SICA",
            [public],
            (),
        )
        assert body.has_calendar
        keys = [one.key for one in other_bodies(db, actor=OFFICIAL)]
        assert keys == ["comision-europea", "sica"], "neither a draft nor somebody's own calendar"
        with pytest.raises(NotFound):
            other_body(db, actor=OFFICIAL, key="secreto")
        assert len(other_body(db, actor=ORGANIZER, key="sica").events) == 2
        with pytest.raises(NotFound):
            other_bodies(db, actor=ANONYMOUS)
    with transaction() as db:
        submit_plan(db, actor=RAPPORTEUR, work_table_id=table, now=NOW)
        validate_plan(db, actor=PRESIDENCY, work_table_id=table, decision_ref=DECISION, now=NOW)
    with reading() as db:
        (activity,) = other_body(db, actor=OFFICIAL, key="sica").activities
    assert (activity.number, activity.text) == (1, LocalizedText(es="Actividad 1"))


def test_statements_do_not_grow_with_bodies(app: Flask) -> None:
    counts = []
    with transaction() as db:
        world(db)
    for week in range(3):
        with transaction() as db:
            held_with(db, f"Cuerpo {week}", week=week)
        with counted_statements(app) as sent, reading() as db:
            other_bodies(db, actor=OFFICIAL)
        counts.append(len(sent))
    assert counts[0] == counts[2] == 3


def test_partners_are_kept_once_and_odd_ones_refused() -> None:
    with transaction() as db:
        world(db)
        event_id = held_with(db, "SICA", " sica ", "OEA")
    with reading() as db:
        brief = brief_of(db, event_id=event_id).brief
    assert brief.partners == ("SICA", "OEA")
    for partners in (("—",), ("x" * 121,), tuple(f"Cuerpo {n}" for n in range(21))):
        changed = replace(brief, partners=partners)
        with pytest.raises(InvalidInput) as refusal, transaction() as db:
            write_brief(db, actor=ORGANIZER, event_id=event_id, brief=changed, now=NOW)
        assert set(refusal.value.errors) == {"partners"}


def test_brief_form_event_page_and_list_lead_to_the_body(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    with transaction() as db:
        world(db)
        event_id = held_with(db)
    act_as(app, ORGANIZER)
    path = f"/events/{event_id}/brief"
    refused = client.post(f"{path}?lang=es", data={"partners": "—"})
    assert refused.status_code == 422
    assert "uno por línea" in refused.text
    assert client.post(path, data={"partners": "SICA\r\nOEA\r\n"}).status_code == 303
    assert 'href="/bodies/sica">SICA</a>' in client.get(f"/events/{event_id}").text
    act_as(app, OFFICIAL)
    assert 'href="/bodies/oea">OEA</a>' in client.get("/bodies?lang=es").text
    page = client.get("/bodies/sica?lang=es")
    assert page.status_code == 200
    assert f'href="/events/{event_id}"' in page.text
    assert client.get("/bodies/nadie").status_code == 404
    assert 'href="/bodies"' in client.get("/who-is-who").text
