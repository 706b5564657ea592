"""The page of a country's plan: both panels, the ticks that move the right one, and the annual plan."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import Actor, Grant, Role
from app.kernel.text import LocalizedText
from app.planning.events.models import AnnualPlan, PlanEntry
from app.planning.holidays.models import CountryHoliday
from app.planning.holidays.values import HolidayScope
from app.training.turnover.queries import figures
from app.training.turnover.queries.outlook import outlook
from app.training.turnover.rules.cycle import COURSE, LEAD
from app.web.site import site
from tests.planning.events.rows import every_statement
from tests.training.turnover.builders import (
    NOW,
    OFFICIAL,
    ORGANIZER,
    PRESIDENCY,
    TODAY,
    a_certificate,
    a_staff,
    an_edition,
    an_institution,
    an_official,
    focal_point,
)

pytestmark = pytest.mark.usefixtures("day_of_figures")

HN = focal_point("HN")
PATH = "/countries/HN/forecast"
THEIRS = "Xtzunun"


@pytest.fixture
def staff(app: Flask) -> None:
    """Twenty in Honduras of whom ten are certified, four until March; two posts are vacant. Twenty
    in Guatemala.
    """
    with app.app_context(), transaction() as db:
        a_staff(db, serving=16, certified=6)
        office, edition = an_institution(db), an_edition(db)
        for _ in range(4):
            _, person = an_official(db, office)
            a_certificate(db, person, edition, until=date(2027, 3, 1))
        for _ in range(2):
            an_official(db, office, until=date(2026, 6, 1))
        a_staff(db, "GT", serving=20, certified=10, name=THEIRS)


def sign_in(app: Flask, actor: Actor) -> None:
    site(app).load_actor = lambda: actor


def page(client: FlaskClient, path: str = PATH) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def sides(text: str) -> tuple[str, str]:
    """Returns the two large figures: if nothing is done, and with the plan."""
    left, right = re.findall(r'big-figure">([^<]+)<', text)
    return left, right


def test_r49_ticks_of_the_plan_move_the_right_panel_only(
    app: Flask, client: FlaskClient, staff: None
) -> None:
    sign_in(app, HN)
    untouched = page(client, f"{PATH}?planned=1&lang=en")
    left, right = sides(untouched)
    assert left == right, "nothing is ticked"
    renewed = page(client, f"{PATH}?planned=1&line=renew&lang=en")
    assert sides(renewed)[0] == left
    assert int(sides(renewed)[1].split()[0]) > int(left.split()[0])
    named = page(client, f"{PATH}?planned=1&line=name&lang=en")
    assert sides(named)[0] == left
    assert "of 22 people" in named, "two more serve"
    both = page(client, f"{PATH}?planned=1&line=renew&line=cycle&seats=10&lang=en")
    assert int(sides(both)[1].split()[-1]) > int(sides(renewed)[1].split()[-1])
    assert "Renew 4 certificates" in both
    assert "4 certificates end by" in both
    assert "If the 2 vacant posts are filled without the course" in both
    assert both.count('type="checkbox" name="line"') == 3
    assert re.search(r'name="line" value="renew" checked', both)
    assert not re.search(r'name="line" value="name" checked', both)


def test_seats_are_never_more_than_those_without_a_certificate(
    app: Flask, client: FlaskClient, staff: None
) -> None:
    sign_in(app, HN)
    assert 'max="10" value="10"' in page(client, f"{PATH}?planned=1&line=cycle&seats=999")
    assert 'value="0"' in page(client, f"{PATH}?planned=1&line=cycle&seats=-3")
    assert client.get(f"{PATH}?planned=1&line=cycle&seats=ten").status_code == 200


def test_both_drawings_stand_on_one_scale(app: Flask, client: FlaskClient, staff: None) -> None:
    sign_in(app, HN)
    text = page(client, f"{PATH}?lang=en")
    floors = re.findall(r'class="floor" d="(M0 [^"]+)"', text)
    assert len(floors) == 2
    assert floors[0] == floors[1]
    grids = re.findall(r'text-anchor="end">(\d+) %<', text)
    assert grids[: len(grids) // 2] == grids[len(grids) // 2 :]


def test_figure_of_the_page_is_that_of_the_country(
    app: Flask, client: FlaskClient, staff: None
) -> None:
    sign_in(app, HN)
    left, _right = sides(page(client, f"{PATH}?lang=en"))
    assert f'big-figure">{left}</b></a> of 20 people' in page(client, "/countries/HN?lang=en")
    with app.app_context(), reading() as db:
        told = {one.code: one.ahead for one in figures.region(db, actor=HN, on=TODAY).countries}
    ahead = told["HN"]
    assert ahead is not None
    assert left == f"{round(ahead.low)} to {round(ahead.high)}"


@pytest.mark.parametrize(
    ("actor", "status"),
    [
        (HN, 200),
        (ORGANIZER, 200),
        (PRESIDENCY, 403),
        (focal_point("GT"), 404),
        (OFFICIAL, 403),
        (Actor(), 302),
    ],
)
def test_r50_plan_of_a_country_is_for_itself_and_the_secretariat(
    app: Flask, client: FlaskClient, staff: None, actor: Actor, status: int
) -> None:
    sign_in(app, actor)
    answer = client.get(PATH)
    assert answer.status_code == status
    assert THEIRS not in answer.get_data(as_text=True)


def test_number_of_statements_does_not_grow(app: Flask, staff: None) -> None:
    counts = []
    for more in (1, 5):
        with app.app_context():
            with transaction() as db:
                a_staff(db, serving=more, certified=more)
            with every_statement(app) as sent, reading() as db:
                outlook(db, actor=HN, country_code="HN", on=TODAY, now=NOW)
            counts.append(len(sent))
    assert counts[0] == counts[1]


@pytest.mark.both_databases
def test_cycle_ends_before_an_election_and_does_not_begin_on_a_holiday(app: Flask) -> None:
    with app.app_context():
        with transaction() as db:
            a_staff(db, serving=40, certified=32)
        with reading() as db:
            free = outlook(db, actor=HN, country_code="HN", on=TODAY, now=NOW).cycle
        assert free is not None
        assert free.begins_on > TODAY + LEAD + COURSE, "coverage is far above the floor"
        election = free.begins_on + timedelta(days=20)
        with transaction() as db:
            db.add_all(
                CountryHoliday(
                    country_code=code, on=day, name=LocalizedText(es="Día", en="Day"), scope=scope
                )
                for code, day, scope in (
                    ("HN", election, HolidayScope.ELECTION),
                    ("GT", free.begins_on - timedelta(days=60), HolidayScope.ELECTION),
                    ("HN", election - COURSE - timedelta(days=election.weekday()), "national"),
                )
            )
        with reading() as db:
            found = outlook(db, actor=HN, country_code="HN", on=TODAY, now=NOW).cycle
    assert found is not None
    assert found.before == election
    monday = election - COURSE - timedelta(days=election.weekday())
    assert found.begins_on == monday - timedelta(days=7), "the Monday itself is a holiday"
    assert found.ends_on <= election


def test_cycle_goes_into_the_draft_of_the_annual_plan_once(
    app: Flask, client: FlaskClient, staff: None
) -> None:
    sign_in(app, HN)
    assert client.post("/countries/HN/cycle").status_code == 403
    assert "Put the cycle" not in page(client, f"{PATH}?lang=en")
    sign_in(app, ORGANIZER)
    assert "Put the cycle into the annual plan" in page(client, f"{PATH}?lang=en")
    for _ in range(2):
        answer = client.post("/countries/HN/cycle?lang=en", follow_redirects=True)
        assert "The cycle stands in the draft of the plan of 2027." in answer.get_data(as_text=True)
    with app.app_context(), reading() as db:
        (entry,) = db.scalars(select(PlanEntry)).all()
        facts = db.scalars(
            select(JournalEntry.fact).where(JournalEntry.fact == "PlanEntryAdded")
        ).all()
    assert entry.year == 2027
    assert entry.quarter == 1
    assert entry.title["es"].startswith("Curso de los Lineamientos, ciclo del ")
    assert "(Honduras)" in entry.title["en"]
    assert len(facts) == 1


def test_approved_plan_asks_for_the_decision(app: Flask, client: FlaskClient, staff: None) -> None:
    with app.app_context(), transaction() as db:
        db.add(
            AnnualPlan(year=2027, decision_ref="17", approved_at=datetime(2026, 11, 1, tzinfo=UTC))
        )
    sign_in(app, ORGANIZER)
    answer = client.post("/countries/HN/cycle")
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("/annual-plans/2027/entries/new")
    with app.app_context(), reading() as db:
        assert db.scalars(select(PlanEntry)).all() == []


def test_country_without_certificates_is_told_what_to_do_first(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), transaction() as db:
        a_staff(db, serving=5, certified=0)
    sign_in(app, HN)
    text = page(client, f"{PATH}?lang=en")
    assert "There is no forecast yet" in text
    assert "big-figure" not in text


def test_organizer_of_another_country_reads_counts_and_no_name(
    app: Flask, client: FlaskClient, staff: None
) -> None:
    organizer = Actor(
        account_id=704, name="O", grants=frozenset({Grant(Role.ORGANIZER)}), country="CR"
    )
    sign_in(app, organizer)
    text = page(client, "/countries/GT/forecast")
    assert "big-figure" in text
    assert THEIRS not in text
