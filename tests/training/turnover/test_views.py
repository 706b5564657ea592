"""Pages, the download and the API: what is shown to whom, what a page of answers does, what bad
input says.
"""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.infra import journal
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import Actor, Grant, Role
from app.people.directory.facts import AppointmentConfirmed
from app.people.directory.models import Appointment, Institution
from app.training.turnover.values import RegionWhole
from app.training.turnover.wording import coverage_texts
from app.web.site import site
from tests.planning.events.rows import every_statement
from tests.training.turnover.builders import (
    NOW,
    OFFICIAL,
    ORGANIZER,
    PRESIDENCY,
    TODAY,
    a_staff,
    an_institution,
    an_official,
    focal_point,
)
from tests.training.turnover.pressing import press_twice, shown

pytestmark = pytest.mark.usefixtures("day_of_figures")

OURS, THEIRS = "Hondurita", "Xtzunun"
"""Names that occur nowhere else: the canaries."""
AGAIN = 9
"""Statements of the country's page when nothing happened since, without who asks."""


@pytest.fixture
def staff(app: Flask) -> list[int]:
    """Ten in Honduras, six of them certified; twenty in Guatemala."""
    with app.app_context(), transaction() as db:
        a_staff(db, "GT", serving=20, certified=10, name=THEIRS)
        return a_staff(db, serving=10, certified=6, name=OURS)


def sign_in(app: Flask, actor: Actor) -> None:
    site(app).load_actor = lambda: actor
    site(app).is_confirmed = lambda: True


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def message(client: FlaskClient, path: str) -> str:
    page = text_of(client, path)
    return " ".join(re.findall(r'class="flash flash--\w+">.*?<p>(.*?)</p>', page, re.DOTALL))


def test_my_country_leads_home_and_tells_others_why_not(
    app: Flask, client: FlaskClient, staff: list[int]
) -> None:
    sign_in(app, focal_point("HN"))
    assert client.get("/my-country").headers["Location"] == "/countries/HN"
    sign_in(app, OFFICIAL)
    assert "puntos focales nacionales" in text_of(client, "/my-country?lang=es")
    both = Actor(
        account_id=9,
        grants=frozenset({Grant(Role.FOCAL_POINT, "HN"), Grant(Role.FOCAL_POINT, "GT")}),
    )
    sign_in(app, both)
    assert 'href="/countries/GT"' in text_of(client, "/my-country")


def test_the_country_page_says_its_numbers_with_their_base(
    app: Flask, client: FlaskClient, staff: list[int]
) -> None:
    sign_in(app, focal_point("HN"))
    page = text_of(client, "/countries/HN?lang=es")
    assert 'big-figure">6</b> de 10 personas, 60\u00a0%' in page
    assert "En seis meses, si no se capacita a nadie" in page
    assert '<title id="trend-title">' in page
    assert page.count("<tr>") >= 25, "the line's numbers as a table"
    assert OURS in page
    assert len(page.encode()) < 33_000


def crawl(client: FlaskClient, country: str) -> Iterator[tuple[str, int, str]]:
    """Every page, form, download and API answer of these domains for a country, in both
    languages.
    """
    home = f"/countries/{country}"
    gets = [
        "/my-country",
        home,
        f"{home}/roster",
        f"{home}/roster?search=a&page=2",
        f"{home}/roster?to_confirm=1",
        f"{home}/leavers",
        f"{home}/lists/not-certified",
        f"{home}/officials/new",
        "/region",
        f"/api/v1/coverage?country={country}",
    ]
    for path in gets:
        for language in ("es", "en"):
            answer = client.get(path, query_string={"lang": language} if "?" not in path else None)
            yield path, answer.status_code, answer.get_data(as_text=True)
    posts: list[tuple[str, dict[str, str]]] = [
        (f"{home}/roster.csv", {}),
        (f"{home}/roster", {"row-1": "left", "on-1": "x"}),
        (f"{home}/roster", {"row-999999": "here"}),
        (f"{home}/leavers/999999/undo", {}),
        (f"{home}/officials/new", {"full_name": "x", "institution_id": "1"}),
    ]
    for path, form in posts:
        answer = client.post(path, data=form, follow_redirects=True)
        yield path, answer.status_code, answer.get_data(as_text=True)


def test_r50_no_foreign_name_on_any_page_file_or_answer(
    app: Flask, client: FlaskClient, staff: list[int]
) -> None:
    with app.app_context(), transaction() as db:
        theirs = db.scalars(
            select(Appointment.id)
            .where(Appointment.id.not_in(staff))
            .order_by(Appointment.id)
            .limit(3)
        ).all()
    sign_in(app, focal_point("HN"))
    seen = list(crawl(client, "HN"))
    assert sum(OURS in body for _, _, body in seen) >= 6, "the crawl does see names"
    for path, status, body in (*seen, *crawl(client, "GT")):
        assert THEIRS not in body, path
        assert status < 500, path
    foreign = [
        (path, status)
        for path, status, _ in crawl(client, "GT")
        if path not in ("/my-country", "/region")
    ]
    assert {status for _, status in foreign} == {404}, foreign
    answers = {f"row-{n}": "left" for n in theirs} | {f"on-{n}": "2026-05-01" for n in theirs}
    for country in ("GT", "HN"):
        answer = client.post(f"/countries/{country}/roster", data=answers)
        assert (answer.status_code, THEIRS in answer.get_data(as_text=True)) == (404, False)
    with app.app_context(), reading() as db:
        assert not db.scalar(
            select(func.count(Appointment.id)).where(Appointment.valid_until.is_not(None))
        )


@pytest.mark.parametrize("actor", [ORGANIZER, PRESIDENCY], ids=["organizer", "presidency"])
def test_r50_those_above_the_countries_see_sums_and_no_names(
    app: Flask, client: FlaskClient, staff: list[int], actor: Actor
) -> None:
    sign_in(app, actor)
    for path, status, body in (*crawl(client, "HN"), *crawl(client, "GT")):
        assert OURS not in body, path
        assert THEIRS not in body, path
        is_inside = any(part in path for part in ("roster", "officials", "leavers", "lists"))
        assert status in ((403,) if is_inside else (200,)), path
    assert '">10</b> de 20 personas' in text_of(client, "/countries/GT?lang=es")
    with app.app_context(), transaction() as db:
        for one in a_staff(db, "SV", serving=20, certified=10)[:3]:
            db.get_one(Appointment, one).confirmed_on = date(2026, 1, 1)
    page = text_of(client, "/countries/SV?lang=es")
    assert ("7 confirmadas" in page) is (actor is ORGANIZER)
    assert (">Por confirmar<" in page) is (actor is ORGANIZER), "nor said to be 0 outside"
    assert "10 confirmadas" not in page


def test_r56_the_pages_hide_what_the_country_may_see(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), transaction() as db:
        a_staff(db, "BZ", serving=13, certified=3)
    sign_in(app, PRESIDENCY)
    page = re.sub(
        r"<(svg|head|header|footer).*?</\1>", "", text_of(client, "/countries/BZ"), flags=re.DOTALL
    )
    assert not re.search(r"\b13\b", page)
    region = text_of(client, "/region?lang=es")
    assert "oculto: un grupo tiene menos de cinco personas" in region
    assert "de 13" not in region
    api = client.get("/api/v1/coverage?country=BZ").get_json()
    assert api["hidden"] is True
    assert {
        api[key] for key in ("serving", "certified", "share", "low", "high", "unconfirmed")
    } == {None}
    sign_in(app, ORGANIZER)
    assert "3 de 13" in text_of(client, "/region?lang=es")
    assert '">3</b> de 13 personas' in text_of(client, "/countries/BZ?lang=es")
    assert client.get("/api/v1/coverage?country=BZ").get_json()["certified"] == 3
    sign_in(app, focal_point("BZ"))
    assert "3 de 13" in text_of(client, "/region?lang=es")
    assert client.get("/api/v1/coverage?country=BZ").get_json()["certified"] == 3


def test_one_post_saves_the_page_and_says_what_changed(
    app: Flask, client: FlaskClient, staff: list[int]
) -> None:
    sign_in(app, focal_point("HN"))
    leaver, stays = staff[0], staff[9]
    sent = {
        f"row-{leaver}": "left",
        f"on-{leaver}": "2026-11-01",
        f"row-{stays}": "here",
        f"on-{stays}": "2026-11-24",
    }
    answer = client.post("/countries/HN/roster?lang=es&page=1&search=Hond", data=sent)
    assert answer.headers["Location"] == "/countries/HN/roster?search=Hond&page=1"
    said = message(client, "/countries/HN/roster?lang=es")
    assert "1 persona confirmada: sigue aquí." in said
    assert "1 persona marcada como salida." in said
    assert "Cobertura: de 6 de 10 a 5 de 9." in said
    client.post("/countries/HN/roster?lang=es", data={})
    assert "No cambió nada" in message(client, "/countries/HN/roster?lang=es")
    others = {f"row-{n}": "here" for n in staff[1:4]}
    client.post("/countries/HN/roster?lang=es", data=others)
    assert "3 personas confirmadas: siguen aquí." in message(client, "/countries/HN/roster?lang=es")


def test_a_bad_date_is_said_at_its_field_and_what_was_typed_is_kept(
    app: Flask, client: FlaskClient, staff: list[int]
) -> None:
    sign_in(app, focal_point("HN"))
    one, two = staff[:2]
    for typed, said in (
        ("1 <mayo>", "año-mes-día"),
        ("2030-01-01", "en el futuro"),
        ("2001-01-01", "anterior al día"),
    ):
        sent = {
            f"row-{one}": "left",
            f"on-{one}": typed,
            f"row-{two}": "here",
            f"on-{two}": "2026-11-24",
        }
        answer = client.post("/countries/HN/roster?lang=es", data=sent)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert page.count(said) == 2, "at the top and at the field"
        assert f'href="#on-{one}"' in page
        assert f'value="{typed.replace("<", "&lt;").replace(">", "&gt;")}"' in page
        assert f'name="what-{one}" value="left" checked' in page
    with app.app_context(), reading() as db:
        assert db.get_one(Appointment, two).confirmed_on != TODAY, "nothing of the page was saved"


def test_an_answer_that_comes_too_late_is_a_sentence(
    app: Flask, client: FlaskClient, staff: list[int]
) -> None:
    sign_in(app, focal_point("HN"))
    sent = {f"row-{staff[0]}": "left", f"on-{staff[0]}": "2026-11-01"}
    assert client.post("/countries/HN/roster", data=sent).status_code == 302
    answer = client.post("/countries/HN/roster?lang=es", data=sent | {f"row-{staff[0]}": "moved"})
    assert answer.status_code == 409
    assert "ya figura con salida desde el 1 de noviembre de 2026" in answer.get_data(as_text=True)


def test_a_newcomer_is_added_and_counts(app: Flask, client: FlaskClient, staff: list[int]) -> None:
    sign_in(app, focal_point("HN"))
    with app.app_context(), reading() as db:
        institution = db.scalar(select(Institution.id).where(Institution.country_code == "HN"))
        foreign = db.scalar(select(Institution.id).where(Institution.country_code == "GT"))
    sent = {
        "full_name": "Ana Ñáñez",
        "email": "ana@example.org",
        "institution_id": str(institution),
        "post_title": "Cónsul",
        "valid_from": "2026-11-01",
    }
    answer = press_twice(client, "/countries/HN/officials/new?lang=es", sent)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    said = message(client, answer.headers["Location"] + "&lang=es")
    assert said == (
        "Se agregó 1 persona. Sale 1 carta de invitación. Cobertura: de 6 de 10 a 6 de 11."
    )
    assert client.post("/countries/HN/officials/new", data=sent).status_code == 409
    wrong = {
        "full_name": "",
        "email": "x",
        "institution_id": str(foreign),
        "post_title": "",
        "valid_from": "2031-01-01",
    }
    for name, value in wrong.items():
        refused = client.post("/countries/HN/officials/new?lang=es", data=sent | {name: value})
        assert refused.status_code == 422, name
        assert f'id="{name}-error"' in refused.get_data(as_text=True), name
        assert "Ana Ñáñez" in refused.get_data(as_text=True) or name == "full_name", (
            "what was typed is kept"
        )
    page = client.post("/countries/HN/officials/new", data=sent | wrong).get_data(as_text=True)
    for name in ("full_name", "email", "post_title"):
        assert f'id="{name}-error"' in page, "the mistakes that need no list are said together"


def test_r59_the_download_is_safe_on_record_and_the_countrys_own(
    app: Flask, client: FlaskClient, staff: list[int]
) -> None:
    with app.app_context(), transaction() as db:
        an_official(db, an_institution(db), name='=HYPERLINK("https://evil.example") Ana')
    sign_in(app, focal_point("HN"))
    assert client.get("/countries/HN/roster.csv").status_code == 405, (
        "a browser that fetches ahead leaves no record"
    )
    answer = client.post("/countries/HN/roster.csv", headers={"Accept-Language": "es"})
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert "'=HYPERLINK" in answer.data.decode()
    lines = answer.data.decode().splitlines()
    assert len(lines) == 13, "the last line says who took it along"
    assert lines[-1].startswith('"# Exportado por F P el 24 de noviembre de 2026')
    assert "roster-hn-2026-11-24.csv" in answer.headers["Content-Disposition"]
    with app.app_context(), reading() as db:
        (entry,) = db.scalars(select(JournalEntry).where(JournalEntry.fact == "RosterExported"))
        assert (entry.payload, entry.actor_account_id) == ({"country_code": "HN", "rows": 11}, 700)


def test_a_page_of_the_roster_is_light(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), transaction() as db:
        a_staff(db, serving=30, name="María de los Ángeles Guadalupe")
    sign_in(app, focal_point("HN"))
    page = text_of(client, "/countries/HN/roster?lang=es")
    assert "1–20 de 30" in page
    assert len(page.encode()) < 33_000


def test_r27_the_api_tells_coverage_on_a_day(
    app: Flask, client: FlaskClient, staff: list[int]
) -> None:
    sign_in(app, focal_point("HN"))
    client.post(
        "/countries/HN/roster", data={f"row-{staff[0]}": "left", f"on-{staff[0]}": "2026-05-01"}
    )
    before, after = (
        client.get(f"/api/v1/coverage?country=HN&on=2026-{day}").get_json()
        for day in ("04-30", "05-02")
    )
    assert (before["certified"], before["serving"], before["share"]) == (6, 10, 0.6)
    assert (after["certified"], after["serving"], after["low"]) == (5, 9, 0.5556)
    assert client.get("/api/v1/coverage?country=HN").get_json()["on"] == "2026-11-24"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("country=HN&on=2026-13-01", "on"),
        ("country=HN&on=1764000000", "on"),
        ("country=HN&on=2026-11-27", "on"),
        ("country=HN&on=0001-01-01", "on"),
        ("country=ZZ", "country"),
        ("country=hn", "country"),
        ("", "country"),
        ("country=HN&on=2026-05-01T00:00:00", "on"),
    ],
)
def test_what_the_api_cannot_use_is_named(
    app: Flask, client: FlaskClient, query: str, field: str
) -> None:
    sign_in(app, focal_point("HN"))
    answer = client.get(f"/api/v1/coverage?{query}")
    assert answer.status_code == 422
    assert [error["field"] for error in answer.get_json()["errors"]] == [field]


ODD = (
    "/countries/%00",
    "/countries/hn",
    "/countries/ZZ",
    "/countries/HN/roster?page=-1",
    "/countries/HN/roster?page=9e9",
    "/countries/HN/roster?search=%00%25_'",
    "/countries/HN/roster?_external=1&_scheme=x&code=GT",
)


def test_odd_addresses_are_no_errors_of_ours(
    app: Flask, client: FlaskClient, staff: list[int]
) -> None:
    for actor in (focal_point("HN"), ORGANIZER):
        sign_in(app, actor)
        for path in ODD:
            assert client.get(path).status_code < 500, path


def test_strangers_must_sign_in_and_officials_are_refused(
    app: Flask, client: FlaskClient, staff: list[int]
) -> None:
    sign_in(app, Actor())
    for path in ("/my-country", "/countries/HN", "/countries/HN/roster", "/region"):
        assert client.get(path).headers["Location"].startswith("/sign-in"), path
    assert client.get("/api/v1/coverage?country=HN").status_code == 401
    sign_in(app, OFFICIAL)
    for path in ("/countries/HN", "/countries/HN/roster", "/region", "/api/v1/coverage?country=HN"):
        assert client.get(path).status_code == 403, path


def test_departure_is_undone_at_the_screen(
    app: Flask, client: FlaskClient, staff: list[int]
) -> None:
    sign_in(app, focal_point("HN"))
    leaver = staff[0]
    client.post(
        "/countries/HN/roster?lang=es", data={f"row-{leaver}": "left", f"on-{leaver}": "2026-11-01"}
    )
    assert "se puede deshacer en la lista" in message(client, "/countries/HN/roster?lang=es")
    page = text_of(client, "/countries/HN/leavers?lang=es")
    assert f"/countries/HN/leavers/{leaver}/undo" in page
    assert "1 nov 2026" in page
    assert "Se fue" in page
    answer = client.post(f"/countries/HN/leavers/{leaver}/undo?lang=es")
    assert answer.status_code == 303
    assert "Cobertura: de 5 de 9 a 6 de 10." in message(
        client, answer.headers["Location"] + "&lang=es"
    )
    assert "Nadie se ha ido todavía" in text_of(client, "/countries/HN/leavers?lang=es")
    with app.app_context(), transaction() as db:
        row = db.get_one(Appointment, leaver)
        row.valid_until, row.end_reason = date(2026, 5, 1), "left"
    late = client.post(f"/countries/HN/leavers/{leaver}/undo?lang=es")
    assert (late.status_code, "hace más de 90 días" in late.get_data(as_text=True)) == (409, True)


def test_not_known_is_an_answer_and_no_departure(
    app: Flask, client: FlaskClient, staff: list[int]
) -> None:
    sign_in(app, focal_point("HN"))
    assert text_of(client, "/countries/HN/roster?lang=es").count(">No sé<") == 10
    client.post(
        "/countries/HN/roster?lang=es", data={f"row-{staff[0]}": "unsure", f"on-{staff[0]}": ""}
    )
    said = message(client, "/countries/HN/roster?lang=es")
    assert "1 persona sigue en la lista, por confirmar." in said
    assert "Cobertura: 6 de 10, igual que antes." in said
    assert "Confirmar a 1 persona" in text_of(client, "/countries/HN?lang=es")
    assert client.get("/api/v1/coverage?country=HN").get_json()["unconfirmed"] == 1
    assert "marcada «No sé» el 24 nov 2026" in text_of(
        client, "/countries/HN/roster?lang=es&to_confirm=1"
    )


def test_known_name_is_asked_about_in_the_form(
    app: Flask, client: FlaskClient, staff: list[int]
) -> None:
    sign_in(app, focal_point("HN"))
    client.post(
        "/countries/HN/roster", data={f"row-{staff[0]}": "left", f"on-{staff[0]}": "2026-11-01"}
    )
    with app.app_context(), reading() as db:
        gone = db.get_one(Appointment, staff[0]).person_id
        institution = db.scalar(select(Institution.id).where(Institution.country_code == "HN"))
    sent = {
        "full_name": f"{OURS} Apellido 0",
        "email": "otra@example.org",
        "institution_id": str(institution),
        "post_title": "Cónsul",
        "valid_from": "2026-11-20",
    }
    asked = client.post("/countries/HN/officials/new?lang=es", data=sent)
    page = asked.get_data(as_text=True)
    assert asked.status_code == 409
    assert f'name="same_as" value="{gone}"' in page
    assert "1 nov 2026" in page
    assert "con certificado vigente" in page
    assert "otra@example.org" in page, "what was typed is kept"
    same = sent | {"same_as": str(gone)}
    told = client.post("/countries/HN/officials/new?lang=es", data=same)
    assert "El registro anterior y sus certificados continúan." in told.text
    added = client.post("/countries/HN/officials/new?lang=es", data=same | shown(told.text))
    assert added.status_code == 303
    assert "de 5 de 9 a 6 de 10" in message(client, added.headers["Location"] + "&lang=es")
    other = press_twice(
        client,
        "/countries/HN/officials/new?lang=es",
        sent | {"same_as": "0", "email": "tercera@example.org"},
    )
    assert "Cobertura: de 6 de 10 a 6 de 11." in message(
        client, other.headers["Location"] + "&lang=es"
    )


def test_country_page_says_what_is_counted_and_leads_to_every_name(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), transaction() as db:
        a_staff(db, serving=30, certified=4, name=OURS)
    sign_in(app, focal_point("HN"))
    page = text_of(client, "/countries/HN?lang=es")
    assert "Se cuentan los certificados vigentes de «Curso guidelines»" in page
    assert "módulos 1–2 de 3" in page
    assert 'href="/countries/HN/lists/not-certified">Ver las 26<' in page
    listed = text_of(client, "/countries/HN/lists/not-certified?lang=es")
    assert listed.count(OURS) == 25
    assert text_of(client, "/countries/HN/lists/not-certified?lang=es&page=2").count(OURS) == 1
    assert client.get("/countries/HN?course=none").status_code == 404
    assert client.get("/api/v1/coverage?country=HN&course=none").status_code == 404


def doubt_of(app: Flask, appointment_id: int) -> date | None:
    with app.app_context(), reading() as db:
        return db.get_one(Appointment, appointment_id).doubted_on


def test_not_known_is_never_overwritten_by_confirming_the_page(
    app: Flask, client: FlaskClient, staff: list[int]
) -> None:
    """The row comes back as it was answered; a page drawn before that says nothing about it."""
    sign_in(app, focal_point("HN"))
    doubted, other = staff[:2]
    client.post(
        "/countries/HN/roster", data={f"row-{doubted}": "other", f"what-{doubted}": "unsure"}
    )
    page = text_of(client, "/countries/HN/roster?lang=es&to_confirm=1")
    assert f'name="what-{doubted}" value="unsure" checked' in page
    assert f'name="row-{doubted}" value="other" checked' in page
    answers = dict.fromkeys((f"row-{n}" for n in staff), "here")
    client.post("/countries/HN/roster?lang=es", data=answers)
    assert doubt_of(app, doubted) == TODAY, "a page that did not show the doubt"
    assert "vuelva a mirar su línea" in message(client, "/countries/HN/roster?lang=es")
    seen = {f"row-{doubted}": "here", f"row-{other}": "here", f"doubted-{doubted}": "1"}
    client.post("/countries/HN/roster", data=seen | {"changes": "1"})
    assert doubt_of(app, doubted) is None, "said by somebody who saw it"


def test_only_changes_are_saved_with_their_own_button(
    app: Flask, client: FlaskClient, staff: list[int]
) -> None:
    sign_in(app, focal_point("HN"))
    sent = dict.fromkeys((f"row-{n}" for n in staff), "here") | {
        f"row-{staff[0]}": "other",
        f"what-{staff[0]}": "left",
        f"on-{staff[0]}": "2026-11-01",
        "changes": "1",
    }
    client.post("/countries/HN/roster?lang=es", data=sent)
    said = message(client, "/countries/HN/roster?lang=es")
    assert "1 persona marcada como salida." in said
    assert "confirmada" not in said


@pytest.mark.parametrize("path", ["/countries/HN", "/countries/HN/roster"])
def test_leaving_date_is_asked_for_and_never_preset(
    app: Flask, client: FlaskClient, staff: list[int], path: str
) -> None:
    sign_in(app, focal_point("HN"))
    with app.app_context(), transaction() as db:
        db.get_one(Appointment, staff[0]).confirmed_on = None
    page = text_of(client, f"{path}?lang=es")
    (day,) = re.findall(rf'<input type="date"[^>]* name="on-{staff[0]}"[^>]*>', page)
    assert "value" not in day
    back = {"back": "country"} if path == "/countries/HN" else {}
    sent = {f"row-{staff[0]}": "other", f"what-{staff[0]}": "left", f"on-{staff[0]}": ""} | back
    answer = client.post("/countries/HN/roster?lang=es", data=sent)
    refused = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert refused.count("Escriba desde qué día la persona ya no está") == 2
    assert f'name="what-{staff[0]}" value="left" checked' in refused
    assert ("Qué hacer" in refused) == bool(back), "on the page where it was said"
    nothing = client.post(
        "/countries/HN/roster?lang=es", data={f"row-{staff[0]}": "other"} | back
    ).get_data(as_text=True)
    assert nothing.count("Elija qué pasó.") == 2


def test_forecast_counts_the_unconfirmed_at_both_ends(
    app: Flask, client: FlaskClient, staff: list[int]
) -> None:
    sign_in(app, focal_point("HN"))
    assert 'big-figure">5 a 6</b></a> de 10 personas' in text_of(client, "/countries/HN?lang=es")
    with app.app_context(), transaction() as db:
        for appointment_id in staff[:3]:
            row = db.get_one(Appointment, appointment_id)
            row.confirmed_on = date(2026, 1, 1)
            fact = AppointmentConfirmed(row.id, row.person_id, "HN", row.confirmed_on)
            journal.record(db, fact, actor=focal_point("HN"), now=NOW)
    page = text_of(client, "/countries/HN?lang=es")
    text_of(client, "/countries/HN")  # reads the fact that the page before named people
    with every_statement(app) as again:
        assert "Confirmar a 3 personas" in text_of(client, "/countries/HN?lang=es")
    assert len(again) <= AGAIN, again
    assert 'big-figure">3 a 6</b> de 10 personas, 30 a 60\u00a0%' in page, "today"
    assert 'big-figure">2 a 6</b></a> de 10 personas' in page, "in six months"
    assert "3 si se fueron las 3 sin confirmar, 6 si siguen todas." in page
    assert "el menor, de 3; el mayor, de 6" in page
    assert "reemplazado por alguien sin certificado" in page
    assert "con 3 certificados más no habría duda" in page
    sign_in(app, ORGANIZER)
    region = text_of(client, "/region?lang=es")
    assert 'big-figure">13 a 16</b> de 30, 43 a 53\u00a0%' in region, "with the twenty of Guatemala"
    assert "La diferencia son las personas que nadie confirmó en 90 días." in region
    assert re.search(r'class="share">30–60</span><span class="base">3 a 6 de 10<', region), (
        "the map"
    )
    with app.app_context(), transaction() as db:
        for appointment_id in a_staff(db, "PA", serving=20, certified=10)[:3]:
            db.get_one(Appointment, appointment_id).confirmed_on = date(2026, 1, 1)
    sign_in(app, PRESIDENCY)
    region = text_of(client, "/region?lang=es")
    assert "<b>hasta 10</b> de 20" in region, "outside the country"
    assert '<span class="base">hasta 10 de 20<' in region, "the map"
    of_panama = text_of(client, "/countries/PA?lang=es")
    assert 'big-figure">hasta 10</b> de 20 personas, hasta 50\u00a0%' in of_panama
    unsure = RegionWhole(countries=2, serving=30, certified=16, least=None)
    assert coverage_texts(unsure, "es") == ("hasta 16", "hasta 53\u00a0%"), "one bound is hidden"
