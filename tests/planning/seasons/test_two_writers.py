"""Two who place one webinar of a season: the second is told where the first put it."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.planning.events.planning_builders import ORGANIZER, act_as
from tests.planning.seasons.world import create, furnished, season
from tests.support.actors import csrf_token
from tests.support.two_writers import CHANGED, carried, second_is_told

THEIRS = {"on": "2027-03-10", "start": "09:00", "action": "choose"}
MINE = THEIRS | {"on": "2027-04-07"}


@pytest.fixture
def path(app: Flask) -> str:
    furnished(app)
    act_as(app, ORGANIZER)
    return f"/seasons/{create(app)}/wishes/1"


def test_of_two_who_choose_a_place_the_second_is_told(client: FlaskClient, path: str) -> None:
    second_is_told(client, path, THEIRS, MINE, 'value="2027-04-07"')


def test_a_choice_that_somebody_else_made_is_not_taken_back_unseen(
    app: Flask, client: FlaskClient, path: str
) -> None:
    def sent(data: dict[str, str], seen: str) -> Any:
        return client.post(path, data={**data, "seen": seen, "csrf_token": csrf_token(client)})

    sent(MINE, "")
    seen = carried(client.get(path).text, "seen")
    sent(THEIRS, seen)
    checked = sent(MINE | {"action": "check"}, seen)
    assert (checked.status_code, carried(checked.text, "seen")) == (200, seen), (
        "looking is no reading of what is stored"
    )
    refused = sent(MINE | {"action": "take-back"}, seen)
    assert (refused.status_code, CHANGED["es"] in refused.text) == (409, True)
    for _press in range(2):
        assert (
            sent(MINE | {"action": "take-back"}, carried(refused.text, "seen")).status_code == 303
        )
    assert season(app, UUID(path.split("/")[2])).wishes[0].chosen_at is None
