"""Several sessions at once, as rows: those that stand are saved, the others stay as they were
typed.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra.database import reading, transaction
from app.people.directory.models import Person
from app.people.directory.rules.people import sort_key
from app.planning.agenda.services import add_rows
from app.planning.arranging.queries.planning import session_details
from app.planning.cycles.services.editions import save_table
from app.planning.events.values import PersonRole, SessionKind, TableDraft
from tests.planning.agenda.agenda import ANA, a_session, added, an_event, spans
from tests.planning.events.planning_builders import (
    CONVENOR,
    LABOUR,
    NINE,
    NOW,
    ORGANIZER,
    a_congress,
    act_as,
    furnish,
    plan,
)
from tests.support.actors import csrf_token

DAY = "2027-03-09"


@pytest.fixture(autouse=True)
def _world(app: Flask) -> Iterator[None]:
    with app.app_context():
        with transaction() as db:
            furnish(db)
        yield
    act_as(app, ORGANIZER)


def rows(*cells: dict[str, str]) -> dict[str, str]:
    """The form as a browser sends it: as many rows as given, and an empty one at the end."""
    usual = {"on": DAY, "start": "", "end": "", "title": "", "kind": "plenary", "moderator": ""}
    return {
        f"rows-{number}-{name}": value
        for number, row in enumerate((*cells, {}))
        for name, value in (usual | row).items()
    }


def sent(client: FlaskClient, event_id: Any, *cells: dict[str, str], action: str = "save") -> Any:
    token = {"csrf_token": csrf_token(client), "action": action}
    return client.post(f"/events/{event_id}/agenda/rows", data=token | rows(*cells))


def test_several_sessions_are_added_in_one_press(app: Flask, client: FlaskClient) -> None:
    event_id = an_event()
    act_as(app, ORGANIZER)
    agenda = f"/events/{event_id}/agenda"
    assert f'href="{agenda}/rows"' in client.get(agenda).text
    assert client.get(f"{agenda}/rows").text.count('name="rows-5-title"') == 1
    answer = sent(
        client,
        event_id,
        {"start": "9-9:30", "title": "Apertura", "kind": "opening", "moderator": "ana munoz pena"},
        {"start": "9:30", "end": "11:00", "title": "Panel", "kind": "panel", "room": "Sala 2"},
    )
    assert (answer.status_code, answer.location) == (303, agenda)
    assert "2 sesiones quedaron en la agenda" in client.get(agenda).text
    with reading() as db:
        opening, panel = session_details(db, event_id=event_id)
    assert (opening.kind, opening.title.in_("es")) == (SessionKind.OPENING, "Apertura")
    assert [(one.id, one.role) for one in opening.people] == [(ANA, PersonRole.MODERATOR)]
    assert (panel.room, panel.span.starts_at) == ("Sala 2", opening.span.ends_at)


def test_refused_rows_keep_what_was_typed_and_the_others_are_saved(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event()
    added(event_id, a_session(0, 1, ANA))
    act_as(app, ORGANIZER)
    answer = sent(
        client,
        event_id,
        {"start": "10-11", "title": "Panel bueno"},
        {"start": "9:15", "end": "9:45", "title": "Choca", "moderator": "Ana Muñoz Peña"},
        {"start": "7:00", "end": "8:00", "title": "Temprano"},
        {"start": "a las once", "title": "Sin hora"},
        {"start": "11:00", "end": "12:00", "title": "", "room": "Sala 9"},
        {"start": "11:00", "end": "12:00", "title": "Nadie", "moderator": "Quetzalcóatl"},
    )
    assert answer.status_code == 422
    assert "1 sesión quedó en la agenda" in answer.text
    kept = re.findall(r'name="rows-\d+-title"[^>]* value="([^"]*)"', answer.text)
    assert kept == ["Choca", "Temprano", "Sin hora", "", "Nadie"]
    for said in ("ya participa", "El evento empieza", "Escriba la hora", "Sala 9", "Quetzalcóatl"):
        assert said in answer.text
    assert 'value="a las once"' in answer.text
    assert len(spans(event_id)) == 2


def test_name_of_several_people_is_asked_about(app: Flask, client: FlaskClient) -> None:
    event_id = an_event()
    with transaction() as db:
        for number in (801, 802):
            name = f"Eva Ruiz {number}"
            db.add(
                Person(
                    id=number,
                    full_name=name,
                    sort_key=sort_key(name),
                    country_code="GT",
                    timezone="America/Guatemala",
                )
            )
    act_as(app, ORGANIZER)
    row = {"start": "9-10", "title": "Panel", "moderator": "Eva Ruiz"}
    asked = sent(client, event_id, row)
    assert asked.status_code == 422
    assert '<option value="802">Eva Ruiz 802 · Guatemala</option>' in asked.text
    assert sent(client, event_id, row | {"person": "802"}).status_code == 303
    assert sent(client, event_id, row | {"start": "11-12", "person": "1"}).status_code == 422
    with reading() as db:
        [session] = session_details(db, event_id=event_id)
    assert [one.id for one in session.people] == [802]


def test_row_of_a_congress_chooses_its_day_and_work_table(app: Flask, client: FlaskClient) -> None:
    event_id = plan(app, a_congress("iv", NINE), publish=False)
    with transaction() as db:
        table = TableDraft(a_session().title, 1)
        table_id = save_table(db, actor=ORGANIZER, slug="iv", draft=table, now=NOW)
    act_as(app, ORGANIZER)
    shown = client.get(f"/events/{event_id}/agenda/rows").text
    assert '<option value="2027-03-10">' in shown
    assert f'<option value="work-table:{table_id}">' in shown
    row = {"on": "2027-03-10", "start": "10-12", "title": "Mesa", "kind": f"work-table:{table_id}"}
    assert sent(client, event_id, row).status_code == 303
    with reading() as db:
        [session] = session_details(db, event_id=event_id)
    assert (session.work_table_id, session.kind) == (table_id, SessionKind.WORK_TABLE)


def test_empty_rows_are_not_saved_and_more_rows_keep_what_was_typed(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event()
    act_as(app, ORGANIZER)
    assert "Escriba al menos una sesión" in sent(client, event_id).text
    more = sent(client, event_id, {"title": "Panel"}, action="more")
    assert more.status_code == 200
    assert 'value="Panel"' in more.text
    assert more.text.count('-title"') > 6


def test_rows_pressed_twice_are_added_once() -> None:
    event_id = an_event()
    drafts = [a_session(0), a_session(1)]
    for _press in range(2):
        with transaction() as db:
            assert add_rows(db, actor=CONVENOR, event_id=event_id, drafts=drafts, now=NOW) == {}
    assert len(spans(event_id)) == 2


def test_rows_are_for_planners_of_the_event(app: Flask, client: FlaskClient) -> None:
    event_id = an_event()
    act_as(app, LABOUR)
    assert client.get(f"/events/{event_id}/agenda/rows").status_code in (403, 404)
