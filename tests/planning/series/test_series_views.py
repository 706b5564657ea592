"""Planning a series on its pages: what is typed is kept, what does not fit is said date by date,
all or nothing.
"""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.infra.database import reading, transaction
from app.planning.events.models import Series
from app.planning.scheduling.models import RuleSetting
from tests.planning.events.planning_builders import (
    CONVENOR,
    LABOUR,
    NOW,
    ORGANIZER,
    PRESIDENCY,
    act_as,
    furnished,
    typed,
)
from tests.planning.series.series import START, WEEK, event, in_the_way, starts_in
from tests.support.actors import csrf_token

PLAN = "/series/plan"
HEAVIEST = 30 * 1024


@pytest.fixture
def page(app: Flask, client: FlaskClient) -> FlaskClient:
    furnished(app)
    act_as(app, ORGANIZER)
    return client


def answers(**changes: Any) -> dict[str, Any]:
    """The form of a series as a browser sends it: four Tuesdays, 09:00 to 10:00 in Costa Rica."""
    recurrence = {
        "frequency": "weekly",
        "interval": "1",
        "nth": "1",
        "ends": "count",
        "count": "4",
        "until": "",
    }
    return {
        **typed(**{"on": "2027-02-23", "end": "10:00", "action": "check", **changes}),
        **recurrence,
        **changes,
    }


def send(client: FlaskClient, path: str = PLAN, **changes: Any) -> Any:
    return client.post(path, data={**answers(**changes), "csrf_token": csrf_token(client)})


def hidden_in(html: str) -> list[tuple[str, str]]:
    """What the page of dates would send back: hidden answers and ticked boxes, in order."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html)
    found += [
        ("skip", value) for value in re.findall(r'name="skip" value="(\d+)"[^>]* checked', html)
    ]
    return [
        (name, value.replace("&#39;", "'").replace("&amp;", "&").replace("&#43;", "+"))
        for name, value in found
    ]


def go_on(client: FlaskClient, html: str, **pressed: Any) -> Any:
    """Presses a button of the page of dates."""
    data: dict[str, list[str]] = {}
    for name, value in [*hidden_in(html), *((name, value) for name, value in pressed.items())]:
        data.setdefault(name, []).extend([value] if isinstance(value, str) else value)
    return client.post(PLAN, data=data)


def test_a_button_pressed_twice_plans_one_series_and_another_answer_another(
    app: Flask, page: FlaskClient
) -> None:
    found = re.search(r'name="new_id" value="([^"]+)"', page.get(PLAN).text)
    assert found
    shown = send(page, new_id=found[1])
    first, second = (
        go_on(page, shown.text, action="publish"),
        go_on(page, shown.text, action="publish"),
    )
    assert (first.status_code, second.status_code, second.location) == (303, 303, first.location)
    assert len(starts_in(app)) == 4
    went_back = send(page, new_id=found[1], on="2027-02-24", count="3")
    assert go_on(page, went_back.text, action="publish").status_code == 303
    assert len(starts_in(app)) == 7


def test_a_series_is_shown_date_by_date_and_then_published(app: Flask, page: FlaskClient) -> None:
    shown = send(page, people=["1"], place="Sala «Á»")
    assert shown.status_code == 200
    assert "Las 4 fechas caben" in shown.text
    assert "Cada semana, el martes, 4 veces" in shown.text
    assert starts_in(app) == []
    assert shown.text.count("09:00–10:00 Costa Rica, UTC−6") == 4
    done = go_on(page, shown.text, action="publish")
    assert done.status_code == 303
    listed = page.get(done.location).text
    assert "Se publicaron 4 eventos" in listed
    assert starts_in(app) == [START + week * WEEK for week in range(4)]
    first = event(app, UUID(done.location.split("/")[2]))
    assert (first.place, [person.id for person in first.people]) == ("Sala «Á»", [1])


def test_nth_weekday_until_a_day(app: Flask, page: FlaskClient) -> None:
    last_fridays = {
        "frequency": "monthly",
        "nth": "-1",
        "interval": "2",
        "ends": "until",
        "until": "2027-08-01",
    }
    shown = send(page, on="2027-03-05", **last_fridays)
    assert "El último viernes, cada 2 meses, hasta el 1 de agosto de 2027" in shown.text
    assert go_on(page, shown.text, action="save").status_code == 303
    assert [f"{starts:%m-%d}" for starts in starts_in(app)] == ["03-26", "05-28", "07-30"]


@pytest.mark.parametrize(("lang", "sentence"), [("es", "ya se reúne"), ("en", "already meets")])
def test_dates_that_do_not_fit_are_moved_or_skipped_without_scripts(
    app: Flask, page: FlaskClient, lang: str, sentence: str
) -> None:
    in_the_way(app, 2, 3)
    page.get(f"{PLAN}?lang={lang}")
    shown = send(page)
    assert shown.text.count(sentence) == 2
    slots = re.findall(r'name="take" value="([^"]+)"', shown.text)
    assert len([slot for slot in slots if slot.startswith("2@")]) == 3
    refused = go_on(page, shown.text, action="publish")
    assert refused.status_code == 409
    assert starts_in(app) == []
    taken = go_on(page, refused.text, take=slots[0])
    assert taken.status_code == 200
    assert ("moved-2" in dict(hidden_in(taken.text))) is True
    assert taken.text.count(sentence) == 1
    skipped = go_on(page, taken.text, action="check", skip="3")
    assert sentence not in skipped.text
    assert ("skip", "3") in hidden_in(skipped.text)
    back = go_on(page, skipped.text, undo="2")
    assert back.text.count(sentence) == 1
    assert go_on(page, skipped.text, action="publish").status_code == 303
    moved = datetime.fromisoformat(slots[0].partition("@")[2]).astimezone(UTC)
    assert starts_in(app) == sorted([START, moved, START + 3 * WEEK])


def test_refused_date_is_opened_by_itself_to_ask_for_it(app: Flask, page: FlaskClient) -> None:
    in_the_way(app, 2)
    shown = send(page, new_id=str(uuid4())).text
    asks = re.findall(
        r'formaction="([^"]+)" formtarget="_blank" name="slot" value="([^"]+)"', shown
    )
    assert len(asks) == 1, "the dates that fit need no authorization"
    [(address, slot)] = asks
    sent = dict(hidden_in(shown)) | {"slot": slot}
    opened = page.post(address.replace("&amp;", "&"), data=sent).text
    assert 'value="2027-03-02"' in opened
    assert 'id="ask"' in opened
    assert sent["new_id"] not in opened, "an event of its own, not the series"
    assert starts_in(app) == [], "nothing is saved until it is asked"


def test_what_was_typed_comes_back_to_the_form(page: FlaskClient) -> None:
    shown = send(
        page, people=["2"], place="Sala", count="5", follows_up=["iii"], **{"role-2": "moderator"}
    )
    form = go_on(page, shown.text, action="form", skip="2")
    assert form.status_code == 200
    for kept in (
        'value="Seminario «señal»"',
        'value="2027-02-23"',
        'value="Sala"',
        'value="5"',
        "Berta López",
    ):
        assert kept in form.text
    assert re.search(r'value="moderator" selected', form.text)
    assert re.search(r'checked[^>]*value="iii"|value="iii"[^>]*checked', form.text)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"interval": "0"}, "Elija un número entre 1 y 52"),
    ({"interval": "x"}, "Escriba un número entero"),
    ({"count": ""}, "Indique cuántas veces o hasta qué día"),
    ({"count": "1"}, "al menos dos fechas"),
    ({"count": "61"}, "60 fechas como máximo"),
    ({"ends": "until", "until": "2035-01-01"}, "60 fechas como máximo"),
    ({"ends": "until", "until": "2031-01-01", "interval": "4"}, "tres años como máximo"),
    ({"ends": "until", "until": "1 de mayo"}, "Escriba la fecha como año-mes-día"),
    ({"frequency": "daily"}, "Elija una opción de la lista"),
    ({"nth": "7", "frequency": "monthly"}, "Elija una opción de la lista"),
    ({"kind": "congress"}, "Elija una opción de la lista"),
    ({"on": ""}, "Elija la fecha."),
    ({"end": "08:00"}, "Debe terminar después de empezar"),
    ({"title_es": ""}, "Escriba el título en español o en inglés"),
    ({"people": ["99"]}, "No hay nadie con el número 99"),
    ({"skip": ["1", "2", "3"]}, "al menos dos fechas"),
    ({"skip": ["9"]}, "no existe la número 9"),
]


def test_what_is_wrong_is_said_at_its_field_in_both_languages(
    app: Flask, page: FlaskClient
) -> None:
    """In Spanish where the dates are asked for, in English where they are to be published; a few
    there, as the catalogue holds that each sentence is there in both.
    """
    token = csrf_token(page)
    for number, (changes, sentence) in enumerate(WRONG):
        typed_so = {**answers(**{"place": "Sala", **changes}), "csrf_token": token}
        answer = page.post(f"{PLAN}?lang=es", data={**typed_so, "action": "check"})
        assert answer.status_code == 422, changes
        assert sentence in answer.text, changes
        assert 'value="Sala"' in answer.text
        if number % 4 == 0:
            english = page.post(f"{PLAN}?lang=en", data={**typed_so, "action": "publish"})
            assert (english.status_code, sentence in english.text) == (422, False), changes
    assert starts_in(app) == []


NONSENSE: tuple[dict[str, Any], ...] = (
    {"take": "x"},
    {"take": "2@x"},
    {"take": "99999@2027-02-23T09:00:00-06:00"},
    {"take": "²@2027-02-23T09:00:00Z"},
    {"undo": "x"},
    {"undo": "é" * 100},
    {"skip": ["x", "-1", "9" * 40]},
    {"moved-x": "2027-02-23T09:00:00-06:00"},
    {"moved-2": "x"},
    {"moved-2": "9999-12-31T23:59:00+00:00"},
    {"people": ["x"], "role-x": "boss"},
)


def test_tampered_answers_leave_the_plan_of_dates_as_it_was(page: FlaskClient) -> None:
    token = csrf_token(page)
    for changes in NONSENSE:
        answer = page.post(PLAN, data={**answers(), **changes, "csrf_token": token})
        assert answer.status_code == 200, changes
        assert "Las 4 fechas caben" in answer.text
        assert page.post(PLAN, data={**changes, "csrf_token": token}).status_code == 422


def test_what_needs_a_reason_is_confirmed_once_for_all_dates(app: Flask, page: FlaskClient) -> None:
    """Five Tuesdays of March, of which the presidency must confirm what is beyond three."""
    with app.app_context(), transaction() as db:
        db.add(
            RuleSetting(
                rule="group-month",
                severity="confirm",
                threshold=3,
                valid_from=NOW.date(),
                reason="Prueba",
                decided_at=NOW,
            )
        )
    march = {"on": "2027-03-02", "count": "5"}
    shown = send(page, **march)
    assert shown.text.count("Requiere un motivo") == 2
    assert "override_reason" not in shown.text
    assert go_on(page, shown.text, action="publish").status_code == 409
    act_as(app, PRESIDENCY)
    shown = send(page, **march)
    assert re.findall(r'name="confirm" value="([^"]+)"', shown.text) == ["group-month"]
    short = go_on(page, shown.text, action="publish", confirm="group-month", override_reason="Sí")
    assert (short.status_code, "al menos 15" in short.text, starts_in(app)) == (422, True, [])
    assert re.search(r'value="group-month"[^>]* checked', short.text)
    reason = "El congreso pide cinco sesiones en marzo."
    done = go_on(page, short.text, action="publish", confirm="group-month", override_reason=reason)
    assert (done.status_code, len(starts_in(app))) == (303, 5)


def test_a_convenor_plans_for_her_group_alone(app: Flask, page: FlaskClient) -> None:
    act_as(app, CONVENOR)
    assert go_on(page, send(page).text, action="publish").status_code == 303
    act_as(app, LABOUR)
    refused = send(page, action="publish", groups=[])
    assert refused.status_code == 422
    assert "que ya está marcado" in refused.text


def test_sixty_dates_of_which_none_fits_are_a_light_page(app: Flask, page: FlaskClient) -> None:
    in_the_way(app, *range(1, 61))
    shown = send(page, count="60", start="06:00", end="10:00")
    assert "Caben 0 de 60 fechas" in shown.text
    assert shown.text.count('name="take"') >= 12
    part = go_on(page, shown.text, page="5", skip=["3", "40"])
    for number, leaf in ((1, shown), (5, part)):
        assert len(leaf.get_data()) < HEAVIEST
        assert re.findall(r'id="date-(\d+)"', leaf.text) == [
            str(n) for n in range(12 * number - 11, 12 * number + 1)
        ]
    assert {value for name, value in hidden_in(part.text) if name == "skip"} == {"3", "40"}
    assert "Caben 0 de 58 fechas" in part.text
    refused = go_on(page, part.text, action="publish")
    assert (refused.status_code, len(refused.get_data()) < HEAVIEST) == (409, True)
    assert len(page.get(PLAN).get_data()) < HEAVIEST


def test_nothing_of_a_series_is_written_when_its_form_is_only_looked_at(
    app: Flask, page: FlaskClient
) -> None:
    send(page)
    with app.app_context(), reading() as db:
        assert db.scalar(select(func.count()).select_from(Series)) == 0
