"""An installation that speaks French besides Spanish and English: only a setting says so."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app.infra.database import reading
from app.infra.language import date_text, translate
from app.infra.orm import text_in
from app.kernel.text import LocalizedText, languages, speak
from app.planning.events.models import Event
from config import Settings, SettingsInvalid
from tests.planning.arranging.plan_form import PLAN, event_titled, send
from tests.planning.events.planning_builders import (
    ORGANIZER,
    a_draft,
    a_span,
    act_as,
    asked,
    furnished,
    plan,
)
from tests.support import apps
from tests.support.lifetime import close_app

TITLE, ENGLISH, FRENCH = "Seminario de señales", "Webinar on signals", "Séminaire sur les signaux"


@pytest.fixture
def french(settings: Settings) -> Iterator[Flask]:
    before = languages()
    app = apps.made(settings.model_copy(update={"languages": ("es", "en", "fr")}))
    furnished(app)
    act_as(app, ORGANIZER)
    yield app
    close_app(app)
    speak(before)


@pytest.mark.both_databases
def test_r70_event_has_a_french_title_with_no_migration(french: Flask) -> None:
    page = french.test_client()
    form = page.get(f"{PLAN}?lang=es").text
    assert "Título en francés" in form
    assert 'name="title_fr"' in form
    assert 'lang="fr"' in form
    answer = send(page, title_es=TITLE, title_en=ENGLISH, title_fr=FRENCH, action="save")
    assert answer.status_code == 303
    stored = LocalizedText(es=TITLE, en=ENGLISH, fr=FRENCH)
    assert event_titled(french, TITLE).title == stored
    shown = {code: page.get(f"{answer.location}?lang={code}").text for code in stored}
    assert all(f"<h1>{stored[code]}</h1>" in shown[code] for code in ("es", "en"))
    assert f'<h1><span lang="fr">{FRENCH}</span></h1>' in shown["fr"]
    assert f'value="{FRENCH}"' in page.get(f"{answer.location}/edit").text


def test_language_that_nobody_knows_is_refused_at_the_start(settings: Settings) -> None:
    before = languages()
    try:
        with pytest.raises(SettingsInvalid, match="LANGUAGES: qq is no language known here"):
            apps.made(settings.model_copy(update={"languages": ("es", "qq")}))
    finally:
        speak(before)


def test_r70_missing_french_shows_the_first_language_and_says_so(french: Flask) -> None:
    page = french.test_client()
    answer = send(page, title_es=TITLE, title_en=ENGLISH, action="save")
    shown = page.get(f"{answer.location}?lang=fr").text
    assert f"<h1>{TITLE}</h1>" in shown
    assert "español y inglés" in shown
    listed = page.get("/events/translations?lang=es").text
    assert "Título en francés" in listed


@pytest.mark.parametrize("path", ["/", "/programme", "/courses", PLAN])
def test_r70_interface_without_a_catalogue_stays_in_one_language_and_says_so(
    french: Flask, path: str
) -> None:
    """Labels, dates and the language of the page agree; before they were English, French, both."""
    page = french.test_client()
    in_spanish = page.get(f"{path}?lang=es").text
    shown = page.get(f"{path}?lang=fr").text
    assert '<html lang="es">' in shown
    assert "Convoca todavía no está traducido al francés" in shown
    assert "todavía no está traducido" not in in_spanish
    labels = [one for one in re.findall(r"<label[^>]*>([^<]+)<", in_spanish) if "Título" not in one]
    assert [one for one in labels if one not in shown] == []
    assert not re.search(r"\b(Sign in|Language|novembre|décembre|janvier)\b", shown)


def test_r70_dates_are_written_in_the_language_of_the_labels(french: Flask) -> None:
    assert date_text("fr", date(2026, 12, 1)) == "1 de diciembre de 2026"
    assert translate("fr", "Sign in") == translate("es", "Sign in") != "Sign in"


def test_r70_the_interface_takes_and_gives_french_where_it_is_spoken(french: Flask) -> None:
    sent = asked(title={"es": TITLE, "fr": FRENCH})
    answer = french.test_client().post("/api/v1/events", json=sent)
    assert answer.status_code == 201, answer.text
    assert answer.get_json()["title"] == {"es": TITLE, "en": "", "fr": FRENCH}


@pytest.mark.both_databases
def test_r70_filters_and_orders_read_one_language_of_the_column(french: Flask) -> None:
    for hour, french_title in enumerate(("b", "a", "")):
        title = LocalizedText(es=f"Seminario {french_title}", fr=french_title)
        plan(french, a_draft(title=title, span=a_span(hour)), publish=False)
    in_french = text_in(Event.title, "fr")
    with french.app_context(), reading() as db:
        assert list(db.scalars(select(in_french).order_by(in_french))) == ["", "a", "b"]
        assert list(db.scalars(select(Event.title).where(in_french == "a"))) == [
            LocalizedText(es="Seminario a", fr="a")
        ]
