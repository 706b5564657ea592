"""The programme over HTTP: the right cells for the right reader, one table for wall and phone, few
statements.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app.infra.database import transaction
from app.kernel.text import untranslated
from app.participation.registrations.models import Registration
from tests.planning.events.rows import (
    NOW,
    STARTS,
    add_event,
    an_event,
    counted_statements,
    partial_event,
)
from tests.support.actors import actor_of, sign_in

pytestmark = pytest.mark.at(NOW)
DECEMBER = "/programme?month=2026-12"


class Cells(HTMLParser):
    """What each day's cell of the month says, by date."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.by_day: dict[str, str] = {}
        self.day = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "td":
            self.day = ""
        if tag == "time" and "day" in (dict(attrs).get("class") or ""):
            self.day = dict(attrs)["datetime"]
            self.by_day[self.day] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "td":
            self.day = ""

    def handle_data(self, data: str) -> None:
        if self.day:
            self.by_day[self.day] += data


def cells(html: str) -> dict[str, str]:
    return Cells(html).by_day


def test_the_month_is_a_table_that_names_itself_its_days_and_today(
    app: Flask, client: FlaskClient
) -> None:
    an_event(app)
    html = client.get("/programme").text
    assert '<caption class="visually-hidden">Noviembre de 2026</caption>' in html
    assert html.count('<th scope="col"') == 7
    assert len(re.findall(r'aria-current="date"><span class="day">24</span>', html)) == 1
    assert 'rel="prev" href="/programme?month=2026-10"' in html
    assert 'rel="next" href="/programme?month=2026-12"' in html


def test_a_webinar_stands_in_its_readers_cell_with_hour_and_zone(
    app: Flask, client: FlaskClient
) -> None:
    an_event(app, groups=["protection"])
    html = client.get(DECEMBER).text
    assert "09:00 PR Rutas de protección" in cells(html)["2026-12-10"]
    assert "Costa Rica, UTC−6" in html


def test_an_evening_webinar_is_on_the_readers_own_day(app: Flask, client: FlaskClient) -> None:
    an_event(
        app, starts_at=STARTS + timedelta(hours=13)
    )  # 22:00 in Costa Rica, 00:00 in Santo Domingo
    assert "22:00" in cells(client.get(DECEMBER).text)["2026-12-10"]
    sign_in(client, "presidency")
    shown = cells(client.get(DECEMBER).text)
    assert "00:00" in shown["2026-12-11"]
    assert "2026-12-10" not in shown


def test_several_groups_are_chosen_at_once(app: Flask, client: FlaskClient) -> None:
    for group in ("protection", "labour-migration", "border-management"):
        an_event(app, title=f"de {group}", groups=[group])
    html = client.get(f"{DECEMBER}&group=protection&group=border-management").text
    assert "de protection" in html
    assert "de border-management" in html
    assert "de labour-migration" not in html
    assert html.count('aria-current="true"') == 3, "two groups and the language"
    assert 'href="/programme?month=2026-12&amp;group=protection" aria-current="true"' in html
    assert re.search(r'Migración Laboral <span class="number">1<', html), "counted, chosen or not"
    assert (
        'href="/programme?month=2027-01&amp;group=protection&amp;group=border-management"' in html
    )
    assert "de labour-migration" in client.get(f"{DECEMBER}&group=no-such").text


def chips_of(html: str) -> dict[str, list[int]]:
    """The numbers of each chip: one, or those of a desk and of a phone."""
    found = {}
    for chip in re.findall(r'<a class="chip"[^>]*>(.*?)</a>', html, re.DOTALL):
        numbers = re.findall(r'class="number[^"]*">(\d+)<', chip)
        name = re.sub(r"<[^>]+>|\d+ *events?|\d+ *eventos?", " ", chip).split()
        found[name[0]] = [int(number) for number in numbers]
    return found


def drawn(html: str, code: str) -> tuple[int, int]:
    """Events with the group's letters: in all cells, and in those of the month itself, each once."""
    table = html.split('<table class="month">')[1].split("</table>", maxsplit=1)[0]
    cells = re.findall(r'<td class="([^"]*)"[^>]*>(.*?)</td>', table, re.DOTALL)
    every, own = set(), set()
    for look, cell in cells:
        for one in re.findall(r'href="(/events/[^"]+)">(.*?)</a>', cell, re.DOTALL):
            if f"{code}</i>" in one[1] or f"{code} " in one[1]:
                every.add(one[0])
                own |= set() if "outside" in look.split() else {one[0]}
    return len(every), len(own)


def test_chips_count_what_the_month_shows_and_each_event_once(
    app: Flask, client: FlaskClient
) -> None:
    """Around the edges of December: 30 November and 2 January are in its weeks, 29 November and 4
    January are not; a phone shows the days of December alone.
    """
    for day in ("2026-11-29", "2026-11-30", "2026-12-09", "2027-01-02", "2027-01-04"):
        starts_at = datetime.fromisoformat(f"{day}T15:00Z")
        an_event(app, title=day, starts_at=starts_at, groups=["protection"])
    organs = ["rcgm", "vice-ministerial"]
    an_event(app, title="both", starts_at=STARTS, groups=organs)
    html = client.get(DECEMBER).text
    assert chips_of(html)["PR"] == [3, 1] == list(drawn(html, "PR"))
    assert chips_of(html)["GO"] == [1], "an event of two organs is one"
    agenda = client.get("/programme/agenda").text
    assert chips_of(agenda)["GO"] == [1]
    january = client.get("/programme?month=2027-01").text
    assert chips_of(january)["PR"] == [2]
    empty = client.get("/programme?month=2026-10").text
    assert "Nada este mes" in empty


def test_counts_of_groups_are_read_out_in_the_readers_language(
    app: Flask, client: FlaskClient
) -> None:
    for number in range(2):
        an_event(app, title=f"Uno {number}", groups=["protection"])
    an_event(app, groups=["labour-migration"])
    html = client.get(DECEMBER).text
    assert '2<span class="visually-hidden"> eventos</span>' in html
    assert '1<span class="visually-hidden"> evento</span>' in html
    assert '2<span class="visually-hidden"> events</span>' in client.get(f"{DECEMBER}&lang=en").text


def test_an_event_of_two_groups_stands_once_with_both_marks(
    app: Flask, client: FlaskClient
) -> None:
    an_event(app, groups=["protection", "rcgm"])
    assert cells(client.get(DECEMBER).text)["2026-12-10"].count("Rutas") == 1
    assert "PR GC" in cells(client.get(DECEMBER).text)["2026-12-10"]


def test_a_cancelled_event_is_struck_through_with_the_word(app: Flask, client: FlaskClient) -> None:
    an_event(app, status="cancelled", cancelled_at=NOW)
    an_event(app, title="nunca", status="cancelled", cancelled_at=NOW, published_at=None)
    html = client.get(DECEMBER).text
    assert "Cancelado: Rutas de protección" in cells(html)["2026-12-10"]
    assert "event-chip--cancelled" in html
    assert "nunca" not in html


def test_an_event_of_several_days_covers_each_of_them(app: Flask, client: FlaskClient) -> None:
    starts = STARTS.replace(hour=6)
    dates: dict[str, Any] = {
        "starts_at": starts,
        "ends_at": starts + timedelta(days=3),
        "is_all_day": True,
        "date_precision": "day",
    }
    an_event(app, title="Congreso", **dates)
    shown = cells(client.get(DECEMBER).text)
    assert [day for day in shown if "Congreso" in shown[day]] == [
        "2026-12-10",
        "2026-12-11",
        "2026-12-12",
    ]
    assert "Congreso 2/3" in shown["2026-12-11"]


@pytest.mark.parametrize(
    ("precision", "found", "words"),
    [
        ("month", "2026-12", "diciembre de 2026"),
        ("year", "2026", "2026"),
        ("unknown", "", "Fecha desconocida"),
    ],
)
def test_r53_a_partial_date_is_listed_apart_and_in_no_cell(
    app: Flask, client: FlaskClient, precision: str, found: str, words: str
) -> None:
    partial_event(app, precision, found, title="Taller antiguo")
    html = client.get(DECEMBER).text
    assert cells(html) == {}
    apart = html if precision != "unknown" else client.get("/programme/agenda?when=past").text
    assert re.search(
        rf'<span class="known">{words}</span> <a href="/events/[^"]+">Taller antiguo', apart
    )
    assert ("Taller antiguo" in client.get("/programme?month=2026-11").text) == (
        precision == "year"
    )
    assert "Taller antiguo" not in client.get("/programme?month=2025-12").text


def test_drafts_are_for_their_organizers_and_reserved_meetings_show_their_time_only(
    app: Flask, client: FlaskClient
) -> None:
    an_event(app, title="Idea", status="draft", published_at=None, groups=["protection"])
    an_event(
        app,
        title="Reubicación urgente",
        is_confidential=True,
        groups=["protection"],
        place="Sala 7",
    )
    for page in (DECEMBER, "/programme/agenda"):
        html = client.get(page).text
        assert "Idea" not in html
        assert "urgente" not in html
        assert "Sala 7" not in html
        assert "Reunión reservada" in html
        assert 'href="/events/' not in html
    sign_in(client, "convenor-protection")
    html = client.get(DECEMBER).text
    assert "Borrador: Idea" in html
    assert "Reubicación urgente" in html


@pytest.mark.parametrize("month", ["2026-13", "x", "0001-01", "9999-12", "2026-12'"])
def test_what_is_no_month_is_said_so(app: Flask, client: FlaskClient, month: str) -> None:
    an_event(app)
    answer = client.get("/programme", query_string={"month": month})
    assert answer.status_code == 422
    assert "no es un mes" in answer.text
    assert "Noviembre de 2026" in answer.text


@pytest.mark.parametrize("page", ["0", "-5", "x", "9" * 30, "10000"])
def test_a_page_that_is_not_there_is_no_failure(app: Flask, client: FlaskClient, page: str) -> None:
    an_event(app)
    assert client.get("/programme/agenda", query_string={"page": page}).status_code == 200


def test_real_history_can_be_read(app: Flask, client: FlaskClient) -> None:
    first = STARTS.replace(year=2023, month=12, day=4, hour=6)
    an_event(
        app,
        title="XXVIII Reunión",
        is_all_day=True,
        starts_at=first,
        ends_at=first + timedelta(days=4),
    )
    assert "XXVIII Reunión" in cells(client.get("/programme?month=2023-12").text)["2023-12-07"]
    past = client.get("/programme/agenda?when=past").text
    assert "XXVIII Reunión" in past
    assert "Hasta el jueves, 7 de diciembre de 2023" in past
    assert "XXVIII Reunión" not in client.get("/programme/agenda").text


def test_the_agenda_names_the_place_s_hour_and_the_readers(app: Flask, client: FlaskClient) -> None:
    an_event(app, place="San José", groups=["protection"])
    sign_in(client, "presidency")
    html = client.get("/programme/agenda").text
    assert "jueves 10 dic " in html
    assert "en 16 días" in html
    assert "09:00–10:30 Costa Rica, UTC−6" in html
    assert "<b>11:00</b>" in html
    assert "Hoy, martes 24 nov" in html


def test_the_agenda_goes_in_pages(app: Flask, client: FlaskClient) -> None:
    for number in range(41):
        an_event(app, title=f"n-{number:02d}", starts_at=STARTS + timedelta(hours=number))
    first, second = (
        client.get("/programme/agenda").text,
        client.get("/programme/agenda?page=2").text,
    )
    assert "n-39" in first
    assert "n-40" not in first
    assert "n-40" in second
    assert "n-39" not in second


@pytest.mark.parametrize("path", [DECEMBER, "/programme/agenda", "/programme/agenda?when=past"])
def test_a_page_costs_the_same_statements_for_one_and_for_three(
    app: Flask, client: FlaskClient, path: str
) -> None:
    counts = []
    for number in (1, 2):
        for _ in range(number):
            an_event(app, groups=["protection", "rcgm"])
            an_event(app, groups=["protection"], starts_at=STARTS - timedelta(days=300))
        with counted_statements(app) as statements:
            client.get(path)
        own = [one for one in statements if "FROM account" not in one]
        counts.append(len(own))
    assert counts[0] == counts[1]
    assert counts[0] <= {DECEMBER: 3, "/programme/agenda": 4}.get(path, 5)


def test_a_full_month_among_many_events_is_light(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), transaction() as db:
        from app.people.directory.services.reference import seed_reference

        seed_reference(db)
        groups = ("protection", "labour-migration", "border-management", "irregular-mass-migration")
        for number in range(300):
            title = "Seminario web sobre la protección de mujeres migrantes"
            add_event(
                db,
                title=untranslated(title)["es"],
                groups=[groups[number % 4]],
                starts_at=STARTS.replace(day=1) + timedelta(hours=8.76 * number),
            )
    with counted_statements(app) as statements:
        html = client.get(DECEMBER).data
    assert html.count(b'class="event-chip g') >= 95
    assert len(html) < 36_000
    own = [one for one in statements if "FROM account" not in one]
    assert len(own) == 3, "groups, events and holidays"


def test_what_is_over_reads_well_at_a_desk_and_on_a_phone(
    open_page: Callable[..., Any], axe: Callable[..., None]
) -> None:
    """What is to come is looked at with every page that links lead to."""
    from tests.support.browser import assert_no_sideways_scroll

    page = open_page("/programme/agenda?when=past", lang="en")
    axe(page)
    page.set_viewport_size({"width": 390, "height": 844})
    assert_no_sideways_scroll(page)
    axe(page)


def test_an_empty_day_to_come_leads_planners_to_the_form_with_its_date(
    app: Flask, client: FlaskClient
) -> None:
    with time_machine.travel(NOW, tick=False):
        assert "plan-here" not in client.get("/programme?month=2026-12").text
        sign_in(client, "organizer")
        month = client.get("/programme?month=2026-12").text
        assert 'href="/events/plan?on=2026-12-09"' in month
        past = client.get("/programme?month=2026-10").text
    assert "plan-here" not in past


def test_a_phone_opens_on_what_comes_unless_a_month_is_asked(
    app: Flask, client: FlaskClient
) -> None:
    for number in range(9):
        an_event(app, title=f"n-{number}", starts_at=STARTS + timedelta(days=30 * number))
    opened = client.get("/programme").text
    assert "opens-list" in opened
    assert "n-7" in opened
    assert "n-8" not in opened, "the rest is in the list"
    assert "opens-list" not in client.get("/programme?month=2026-11").text


def test_the_list_says_how_the_reader_stands_and_that_few_places_are_left(
    app: Flask, client: FlaskClient
) -> None:
    sign_in(client, "official-hn")
    person = actor_of(app, "official-hn").person_id
    other = actor_of(app, "official-gt").person_id
    for title, capacity, status in (
        ("mía", 40, "registered"),
        ("espera", 40, "waiting"),
        ("dos", 2, ""),
        ("sobra", 40, ""),
        ("lleno", 1, "registered"),
    ):
        event_id = an_event(app, title=title, capacity=capacity, starts_at=STARTS)
        if status:
            with app.app_context(), transaction() as db:
                who = other if title == "lleno" else person
                row = Registration(event_id=event_id, person_id=who, status=status)
                row.created_at = row.changed_at = NOW
                db.add(row)
    html = client.get("/programme/agenda").text
    said = {
        title: re.findall(r"</svg>\s*([^<]+)</span>", rest)
        for title, rest in re.findall(
            r">(mía|espera|dos|sobra|lleno)</a></h3>(.*?)</li>", html, re.S
        )
    }
    assert said == {
        "mía": ["Inscripción confirmada"],
        "espera": ["En lista de espera"],
        "dos": ["Quedan 2 cupos de 2"],
        "sobra": [],
        "lleno": ["Sin cupo: lista de espera"],
    }
