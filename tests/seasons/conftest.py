"""Seasons of these tests lie in fixed years: the day on which they are planned is fixed as well."""

import pytest

from app.infra import clock
from tests.events.planning_builders import NOW


@pytest.fixture(autouse=True)
def _this_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(clock, "today", lambda *_zone: NOW.date())
