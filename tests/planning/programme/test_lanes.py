"""Lanes: what each group plans beside the others; closed days hatched and said; nobody sees what is
not theirs.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.infra.database import reading, transaction
from app.kernel.text import LocalizedText
from app.people.directory.models import Person
from app.planning.holidays.models import CountryHoliday
from app.planning.programme.rules import Closure, closed_days, is_shown, monday_of, mondays, shifted
from app.planning.scheduling.models import Engagement
from tests.planning.events.rows import NOW, STARTS, add_event, an_event, counted_statements
from tests.support.actors import sign_in

pytestmark = pytest.mark.at(NOW)
LANES = "/programme/lanes"
WEEK = "7–13 dic"
TAG = re.compile(r"<[^>]+>")
PROTECTION, LABOUR = "Protección", "Migración Laboral"
CLOSED, OTHERS, NO_GROUP = "Cerrado para todos", "Otros procesos", "Sin grupo"
days = st.dates(date(1991, 1, 1), date(2099, 12, 31))


def cells(html: str) -> dict[tuple[str, str], str]:
    """What a cell says, by lane and week: read as a screen reader does, by the headers of its row
    and column.
    """
    table = html[html.index("<table") : html.index("</table>")]
    heads = re.findall(r'<th scope="col"[^>]*>(.*?)(?:<small>.*?</small>)?</th>', table)
    weeks = [words(head) for head in heads]
    found = {}
    for row in re.findall(r"<tr[^>]*>(<th scope=\"row\".*?)</tr>", table, re.S):
        lane = re.sub(r"^[A-Z]{2} ", "", words(row[: row.index("</th>")]))
        columns = re.findall(r"<td[^>]*>.*?</td>", row, re.S)
        assert len(columns) == len(weeks)
        found.update(
            {(lane, week): words(column) for week, column in zip(weeks, columns, strict=True)}
        )
    return found


def words(html: str) -> str:
    read_aloud = re.sub(r'<span aria-hidden="true">.*?</span>', "", html)
    return " ".join(TAG.sub(" ", read_aloud).split())


def process(
    app: Flask, title: str = "SICA: comisión", nature: str = "external", **changes: Any
) -> None:
    an_event(app, title="de relleno", starts_at=STARTS - timedelta(days=900))
    with app.app_context(), transaction() as db:
        db.add(
            Engagement(
                **{
                    "holder": f"calendar:1:{title}",
                    "title": LocalizedText(es=title, en=f"{title} (en)"),
                    "starts_at": STARTS,
                    "ends_at": STARTS + timedelta(hours=2),
                    "timezone": "America/Costa_Rica",
                    "nature": nature,
                    **changes,
                }
            )
        )


def test_eight_weeks_stand_beside_the_working_groups(app: Flask, client: FlaskClient) -> None:
    an_event(app, groups=["protection"])
    html = client.get(LANES).text
    shown = cells(html)
    assert html.count('<th scope="col"') == 8
    assert '<th scope="col" aria-current="date">23–29 nov<small>esta semana</small></th>' in html
    assert html.count('class="now n2"') == 6, "today is a Tuesday"
    assert shown[PROTECTION, WEEK] == "jue 10 09:00 Rutas de protección"
    assert "Costa Rica, UTC−6" in html
    assert {lane for lane, _week in shown} >= {PROTECTION, LABOUR, CLOSED, OTHERS}
    assert [what for (lane, _), what in shown.items() if what and lane != PROTECTION] == []
    assert 'rel="prev" href="/programme/lanes?from=2026-09-28"' in html
    assert 'rel="next" href="/programme/lanes?from=2027-01-18"' in html


def test_r38_an_event_of_two_groups_stands_in_both_lanes_with_both_codes(
    app: Flask, client: FlaskClient
) -> None:
    an_event(app, groups=["protection", "labour-migration"])
    shown = cells(client.get(LANES).text)
    assert (
        shown[PROTECTION, WEEK] == shown[LABOUR, WEEK] == "jue 10 09:00 PR ML Rutas de protección"
    )


def test_several_groups_are_chosen_at_once_by_address_alone(
    app: Flask, client: FlaskClient
) -> None:
    an_event(app, groups=["border-management"])
    an_event(app, groups=["protection"], title="de protección")
    html = client.get(
        f"{LANES}?group=protection&group=labour-migration&weeks=4&from=2026-12-09"
    ).text
    shown = cells(html)
    assert {lane for lane, _week in shown} == {CLOSED, PROTECTION, LABOUR, OTHERS}
    assert "Rutas de protección" not in html
    assert html.count('<a class="chip"') == 6
    assert html.count('aria-current="true"') == 3, "two groups and the language"
    without = '?from=2026-12-07&amp;weeks=4&amp;group=labour-migration" aria-current="true"'
    assert without in html, "a chip that is on leads to the page without its group"
    assert html.count('<th scope="col"') == 4
    later = 'href="/programme/lanes?from=2027-01-04&amp;weeks=4&amp;group=protection&amp;group=labour-migration"'
    assert later in html


def test_what_has_no_group_stands_in_a_lane_of_its_own(app: Flask, client: FlaskClient) -> None:
    an_event(app, title="Formación", kind="training")
    assert "Formación" in cells(client.get(LANES).text)[NO_GROUP, WEEK]


@pytest.mark.parametrize(
    "closing", [{"kind": "congress"}, {"kind": "governance", "groups": ["rcgm"]}]
)
def test_r37_a_congress_hatches_its_days_across_all_lanes_and_says_so(
    app: Flask, client: FlaskClient, closing: dict[str, Any]
) -> None:
    an_event(
        app, title="XXXI Congreso", starts_at=STARTS, ends_at=STARTS + timedelta(days=1), **closing
    )
    html = client.get(LANES).text
    shown = cells(html)
    assert shown[CLOSED, WEEK] == "10–11 dic XXXI Congreso"
    assert shown[PROTECTION, WEEK] == shown[LABOUR, WEEK] == "Cerrado: 10–11 dic"
    assert html.count('class="hatched d4 d5"') == 4
    assert html.count("hatched") == 4, "the other weeks are open"


def test_webinar_of_an_organ_closes_nothing_and_stands_without_a_working_group(
    app: Flask, client: FlaskClient
) -> None:
    an_event(app, title="Café de la Secretaría", groups=["secretariat"])
    html = client.get(LANES).text
    assert "Café de la Secretaría" in cells(html)[NO_GROUP, WEEK]
    assert "hatched" not in html


def test_a_draft_or_cancelled_congress_closes_nothing(app: Flask, client: FlaskClient) -> None:
    an_event(app, kind="congress", status="cancelled", cancelled_at=NOW)
    an_event(app, kind="congress", status="draft", published_at=None)
    sign_in(client, "organizer")
    html = client.get(LANES).text
    assert "hatched" not in html
    assert "Cancelado: Rutas" in cells(html)[CLOSED, WEEK]
    assert "Borrador: Rutas" in cells(html)[CLOSED, WEEK]


@pytest.mark.parametrize(
    ("change", "is_closed"),
    [
        ({"is_binding": True}, True),
        ({"is_binding": True, "is_observed": False}, False),
        ({}, False),
    ],
)
def test_a_holiday_closes_its_day_where_a_country_says_it_binds(
    app: Flask, client: FlaskClient, change: dict[str, bool], is_closed: bool
) -> None:
    an_event(app, starts_at=STARTS - timedelta(days=900))
    with app.app_context(), transaction() as db:
        db.execute(update(CountryHoliday).values(is_binding=False))
        name = LocalizedText(es="Día de prueba", en="Test day")
        db.add(CountryHoliday(country_code="HN", on=date(2026, 12, 9), name=name, **change))
    shown = cells(client.get(LANES).text)
    assert ("Honduras: Día de prueba" in shown[CLOSED, WEEK]) is is_closed
    assert shown[PROTECTION, WEEK] == ("Cerrado: 9 dic" if is_closed else "")


@pytest.mark.both_databases
def test_r41_other_processes_have_a_lane_of_their_own(app: Flask, client: FlaskClient) -> None:
    process(app)
    process(app, "Ensayo oculto", is_confidential=True)
    process(app, "su agenda", nature="busy")
    an_event(app, title="SACM", kind="external", groups=["protection"])
    html = client.get(LANES).text
    said = cells(html)[OTHERS, WEEK]
    assert "jue 10 09:00 SICA: comisión" in said
    assert "SACM" in said
    assert "Reunión reservada" in said
    assert "oculto" not in html
    assert "su agenda" not in html
    assert cells(html)[PROTECTION, WEEK] == ""


def test_what_stands_at_the_same_time_is_outlined_and_said(app: Flask, client: FlaskClient) -> None:
    an_event(app, title="larga", groups=["protection"], ends_at=STARTS + timedelta(hours=4))
    an_event(app, title="dentro", groups=["protection"], starts_at=STARTS + timedelta(hours=1))
    an_event(app, title="otra", groups=["labour-migration"], starts_at=STARTS + timedelta(hours=3))
    an_event(app, title="seguida", groups=["protection"], starts_at=STARTS + timedelta(hours=4.5))
    an_event(app, title="anulada", groups=["protection"], status="cancelled", cancelled_at=NOW)
    an_event(app, title="de fuera", kind="external")
    html = client.get(LANES).text
    shown = cells(html)
    assert shown[PROTECTION, WEEK].count("a la vez que") == 2
    assert "jue 10 12:00 otra a la vez que PR" in shown[LABOUR, WEEK]
    assert html.count("block--clash") == 3
    assert 'class="clash' not in html, "only planners are asked to mend it"
    sign_in(client, "organizer")
    html = client.get(LANES).text
    assert html.count('<div class="clash"') == 2
    assert "Protección (09:00–13:00) y Migración Laboral (12:00–13:30) coinciden." in words(html)


def test_two_that_need_the_same_people_say_how_many(app: Flask, client: FlaskClient) -> None:
    sign_in(client, "organizer")
    with app.app_context(), reading() as db:
        people = list(db.scalars(select(Person.id).limit(2)))
    for group in ("protection", "labour-migration"):
        an_event(app, title=group, groups=[group], people=people)
    assert f"Comparten a {len(people)} persona" in client.get(LANES).text


def test_drafts_and_confidential_meetings_are_for_who_may_see_them(
    app: Flask, client: FlaskClient
) -> None:
    an_event(app, title="Idea", status="draft", published_at=None, groups=["protection"])
    an_event(app, title="Reubicación urgente", is_confidential=True, groups=["protection"])
    for who in (None, "official-hn", "convenor-labour"):
        if who:
            sign_in(client, who)
        html = client.get(LANES).text
        assert cells(html)[PROTECTION, WEEK] == "jue 10 09:00 Reunión reservada"
        assert 'class="block' not in html.replace("<span class", "")
    sign_in(client, "convenor-protection")
    html = client.get(LANES).text
    assert "Borrador: Idea" in cells(html)[PROTECTION, WEEK]
    assert "Reubicación urgente" in cells(html)[PROTECTION, WEEK]
    assert "block--draft" in html


@pytest.mark.parametrize(
    "asked", ["2026-13-01", "x", "0001-01-01", "9999-12-31", "2026-12-7'", "20261207"]
)
def test_what_is_no_date_is_said_so(app: Flask, client: FlaskClient, asked: str) -> None:
    an_event(app)
    answer = client.get(LANES, query_string={"from": asked, "weeks": "x"})
    assert answer.status_code == 422
    assert "no es una fecha" in answer.text
    assert "23–29 nov" in answer.text


def test_the_first_and_the_last_weeks_there_are_lead_nowhere_else(
    app: Flask, client: FlaskClient
) -> None:
    an_event(app)
    for edge, there, missing in (("1990-01-01", "next", "prev"), ("2100-12-31", "prev", "next")):
        html = client.get(f"{LANES}?from={edge}").text
        assert f'rel="{there}" href="/programme/lanes?from=' in html
        assert f'rel="{missing}" href="/programme/lanes?from=' not in html


def test_sixty_events_in_a_quarter_are_light_and_cost_the_same_statements(
    app: Flask, client: FlaskClient
) -> None:
    an_event(app, groups=["protection"])
    process(app)
    counts = []
    title = "Seminario web sobre la protección de mujeres migrantes"
    for number in range(2):
        with counted_statements(app) as statements:
            html = client.get(LANES).data
        counts.append(sum("FROM account" not in one for one in statements))
        if number == 0:
            fill(app, title)
    assert counts == [4, 4]
    assert html.count(b'<a class="block') == 39, "eight weeks of them"
    assert len(html) < 40_000


def fill(app: Flask, title: str) -> None:
    groups = ("protection", "labour-migration", "border-management", "irregular-mass-migration")
    with app.app_context(), transaction() as db:
        for number in range(60):
            add_event(
                db,
                title=title,
                groups=[groups[number % 4]],
                starts_at=STARTS - timedelta(days=14) + timedelta(days=1.4 * number),
            )


def test_the_tabs_are_those_that_the_reader_may_open(app: Flask, client: FlaskClient) -> None:
    an_event(app)
    html = client.get(f"{LANES}?group=protection").text
    assert '<a href="/programme/lanes?group=protection" aria-current="page">Por grupo</a>' in html
    assert '<a href="/programme?group=protection&amp;month=2026-11">Mes</a>' in html


def test_lanes_read_well_on_a_wall_and_on_a_phone(
    open_page: Callable[..., Any], axe: Callable[..., None]
) -> None:
    from tests.support.browser import assert_no_sideways_scroll

    page = open_page(LANES)
    for width in (1360, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert_no_sideways_scroll(page)
        axe(page)
    box = page.locator(".lanes-box")
    assert box.evaluate("box => box.scrollWidth > box.clientWidth"), "it scrolls in its own box"


@given(days, st.integers(1, 20))
def test_weeks_begin_on_mondays_and_leave_no_day_out(on: date, weeks: int) -> None:
    found = mondays(monday_of(on), weeks)
    assert found[0] <= on < found[0] + timedelta(days=7)
    assert {monday.weekday() for monday in found} == {0}
    assert [later - earlier for earlier, later in pairwise(found)] == [timedelta(7)] * (weeks - 1)
    assert shifted(shifted(found[0], weeks) or on, -weeks) in (found[0], None)
    assert is_shown(on)


@given(st.lists(st.tuples(days, st.integers(0, 30)), max_size=4), days)
def test_the_closed_days_of_a_week_are_those_that_some_closure_has(
    spans: list[tuple[date, int]], on: date
) -> None:
    closures = [Closure(first, first + timedelta(days=length)) for first, length in spans]
    week = [monday_of(on) + timedelta(days=number) for number in range(7)]
    expected = [day for day in week if any(one.first <= day <= one.last for one in closures)]
    assert closed_days(closures, week[0]) == expected
