"""The day on which figures are read in these tests."""

import pytest
from flask import Flask

from app.infra import clock
from tests.training.turnover.builders import NOW, TODAY


@pytest.fixture
def day_of_figures(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    """It is 24 November 2026, and forms are sent without a token."""
    monkeypatch.setattr(clock, "today", lambda *_zone: TODAY)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    app.config["WTF_CSRF_ENABLED"] = False
