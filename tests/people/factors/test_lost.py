"""A lost second factor: two organizers replace it, none of them alone and none for themselves; where
there is one organizer, whoever runs the machine.
"""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra import clock
from app.infra.database import transaction
from app.infra.platform import platform
from app.people.factors import services
from app.people.factors.rules import LostByOnePerson
from app.people.identity.services.providers import link_provider
from tests.people.factors.office import EMAIL, PASSWORD, an_organizer, facts, protect
from tests.people.identity.visitor import Post, is_in, posting
from tests.support.actors import actor_of, sign_in


@pytest.fixture
def post(client: FlaskClient) -> Post:
    return posting(client)


@pytest.fixture
def dunia(app: Flask) -> int:
    account_id = an_organizer(app)
    protect(app)
    return account_id


NOTE = "I called her at the number of the ministry."


def test_two_organizers_end_what_was_lost_and_she_gets_a_link(
    app: Flask, client: FlaskClient, post: Post, dunia: int
) -> None:
    hers = app.test_client()
    sign_in(hers, EMAIL)
    page = f"/people-and-access/{dunia}/lost-steps"
    sign_in(client, "organizer")
    assert post(page, note="").status_code == 422
    assert post(page, note=NOTE).location == page
    assert post(page, note=NOTE).status_code == 409
    assert post(f"{page}/agreement").status_code == 409  # by the same person
    assert is_in(hers)
    assert posting(hers)(f"{page}/agreement").status_code == 409  # by herself
    sign_in(client, "organizer-second")
    assert "Decide on 1 lost second step" in client.get("/?lang=en").text
    shown = client.get(f"{page}?lang=en").text
    assert NOTE in shown
    seen = re.search(r'name="seen" value="(\w+)"', shown)
    assert seen is not None
    assert post(f"{page}/agreement", seen="0" * 16).status_code == 409
    assert post(f"{page}/agreement", seen=seen[1]).status_code == 303
    assert not is_in(hers)
    assert posting(hers)("/sign-in", email=EMAIL, password=PASSWORD).status_code == 422
    with app.app_context():
        platform(app).jobs.drain()
    link = _link(app)
    assert posting(hers)(f"/sign-in/link/{link}").location == "/"
    assert is_in(hers)
    told = facts(app, dunia)
    assert (told.count("LostFactorsTold"), told.count("FactorsLost")) == (1, 1)


def _link(app: Flask) -> str:
    folder: Path = platform(app).settings.data / "mail"
    found = [
        token[1]
        for one in sorted(folder.glob("*.eml"))
        if (token := re.search(r"/sign-in/link/([\w-]{43})", one.read_text().replace("=\n", "")))
    ]
    return found[-1]


def test_told_by_mistake_is_taken_back(
    client: FlaskClient, post: Post, dunia: int, app: Flask
) -> None:
    page = f"/people-and-access/{dunia}/lost-steps"
    sign_in(client, "organizer")
    post(page, note=NOTE)
    assert post(f"{page}/refusal").status_code == 303
    assert post(f"{page}/refusal").status_code == 409
    assert facts(app, dunia)[-1] == "LostFactorsDeclined"
    assert post("/people-and-access/999/lost-steps", note=NOTE).status_code == 404


def test_nobody_tells_it_of_themselves(app: Flask, dunia: int) -> None:
    with app.app_context(), pytest.raises(LostByOnePerson), transaction() as db:
        services.tell_lost(
            db, actor=actor_of(app, EMAIL), account_id=dunia, note=NOTE, now=clock.now()
        )


def test_whoever_runs_the_machine_ends_what_the_only_organizer_lost(app: Flask, dunia: int) -> None:
    """The single sign-on that was linked opens the account no more, like the password."""
    her, now = actor_of(app, EMAIL), clock.now()
    with app.app_context(), transaction() as db:
        link_provider(db, actor=her, issuer="https://login.example.org", subject="f3a1", now=now)
    done = app.test_cli_runner().invoke(args=["factors", "lost", EMAIL])
    assert (done.exit_code, "ended" in done.output) == (0, True)
    again = app.test_cli_runner().invoke(args=["factors", "lost", EMAIL])
    assert (again.exit_code, "no second step" in again.output) == (1, True)
    assert facts(app, dunia)[-2:] == ["ProviderUnlinked", "FactorsLost"]
