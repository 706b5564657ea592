"""Somebody with a certificate on a fixed day; `test_pages` and the pure tests ask for none of
it.
"""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from app.infra import clock
from app.infra.database import transaction
from app.infra.signing_key import OWN_FILE, SigningKey, signing_key
from config import Settings
from tests.training.certificates.builders import EVENING, Finished, finished


@pytest.fixture
def somebody(app: Flask) -> Finished:
    with app.app_context(), transaction() as db:
        return finished(db)


@pytest.fixture
def code(app: Flask, somebody: Finished) -> str:
    with app.app_context(), transaction() as db:
        return somebody.certificate(db)


@pytest.fixture
def the_day(monkeypatch: pytest.MonkeyPatch) -> date:
    """It is the evening of 24 November 2026 in Costa Rica."""
    monkeypatch.setattr(clock, "today", lambda *_zone: date(2026, 11, 24))
    monkeypatch.setattr(clock, "now", lambda: EVENING)
    return date(2026, 11, 24)


@pytest.fixture(scope="session")
def key_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The key of a development machine, made as the first certificate there makes it."""
    folder = tmp_path_factory.mktemp("data")
    signing_key(Settings(environment="development", convoca_data=folder))
    return folder / OWN_FILE


@pytest.fixture(scope="session")
def key(key_path: Path) -> SigningKey:
    read = signing_key(Settings(environment="test", seal_file=key_path))
    assert read is not None
    return read
