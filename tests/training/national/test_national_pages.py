"""The page of a country: its focal point fills and checks it, every signed-in reader finds it."""

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.platform import platform
from app.kernel.refusal import InvalidInput, NotAllowed
from app.kernel.text import LocalizedText
from app.office.home import rules as home
from app.office.home.values import CountryFacts, TaskKind
from app.office.search.queries.finding import found
from app.office.search.values import HitKind
from app.training.national import queries, rules, services
from app.training.national.values import Freshness, LineDraft, LineKind
from tests.support.actors import actor_of, post, sign_in

OFFICE = {
    "name_es": "Refugio Las Ceibas",
    "name_en": "",
    "about_es": "Alojamiento para mujeres con hijas e hijos.",
    "telephone": "+504 2555 0142",
    "email": "refugio@example.org",
    "hours_es": "De lunes a viernes, de 8:00 a 16:00",
    "timezone": "America/Tegucigalpa",
    "spoken_es": "Español, garífuna",
}
SHELTER = LineDraft(
    LineKind.OFFICE,
    LocalizedText(es="Refugio", en="Shelter"),
    LocalizedText(es="Alojamiento", en="A bed"),
    telephone="+504 2555 0142",
)


@pytest.fixture
def focal_point(app: Flask, client: FlaskClient) -> FlaskClient:
    sign_in(client, "focal-point-hn")
    return client


def test_a_focal_point_fills_and_checks_the_page_that_learners_read(
    app: Flask, focal_point: FlaskClient
) -> None:
    empty = focal_point.get("/national-pages/HN").text
    assert "Esta página está vacía todavía" in empty
    saved = post(focal_point, "/national-pages/HN/lines/new/office", **OFFICE)
    assert saved.status_code == 303
    assert "no la ha revisado todavía" in focal_point.get("/national-pages/HN").text
    assert post(focal_point, "/national-pages/HN/check").status_code == 303
    learner = app.test_client()
    sign_in(learner, "official-hn")
    own = learner.get("/national-pages/own")
    assert own.location == "/national-pages/HN"
    page = learner.get(own.location).text
    assert "Revisada el" in page
    assert 'href="tel:+50425550142"' in page
    assert "Honduras, UTC−6" in page
    assert "Todo está correcto" not in page
    assert app.test_client().get("/national-pages/HN").status_code in (302, 401)
    reader = actor_of(app, "official-hn")
    with app.app_context():
        platform(app).jobs.drain()
        with reading() as db:
            hits = found(db, actor=reader, typed="garifuna", now=clock.now())
    assert [hit.arguments for hit in hits[HitKind.NATIONAL]] == [{"code": "HN"}]


def test_a_number_that_looks_like_a_persons_own_is_asked_about_and_not_refused(
    focal_point: FlaskClient,
) -> None:
    typed = {**OFFICE, "telephone": "+504 9555 0142", "email": "maria.lopez@example.org"}
    asked = post(focal_point, "/national-pages/HN/lines/new/office", **typed)
    assert asked.status_code == 422
    assert asked.text.count("Parece el número o la dirección de una persona") >= 2
    assert 'value="+504 9555 0142"' in asked.text
    told = post(focal_point, "/national-pages/HN/lines/new/office", **typed, is_of_office="y")
    assert told.status_code == 303


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name_es": ""}, "name_es"),
        ({"telephone": "", "email": "", "address": ""}, "telephone"),
        ({"telephone": "llamar a la recepción"}, "telephone"),
        ({"email": "refugio"}, "email"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"name_es": "x" * 300}, "name_es"),
    ],
)
def test_what_a_line_lacks_is_said_at_the_field(
    focal_point: FlaskClient, changes: dict[str, str], field: str
) -> None:
    answer = post(focal_point, "/national-pages/HN/lines/new/office", **{**OFFICE, **changes})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_others_cannot_write_and_the_secretariat_cannot_check(app: Flask) -> None:
    now, organizer = clock.now(), actor_of(app, "organizer")
    others = [actor_of(app, name) for name in ("focal-point-gt", "official-hn")]
    with app.app_context():
        for other in others:
            with pytest.raises(NotAllowed), transaction() as db:
                services.add_line(db, actor=other, country_code="HN", draft=SHELTER, now=now)
        with transaction() as db:
            services.add_line(db, actor=organizer, country_code="HN", draft=SHELTER, now=now)
        with pytest.raises(NotAllowed), transaction() as db:
            services.check_page(db, actor=organizer, country_code="HN", now=now)


@pytest.mark.both_databases
def test_a_page_grows_old_after_a_year_and_shows_a_change_since(app: Flask) -> None:
    actor, now = actor_of(app, "focal-point-hn"), clock.now()
    with app.app_context():
        with transaction() as db:
            services.add_line(db, actor=actor, country_code="HN", draft=SHELTER, now=now)
            services.check_page(db, actor=actor, country_code="HN", now=now)

        def state(days: int) -> Freshness | None:
            with reading() as db:
                today = clock.today() + timedelta(days=days)
                pages = queries.national_pages(db, today=today)
            return next(page.freshness for page in pages if page.code == "HN")

        assert (state(0), state(364), state(368)) == (
            Freshness.CURRENT,
            Freshness.CURRENT,
            Freshness.OLD,
        )
        with transaction() as db:
            later = now + timedelta(minutes=1)
            notes = LocalizedText(es="Cierra en diciembre.")
            services.write_notes(db, actor=actor, country_code="HN", notes=notes, now=later)
        assert state(0) is Freshness.CHANGED


def test_the_home_page_reminds_of_an_empty_or_an_old_page() -> None:
    today = date(2026, 11, 27)
    for state, kind in (
        (Freshness.EMPTY, TaskKind.NATIONAL_EMPTY),
        (Freshness.OLD, TaskKind.NATIONAL_OLD),
        (None, None),
    ):
        tasks = home.country_tasks(CountryFacts("HN", national=state), today)
        assert [task.kind for task in tasks] == ([kind] if kind else [])


@pytest.mark.parametrize(
    ("telephone", "email", "country", "asked"),
    [
        ("+502 5555 0142", "", "GT", True),
        ("5555-0142", "", "GT", True),
        ("+502 2555 0142 ext. 12", "", "GT", False),
        ("911", "", "GT", False),
        ("+52 55 5555 0142", "", "MX", False),
        ("", "dunia.zuniga@example.org", "HN", True),
        ("", "atencion@example.org", "HN", False),
    ],
)
def test_only_mobile_numbers_and_names_look_personal(
    telephone: str, email: str, country: str, asked: bool
) -> None:
    assert rules.looks_personal(telephone, email, country) is asked


def test_a_law_needs_no_way_to_reach_it() -> None:
    law = LineDraft(LineKind.LAW, LocalizedText(es="Ley de migración"))
    rules.require_sound(law, country_code="MX")
    with pytest.raises(InvalidInput):
        rules.require_sound(LineDraft(LineKind.NUMBER, law.name), country_code="MX")
