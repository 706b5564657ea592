"""What an installation of an earlier version goes through when this one takes it over."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import create_app
from app.infra.database import reading
from app.training.certificates.models import Certificate
from tests.support import databases, states
from tests.support.forms import tokens_of
from tests.support.lifetime import close_app


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def old(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """An application on what the first commit left, as `./run` finds it."""
    data = tmp_path_factory.mktemp("old")
    with states.state(request.param, data) as url:
        app = create_app(databases.settings_for(url, data))
        yield app
        close_app(app)


def test_installation_of_the_first_commit_is_taken_over(old: Flask) -> None:
    """It holds an edition whose label came with other texts afterwards: that stopped the start."""
    run = old.test_cli_runner(catch_exceptions=False).invoke
    for command in (["db", "upgrade"], ["reference", "load"], ["check"]):
        done = run(args=command)
        assert done.exit_code == 0, done.output
    assert (
        "psea 2026.2 was published here with other texts" in run(args=["reference", "load"]).output
    )
    client = old.test_client()
    for path in ("/", "/programme", "/courses", "/verify", "/healthz", "/readyz"):
        assert client.get(path, follow_redirects=True).status_code == 200, path
    with old.app_context(), reading() as db:
        [code] = db.scalars(select(Certificate.code))
    page = client.get(f"/verify/{code}?lang=es")
    assert page.status_code == 200
    assert states.HOLDER in page.text
    assert signs_in(client)


def signs_in(client: FlaskClient) -> bool:
    """With a password only, a second factor may be asked for next: the password was right."""
    tokens = tokens_of(client.get("/sign-in").text)
    typed = {"email": states.ORGANIZER, "password": states.PASSWORD, **tokens}
    return client.post("/sign-in", data=typed).status_code == 302
