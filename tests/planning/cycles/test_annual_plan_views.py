"""Annual plans on their pages and by program: the entry that is asked for, and the plan made,
approved and amended.
"""

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.arranging.services.planning import move_event
from app.planning.cycles.services.plans import add_entry, approve_plan
from app.planning.events.models import PlanEntry
from app.planning.events.values import EntryDraft
from tests.planning.cycles.editions import done, look, send
from tests.planning.events.planning_builders import (
    HOUR,
    ORGANIZER,
    PRESIDENCY,
    a_draft,
    act_as,
    asked,
    furnished,
    plan,
    typed,
)
from tests.support.actors import csrf_token


@pytest.fixture
def page(app: Flask, client: FlaskClient) -> FlaskClient:
    furnished(app)
    act_as(app, ORGANIZER)
    return client


def test_r3_r22_r29_through_the_api(app: Flask, page: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    entry = done(app, add_entry, year=2027, draft=EntryDraft(LocalizedText(es="Seminarios")))
    done(app, approve_plan, actor=PRESIDENCY, year=2027, decision_ref="Decisión 7")
    body = page.post(
        "/api/v1/events",
        json=asked(
            kind="congress", links=[{"edition": "iv", "role": "congress"}], working_groups=[]
        ),
    ).get_json()
    assert (body["status"], body["title"]) == (409, "not-ready-to-publish")
    assert [one["rule"] for one in body["findings"]] == [
        "preparatory-webinar",
        "guidelines-review",
        "plan-entry",
    ]
    assert body["findings"][0]["party"]["key"] == "iv"
    made = page.post("/api/v1/events", json=asked(plan_entry_id=entry))
    assert (made.status_code, made.get_json()["plan_entry_id"]) == (201, entry)
    wrong = page.post("/api/v1/events", json=asked(plan_entry_id=entry + 1)).get_json()
    assert (wrong["status"], wrong["errors"][0]["field"]) == (422, "plan_entry_id")


def test_r3_on_screen_an_entry_is_asked_for_and_chosen(app: Flask, page: FlaskClient) -> None:
    entry = done(
        app,
        add_entry,
        year=2027,
        draft=EntryDraft(LocalizedText(es="Seminarios de protección"), "protection"),
    )
    done(app, approve_plan, actor=PRESIDENCY, year=2027, decision_ref="Decisión 7")
    token = csrf_token(page)
    refused = page.post("/events/plan", data={**typed(action="publish"), "csrf_token": token})
    assert refused.status_code == 409
    assert "el plan anual de 2027 está aprobado" in refused.text
    assert f'value="{entry}">2027 · Seminarios de protección' in refused.text
    answer = page.post(
        "/events/plan", data={**typed(action="publish", plan_entry_id=entry), "csrf_token": token}
    )
    assert answer.status_code == 303
    shown = page.get(answer.location).text
    assert 'href="/annual-plans/2027"' in shown
    assert "Extraordinario" not in shown
    assert "1 de 1" in page.get("/annual-plans/2027").text


def test_r3_on_screen_extraordinary_is_marked_and_is_the_presidencys(
    app: Flask, page: FlaskClient
) -> None:
    done(app, add_entry, year=2027, draft=EntryDraft(LocalizedText(es="Seminarios")))
    done(app, approve_plan, actor=PRESIDENCY, year=2027, decision_ref="Decisión 7")
    answers = typed(action="publish", decision_ref="Decisión 9")
    refused = page.post("/events/plan", data={**answers, "csrf_token": csrf_token(page)})
    assert refused.status_code == 409
    assert "debe aprobarlo la presidencia" in refused.text
    act_as(app, PRESIDENCY)
    answer = page.post("/events/plan", data={**answers, "csrf_token": csrf_token(page)})
    assert answer.status_code == 303
    shown = page.get(answer.location).text
    assert "Extraordinario" in shown
    assert "Decisión 9" in shown
    assert "Eventos extraordinarios" in page.get("/annual-plans/2027").text


def test_day_of_approval_is_that_of_the_secretariat(app: Flask, page: FlaskClient) -> None:
    late = datetime(2026, 11, 25, 3, tzinfo=UTC)  # the evening of the 24th in Costa Rica
    draft = EntryDraft(LocalizedText(es="Seminarios"))
    done(app, add_entry, year=2027, draft=draft)
    done(app, approve_plan, actor=PRESIDENCY, now=late, year=2027, decision_ref="Decisión 7")
    assert "24 de noviembre de 2026" in page.get("/annual-plans/2027").text


def test_a_plan_is_made_approved_and_amended_on_its_page(app: Flask, page: FlaskClient) -> None:
    new = "/annual-plans/2028/entries/new"
    assert "Aún no hay nada previsto para 2028" in page.get("/annual-plans/2028").text
    bad = send(page, new, title_es="Foro «Á»", events_planned="muchos")
    assert bad.status_code == 422
    assert 'value="Foro «Á»"' in bad.text
    assert 'value="muchos"' in bad.text
    assert send(page, new, title_es="Foro", quarter="2", events_planned="2").status_code == 303
    entry = look(app, select(PlanEntry.id))
    assert "Aprobar el plan" not in page.get("/annual-plans/2028").text
    act_as(app, PRESIDENCY)
    empty = send(page, "/annual-plans/2028/approve", "/annual-plans/2028", decision_ref="")
    assert (empty.status_code, "Indique la Decisión" in empty.text) == (422, True)
    assert (
        send(
            page, "/annual-plans/2028/approve", "/annual-plans/2028", decision_ref="Decisión 7"
        ).status_code
        == 303
    )
    act_as(app, ORGANIZER)
    shown = page.get("/annual-plans/2028").text
    assert "Decisión 7" in shown
    assert f"/entries/{entry}" not in shown
    path = f"/annual-plans/2028/entries/{entry}"
    kept = send(page, path, title_es="Otro", events_planned="1")
    assert (kept.status_code, "solo la presidencia cambia sus líneas" in kept.text) == (409, True)
    amended = send(page, new, title_es="Taller", events_planned="1")
    assert (amended.status_code, "Indique la Decisión" in amended.text) == (422, True)
    assert (
        send(
            page, new, title_es="Taller", events_planned="1", decision_ref="Decisión 8"
        ).status_code
        == 303
    )


@pytest.mark.parametrize(
    "path",
    ["/annual-plans/1", "/annual-plans/" + "9" * 30, "/annual-plans/2027/entries/" + "9" * 30],
)
def test_unknown_plan_or_entry_is_not_found(page: FlaskClient, path: str) -> None:
    assert page.get(path).status_code == 404


def test_entry_counts_only_what_takes_place_in_its_year(app: Flask, page: FlaskClient) -> None:
    words = EntryDraft(LocalizedText(es="Seminarios"), events_planned=2)
    entry = done(app, add_entry, year=2026, draft=words)
    event_id = plan(app, a_draft(plan_entry_id=entry), publish=False)
    shown = page.get("/annual-plans/2026").text
    assert "0 de 2" in shown
    assert "1 sin contar" in shown
    assert f'href="/events/{event_id}"' in shown


def test_event_under_an_entry_of_another_year_is_not_published(
    app: Flask, page: FlaskClient
) -> None:
    entry = done(app, add_entry, year=2026, draft=EntryDraft(LocalizedText(es="Seminarios")))
    sent = {**typed(plan_entry_id=entry), "csrf_token": csrf_token(page)}
    said = "la línea del plan elegida no es de 2027"
    assert said in page.post("/events/plan/check", data=sent).text
    refused = page.post("/events/plan", data={**sent, "action": "publish"})
    assert refused.status_code == 409
    assert said in refused.text
    assert page.post("/events/plan", data={**sent, "action": "save"}).status_code == 303


def test_published_event_may_slip_into_a_year_without_an_approved_plan(
    app: Flask, page: FlaskClient
) -> None:
    entry = done(app, add_entry, year=2027, draft=EntryDraft(LocalizedText(es="Seminarios")))
    event_id = plan(app, a_draft(plan_entry_id=entry))
    start = datetime(2028, 1, 12, 15, tzinfo=UTC)
    done(app, move_event, event_id=event_id, span=Timespan(start, start + HOUR))
    assert "0 de 1" in page.get("/annual-plans/2027").text
