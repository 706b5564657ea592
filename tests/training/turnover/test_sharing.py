"""What a country shares of its figures, and what anybody outside reads then."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.people.directory.models import Country
from app.people.directory.values import SharedFigures
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
