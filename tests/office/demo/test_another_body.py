"""An installation of another body than the RCM: only its file is another one."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.infra import clock
from app.infra.body import read_body
from app.infra.database import reading, transaction
from app.kernel.actor import SYSTEM, Role
from app.office.demo.services.reference import load_reference
from app.people.directory.models import Country, WorkingGroup
from app.planning.holidays.services.official import official_holidays
from app.planning.scheduling.queries.settings import decisions_of
from app.planning.scheduling.values import Rule
from config import Settings
from tests.support import apps, databases
from tests.support.actors import an_account, sign_in
from tests.support.lifetime import close_app

SEAS = str(Path(__file__).parents[2] / "support" / "southern_seas.yaml")
OCAM = str(Path(__file__).parents[2] / "support" / "ocam.yaml")
OF_THE_RCM = (
    "RCM",
    "CRM",
    "Conferencia Regional",
    "Regional Conference",
    "Canadá",
    "Canada",
    "Ottawa",
    "Estados Unidos",
    "United States",
    "Washington",
    "México",
    "Mexico",
    "Migración Laboral",
    "Gestión Fronteriza",
    "GRCM",
)
"""Names that the RCM has and the OCAM has not."""


@pytest.fixture
def ocam(settings: Settings) -> Iterator[Flask]:
    app = apps.made(settings.model_copy(update={"body": OCAM}))
    with app.app_context(), transaction() as db:
        load_reference(db, now=clock.now())
    an_account(app, "organizer@example.org", name="Ana Pineda", roles=[(Role.ORGANIZER, "")])
    an_account(
        app,
        "focal@example.org",
        name="Dunia Zúñiga",
        roles=[(Role.FOCAL_POINT, "GT")],
        country="GT",
    )
    yield app
    close_app(app)


def test_r71_another_body_has_its_countries_groups_and_limits(ocam: Flask) -> None:
    body = read_body(OCAM)
    with ocam.app_context(), reading() as db:
        countries = {country.code: country for country in db.scalars(select(Country))}
        assert countries.keys() == {"BZ", "CR", "DO", "GT", "HN", "NI", "PA", "SV"}
        assert countries["BZ"].language == "en"
        assert countries["DO"].timezone == "America/Santo_Domingo"
        assert {group.slug: group.kind for group in db.scalars(select(WorkingGroup))} == {
            "regional-mobility": "working-group",
            "migrant-care": "working-group",
            "directors": "governance",
            "presidency": "governance",
            "secretariat": "governance",
        }
        (decision,) = decisions_of(db, actor=SYSTEM, rule=Rule.GROUP_MONTH)
        assert decision.threshold == body.limits["group-month"] == 2
        assert {day.country for day in official_holidays([2026])} == countries.keys()


def test_r71_loading_the_reference_again_adds_nothing(ocam: Flask) -> None:
    with ocam.app_context(), transaction() as db:
        load_reference(db, now=clock.now())
        assert len(decisions_of(db, actor=SYSTEM, rule=Rule.GROUP_MONTH)) == 1


PAGES = (
    ("", "/", "Comisión Centroamericana de Directoras y Directores de Migración"),
    ("", "/programme", "Movilidad Regional"),
    ("", "/programme/agenda", "Movilidad Regional"),
    ("organizer@example.org", "/", ""),
    ("organizer@example.org", "/programme/lanes", "Movilidad Regional"),
    ("organizer@example.org", "/events/plan", "Atención a Personas Migrantes"),
    ("organizer@example.org", "/seasons/new", "regional-mobility"),
    ("organizer@example.org", "/region", "República Dominicana"),
    ("focal@example.org", "/countries/GT", "Guatemala"),
    ("focal@example.org", "/countries/GT/roster", "Guatemala"),
)
"""Reader, address, and words of the body's own that the page has in Spanish."""


def test_r71_no_page_of_another_body_names_the_rcm(ocam: Flask) -> None:
    """The body is loaded once for all pages: that takes as long as thirty of them."""
    for person, path, own in PAGES:
        client = ocam.test_client()
        if person:
            sign_in(client, person)
        for language in ("es", "en"):
            answer = client.get(path, query_string={"lang": language})
            where = f"{path} in {language} for {person or 'a visitor'}"
            assert answer.status_code == 200, where
            assert language == "en" or own in answer.text, where
            assert [name for name in OF_THE_RCM if name in answer.text] == [], where


@pytest.mark.parametrize(
    ("limit", "sentence"),
    [
        ("group-year: 2", "limits.group-year: the rule book has no such rule"),
        ("group-month: 99", "limits.group-month: must be a whole number from 1 to 20"),
        ("blackout: 1", "limits.blackout: this rule has no limit"),
    ],
)
def test_r71_limit_that_cannot_be_is_refused_in_a_sentence(
    settings: Settings, tmp_path: Path, app: Flask, limit: str, sentence: str
) -> None:
    path = tmp_path / "body.yaml"
    text = Path(OCAM).read_text(encoding="utf-8")
    path.write_text(text.replace("group-month: 2", limit), encoding="utf-8")
    other = apps.made(settings.model_copy(update={"body": str(path)}))
    outcome = other.test_cli_runner().invoke(args=["reference", "load"])
    close_app(other)
    assert outcome.exit_code == 1
    assert sentence in str(outcome.exception) + outcome.output


def test_r71_the_calendar_has_the_name_of_the_body(ocam: Flask) -> None:
    answer = ocam.test_client().get("/calendar/public.ics")
    assert answer.status_code == 200
    assert "Programa de la OCAM" in answer.text


def test_r71_a_database_of_another_body_is_refused_in_a_sentence(
    app: Flask, settings: Settings
) -> None:
    with app.app_context(), transaction() as db:
        load_reference(db, now=clock.now())
    other = apps.made(settings.model_copy(update={"body": OCAM}))
    outcome = other.test_cli_runner().invoke(args=["reference", "load"])
    close_app(other)
    assert outcome.exit_code == 1
    assert "not in the file of this body: CA, MX, US." in outcome.output


def test_demo_of_another_body_is_refused(ocam: Flask) -> None:
    outcome = ocam.test_cli_runner().invoke(args=["demo", "load"])
    assert outcome.exit_code == 1
    assert "The demo data are those of the RCM: load them without BODY." in outcome.output


def test_r71_no_page_and_no_paper_of_a_foreign_body_has_a_word_of_ours(tmp_path: Path) -> None:
    """Its first day, every page as organizer and as visitor, the certificate, its picture, letters
    and feeds. In a process of its own, which counts days in its zone: named once, in its file.
    """
    data = tmp_path / "seas"
    url = databases.sqlite_copy(databases.migrated_sqlite(), data / "convoca.sqlite3")
    done = subprocess.run(
        [sys.executable, "-m", "tests.office.demo.another_walk", url, str(data)],
        env={**os.environ, "BODY": SEAS},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout)
    assert told["found"] == {}
    assert told["read"] > 900
