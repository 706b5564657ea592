"""The board and its one door for moving: the same answer for a form, a drag and the keyboard;
nobody moves what is not theirs.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.kernel.refusal import InvalidInput
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.participation.registrations.models import Registration
from app.planning.arranging.rules.clock import moved_span
from app.planning.arranging.services.planning import plan_event
from app.planning.events.queries.events import event_of
from app.planning.events.values import EventDetail, EventKind
from app.planning.scheduling.models import ConflictCase
from app.planning.scheduling.queries.calendar import overrides_of
from app.planning.scheduling.services.settings import set_rule
from app.planning.scheduling.values import OverrideAsked, Severity
from tests.planning.events.planning_builders import (
    CONVENOR,
    HOUR,
    LABOUR,
    NINE,
    NOW,
    ORGANIZER,
    PRESIDENCY,
    a_draft,
    act_as,
    furnished,
    plan,
)
from tests.planning.events.rows import an_event, counted_statements
from tests.support.actors import csrf_token

pytestmark = pytest.mark.at(NOW)
BOARD = "/programme/board?month=2027-03"
FROM_BOARD = {"X-Board": "1"}
DAY = timedelta(days=1)
OTHER = LocalizedText(es="Migración laboral", en="Labour migration")


@pytest.fixture
def page(app: Flask, client: FlaskClient) -> FlaskClient:
    furnished(app)
    act_as(app, ORGANIZER)
    return client


def found(app: Flask, event_id: UUID) -> EventDetail:
    with app.app_context(), reading() as db:
        return event_of(db, actor=ORGANIZER, event_id=event_id)


def send(
    client: FlaskClient, event_id: UUID, act: str = "move", *, board: bool = True, **fields: str
) -> Any:
    token = csrf_token(client)
    headers = FROM_BOARD if board else {}
    return client.post(
        f"/events/{event_id}/{act}", data={**fields, "csrf_token": token}, headers=headers
    )


def said(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def cells(html: str, on: str) -> list[str]:
    row = re.search(rf'<tr data-on="{on}".*?</tr>', html, re.S)
    assert row, on
    return [said(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row[0], re.S)]


def test_a_month_stands_day_by_day_beside_the_groups(app: Flask, page: FlaskClient) -> None:
    event_id = plan(app, a_draft())
    plan(
        app,
        a_draft(
            kind=EventKind.CONGRESS,
            groups=(),
            title=LocalizedText(es="Congreso"),
            span=Timespan(NINE + 8 * DAY, NINE + 9 * DAY),
        ),
    )
    html = page.get(BOARD).text
    assert html.count("<tr data-on=") == 31
    move = "Mover Seminario de protección"
    assert cells(html, "2027-03-09") == [
        "mar 9",
        f"09:00 PR Seminario de protección {move}",
        "",
        "",
        "",
        "",
        "",
    ]
    assert cells(html, "2027-03-17")[0] == "mié 17 Cerrado"
    assert "Congreso" in cells(html, "2027-03-17")[5]
    assert f'href="/events/{event_id}/move"' in html
    assert f'id="e-{event_id}" data-on="2027-03-09" data-start="09:00"' in html
    assert "Costa Rica, UTC−6" in html


def test_an_event_of_two_groups_is_moved_by_its_first_card_alone(
    app: Flask, page: FlaskClient
) -> None:
    plan(app, a_draft(groups=("protection", "labour-migration")))
    html = page.get(BOARD).text
    row = cells(html, "2027-03-09")
    assert row[1].startswith("09:00 PR ML Seminario")
    assert row[2] == "09:00 PR ML Seminario de protección"
    assert html.count('class="move"') == 1
    chosen = page.get(f"{BOARD}&group=labour-migration").text
    assert cells(chosen, "2027-03-09")[1].endswith("Mover Seminario de protección")
    assert len(cells(chosen, "2027-03-09")) == 4


@pytest.mark.both_databases
def test_only_ones_own_coming_events_can_be_moved(app: Flask, page: FlaskClient) -> None:
    own = plan(app, a_draft())
    an_event(app, title="ajeno", groups=["labour-migration"], starts_at=NINE + DAY)
    an_event(
        app,
        title="oculto",
        groups=["labour-migration"],
        starts_at=NINE + 2 * DAY,
        is_confidential=True,
    )
    an_event(
        app, title="cancelado", groups=["protection"], starts_at=NINE + 3 * DAY, status="cancelled"
    )
    act_as(app, CONVENOR)
    html = page.get(BOARD).text
    assert re.findall(r'class="move" href="/events/(.*?)/move"', html) == [str(own)]
    assert "ajeno" in html
    assert "oculto" not in html
    assert "Reunión reservada" in html
    an_event(app, title="pasado", groups=["protection"], starts_at=NOW - DAY)
    assert 'class="move"' not in page.get("/programme/board?month=2026-11").text


def test_the_plain_form_moves_and_says_where_to(app: Flask, page: FlaskClient) -> None:
    event_id = plan(app, a_draft())
    html = page.get(f"/events/{event_id}/move").text
    assert 'name="on" required type="date" value="2027-03-09"' in html
    assert "Según la hora de Costa Rica, UTC−6" in html
    answer = send(page, event_id, board=False, on="2027-03-11", start="10:15")
    assert (answer.status_code, answer.location) == (303, "/programme/board?month=2027-03")
    assert found(app, event_id).span == Timespan(
        NINE + 2 * DAY + 75 * HOUR / 60, NINE + 2 * DAY + 195 * HOUR / 60
    )
    assert found(app, event_id).sequence == 1
    assert (
        "jueves, 11 de marzo de 2027, 10:15–12:15 Costa Rica, UTC−6"
        in page.get(answer.location).text
    )


def test_the_board_gets_the_same_done_in_one_sentence(app: Flask, page: FlaskClient) -> None:
    event_id = plan(app, a_draft())
    answer = send(page, event_id, on="2027-03-11", start="10:15")
    assert answer.status_code == 200
    assert (
        said(answer.text)
        == "«Seminario de protección» se movió: jueves, 11 de marzo de 2027, 10:15–12:15 Costa Rica, UTC−6."
        " Con esto no se envía ninguna carta. Deshacer"
    )
    assert found(app, event_id).starts_at == NINE + 2 * DAY + 1.25 * HOUR


def token_in(html: str) -> str:
    sealed = re.search(r'name="undo" value="([^"]+)"', html)
    assert sealed
    return unescape(sealed[1])


def test_undo_brings_back_what_stood_by_override_and_its_reason(
    app: Flask, page: FlaskClient
) -> None:
    """The organizer may not allow two groups at once, and did not: the presidency had."""
    labour = plan(app, a_draft(title=OTHER, groups=("labour-migration",)))
    why = "Se autoriza por única vez: la jueza no tiene otra fecha."
    beside = OverrideAsked("two-working-groups", f"event:{labour}", why)
    with app.app_context(), transaction() as db:
        event_id = plan_event(
            db, actor=PRESIDENCY, draft=a_draft(), publish=True, now=NOW, overrides=[beside]
        )
    moved = send(page, event_id, on="2027-03-11", start="09:00")
    assert moved.status_code == 200
    undone = send(page, event_id, "move/undo", undo=token_in(moved.text))
    assert undone.status_code == 200, said(undone.text)
    assert "No se avisa a nadie" in said(undone.text)
    assert found(app, event_id).starts_at == NINE
    with app.app_context(), reading() as db:
        notes = overrides_of(db, holder=f"event:{event_id}")
        cases = db.scalars(select(ConflictCase)).all()
    assert [note.reason for note in notes] == [why]
    assert cases == [], "it stands by its override, not by a case"


def test_undo_does_not_ask_today_s_rules(app: Flask, page: FlaskClient) -> None:
    """Ten days before, moving it earlier would be too short a notice."""
    event_id = plan(app, a_draft())
    soon = NINE - 10 * DAY
    with time_machine.travel(soon, tick=False):
        moved = send(page, event_id, on="2027-03-25", start="09:00")
        with app.app_context(), transaction() as db:
            set_rule(
                db,
                actor=PRESIDENCY,
                now=soon,
                rule="minimum-notice",
                severity=Severity.CONFIRM,
                threshold=15,
                valid_from=soon.date(),
                valid_until=None,
                reason="El aviso vuelve a ser de quince días hábiles.",
            )
        answer = send(page, event_id, "move/undo", undo=token_in(moved.text))
    assert answer.status_code == 200, said(answer.text)
    assert found(app, event_id).starts_at == NINE


def test_undo_says_who_took_the_hour_meanwhile(app: Flask, page: FlaskClient) -> None:
    event_id = plan(app, a_draft())
    moved = send(page, event_id, on="2027-03-11", start="09:00")
    plan(app, a_draft(title=OTHER, groups=("labour-migration",)))
    refused = send(page, event_id, "move/undo", undo=token_in(moved.text))
    assert refused.status_code == 409
    assert "Migración laboral" in said(refused.text)
    assert found(app, event_id).starts_at == NINE + 2 * DAY


def test_board_says_how_many_are_told(app: Flask, page: FlaskClient) -> None:
    event_id = plan(app, a_draft())
    with app.app_context(), transaction() as db:
        for person_id in (1, 2):
            db.add(
                Registration(
                    event_id=event_id,
                    person_id=person_id,
                    status="registered",
                    origin="self",
                    created_at=NOW,
                    changed_at=NOW,
                )
            )
    moved = send(page, event_id, on="2027-03-11", start="09:00")
    assert "se avisa a 2 personas, salvo que usted lo deshaga" in said(moved.text)


@pytest.mark.parametrize("board", [True, False])
def test_r39_what_is_taken_is_refused_with_reasons_three_times_and_a_swap(
    app: Flask, page: FlaskClient, board: bool
) -> None:
    event_id = plan(app, a_draft())
    other = plan(
        app,
        a_draft(
            title=OTHER, groups=("labour-migration",), span=Timespan(NINE + DAY, NINE + DAY + HOUR)
        ),
    )
    answer = send(page, event_id, board=board, on="2027-03-10", start="09:15")
    assert answer.status_code == 409
    assert ("<!doctype html>" in answer.text) is not board
    words = said(answer.text)
    assert "«Seminario de protección» queda donde está." in words
    assert "Migración laboral" in words
    assert "dos grupos de trabajo no se reúnen a la vez" in words
    assert answer.text.count('name="slot"') == 3
    assert f'action="/events/{event_id}/swap"' in answer.text
    assert f'name="other" value="{other}"' in answer.text
    assert found(app, event_id).starts_at == NINE, "it stays"
    slot = re.findall(r'name="slot" value="(.*?)"', answer.text)[1]
    assert send(page, event_id, board=board, slot=slot).status_code == (200 if board else 303)
    assert found(app, event_id).starts_at == datetime.fromisoformat(slot)


@pytest.mark.both_databases
def test_two_events_change_places_as_one_act(app: Flask, page: FlaskClient) -> None:
    event_id = plan(app, a_draft())
    other = plan(
        app,
        a_draft(
            title=OTHER, groups=("labour-migration",), span=Timespan(NINE + DAY, NINE + DAY + HOUR)
        ),
    )
    assert str(other) in page.get(f"/events/{event_id}/move").text
    answer = send(page, event_id, "swap", other=str(other))
    assert answer.status_code == 200
    assert "Los dos cambiaron de lugar" in answer.text
    assert found(app, event_id).span == Timespan(NINE + DAY, NINE + DAY + 2 * HOUR)
    assert found(app, other).span == Timespan(NINE, NINE + HOUR)
    back = send(page, event_id, "swap", board=False, other=str(other))
    assert back.status_code == 303
    assert found(app, event_id).starts_at == NINE


def test_a_swap_that_a_third_forbids_leaves_both(app: Flask, page: FlaskClient) -> None:
    event_id = plan(app, a_draft())
    other = plan(
        app,
        a_draft(
            title=OTHER, groups=("labour-migration",), span=Timespan(NINE + DAY, NINE + DAY + HOUR)
        ),
    )
    plan(
        app,
        a_draft(
            title=LocalizedText(es="Tercero"),
            groups=("border-management",),
            span=Timespan(NINE + DAY + 1.5 * HOUR, NINE + DAY + 3 * HOUR),
        ),
    )
    answer = send(page, event_id, "swap", other=str(other))
    assert answer.status_code == 409
    assert "Tercero" in answer.text
    assert "Intercambiar" not in answer.text
    assert (found(app, event_id).starts_at, found(app, other).starts_at) == (NINE, NINE + DAY)


def test_a_swap_with_nothing_is_refused(app: Flask, page: FlaskClient) -> None:
    event_id = plan(app, a_draft())
    for other in ("", "x", "671cc2cd-ad57-4fbd-84ec-ddda200133db", str(event_id)):
        answer = send(page, event_id, "swap", other=other)
        assert answer.status_code in (404, 422), other
        if len(other) < 2:
            page_again = send(page, event_id, "swap", board=False, other=other)
            for shown in (answer, page_again):
                assert "Elija el evento con el que se cambia." in shown.text, other


UNREADABLE: tuple[tuple[dict[str, str], str], ...] = (
    ({"on": "", "start": "10:00"}, "Elija la fecha."),
    ({"on": "2027-02-30", "start": "10:00"}, "2027-03-15"),
    ({"on": "2027-03-11", "start": "25:00"}, "14:30"),
    ({"on": "2027-03-11", "start": ""}, "hora"),
    ({"on": "2199-03-11", "start": "10:00"}, "entre los años"),
    ({"slot": "9999-12-31T23:59:00+00:00", "on": "x"}, "2027-03-15"),
)


@pytest.mark.parametrize("board", [True, False])
def test_what_cannot_be_read_is_said_at_the_field(
    app: Flask, page: FlaskClient, board: bool
) -> None:
    event_id = plan(app, a_draft())
    for fields, sentence in UNREADABLE:
        answer = send(page, event_id, board=board, **fields)
        assert answer.status_code == 422, fields
        assert sentence in answer.text, fields
        assert found(app, event_id).starts_at == NINE, fields


def test_what_is_not_ones_own_is_not_moved(app: Flask, page: FlaskClient) -> None:
    event_id = plan(app, a_draft())
    own = plan(
        app,
        a_draft(
            title=OTHER, groups=("labour-migration",), span=Timespan(NINE + DAY, NINE + DAY + HOUR)
        ),
    )
    token = csrf_token(page)
    act_as(app, LABOUR)
    for address, fields in (
        (f"/events/{event_id}/move", {"on": "2027-03-11", "start": "10:00"}),
        (f"/events/{event_id}/swap", {"other": str(own)}),
        (f"/events/{own}/swap", {"other": str(event_id)}),
    ):
        assert (
            page.post(address, data={**fields, "csrf_token": token}, headers=FROM_BOARD).status_code
            == 403
        )
    assert found(app, event_id).starts_at == NINE


def test_a_partial_date_has_no_hour_to_move(app: Flask, page: FlaskClient) -> None:
    event_id = an_event(
        app, starts_at=None, date_precision="month", found_start="2027-03", groups=["protection"]
    )
    assert page.get(f"/events/{event_id}/move").status_code == 404


@pytest.mark.parametrize("month", ["2027-13", "x", "0001-01"])
def test_what_is_no_month_is_said_so(page: FlaskClient, month: str) -> None:
    answer = page.get("/programme/board", query_string={"month": month})
    assert answer.status_code == 422
    assert "no es un mes" in answer.text
    assert page.get("/programme/board?month=2100-12").status_code == 200


def test_a_full_month_is_light_and_costs_the_same_statements(app: Flask, page: FlaskClient) -> None:
    an_event(app, groups=["protection"], starts_at=NINE)
    counts = []
    for number in (0, 24):
        for extra in range(number):
            title = "Seminario web sobre la protección de mujeres migrantes"
            an_event(app, title=title, groups=["protection"], starts_at=NINE + extra * DAY / 2)
        with counted_statements(app) as statements:
            html = page.get(BOARD).data
        counts.append(len(statements))
    assert counts == [4, 4]
    assert html.count(b'class="move"') == 25
    assert len(html) < 30_000


def test_moving_costs_the_same_statements_beside_many(app: Flask, page: FlaskClient) -> None:
    event_id = plan(app, a_draft())
    counts = []
    for number in (1, 12):
        for extra in range(number):
            an_event(app, groups=["protection"], starts_at=NINE + (extra + 1) * DAY)
        with counted_statements(app) as statements:
            page.get(f"/events/{event_id}/move")
        counts.append(len(statements))
    assert counts[0] == counts[1]


days = st.dates(date(1995, 1, 1), date(2095, 12, 31))
zones = st.sampled_from(
    ["America/Costa_Rica", "America/Toronto", "America/Santo_Domingo", "America/Mexico_City"]
)


@given(days, st.times(time(5), time(23)), st.integers(1, 40 * 24 * 60), zones, zones)
def test_a_moved_event_starts_as_asked_and_lasts_as_long(
    on: date, start: time, minutes: int, typed_in: str, timezone: str
) -> None:
    start = start.replace(second=0, microsecond=0, tzinfo=None)
    before = Timespan(NINE, NINE + timedelta(minutes=minutes))
    moved = moved_span(before, on=on, start=start, typed_in=typed_in, timezone=timezone)
    starts = moved.starts_at.astimezone(ZoneInfo(typed_in))
    assert (starts.date(), starts.time()) == (on, start)
    assert moved.duration == before.duration


@given(days, st.integers(1, 10), zones)
def test_whole_days_stay_whole_where_it_is_held(on: date, length: int, timezone: str) -> None:
    zone = ZoneInfo(timezone)
    first = datetime(2027, 3, 12, tzinfo=zone)
    before = Timespan(first, datetime(2027, 3, 12, tzinfo=zone) + timedelta(days=length))
    moved = moved_span(
        before,
        on=on,
        start=time(9),
        typed_in="America/Costa_Rica",
        timezone=timezone,
        is_all_day=True,
    )
    starts, ends = (at.astimezone(zone) for at in (moved.starts_at, moved.ends_at))
    assert starts.replace(tzinfo=None) == datetime.combine(on, time())
    assert ends.replace(tzinfo=None) == datetime.combine(on + timedelta(days=length), time())


def test_an_hour_that_the_clocks_jump_over_is_refused() -> None:
    before = Timespan(datetime(2027, 3, 9, 15, tzinfo=UTC), datetime(2027, 3, 9, 16, tzinfo=UTC))
    with pytest.raises(InvalidInput):
        moved_span(
            before,
            on=date(2027, 3, 14),
            start=time(2, 30),
            typed_in="America/Toronto",
            timezone="America/Toronto",
        )
