"""The pages of season planning without scripts, and the same by program."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from app.infra.database import database, reading, transaction
from app.infra.platform import platform
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.seasons.forms import columns, heading, rows_in
from app.planning.seasons.models import SeasonWish
from app.planning.seasons.values import SeasonState
from tests.planning.events.planning_builders import (
    CONVENOR,
    FOCAL_POINT,
    OFFICIAL,
    ORGANIZER,
    PRESIDENCY,
    act_as,
)
from tests.planning.seasons.world import (
    FIRST,
    a_row,
    a_season,
    create,
    events,
    furnished,
    hold_presidency,
    publish,
    season,
)
from tests.support.actors import csrf_token

HALF = timedelta(minutes=30)
TABLE = """title_es;title_en;groups;people;countries;minutes;earliest;latest;spacing
Protección en la frontera;Protection at the border;protection;Ana Muñoz Peña;HN, GT;90;2027-03-01;2027-03-31;10
Datos;Data;labour-migration;;;60;;;
"""


@pytest.fixture
def page(app: Flask, client: FlaskClient) -> FlaskClient:
    furnished(app)
    act_as(app, ORGANIZER)
    return client


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "title": "Año 2027 «señal»",
        "starts_on": "2027-03-01",
        "ends_on": "2027-04-30",
        "table": TABLE,
        "timezone": "America/Costa_Rica",
        "opens": "08:00",
        "closes": "15:00",
        "per_day": "2",
        **changes,
    }


def send(
    client: FlaskClient, path: str, form_at: str = "/seasons/new", **data: Any
) -> TestResponse:
    return client.post(path, data={**data, "csrf_token": csrf_token(client)})


def test_from_a_pasted_table_to_the_programme(app: Flask, page: FlaskClient) -> None:
    assert 'href="/seasons/new"' in page.get("/seasons?lang=en").text
    answer = send(page, "/seasons/new", **typed())
    assert answer.status_code == 303
    address = answer.headers["Location"]
    waiting = page.get(f"{address}?lang=en").text
    assert "Waiting to be planned" in waiting
    assert "<noscript><p><a href=" in waiting
    assert page.get(f"{address}/progress").headers.get("HX-Refresh") is None
    with app.app_context():
        platform(app).jobs.drain()
    assert page.get(f"{address}/progress").headers["HX-Refresh"] == "true"
    shown = page.get(f"{address}?lang=en").text
    assert "Protection at the border" in shown
    assert "Costa Rica, UTC−6" in shown
    assert "With a time" in shown
    confirm = page.get(f"{address}/acceptance?lang=en").text
    assert "2 new events are put into the programme." in confirm
    unread = send(page, f"{address}/acceptance", f"{address}/acceptance", publish="maybe")
    assert (unread.status_code, 'href="#publish-0"' in unread.text) == (422, True)
    assert events(app) == 0
    accepted = send(page, f"{address}/acceptance", f"{address}/acceptance", publish="yes")
    assert accepted.status_code == 303
    assert events(app) == 2
    assert "Accepted" in page.get(f"{address}?lang=en").text


def test_what_is_wrong_is_said_by_row_and_what_was_typed_stays(page: FlaskClient) -> None:
    table = TABLE.replace("60", "sesenta").replace("2027-03-31", "31/03/2027")
    answer = send(
        page,
        "/seasons/new?lang=en",
        table=table,
        **{k: v for k, v in typed().items() if k != "table"},
    )
    assert answer.status_code == 422
    assert "Row 2, Minutes: “sesenta” is not a whole number." in answer.text
    assert "Row 1, Last day: Write the date as year-month-day" in answer.text
    assert "sesenta" in re.findall(r"<textarea.*?</textarea>", answer.text, re.DOTALL)[0]
    unknown = send(
        page, "/seasons/new?lang=es", **typed(table=TABLE.replace("labour-migration", "nadie"))
    )
    assert unknown.status_code == 422
    assert "Fila 2, Grupos: " in unknown.text


AS_WRITTEN = """Título\tGrupo\tDuración (minutos)\tPaíses
Uno\tProtección\t90\tHonduras
Dos\tgrupo de trabajo de migración laboral\t60\t
Tres\t«Gestión Fronteriza»\t60\t
Cuatro\tProtection Working Group\t60\t
"""


def test_table_is_read_with_spanish_headings_and_groups_as_people_write_them(
    app: Flask, page: FlaskClient
) -> None:
    answer = send(page, "/seasons/new", **typed(table=AS_WRITTEN))
    assert answer.status_code == 303
    with app.app_context(), reading() as db:
        rows = db.scalars(select(SeasonWish).order_by(SeasonWish.position)).all()
    assert [(row.title.in_("es"), row.groups) for row in rows] == [
        ("Uno", ["protection"]),
        ("Dos", ["labour-migration"]),
        ("Tres", ["border-management"]),
        ("Cuatro", ["protection"]),
    ]
    assert (rows[0].minutes, rows[0].countries) == (90, ["HN"])


def test_season_page_names_its_columns_and_groups_in_the_readers_words(page: FlaskClient) -> None:
    shown = page.get("/seasons/new").text
    assert "Título en español,Título en inglés,Grupos,Personas,Países,Minutos" in shown
    assert ",Protección," in shown
    assert "Grupos" in send(page, "/seasons/new", **typed(table="hola")).text
    assert "labour-migration" not in shown
    assert "title_es" not in shown


@pytest.mark.parametrize("language", ["es", "en"])
def test_headings_that_the_page_shows_are_read(app: Flask, language: str) -> None:
    header = ",".join(heading(column, language) for column in columns())
    with app.app_context():
        [row] = rows_in(f"{header}\nUno,One,PR,,HN,45,2027-03-01,2027-03-09,3,")
    assert (row.title, row.groups, row.minutes) == (LocalizedText(es="Uno", en="One"), ("PR",), 45)
    assert (row.earliest, row.latest, row.spacing) == (date(2027, 3, 1), date(2027, 3, 9), 3)


NO_TABLES = (
    ("", "Give at least one webinar."),
    ("hola", "“Groups” is missing"),
    ("groups,minutes,title_es", "no line below"),
    ("groups,minutes,minutes,title_es\na,1,1,b", "is there twice"),
    ("groups,minutes,title_es,x\na,9,b,c", "no column “x”"),
    ('groups,minutes,title_es\n"a,60,b', "a quotation mark is open"),
    ("groups,minutes,title_es\n" + "protection,60,Uno\n" * 201, "At most 200 lines"),
    ("groups,minutes,title_es\nprotection,99999,Uno", "not a whole number"),
    ("groups,minutes,title_es\nprotection,60,Uno,de más", "more cells than columns"),
    ("groups,minutes,title_es\nprotection,60,\x07", "cannot be stored"),
)


def test_no_table_gives_an_error_of_ours(page: FlaskClient) -> None:
    token = csrf_token(page)
    for table, sentence in NO_TABLES:
        sent = {**typed(table=table), "csrf_token": token}
        answer = page.post("/seasons/new?lang=en", data=sent)
        assert answer.status_code == 422, table
        assert sentence in answer.text, table


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_is_read_from_csv_or_a_spreadsheet(delimiter: str) -> None:
    lines = [
        ["Title-ES", "groups", "minutes", "people"],
        ["Uno", "protection|labour-migration", "60", "Ana|7"],
        [],
    ]
    [row] = rows_in("\ufeff" + "\r\n".join(delimiter.join(line) for line in lines))
    assert (row.title["es"], row.groups, row.people) == (
        "Uno",
        ("protection", "labour-migration"),
        ("Ana", "7"),
    )
    assert (row.minutes, row.spacing, row.after, row.countries) == (60, 5, None, ())


def test_another_place_is_judged_before_it_is_taken(app: Flask, page: FlaskClient) -> None:
    made = create(app)
    first, second = (season(app, made).wishes[n].place for n in (0, 1))
    assert first
    assert second
    path, local = f"/seasons/{made}/wishes/2", first - timedelta(hours=6)
    judged = page.get(f"{path}?lang=en&on={local:%Y-%m-%d}&start={local:%H:%M}").text
    assert "in “Webinar 1”, and two working groups do not meet at once" in judged
    assert season(app, made).wishes[1].place == second
    checked = send(
        page,
        f"{path}?lang=en",
        path,
        on=f"{local:%Y-%m-%d}",
        start=f"{local:%H:%M}",
        action="check",
    )
    assert "in “Webinar 1”, and two working groups do not meet at once" in checked.text
    assert season(app, made).wishes[1].place == second
    assert send(page, path, path, on="2027-13-45", start="x", action="choose").status_code == 422
    chosen = send(page, path, path, on=f"{local:%Y-%m-%d}", start=f"{local:%H:%M}", action="choose")
    assert chosen.status_code == 303
    assert season(app, made).wishes[1].place == first
    shown = page.get(f"/seasons/{made}?lang=en").text
    assert "placed by hand" in shown
    assert "in “Webinar 1”, and two working groups do not meet at once" in shown
    assert "in “Webinar 2”, and two working groups do not meet at once" in shown
    send(page, path, path, action="take-back")
    assert season(app, made).wishes[1].place == second
    assert page.get(f"/seasons/{made}/wishes/77").status_code == 404


def test_what_no_longer_fits_is_named_with_its_sentence(app: Flask, page: FlaskClient) -> None:
    made = create(app)
    place = season(app, made).wishes[0].place
    assert place
    publish(app, Timespan(place - HALF, place + HALF), groups=("protection",))
    address = f"/seasons/{made}/acceptance"
    answer = send(page, f"{address}?lang=en", address, publish="yes")
    assert answer.status_code == 409
    assert "Nothing was saved." in answer.text
    assert "Webinar 1" in answer.text
    assert "Protection webinar" in answer.text
    assert "Propose again" in answer.text
    assert events(app) == 1
    assert send(page, f"/seasons/{made}/proposal").status_code == 303
    assert season(app, made).state is SeasonState.QUEUED


def test_what_moves_is_shown_from_and_to(app: Flask, page: FlaskClient) -> None:
    """The published event takes the only hour that the wish can have."""
    from tests.planning.seasons.test_services import NINE

    publish(app, Timespan(NINE, NINE + 2 * HALF), groups=("labour-migration",))
    day = NINE.date()
    made = create(app, a_season(rows=(a_row(2, earliest=day, latest=day),), moves_published=True))
    shown = page.get(f"/seasons/{made}?lang=en").text
    moved = [wish for wish in season(app, made).wishes if wish.is_moved]
    assert ("What moves" in shown) is bool(moved)
    assert "of 1 that may" in shown


def test_what_found_no_place_stands_at_the_end_and_can_be_placed_by_hand(
    app: Flask, page: FlaskClient
) -> None:
    monday = {"earliest": date(2027, 3, 1), "latest": date(2027, 3, 1)}
    made = create(app, a_season(rows=(a_row(1, **monday), a_row(5, **monday), a_row(2))))
    [left] = [wish for wish in season(app, made).wishes if wish.place is None]
    shown = page.get(f"/seasons/{made}?lang=en").text
    assert "There was no room for these." in shown
    assert f"/seasons/{made}/wishes/{left.position}" in shown
    empty = page.get(f"/seasons/{made}/wishes/{left.position}?lang=en")
    assert empty.status_code == 200
    assert "Is this time free?" not in empty.text


def test_what_found_no_place_says_why_and_the_presidency_can_be_asked(
    app: Flask, page: FlaskClient
) -> None:
    from tests.planning.seasons.test_services import REASON, blocked

    made, starts_at = blocked(app)
    with app.app_context(), transaction() as db:
        hold_presidency(db)
    shown = page.get(f"/seasons/{made}?lang=en").text
    assert "the time that came nearest" in shown
    assert "two working groups do not meet at once; the presidency can confirm it" in shown
    path = f"/seasons/{made}/wishes/1"
    local = starts_at.astimezone(ZoneInfo("America/Costa_Rica"))
    there = {"on": f"{local:%Y-%m-%d}", "start": f"{local:%H:%M}"}
    assert f'href="{path}?on={there["on"]}&amp;start=' in shown
    assert "Ask for authorization" in shown
    assert "Pedir autorización" in page.get(f"/seasons/{made}?lang=es").text
    asking = page.get(path, query_string={**there, "lang": "en"}).text
    assert "Why it has to be at this time" in asking
    short = send(page, f"{path}?lang=en", path, **there, action="ask", ask_reason="no")
    assert (short.status_code, "at least 15 characters" in short.text) == (422, True)
    asked = send(page, path, path, **there, action="ask", ask_reason=REASON)
    assert asked.status_code == 303
    event_id = season(app, made).wishes[0].event_id
    assert asked.headers["Location"] == f"/events/{event_id}"
    shown = page.get(f"/seasons/{made}?lang=en").text
    assert "The presidency was asked for its time" in shown
    assert f'href="/events/{event_id}"' in shown
    assert page.get(path).status_code == 404


def test_webinar_without_a_working_day_says_so(app: Flask, page: FlaskClient) -> None:
    weekend = {"earliest": date(2027, 3, 6), "latest": date(2027, 3, 7)}
    made = create(app, a_season(rows=(a_row(1, **weekend), a_row(2))))
    assert "There is no working day within its days." in page.get(f"/seasons/{made}?lang=en").text


def test_the_pages_are_closed_to_others(app: Flask, page: FlaskClient) -> None:
    made = create(app, drain=False)
    paths = (
        "",
        "/new",
        f"/{made}",
        f"/{made}/progress",
        f"/{made}/wishes/1",
        f"/{made}/acceptance",
        "/compare",
    )
    for who in (CONVENOR, FOCAL_POINT, OFFICIAL):
        act_as(app, who)
        assert [page.get(f"/seasons{path}").status_code for path in paths] == [403] * len(paths)
    act_as(app, PRESIDENCY)
    assert page.get("/seasons").status_code == 200
    assert page.get(f"/seasons/{uuid4()}").status_code == 404
    assert page.get("/seasons/compare?with=nothing").status_code == 404


def statements(app: Flask, work: Callable[[], object]) -> int:
    seen: list[str] = []

    def heard(*args: Any) -> None:
        seen.append(args[2])

    with app.app_context():
        engine = database.engine
    event.listen(engine, "before_cursor_execute", heard)
    try:
        work()
    finally:
        event.remove(engine, "before_cursor_execute", heard)
    return len(seen)


def test_as_many_statements_for_three_wishes_as_for_one(app: Flask, page: FlaskClient) -> None:
    few, many = create(app, a_season(1)), create(app, a_season(3))
    for path in (
        "/seasons/{}",
        "/seasons/{}/wishes/1",
        "/seasons/{}/acceptance",
        "/seasons/compare?with={}",
    ):
        counts = [
            statements(app, lambda made=made, path=path: page.get(path.format(made)))  # type: ignore[misc]
            for made in (few, many)
        ]  # mypy and default arguments
        assert counts[0] == counts[1], path


def test_a_full_season_stays_a_light_page(app: Flask, page: FlaskClient) -> None:
    """Each wish within three weeks: a year of hours for each of sixty is for the solver's tests."""
    weeks = [FIRST + timedelta(days=4 * number) for number in range(60)]
    rows = tuple(
        a_row(number, earliest=first, latest=first + timedelta(days=20))
        for number, first in enumerate(weeks, start=1)
    )
    whole_year: dict[str, Any] = {"ends_on": date(2027, 12, 17), "rows": rows}
    made, other = (create(app, a_season(**whole_year)) for _ in range(2))
    assert all(wish.place for wish in season(app, made).wishes)
    for path in (
        f"/seasons/{made}",
        f"/seasons/{made}?page=3",
        f"/seasons/compare?with={made}&with={other}",
    ):
        answer = page.get(path)
        assert answer.status_code == 200
        assert len(answer.data) < 30_000, path


def test_r34_two_groups_draft_plans_are_one_view_with_clashes_and_duplicates(
    app: Flask, page: FlaskClient
) -> None:
    """R34: "better coordinate the development of an activity work plan and agenda"."""
    first, second = _two_plans(app)
    address = f"/seasons/compare?with={first}&with={second}"
    shown = page.get(f"{address}&lang=en").text
    assert "Clashes between the plans (1)" in shown
    assert "and two working groups do not meet at once" in shown
    assert "Possible duplicates (1)" in shown
    assert "a similar title, and their days overlap." in shown
    listed = re.findall(r"<h3>(.*?)</h3>", shown)
    assert sorted(listed) == [
        "Consular care at borders",
        "Early detection of trafficking in persons",
        "Labour data",
        "Trafficking: early detection",
    ]
    assert shown.count("Plan of Protection") >= 3
    assert "Posibles duplicados (1)" in page.get(f"{address}&lang=es").text
    assert events(app) == 0, "nothing is approved yet"


def _two_plans(app: Flask) -> tuple[UUID, UUID]:
    from app.kernel.text import LocalizedText
    from tests.planning.seasons.test_services import NINE, choose

    def plan(title: str, group: str, *titles: str) -> UUID:
        rows = tuple(a_row(1, title=LocalizedText(en=one), groups=(group,)) for one in titles)
        return create(app, a_season(rows=rows, title=title))

    first = plan(
        "Plan of Protection",
        "protection",
        "Trafficking: early detection",
        "Consular care at borders",
    )
    second = plan(
        "Plan of Labour",
        "labour-migration",
        "Early detection of trafficking in persons",
        "Labour data",
    )
    later = NINE + timedelta(days=21)
    for made, position, starts_at in (
        (first, 1, NINE),
        (first, 2, later),
        (second, 1, later + timedelta(days=8)),
        (second, 2, NINE),
    ):
        choose(app, made, position, starts_at)
    return first, second


# By program.


def body(**changes: Any) -> dict[str, Any]:
    wish = {
        "title": {"es": "Seminario"},
        "working_groups": ["protection"],
        "people": ["1"],
        "minutes": 60,
    }
    return {
        "title": "Temporada",
        "starts_on": "2027-03-01",
        "ends_on": "2027-04-30",
        "wishes": [wish, {**wish, "working_groups": ["labour-migration"], "people": []}],
        **changes,
    }


def test_a_season_by_program(app: Flask, page: FlaskClient) -> None:
    answer = page.post("/api/v1/seasons", json=body())
    assert answer.status_code == 202
    address = answer.headers["Location"]
    assert page.get(address).json["state"] == "queued"  # type: ignore[index]  # JSON
    early = page.post(f"{address}/acceptance", json={})
    assert early.status_code == 409
    with app.app_context():
        platform(app).jobs.drain()
    found: Any = page.get(address).json
    assert (found["state"], found["progress"], found["cost"]) == ("proposed", 100, 0)
    assert all(wish["starts_at"].endswith("-06:00") for wish in found["wishes"])
    listed: Any = page.get("/api/v1/seasons").json
    assert [one["id"] for one in listed["seasons"]] == [found["id"]]
    for _ in range(2):
        accepted: Any = page.post(f"{address}/acceptance", json={"publish": False}).json
        assert accepted["state"] == "accepted"
        assert all(wish["event_id"] for wish in accepted["wishes"])
    assert events(app) == 2


def test_by_program_the_seconds_of_older_programs_are_ignored(page: FlaskClient) -> None:
    assert page.post("/api/v1/seasons", json=body(seconds=30)).status_code == 202
    assert page.post("/api/v1/seasons", json=body(seconds="long")).status_code == 422


def test_by_program_what_no_longer_fits_is_a_problem(app: Flask, page: FlaskClient) -> None:
    made = create(app)
    place = season(app, made).wishes[0].place
    assert place
    publish(app, Timespan(place, place + HALF), groups=("protection",))
    answer = page.post(f"/api/v1/seasons/{made}/acceptance", json={})
    assert answer.status_code == 409
    problem: Any = answer.json
    assert [misfit["position"] for misfit in problem["misfits"]][:1] == [1]
    assert problem["misfits"][0]["rules"]
    assert problem["misfits"][0]["sentences"][0]["es"]


BAD_BODIES: tuple[dict[str, Any], ...] = (
    {"starts_on": "2027-02-31"},
    {"ends_on": ""},
    {"wishes": []},
    {"timezone": "Nowhere"},
    {"title": ""},
    {"wishes": [{"title": {}, "working_groups": ["protection"]}]},
    {"more": 1},
    {"title": 7},
    {"wishes": [{"title": {"es": "a"}, "working_groups": ["protection"], "earliest": "x"}]},
    {"wishes": [{"title": {"es": "a"}, "working_groups": ["protection"], "minutes": 10**12}]},
    {"wishes": [{"title": {"es": "a"}, "working_groups": ["x" * 200]}]},
)


def test_by_program_bad_input_is_refused(app: Flask, page: FlaskClient) -> None:
    for changes in BAD_BODIES:
        assert page.post("/api/v1/seasons", json=body(**changes)).status_code == 422, changes
    with app.app_context():
        assert platform(app).jobs.drain() == 0
