"""The load page: what a month asks of groups, countries and people, and who may read names there
(R40).
"""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.infra.database import reading, transaction
from app.people.directory.models import Person
from app.planning.events.models import Event, EventCountry, EventPerson
from app.planning.programme.rules import Burden, CountedDay, Load, burden, load_of
from app.planning.scheduling.models import RuleSetting
from tests.planning.events.planning_builders import ORGANIZER as LEADER
from tests.planning.events.planning_builders import (
    a_draft,
    act_as,
    furnished,
    people,
    plan,
    typed,
)
from tests.planning.events.rows import NOW, STARTS, an_event, counted_statements
from tests.support.actors import csrf_token, sign_in

pytestmark = pytest.mark.at(NOW)
LOAD = "/programme/load?month=2026-12"
DAY = timedelta(days=1)
PROTECTION = "Grupo de Trabajo de Protección"


def rows(html: str) -> dict[str, str]:
    """What the tables say, by the header of the row."""
    found = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', html, re.S)
    plain = [[" ".join(re.sub(r"<[^>]+>", " ", part).split()) for part in row] for row in found]
    return {name: re.sub("[●○] ?", "", said) for name, said in plain}


def shown(client: FlaskClient, who: str = "organizer", path: str = LOAD) -> dict[str, str]:
    sign_in(client, who)
    return rows(client.get(path).text)


def a_person(app: Flask, name: str = "Ana Muñoz Peña", country: str = "GT") -> int:
    an_event(app, starts_at=STARTS - 900 * DAY)
    with app.app_context(), transaction() as db:
        person = Person(
            full_name=name,
            sort_key=name.lower(),
            email="",
            country_code=country,
            timezone="America/Guatemala",
        )
        db.add(person)
        db.flush()
        return person.id


def test_r40_a_groups_events_stand_against_what_its_weeks_and_its_month_hold(
    app: Flask, client: FlaskClient
) -> None:
    for number in (0, 1, 7, 14):
        an_event(app, groups=["protection"], starts_at=STARTS + number * DAY)
    an_event(app, groups=["protection"], starts_at=STARTS + 60 * DAY)
    an_event(
        app, groups=["protection"], starts_at=STARTS + 2 * DAY, status="cancelled", cancelled_at=NOW
    )
    an_event(app, groups=["protection"], starts_at=STARTS + 2 * DAY, kind="external")
    an_event(app, groups=["labour-migration"])
    said = shown(client)
    assert said[PROTECTION] == (
        "4 de 3 Demasiados 2 de 1 Demasiados 7–13 dic 0 de 4, 0 % 4 sin marcador"
    )
    assert (
        said["Grupo de Trabajo de Migración Laboral"]
        == "1 de 3 Hay espacio 1 de 1 Completo 7–13 dic 0 de 1, 0 % 1 sin marcador"
    )
    assert (
        said["Grupo de Trabajo de Gestión Fronteriza"]
        == "0 de 3 Hay espacio 0 de 1 Hay espacio Ningún evento"
    )


def test_the_caps_are_those_that_the_rule_book_is_set_to(app: Flask, client: FlaskClient) -> None:
    an_event(app, groups=["protection"])
    with app.app_context(), transaction() as db:
        db.add(
            RuleSetting(
                rule="group-month",
                severity="confirm",
                threshold=5,
                valid_from=date(2026, 12, 1),
                valid_until=date(2027, 1, 1),
                reason="Un mes de congresos",
                decided_at=NOW,
            )
        )
    assert shown(client)[PROTECTION].startswith("1 de 5 ")
    assert shown(client, path="/programme/load?month=2027-01")[PROTECTION].startswith("0 de 3 ")


def test_a_week_counts_with_its_days_of_the_month_beside(app: Flask, client: FlaskClient) -> None:
    first = datetime(2026, 11, 30, 15, tzinfo=UTC)
    an_event(app, groups=["protection"], starts_at=first)
    an_event(app, groups=["protection"], starts_at=first + DAY)
    assert shown(client)[PROTECTION] == (
        "1 de 3 Hay espacio 2 de 1 Demasiados 30 nov – 6 dic 0 de 2, 0 % 2 sin marcador"
    )


def test_a_late_evening_counts_on_the_day_it_is_in_costa_rica(
    app: Flask, client: FlaskClient
) -> None:
    an_event(app, groups=["protection"], starts_at=datetime(2027, 1, 1, 5, tzinfo=UTC))
    assert shown(client)[PROTECTION].startswith("1 de 3")
    assert shown(client, path="/programme/load?month=2027-01")[PROTECTION].startswith("0 de 3")


@pytest.mark.both_databases
def test_r40_a_country_is_asked_as_often_as_it_is_invited(app: Flask, client: FlaskClient) -> None:
    an_event(app, groups=["protection"])
    chosen = [
        an_event(app, groups=["protection"], starts_at=STARTS + number * DAY) for number in (0, 1)
    ]
    with app.app_context(), transaction() as db:
        db.add_all(EventCountry(event_id=event_id, country_code="HN") for event_id in chosen)
    said = shown(client)
    assert said["Honduras"] == "3 3 de 2 Demasiados 7–13 dic"
    assert said["Guatemala"] == "1 1 de 2 Hay espacio 7–13 dic"


def test_r40_the_roles_of_a_person_are_counted_and_too_many_are_flagged(
    app: Flask, client: FlaskClient
) -> None:
    ana = a_person(app)
    for number in range(3):
        an_event(
            app,
            title=f"n-{number}",
            groups=["protection"],
            people=[ana],
            starts_at=STARTS + number * DAY,
        )
    an_event(app, title="enero", people=[ana], starts_at=STARTS + 40 * DAY)
    assert shown(client)["Ana Muñoz Peña"].startswith("Guatemala 3 de 3 n-0 (Ponente)")
    last = an_event(app, title="n-3", people=[ana], starts_at=STARTS - DAY)
    with app.app_context(), transaction() as db:
        db.execute(update(EventPerson).where(EventPerson.event_id == last).values(role="moderator"))
    said = shown(client)["Ana Muñoz Peña"]
    assert said == "Guatemala 4 de 3 Demasiados n-3 (Modera), n-0 (Ponente), n-1 (Ponente) y 1 más"


def test_r40_one_moderator_in_two_events_at_once_is_refused_by_name_and_counted(
    app: Flask, client: FlaskClient
) -> None:
    """The visible part of the rule about roles: who is taken is said, and how much she carries is
    seen.
    """
    furnished(app)
    act_as(app, LEADER)
    plan(app, a_draft(people=people(1)))
    answer = client.post(
        "/events/plan",
        data={
            **typed(groups=[], action="publish", people=["1"], **{"role-1": "moderator"}),
            "start": "10:00",
            "csrf_token": csrf_token(client),
        },
    )
    assert answer.status_code == 409
    refusal = answer.text[answer.text.index('role="alert"') : answer.text.index('name="title_es"')]
    assert "Ana Muñoz Peña" in refusal
    said = rows(client.get("/programme/load?month=2027-03").text)
    assert said["Ana Muñoz Peña"].startswith("Guatemala 1 de 3 Seminario de protección")


@pytest.mark.both_databases
def test_names_are_for_planners_and_a_convenor_sees_her_own_events_people(
    app: Flask, client: FlaskClient
) -> None:
    ana, berta = a_person(app), a_person(app, "Berta López", "HN")
    an_event(app, groups=["protection"], people=[ana])
    an_event(app, title="de otro grupo", groups=["labour-migration"], people=[ana, berta])
    an_event(
        app,
        title="reservado ajeno",
        groups=["labour-migration"],
        people=[ana],
        is_confidential=True,
    )
    assert client.get(LOAD).status_code in (302, 303, 401)
    assert {"Ana Muñoz Peña", "Berta López"} <= shown(client, "organizer").keys()
    assert {"Ana Muñoz Peña", "Berta López"} <= shown(client, "presidency").keys()
    own = shown(client, "convenor-protection")
    assert "2 de 3" in own["Ana Muñoz Peña"]
    assert "de otro grupo" in own["Ana Muñoz Peña"]
    assert "Berta López" not in own
    for who in ("official-hn", "focal-point-hn"):
        said = shown(client, who)
        assert PROTECTION in said
        assert not {"Ana Muñoz Peña", "Berta López"} & said.keys()


def test_drafts_and_reserved_meetings_count_for_who_may_know(
    app: Flask, client: FlaskClient
) -> None:
    an_event(app, groups=["protection"], status="draft", published_at=None)
    an_event(app, groups=["protection"], is_confidential=True, title="Reubicación")
    assert shown(client)[PROTECTION].startswith(
        "2 de 3 Hay espacio 1 de ellos es un borrador 2 de 1"
    )
    sign_in(client, "official-hn")
    html = client.get(LOAD).text
    assert rows(html)[PROTECTION].startswith("1 de 3 Hay espacio 1 de 1")
    assert rows(html)["Honduras"].startswith("0 ")
    assert "Las reuniones reservadas cuentan para su grupo" in html
    assert "Reubicación" not in html


@pytest.mark.parametrize("month", ["2026-13", "x", "0001-01", "9999-12"])
def test_what_is_no_month_is_said_so(app: Flask, client: FlaskClient, month: str) -> None:
    an_event(app)
    sign_in(client, "official-hn")
    answer = client.get("/programme/load", query_string={"month": month})
    assert answer.status_code == 422
    assert "no es un mes" in answer.text
    assert client.get("/programme/load?month=2100-12").status_code == 200


def test_a_full_month_is_light_and_costs_the_same_statements(
    app: Flask, client: FlaskClient
) -> None:
    ids = [a_person(app, f"Persona Número {number:02d}") for number in range(70)]
    title = "Seminario web sobre la protección de mujeres migrantes"
    sign_in(client, "organizer")
    counts = []
    for many, needed in ((1, ids[:3]), (30, ids)):
        for number in range(many):
            an_event(
                app,
                title=title,
                groups=["protection"],
                people=needed,
                starts_at=STARTS + number * DAY / 3,
            )
        with counted_statements(app) as statements:
            html = client.get(LOAD).data
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert len(html) < 30_000
    assert html.count(b"Persona N") == 15
    assert "y 28 más" in html.decode()
    last = client.get(f"{LOAD}&page=99").text
    assert "Persona Número 69" in last
    assert "Persona Número 00" not in last


@given(
    st.lists(st.tuples(st.dates(date(2026, 11, 30), date(2027, 1, 3)), st.booleans()), max_size=12)
)
def test_load_agrees_with_counting_by_hand(events: list[tuple[date, bool]]) -> None:
    found = load_of([CountedDay(on, is_draft) for on, is_draft in events], date(2026, 12, 1))
    by_week = {on.isocalendar()[:2]: 0 for on, _draft in events}
    for on, _draft in events:
        by_week[on.isocalendar()[:2]] += 1
    assert found.month == sum(on.month == 12 for on, _draft in events)
    assert found.drafts == sum(is_draft and on.month == 12 for on, is_draft in events)
    assert found.week == max(by_week.values(), default=0)
    if found.monday:
        assert by_week[found.monday.isocalendar()[:2]] == found.week
    else:
        assert found == Load()


def test_a_burden_is_over_only_beyond_the_most() -> None:
    assert [burden(count, 3) for count in (2, 3, 4)] == [Burden.ROOM, Burden.FULL, Burden.OVER]


def test_r33_the_share_of_events_by_gender_marker_is_shown_by_group_and_year(
    app: Flask, client: FlaskClient
) -> None:
    marked = [("protection", 2), ("protection", 1), ("protection", 0), ("labour-migration", None)]
    for number, (group, marker) in enumerate(marked):
        an_event(app, groups=[group], starts_at=STARTS + number * DAY / 4, gender_marker=marker)
    an_event(app, groups=["protection"], starts_at=STARTS.replace(year=2028), gender_marker=2)
    an_event(app, groups=["protection"], status="cancelled", cancelled_at=NOW, gender_marker=2)
    an_event(app, groups=["protection"], kind="external", gender_marker=2)
    assert shares(app, client, LOAD)[PROTECTION] == "2 de 3, 67 %"
    labour = shares(app, client, LOAD)["Grupo de Trabajo de Migración Laboral"]
    assert labour == "0 de 1, 0 % 1 sin marcador"
    assert shares(app, client, LOAD)["Grupo de Trabajo de Gestión Fronteriza"] == "Ningún evento"
    assert shares(app, client, "/programme/load?month=2028-02")[PROTECTION] == "1 de 1, 100 %"


def test_reserved_meetings_count_in_the_share_for_who_may_know(
    app: Flask, client: FlaskClient
) -> None:
    an_event(app, groups=["protection"], gender_marker=0)
    an_event(app, groups=["protection"], is_confidential=True, gender_marker=2)
    assert shares(app, client, LOAD)[PROTECTION] == "1 de 2, 50 %"
    assert shares(app, client, LOAD, "official-hn")[PROTECTION] == "0 de 1, 0 %"


def shares(app: Flask, client: FlaskClient, path: str, who: str = "organizer") -> dict[str, str]:
    sign_in(client, who)
    html = client.get(path).text
    [groups] = re.findall(r"<tbody>(.*?)</tbody>", html, re.S)[:1]
    rows = re.findall(r"<th.*?>(.*?)</th>.*?Igualdad de género, \d+\">(.*?)</td>", groups, re.S)
    return {name: " ".join(re.sub(r"<[^>]+>", " ", said).split()) for name, said in rows}


def test_r33_the_planning_form_asks_for_the_gender_marker_and_keeps_it(
    app: Flask, client: FlaskClient
) -> None:
    furnished(app)
    act_as(app, LEADER)
    page = client.get("/events/plan").text
    assert re.findall(r'name="gender_marker"[^>]*value="(\w*)"', page) == ["", "0", "1", "2"]
    answer = client.post(
        "/events/plan",
        data={
            **typed(groups=[], action="publish", gender_marker="2"),
            "csrf_token": csrf_token(client),
        },
    )
    assert answer.status_code == 303
    with app.app_context(), reading() as db:
        [(event_id, marker)] = db.execute(select(Event.id, Event.gender_marker)).all()
    assert marker == 2
    page = client.get(f"/events/{event_id}/edit").text
    assert re.search(r'<input checked[^>]*name="gender_marker"[^>]*value="2"', page)
    bad = client.post(
        "/events/plan",
        data={
            **typed(groups=[], action="publish", gender_marker="7"),
            "csrf_token": csrf_token(client),
        },
    )
    assert bad.status_code == 422
