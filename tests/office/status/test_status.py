"""The status page: what the checks found, in words, and what to do where something is not well."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra.health import HealthCheck, HealthReport
from app.infra.platform import platform
from tests.support.actors import sign_in

DATABASE = HealthCheck("database", "ok")
BACKUP_OFF = HealthCheck(
    "backup", "off", {"made_at": None, "nightly": False, "set": "BACKUP_FOLDER"}
)
QUEUE_LATE = HealthCheck("queue", "degraded", {"waiting_since": "2026-11-24T15:00:00+00:00"})
UNHEARD_OF = HealthCheck("tape_robot", "down", {"arms_left": 1})


Page = Callable[..., str]


@pytest.fixture
def page(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> Page:
    """Returns the page in English, tags apart, when the checks find what is given."""
    sign_in(client, "organizer")

    def shown(*checks: HealthCheck) -> str:
        monkeypatch.setattr(platform(app).health, "report", lambda: HealthReport(checks))
        answer = client.get("/status?lang=en")
        assert answer.status_code == 200
        return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())

    return shown


def test_what_needs_somebody_stands_first_with_its_sentence(page: Page) -> None:
    said = page(UNHEARD_OF, BACKUP_OFF, DATABASE, QUEUE_LATE)
    assert "Something does not work" in said
    tasks, _, rows = said.partition("Everything that is looked at")
    assert "Needs you 2" in tasks
    assert "Queue of jobs" in tasks
    assert "the oldest job waits since 24 Nov 2026, 09:00" in tasks
    assert "Please see that `flask jobs work` runs" in tasks
    assert "Backup" not in tasks, "off on purpose asks for nothing"
    assert "1 of 4 well." in rows, "off is not well"
    report = rows.partition("no secret.")[2]
    assert report.index("Queue of jobs: To be looked at") < report.index("Database: Well")
    assert "Last backup: Off" in report
    assert "Off: Last backup." in tasks
    assert "it took a write just now" in rows
    assert "what is lost stays lost. · to switch it on, set BACKUP_FOLDER" in rows


def test_check_that_the_page_never_heard_of_has_its_row(page: Page) -> None:
    said = page(UNHEARD_OF)
    assert "Tape robot Does not work arms left: 1" in said
    assert "Please look at “Tape robot” and at the log of the platform." in said


def test_nothing_needs_anybody_only_where_every_check_says_so(page: Page) -> None:
    assert "The platform works, and nothing needs you." in page(DATABASE)
    assert "1 thing needs you." in page(DATABASE, QUEUE_LATE)
