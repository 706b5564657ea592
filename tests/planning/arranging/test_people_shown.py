"""People on the planning page: found by their names, told to nobody by number, ticked from page to
page.
"""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.planning.arranging.plan_form import PLAN, send
from tests.planning.events.planning_builders import (
    ORGANIZER,
    a_draft,
    act_as,
    furnished,
    people,
    plan,
    seal_of,
)


@pytest.fixture
def page(app: Flask, client: FlaskClient) -> FlaskClient:
    furnished(app)
    act_as(app, ORGANIZER)
    return client


SEARCHES: dict[str, set[str]] = {
    "munoz": {"Ana Muñoz Peña"},
    "DÍA ca": {"Carla Díaz"},
    "honduras": set(),
    "lo": set(),
    "a a a": set(),
    "%": set(),
    "%%%": set(),
    "": set(),
}


def test_people_are_found_without_scripts_and_the_ticked_stay(page: FlaskClient) -> None:
    names = {"Ana Muñoz Peña", "Berta López", "Carla Díaz"}
    for words, found in SEARCHES.items():
        answer = send(page, action="find", people_words=words)
        assert {name for name in names if name in answer.text} == found, words
        assert "@example.org" not in answer.text
    for words in ("munoz", ""):
        ticked = send(page, action="find", people_words=words, people=["1"])
        assert re.search(r'value="1" checked', ticked.text), words


def test_person_numbers_reveal_no_names(page: FlaskClient) -> None:
    """Neither by finding nor by checking nor by saving; a tick counts for whom this planner has
    been shown.
    """
    counted = [str(number) for number in range(1, 7)]
    foreign = [seal_of(number, account_id=2) for number in counted]
    for shown in ([], ["1", "2", "x.y", "ñ", ""], foreign):
        for path, action in (
            (PLAN, "find"),
            (PLAN, "check"),
            ("/events/plan/people", ""),
            ("/events/plan/check", ""),
        ):
            answer = send(page, path, action=action, people=counted, shown=shown)
            assert answer.status_code == 200
            for name in ("Ana Muñoz Peña", "Berta López", "Carla Díaz"):
                assert name not in answer.text
    assert "Escriba al menos tres letras" in send(page, action="find", people_words="lo").text


def test_whoever_was_found_stays_ticked_from_page_to_page(page: FlaskClient) -> None:
    found = send(page, "/events/plan/people", people_words="munoz").text
    seal = re.search(r'name="shown" value="([^"]+)"', found)
    assert seal
    again = send(page, action="check", people=["1"], shown=[seal[1]]).text
    assert re.search(r'value="1" checked', again)


def test_the_people_of_an_event_stay_when_it_is_edited(app: Flask, page: FlaskClient) -> None:
    event_id = plan(app, a_draft(people=people(1)))
    answer = send(page, f"/events/{event_id}/edit", action="find", people=["1", "2"], shown=[])
    assert "Ana Muñoz Peña" in answer.text
    assert "Berta López" not in answer.text
