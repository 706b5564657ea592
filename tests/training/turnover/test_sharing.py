"""What a country shares of its figures, and what anybody outside reads then."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.office.writing.queries import focal_points_to_remind
from app.people.directory.models import Appointment, Country, Person
from app.people.directory.queries import roster
from app.people.directory.values import SharedFigures
from app.training.certificates.models import Certificate
from app.training.learning.models import CourseEdition, Enrolment
from app.training.refreshers import queries as refreshers
from app.training.turnover.queries import figures
from app.training.turnover.queries.outlook import outlook
from app.web.site import site
from tests.training.turnover.builders import (
    NOW,
    ORGANIZER,
    PRESIDENCY,
    TODAY,
    a_staff,
    focal_point,
)

HN, GT = focal_point("HN"), focal_point("GT")


@pytest.fixture(autouse=True)
def _two_countries(monkeypatch: pytest.MonkeyPatch, app: Flask) -> Iterator[None]:
    monkeypatch.setattr(clock, "today", lambda *_zone: TODAY)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    with app.app_context():
        with transaction() as db:
            a_staff(db, "HN", serving=40, certified=20)
            a_staff(db, "GT", serving=30, certified=12)
        yield


def share(what: SharedFigures) -> None:
    with transaction() as db:
        db.execute(update(Country).where(Country.code == "HN").values(shares_figures=what))


def report(actor: Actor) -> figures.CountryReport:
    with reading() as db:
        return figures.country_report(db, actor=actor, country_code="HN", on=TODAY)


def in_region(actor: Actor) -> dict[str, object]:
    with reading() as db:
        region = figures.region(db, actor=actor, on=TODAY)
    honduras = next(one for one in region.countries if one.code == "HN")
    total = sum(part.coverage.serving for part in region.parts or ())
    return {"coverage": honduras.coverage, "ahead": honduras.ahead, "in_parts": total}


@pytest.mark.parametrize("who", [ORGANIZER, PRESIDENCY])
def test_r50_who_is_outside_reads_what_the_country_shares(who: Actor) -> None:
    """Given 20 of 40 certified, when the country shares nothing, the share, or all, then others
    read that and no more, and the country itself reads all.
    """
    assert in_region(who)["coverage"] is not None
    assert in_region(who)["in_parts"] == 70
    share(SharedFigures.TRAINED)
    shown = report(who)
    assert shown.coverage is not None
    assert (shown.coverage.certified, shown.coverage.serving) == (20, 40)
    assert (shown.forecast, shown.exposure, shown.parts, shown.institutions) == (None,) * 4
    assert set(shown.lists.values()) == {None}
    assert in_region(who)["ahead"] is None
    assert in_region(who)["in_parts"] == 30
    share(SharedFigures.NOTHING)
    assert report(who).coverage is None
    assert set(report(who).series) == {None}
    assert in_region(who) == {"coverage": None, "ahead": None, "in_parts": 30}
    for ask in (
        lambda db: figures.states_of_institutions(db, actor=who, country_code="HN", on=TODAY),
        lambda db: outlook(db, actor=who, country_code="HN", on=TODAY, now=NOW),
    ):
        with reading() as db, pytest.raises(NotFound):
            ask(db)
    assert report(HN).institutions
    assert report(HN).coverage == report(HN).coverage is not None


def test_r50_pages_and_the_api_say_that_it_is_not_shared(app: Flask, client: FlaskClient) -> None:
    share(SharedFigures.NOTHING)
    site(app).load_actor = lambda: ORGANIZER
    assert "Not shared" in client.get("/countries/HN?lang=en").text
    assert client.get("/countries/HN/offices").status_code == 404
    region = client.get("/region?lang=en").text
    assert region.count("not shared") == 2, "on the map and in the list"
    told = client.get(f"/api/v1/coverage?country=HN&on={TODAY}").get_json()
    assert (told["shared"], told["hidden"], told["serving"]) == ("nothing", True, None)
    share(SharedFigures.TRAINED)
    told = client.get(f"/api/v1/coverage?country=HN&on={TODAY}").get_json()
    assert (told["shared"], told["serving"], told["certified"]) == ("trained", 40, 20)


def test_refreshers_and_the_steps_of_the_course_follow_what_the_country_shares() -> None:
    """A country that shares less than all has no refresher counts, and stands in no step."""
    with transaction() as db:
        course_id = db.scalars(select(CourseEdition.course_id)).first()
        db.add_all(
            Enrolment(
                person_id=row.person_id,
                course_id=course_id,
                edition_id=row.course_edition_id,
                language="es",
                started_at=NOW,
            )
            for row in db.scalars(select(Certificate))
        )

    def asked(who: Actor) -> tuple[bool, int]:
        with reading() as db:
            lines = {one.code: one for one in refreshers.figures(db, actor=who, now=NOW)}
            shown = figures.region(db, actor=who, on=TODAY).countries
            steps = figures.course_steps(db, actor=who, countries=shown)
        assert lines["GT"].is_shared
        return lines["HN"].is_shared and lines["HN"].people == 0, steps.enrolled

    assert asked(ORGANIZER) == (True, 32)
    share(SharedFigures.TRAINED)
    assert asked(ORGANIZER) == asked(GT) == (False, 12)
    assert asked(HN) == (True, 32)


def test_home_and_letter_of_the_secretariat_name_the_country_and_not_how_many() -> None:
    with transaction() as db:
        db.execute(update(Appointment).values(confirmed_on=None))

    def to_remind() -> dict[str, int]:
        with reading() as db:
            people = dict(
                db.execute(
                    select(Person.country_code, func.min(Person.id)).group_by(Person.country_code)
                ).all()
            )
            return dict(
                focal_points_to_remind(
                    db,
                    actor=ORGANIZER,
                    on=TODAY,
                    focal_points={code: [people[code]] for code in ("HN", "GT")},
                    countries=roster.countries(db),
                    to_declare=(),
                ).countries
            )

    assert to_remind() == {"HN": 40, "GT": 30}
    share(SharedFigures.NOTHING)
    assert to_remind() == {"GT": 30, "HN": 0}


# Every place that works out figures of single countries.

ROOTS = {
    "figures_of_countries",
    "terms_by_country",
    "declared_counts",
    "came_to",
    "kept_figures",
    "unconfirmed_by_country",
    "rounds_on",
}
ASKS = re.compile(r"\b(shared_of|shared_with|require_shares_all|countries_keeping)\b")
PLACES = {
    "office/home/queries.py desk_facts": "names silent countries, without a number",
    "office/progress/queries.py QUOTAS_AND_NOMINATIONS": "who runs the event holds the names",
    "office/reports/queries.py donor_report": "asks",
    "office/reports/queries.py came_to": "for donor_report and year_report, which ask",
    "office/writing/queries.py _to_answer": "asks",
    "office/yearly/queries.py _events": "for year_report, which asks",
    "participation/attendance/queries/sheet.py _countries": "for sheet_of, which asks",
    "participation/materials/queries.py downloads_by_country": "who runs the event reads it",
    "participation/registrations/queries/capacity.py COUNTS": "who runs the event holds the names",
    "people/directory/queries/confirming.py _waiting": "for the job, whose letters ask",
    "people/directory/queries/roster.py _unconfirmed": "for _to_answer, which asks, and the job",
    "people/directory/services/confirming.py ask_countries": "for the job, whose letters ask",
    "training/refreshers/queries.py figures": "asks",
    "training/turnover/queries/figures.py country_coverage": "asks",
    "training/turnover/queries/figures.py _declared": "for figures_of_countries",
    "training/turnover/queries/figures.py own_coverage": "asks",
    "training/turnover/queries/figures.py country_report": "asks",
    "training/turnover/queries/figures.py country_today": "asks",
    "training/turnover/queries/figures.py states_of_institutions": "asks",
    "training/turnover/queries/figures.py figures_of_countries": "those who call it stand here",
    "training/turnover/queries/figures.py region": "asks",
    "training/turnover/queries/figures.py _concerned": "for the own country",
    "training/turnover/queries/movement.py country_movement": "asks",
    "training/turnover/queries/movement.py region_movement": "asks",
    "training/turnover/queries/outlook.py outlook": "asks",
    "training/turnover/queries/outlook.py _tested": "for outlook, which asks",
    "training/turnover/views/declared.py _form": "for the own country",
}
"""What works out figures of countries, and how it follows what each shares (decision 97)."""


def works_out_countries(node: ast.AST) -> bool:
    calls = [one for one in ast.walk(node) if isinstance(one, ast.Call)]
    return any(
        name in ROOTS
        or (name == "group_by" and any("country" in ast.unparse(each) for each in call.args))
        for call in calls
        for name in [getattr(call.func, "attr", getattr(call.func, "id", ""))]
    )


def test_every_place_that_counts_by_country_is_known_and_asks_what_is_shared() -> None:
    """Fails where a new one appears: say there how it follows the country's choice."""
    found = {}
    for path in sorted(Path("app").rglob("*.py")):
        text = path.read_text()
        if not any(word in text for word in (*ROOTS, "group_by")):
            continue
        for node in ast.parse(text).body:
            if works_out_countries(node):
                targets = getattr(node, "targets", None) or [getattr(node, "target", node)]
                name = getattr(node, "name", None) or ast.unparse(targets[0])
                found[f"{path.relative_to('app')} {name}"] = ast.unparse(node)
    assert found.keys() == PLACES.keys()
    silent = [
        place for place, how in PLACES.items() if how == "asks" and not ASKS.search(found[place])
    ]
    assert silent == []
