"""The page of an event: who sees a draft, publishing, cancelling, and what is missing in one
language.
"""

import re
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app.infra.database import transaction
from app.kernel.actor import ANONYMOUS
from app.kernel.text import LocalizedText
from app.planning.arranging.services.planning import plan_event
from tests.planning.arranging.plan_form import event_titled
from tests.planning.events.planning_builders import (
    CONVENOR,
    HOUR,
    LABOUR,
    NINE,
    NOW,
    OFFICIAL,
    ORGANIZER,
    a_draft,
    a_span,
    act_as,
    furnished,
    people,
    plan,
)
from tests.support.actors import csrf_token


@pytest.fixture
def page(app: Flask, client: FlaskClient) -> FlaskClient:
    furnished(app)
    act_as(app, ORGANIZER)
    return client


def test_drafts_and_editing_are_for_their_own(app: Flask, page: FlaskClient) -> None:
    draft, public = (
        plan(app, a_draft(), publish=False),
        plan(app, a_draft(span=a_span(5), people=people(1))),
    )
    for who, statuses in (
        (ANONYMOUS, (404, 200)),
        (OFFICIAL, (404, 200)),
        (LABOUR, (404, 200)),
        (CONVENOR, (200, 200)),
    ):
        act_as(app, who)
        shown = [page.get(f"/events/{event_id}") for event_id in (draft, public)]
        assert tuple(answer.status_code for answer in shown) == statuses
        assert ("Ana Muñoz Peña" in shown[1].text) is who.signed_in
        assert "@" not in re.sub(r"<head>.*?</head>", "", shown[1].text, flags=re.DOTALL)
        assert ("/edit" in shown[1].text) is (who is CONVENOR)
    act_as(app, LABOUR)
    assert page.get(f"/events/{public}/edit").status_code == 403
    assert page.get(f"/events/{public}/cancel").status_code == 403


def test_publishing_a_draft_and_hearing_that_it_was_taken(app: Flask, page: FlaskClient) -> None:
    draft = plan(app, a_draft(), publish=False)
    token = csrf_token(page)
    assert page.post(f"/events/{draft}/publish", data={"csrf_token": token}).status_code == 303
    assert event_titled(app, "Seminario de protección").published_at is not None
    late = plan_expired(app)
    answer = page.post(f"/events/{late}/publish", data={"csrf_token": token})
    assert answer.status_code == 409
    assert answer.text.count('name="slot"') == 3
    assert f"/events/{late}/edit" in answer.text


def plan_expired(app: Flask) -> UUID:
    """A draft whose hold lapsed, and another event in its place since."""
    with app.app_context(), transaction() as db:
        late = plan_event(
            db,
            actor=ORGANIZER,
            draft=a_draft(span=a_span(8), title=LocalizedText(es="Tarde")),
            publish=False,
            now=NOW - timedelta(days=30),
        )
        taker = a_draft(span=a_span(8), title=LocalizedText(es="Pronto"))
        plan_event(db, actor=ORGANIZER, draft=taker, publish=True, now=NOW)
    return late


def test_cancelling_asks_once_and_says_what_will_happen(app: Flask, page: FlaskClient) -> None:
    event_id = plan(app, a_draft())
    asked = page.get(f"/events/{event_id}/cancel")
    assert "reciben una carta" in asked.text
    done = page.post(
        f"/events/{event_id}/cancel",
        data={"csrf_token": csrf_token(page), "reason": "Quien exponía enfermó esta mañana."},
    )
    assert done.status_code == 303
    shown = page.get(done.location).text
    assert "Cancelado" in shown
    assert "/edit" not in shown
    assert page.get(f"/events/{event_id}/cancel").status_code == 409
    act_as(app, ANONYMOUS)
    assert page.get(f"/events/{event_id}").status_code == 200


def test_what_is_over_is_not_moved_and_may_only_be_said_not_to_have_happened(
    app: Flask, page: FlaskClient
) -> None:
    event_id = plan(app, a_draft())
    coming = page.get(f"/events/{event_id}").text
    with time_machine.travel(NINE + 5 * HOUR, tick=False):
        over = page.get(f"/events/{event_id}").text
    assert "Cambiar o mover" in coming
    assert "Cancelar el evento" in coming
    assert "Cambiar o mover" not in over
    assert "Cancelar el evento" not in over
    assert "No se realizó" in over


def test_r42_one_language_only_is_said_and_listed(app: Flask, page: FlaskClient) -> None:
    spanish = plan(app, a_draft(title=LocalizedText(es="Solo aquí")))
    english = plan(app, a_draft(title=LocalizedText(en="Only here"), span=a_span(4)))
    whole = plan(app, a_draft(span=a_span(6)))
    listed = page.get("/events/translations").text
    assert "Solo aquí" in listed
    assert f'name="title-{spanish}-en"' in listed
    assert "Only here" in listed
    assert f"/events/{whole}" not in listed
    act_as(app, ANONYMOUS)
    shown = page.get(f"/events/{spanish}?lang=en").text
    assert "This event is available only in Spanish." in shown
    assert '<span lang="es">Solo aquí</span>' in shown
    assert "disponible solo en inglés" in page.get(f"/events/{english}?lang=es").text
    assert "missing-translation" not in page.get(f"/events/{whole}?lang=en").text
    act_as(app, CONVENOR)
    assert "Add the translation" in page.get(f"/events/{spanish}?lang=en").text


def test_the_list_of_missing_translations_comes_in_pages(app: Flask, page: FlaskClient) -> None:
    with app.app_context(), transaction() as db:
        for hour in range(30):
            draft = a_draft(title=LocalizedText(es=f"Acto {hour:02}"), span=a_span(hour))
            plan_event(db, actor=ORGANIZER, draft=draft, publish=True, now=NOW)
    first, second = (page.get(f"/events/translations?page={number}").text for number in ("1", "2"))
    assert [text.count('class="beside"') for text in (first, second)] == [25, 5]
    with time_machine.travel(a_span(27).starts_at, tick=False):
        first = page.get("/events/translations").text
    assert re.findall(r"Acto (\d\d)</a>", first)[:4] == ["27", "28", "29", "26"], (
        "what comes stands before what is over"
    )
    assert "3 de 30 están por realizarse; van primero." in first
    for nonsense in ("0", "99", "x", "²", "9" * 50, ""):
        assert page.get(f"/events/translations?page={nonsense}").status_code == 200
