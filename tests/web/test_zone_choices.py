"""Time zones to choose from: every one of a member country, in the order of the countries."""

import re

from flask import Flask
from flask.testing import FlaskClient

from app.infra.body import current_body
from app.infra.zones import place_of, zones_by_country
from app.kernel.actor import ANONYMOUS
from app.web.locale import LANGUAGE_COOKIE
from app.web.render import zone_choices
from tests.planning.events.planning_builders import ORGANIZER, a_draft, act_as, furnished, plan

EVERYWHERE = {
    "America/Tijuana": "México: Tijuana",
    "America/Vancouver": "Canadá: Vancouver",
    "America/Los_Angeles": "Estados Unidos: Los Ángeles",
    "America/Ciudad_Juarez": "México: Ciudad Juárez",
    "America/Toronto": "Canadá: Ottawa",
    "America/Guatemala": "Guatemala",
}


def options_in(html: str, name: str) -> dict[str, str]:
    found = re.search(rf'<select[^>]* name="{name}".*?</select>', html, re.DOTALL)
    assert found is not None
    return dict(re.findall(r'<option[^>]* value="([^"]+)"[^>]*>([^<]*)', found[0]))


def test_every_zone_of_a_member_country_is_offered(app: Flask, client: FlaskClient) -> None:
    furnished(app)
    act_as(app, ORGANIZER)
    offered = options_in(client.get("/events/plan").text, "timezone")
    countries = current_body_of(app)
    assert {zone for code in countries for zone in zones_by_country()[code]} <= offered.keys()
    assert {zone: offered[zone] for zone in EVERYWHERE} == EVERYWHERE


def current_body_of(app: Flask) -> list[str]:
    with app.app_context():
        return [country.code for country in current_body().countries]


def test_foot_of_a_public_page_and_the_season_offer_the_same_zones(
    app: Flask, client: FlaskClient
) -> None:
    furnished(app)
    event_id = plan(app, a_draft())
    act_as(app, ORGANIZER)
    season = options_in(client.get("/seasons/new").text, "timezone")
    act_as(app, ANONYMOUS)
    foot = options_in(client.get(f"/events/{event_id}").text, "zone")
    assert foot.keys() == season.keys()
    assert foot["America/Tijuana"] == "México: Tijuana, UTC−8"


def test_zones_stand_country_by_country_the_capital_first(app: Flask) -> None:
    cookie = {"Cookie": f"{LANGUAGE_COOKIE}=en"}
    with app.test_request_context("/", headers=cookie):
        labels = [label for _zone, label in zone_choices()]
    countries = list(dict.fromkeys(label.split(":")[0] for label in labels))
    assert countries == sorted(countries)
    canada = [label for label in labels if label.startswith("Canada: ")]
    assert canada[0] == "Canada: Ottawa"
    assert canada[1:] == sorted(canada[1:])


def test_place_is_named_as_the_reader_knows_it() -> None:
    assert place_of("America/Ciudad_Juarez")["es"] == "Ciudad Juárez"
    assert place_of("America/Indiana/Knox")["en"].startswith("Knox")
