"""The desk: each planner finds the tools that are theirs, and every link leads somewhere they may
go.
"""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.office.home.views.desk import DESK
from tests.support.actors import sign_in

LEADERS_ONLY = ("Conflict cases", "Plan a season", "Other calendars")


@pytest.mark.parametrize(
    ("persona", "leads"), [("organizer", True), ("presidency", True), ("convenor-labour", False)]
)
def test_a_planner_finds_the_tools_that_are_theirs(
    client: FlaskClient, persona: str, *, leads: bool
) -> None:
    sign_in(client, persona)
    main = client.get("/desk?lang=en").text.split("<main")[1].split("</main")[0]
    assert all(word in main for word in ("Plan an event", "Plan a series", "Board", "Holidays"))
    assert [word in main for word in LEADERS_ONLY] == [leads] * len(LEADERS_ONLY)
    links = re.findall(r'href="(/[^"]*)"', main)
    assert len(links) >= 5
    assert {client.get(link, follow_redirects=True).status_code for link in links} == {200}


@pytest.mark.parametrize("persona", ["official-hn", "focal-point-gt"])
def test_nobody_else_has_a_desk(client: FlaskClient, persona: str) -> None:
    sign_in(client, persona)
    assert client.get("/desk").status_code == 403


def test_every_tool_exists(app: Flask) -> None:
    assert {endpoint for *_, endpoint, _policy in DESK} <= set(app.view_functions)


def test_counts_stand_only_where_something_waits(client: FlaskClient) -> None:
    """In an empty office no country has a focal point, and nothing else waits."""
    sign_in(client, "organizer")
    pills = re.findall(r'<span class="count[^"]*">([^<]+)<', client.get("/desk").text)
    assert pills == ["11 vacantes"]


def test_tools_stand_in_four_groups_each_once(client: FlaskClient) -> None:
    sign_in(client, "organizer")
    main = client.get("/desk?lang=en").text.split("<main")[1].split("</main")[0]
    titles = re.findall(r'class="ruled">([^<]+)<', main)
    assert titles == ["To plan", "Congress", "Follow-up", "Administration"]
    links = re.findall(r'<li><a href="([^"]+)"', main.split('class="desk"')[1])
    assert len(links) == len(set(links)) == len(DESK)
