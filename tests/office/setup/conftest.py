"""An installation as the start leaves it, and its first organizer."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra.database import transaction
from app.office.setup.cli import first_lines
from app.people.directory.services.reference import seed_reference
from app.web.site import site
from config import Settings
from tests.office.setup.first_day import ME
from tests.people.identity.visitor import Post, posting
from tests.support.mailboxes import unconnected
from tests.support.screen import Screen


@pytest.fixture
def post(client: FlaskClient) -> Post:
    return posting(client)


@pytest.fixture
def first(app: Flask) -> str:
    """The path of the address that the start prints."""
    site(app).has_accounts = False
    with app.app_context():
        with transaction() as db:
            seed_reference(db)
        lines = "\n".join(first_lines())
    found = re.search(r"/first/[\w-]+", lines)
    assert found is not None
    return found[0]


@pytest.fixture
def organizer(client: FlaskClient, post: Post, first: str) -> FlaskClient:
    assert post(first, **ME).status_code == 303
    return client


@pytest.fixture
def screen(organizer: FlaskClient) -> Screen:
    """The organizer's window, on no page yet."""
    return Screen(organizer)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """An installation as `./run serve` starts it: no address and no mail server."""
    return unconnected(database_url, (tmp_path / "var").resolve())
