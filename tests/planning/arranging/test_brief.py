"""What an event's page says beyond its time, how it is joined, and the buttons of its life."""

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import ANONYMOUS, SYSTEM, Actor, Role
from app.kernel.refusal import InvalidInput, NotAllowed
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.arranging.services.planning import make_room, plan_event, write_brief
from app.planning.arranging.services.requests import approve_event, ask_approval, close_event
from app.planning.events.models import Event, EventBrief
from app.planning.events.queries.events import brief_of
from app.planning.events.rules.joining import (
    MeetingProvider,
    browser_address,
    browser_hint,
    provider_of,
    room_address,
)
from app.planning.events.rules.life import AlreadyClosed
from app.planning.events.values import Brief
from tests.planning.events.planning_builders import (
    HOUR,
    LABOUR,
    NINE,
    NOW,
    OFFICIAL,
    ORGANIZER,
    PRESIDENCY,
    a_draft,
    act_as,
    actor,
    furnish,
    people,
)
from tests.planning.events.rows import counted_statements
from tests.support.actors import csrf_token

JITSI = "https://meet.example.org"
BRIEF = Brief(
    LocalizedText(es="**Ruta** <script>alert(1)</script>"),
    LocalizedText(es="- Uno", en="- One"),
    contact="c@example.org",
    languages=("es", "en"),
    interpretation=("es-en",),
    dial_in="+506 1",
    recording_url="https://video.example.org/1",
    partners=("SICA",),
)


NEEDED = actor(Role.OFFICIAL, "GT", 6, person_id=1)


@pytest.fixture(autouse=True)
def _world(app: Flask) -> Iterator[None]:
    with app.app_context():
        with transaction() as db:
            furnish(db)
        with time_machine.travel(NOW, tick=False):
            yield


def planned(*, publish: bool = True, **changes: Any) -> UUID:
    with transaction() as db:
        return plan_event(db, actor=SYSTEM, draft=a_draft(**changes), publish=publish, now=NOW)


def written(event_id: UUID, brief: Brief = BRIEF, who: Actor = ORGANIZER) -> None:
    with transaction() as db:
        write_brief(db, actor=who, event_id=event_id, brief=brief, now=NOW)


def page(
    app: Flask, client: FlaskClient, event_id: UUID, who: Actor = ANONYMOUS, path: str = ""
) -> str:
    act_as(app, who)
    return client.get(f"/events/{event_id}{path}").text


@pytest.mark.parametrize(
    ("url", "provider", "second"),
    [
        (
            "https://us02web.zoom.us/j/12345678901?pwd=abc",
            MeetingProvider.ZOOM,
            "https://us02web.zoom.us/wc/join/12345678901?pwd=abc",
        ),
        ("https://zoom.us/my/somebody", MeetingProvider.ZOOM, ""),
        ("https://teams.microsoft.com/l/meetup-join/19%3a", MeetingProvider.TEAMS, ""),
        ("https://meet.google.com/abc-defg-hij", MeetingProvider.MEET, ""),
        ("https://rcm.webex.com/rcm/j.php?MTID=m1", MeetingProvider.WEBEX, ""),
        ("https://meet.jit.si/Room", MeetingProvider.JITSI, ""),
        (f"{JITSI}/convoca-1", MeetingProvider.JITSI, ""),
        ("https://zoom.us.example.org/j/12345678901", MeetingProvider.OTHER, ""),
        ("https://notzoom.us/j/12345678901", MeetingProvider.OTHER, ""),
        ("https://[broken", MeetingProvider.OTHER, ""),
        ("", MeetingProvider.OTHER, ""),
    ],
)
def test_a_link_is_known_by_its_host_and_opens_in_the_browser(
    url: str, provider: MeetingProvider, second: str
) -> None:
    assert provider_of(url, jitsi=JITSI) is provider
    assert browser_address(url) == second
    assert bool(browser_hint(url, jitsi=JITSI)) == (provider is not MeetingProvider.OTHER)


def test_a_room_has_a_name_that_nobody_guesses() -> None:
    rooms = set()
    for _ in range(2):
        event_id = planned(groups=(), people=())
        with transaction() as db:
            url = make_room(db, actor=ORGANIZER, event_id=event_id, server=JITSI, now=NOW)
            assert make_room(db, actor=ORGANIZER, event_id=event_id, server=JITSI, now=NOW) == url
        rooms.add(url)
        assert len(url.removeprefix(f"{JITSI}/convoca-")) >= 24
        with reading() as db:
            assert db.get_one(Event, event_id).join_url == url
    assert len(rooms) == 2
    with pytest.raises(ValueError, match="guesses"):
        room_address(JITSI, "room")


def test_a_brief_is_written_once_by_its_planners_until_the_event_is_closed() -> None:
    event_id = planned()
    for nobody in (LABOUR, OFFICIAL):
        with pytest.raises(NotAllowed):
            written(event_id, who=nobody)
    written(event_id)
    written(event_id)
    with reading() as db:
        assert brief_of(db, event_id=event_id).brief == BRIEF
        changed = select(func.count()).where(JournalEntry.fact == "EventChanged")
        assert db.scalar(changed.where(JournalEntry.subject_id == str(event_id))) == 1
    with pytest.raises(InvalidInput):
        written(event_id, replace(BRIEF, institution_id=999))
    with transaction() as db:
        close_event(db, actor=ORGANIZER, event_id=event_id, now=NINE + 3 * HOUR)
    with pytest.raises(AlreadyClosed):
        written(event_id, Brief())


def test_the_page_shows_the_brief_clean_and_says_what_lacks_a_translation(
    app: Flask, client: FlaskClient
) -> None:
    event_id = planned()
    assert "Nota conceptual" not in page(app, client, event_id)
    written(event_id)
    shown = page(app, client, event_id)
    assert "<strong>Ruta</strong>" in shown
    assert "<script>alert" not in shown
    assert "c@example.org" in shown
    assert "missing-translation" not in shown
    english = page(app, client, event_id, path="?lang=en")
    assert 'lang="es"><p><strong>Ruta' in english
    assert "missing-translation" in english
    assert "video.example.org" not in shown
    with time_machine.travel(NINE + 2 * HOUR, tick=False):
        assert "video.example.org" in page(app, client, event_id)


def test_link_telephone_and_hint_are_shown_when_it_is_due_and_to_whom(
    app: Flask, client: FlaskClient
) -> None:
    event_id = planned(join_url="https://us02web.zoom.us/j/12345678901")
    written(event_id)
    assert "zoom.us" in page(app, client, event_id, ORGANIZER)
    with time_machine.travel(NINE - HOUR / 2, tick=False):
        due = page(app, client, event_id, ORGANIZER)
        assert "zoom.us/wc/join/12345678901" in due
        assert "+506 1" in due
        assert "no hace falta instalar nada" in due
        assert "zoom.us" not in page(app, client, event_id, OFFICIAL)
    with time_machine.travel(NINE + 2 * HOUR, tick=False):
        assert "zoom.us" not in page(app, client, event_id, ORGANIZER)


def test_who_has_only_a_telephone_joins_an_event_without_a_link(
    app: Flask, client: FlaskClient
) -> None:
    event_id = planned(people=people(1))
    written(event_id)
    assert "+506 1" in page(app, client, event_id, ORGANIZER), "to try it"
    act_as(app, NEEDED)
    assert "Los números para llamar" in client.get(f"/events/{event_id}").text
    with time_machine.travel(NINE - HOUR / 2, tick=False):
        assert "+506 1" in page(app, client, event_id, NEEDED)
        assert "+506 1" not in page(app, client, event_id, OFFICIAL)
        assert "+506 1" not in page(app, client, event_id)


def test_the_buttons_are_the_next_steps_of_whoever_looks(app: Flask, client: FlaskClient) -> None:
    event_id = planned(publish=False)
    steps = ("/ask-approval", "/authorization", "/return", "/publish")

    def buttons(who: Actor) -> list[str]:
        shown = page(app, client, event_id, who)
        return [step for step in steps if f"/events/{event_id}{step}" in shown]

    assert buttons(ORGANIZER) == ["/ask-approval", "/publish"]
    with transaction() as db:
        ask_approval(db, actor=ORGANIZER, event_id=event_id, now=NOW)
    assert buttons(ORGANIZER) == ["/authorization"]
    assert buttons(PRESIDENCY) == ["/authorization"], "it decides on one page"
    with transaction() as db:
        approve_event(db, actor=PRESIDENCY, event_id=event_id, now=NOW)
    assert buttons(ORGANIZER) == ["/publish"]
    assert "Aprobado por la presidencia" in page(app, client, event_id, ORGANIZER)


def test_a_return_without_a_reason_is_asked_for_again_with_what_was_typed(
    app: Flask, client: FlaskClient
) -> None:
    event_id = planned(publish=False)
    with transaction() as db:
        ask_approval(db, actor=ORGANIZER, event_id=event_id, now=NOW)
    act_as(app, PRESIDENCY)
    path = f"/events/{event_id}/return"
    token = csrf_token(client)
    short = client.post(path, data={"csrf_token": token, "note": "Otra hora"})
    assert short.status_code == 422
    assert ">Otra hora</textarea>" in short.text
    assert 'href="#note"' in short.text
    done = client.post(
        path, data={"csrf_token": token, "note": "Otra hora, por favor: hay congreso."}
    )
    assert done.status_code == 303
    assert "Otra hora, por favor" in page(app, client, event_id, ORGANIZER)
    act_as(app, PRESIDENCY)
    again = client.post(
        path, data={"csrf_token": token, "note": "Otra hora, por favor: hay congreso."}
    )
    assert again.status_code == 409


def test_the_brief_form_keeps_what_was_typed_and_names_what_is_wrong(
    app: Flask, client: FlaskClient
) -> None:
    event_id = planned()
    act_as(app, ORGANIZER)
    path = f"/events/{event_id}/brief"
    typed = {
        "csrf_token": csrf_token(client),
        "concept_es": "Nota",
        "contact": "nobody",
        "recording_url": "x",
    }
    wrong = client.post(path, data=typed)
    assert wrong.status_code == 422
    assert 'href="#contact"' in wrong.text
    assert 'href="#recording_url"' in wrong.text
    assert ">Nota</textarea>" in wrong.text.replace("\r\n", "")
    right = client.post(
        path, data={**typed, "contact": "c@example.org", "recording_url": "", "languages": ["es"]}
    )
    assert right.status_code == 303
    with reading() as db:
        assert brief_of(db, event_id=event_id).brief.languages == ("es",)


def test_of_two_who_write_at_once_the_second_learns_of_the_first(
    app: Flask, client: FlaskClient
) -> None:
    from tests.planning.agenda.agenda import a_session, added

    event_id = planned(span=Timespan(NINE, NINE + 4 * HOUR))
    session_id = added(event_id, a_session(1, 1, 1))
    act_as(app, ORGANIZER)
    session = {
        "kind": "panel",
        "on": "2027-03-09",
        "start": "10:00",
        "end": "11:00",
        "action": "save",
    }
    for path, field, rest in (
        ("brief", "concept_es", {}),
        (f"agenda/{session_id}", "title_es", session),
    ):
        form = client.get(f"/events/{event_id}/{path}").text
        marks = {
            "csrf_token": csrf_token(client),
            "seen": seen_in(form),
            **rest,
        }
        sent = [
            client.post(f"/events/{event_id}/{path}", data={**marks, field: words})
            for words in ("Primera", "Primera", "Segunda")
        ]
        assert [one.status_code for one in sent] == [303, 303, 409]
        assert "Otra persona cambió esto" in sent[2].text
        assert "Segunda" in sent[2].text, "what was typed is kept"
        assert "Primera" in client.get(f"/events/{event_id}/{path}").text


def seen_in(form: str) -> str:
    found = re.search(r'name="seen"[^>]*value="([0-9a-f]+)"', form)
    assert found
    return found[1]


def test_the_agenda_costs_as_many_statements_with_one_session_as_with_three(
    app: Flask, client: FlaskClient
) -> None:
    from tests.planning.agenda.agenda import a_session, added

    event_id = planned(span=Timespan(NINE, NINE + 4 * HOUR))
    act_as(app, ORGANIZER)
    counts = []
    for hour in (0, 1, 2):
        added(event_id, a_session(hour, 1, 1, 2))
        with counted_statements(app) as found:
            client.get(f"/events/{event_id}/agenda")
        counts.append(len(found))
    assert counts[0] == counts[2]


def test_each_field_of_a_brief_has_a_column_of_its_name() -> None:
    """So a new field needs no line in the query; the sample has it, so that it must be written.

    Partners stand with the event itself.
    """
    columns = set(EventBrief.__table__.columns.keys()) - {"event_id"} | {"partners"}
    assert {field.name for field in fields(Brief)} == columns
    unset = [one.name for one in fields(Brief) if getattr(BRIEF, one.name) == one.default]
    assert unset == ["institution_id"]
