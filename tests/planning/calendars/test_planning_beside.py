"""What other people's calendars are for: whoever plans at the same time is told, by name, and is
not kept from it.
"""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra import clock
from app.infra.database import transaction
from app.kernel.actor import SYSTEM
from app.kernel.text import LocalizedText
from app.planning.calendars.services import add_source, remove_source
from app.planning.calendars.values import SourceDraft, SourceKind
from tests.planning.calendars.builders import SACM, ics
from tests.planning.calendars.test_reading import CORPUS, read
from tests.planning.events.planning_builders import (
    NOW,
    ORGANIZER,
    act_as,
    furnished,
    typed,
)
from tests.support.actors import csrf_token

PLAN, CHECK = "/events/plan", "/events/plan/check"
OCTOBER_2023 = datetime(2023, 10, 2, 15, tzinfo=UTC)
RCGM = {
    "kind": "governance",
    "title_es": "GRCM y XXVIII Reunión Viceministerial",
    "on": "2023-12-04",
    "start": "08:00",
    "end": "17:00",
    "last_day": "2023-12-07",
    "timezone": "America/Panama",
    "mode": "in-person",
    "place": "Panamá",
    "groups": [],
}


def keep(app: Flask, draft: SourceDraft, content: bytes, *, now: datetime) -> int:
    found = read(content, draft.kind, now=now)
    with app.app_context(), transaction() as db:
        return add_source(db, actor=SYSTEM, draft=draft, reading=found, now=now)


def panel(client: FlaskClient, **changes: Any) -> str:
    data = {**typed(**changes), "csrf_token": csrf_token(client)}
    answer = client.post(CHECK, data=data)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.fixture
def in_2023(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> int:
    """Two months before the real clash, with the SACM's dates read from its file."""
    monkeypatch.setattr(clock, "now", lambda: OCTOBER_2023)
    furnished(app)
    act_as(app, ORGANIZER)
    sacm = (CORPUS / "sacm.ics").read_bytes()
    return keep(app, SourceDraft(SourceKind.PROCESS, SACM), sacm, now=OCTOBER_2023)


def test_r41_the_sacm_of_december_2023_is_named_to_whoever_plans_the_rcgm(
    app: Flask, client: FlaskClient, in_2023: int
) -> None:
    said = panel(client, **RCGM)
    findings = re.findall(r'class="finding finding--(\w+)".*?<p>(.*?)</p>', said)
    naming = [
        level
        for level, sentence in findings
        if "XXI Conferencia Suramericana sobre Migraciones (CSM)" in sentence
    ]
    assert naming == ["warn"]
    with app.app_context(), transaction() as db:
        remove_source(db, actor=SYSTEM, source_id=in_2023, now=OCTOBER_2023)
    assert "Conferencia Suramericana" not in panel(client, **RCGM)


def test_r41_it_warns_and_does_not_forbid(app: Flask, client: FlaskClient, in_2023: int) -> None:
    """By program the same meeting is drafted all the same."""
    sent = {
        "kind": "governance",
        "title": {"es": RCGM["title_es"]},
        "starts_at": "2023-12-04T08:00:00-05:00",
        "ends_at": "2023-12-07T17:00:00-05:00",
        "timezone": "America/Panama",
        "mode": "in-person",
        "place": "Panamá",
    }
    answer = client.post("/api/v1/events", json=sent)
    assert answer.status_code == 201, answer.get_data(as_text=True)


def test_r41_a_groups_meeting_hears_it_too(client: FlaskClient, in_2023: int) -> None:
    meeting = {
        "kind": "meeting",
        "on": "2023-12-05",
        "start": "10:00",
        "end": "11:00",
        "groups": ["protection"],
    }
    assert "XXI Conferencia Suramericana" in panel(client, **meeting)
    assert "XXI Conferencia Suramericana" not in panel(client, **{**meeting, "on": "2023-12-07"})


def test_r41_a_week_later_nothing_is_said(client: FlaskClient, in_2023: int) -> None:
    assert "Conferencia Suramericana" not in panel(
        client, **{**RCGM, "on": "2023-12-11", "last_day": "2023-12-14"}
    )


def test_a_speakers_busy_hours_warn_by_name_and_tell_no_title(
    app: Flask, client: FlaskClient
) -> None:
    furnished(app)
    act_as(app, ORGANIZER)
    busy = ics(("a", "Cita médica", "20270309T150000Z"))
    keep(app, SourceDraft(SourceKind.PERSON, LocalizedText(), 1), busy, now=NOW)
    said = panel(client, people=["1"])
    assert "agenda personal de Ana Muñoz Peña" in said
    assert "médica" not in said
    assert "agenda personal" not in panel(client, people=["2"])
