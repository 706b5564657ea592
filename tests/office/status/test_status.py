"""The status page: what the checks found, in words, and what to do where something is not well."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra import changelog, clock, journal
from app.infra.database import reading, transaction
from app.infra.health import HealthCheck, HealthReport
from app.infra.journal import JournalEntry
from app.infra.platform import platform
from app.kernel.actor import SYSTEM, Role
from app.office.backups.facts import BackupAsked, BackupFailed, BackupMade
from app.office.backups.queries import backup_state
from app.office.backups.tasks.making import growth
from app.office.backups.values import BackupFailure
from app.office.outbox.models import Message
from app.office.status import views
from app.office.status.queries import count_fallen
from app.office.status.services import QUIET_FOR, tell_changes
from app.office.status.tasks import on_check_changed
from tests.support.actors import an_account, csrf_token, sign_in

DATABASE = HealthCheck("database", "ok")
BACKUP_OFF = HealthCheck(
    "backup", "off", {"made_at": None, "nightly": False, "set": "BACKUP_FOLDER"}
)
SEAL_OFF = HealthCheck("seal", "off")
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
    said = page(UNHEARD_OF, BACKUP_OFF, SEAL_OFF, DATABASE, QUEUE_LATE)
    assert "Something does not work" in said
    tasks, _, rows = said.partition("Everything that is looked at")
    assert "Needs you 3" in tasks
    assert "Queue of jobs" in tasks
    assert "the oldest job waits since 24 Nov 2026, 09:00" in tasks
    assert "Please see that flask jobs work runs" in tasks
    assert "what is lost stays lost · to switch it on, set BACKUP_FOLDER" in tasks
    assert "issued without a seal" not in tasks, "off on purpose asks for nothing"
    assert "1 of 5 well." in rows, "off is not well"
    report = rows.partition("no secret.")[2]
    assert report.index("Queue of jobs: To be looked at") < report.index("Database: Well")
    assert "Last backup: Off" in report
    assert re.search(r"Off: Seal[^.,]*\.", tasks)
    assert "it took a write just now" in rows
    assert "what is lost stays lost · to switch it on, set BACKUP_FOLDER" in rows


def test_backup_is_asked_for_at_a_press_once_and_its_row_says_so(
    app: Flask, client: FlaskClient
) -> None:
    sign_in(client, "organizer")
    shown = client.get("/status?lang=en").text
    assert 'action="/status/backup"' in shown
    assert 'action="/status/drill"' not in shown, "there is nothing to restore"
    answers = [
        client.post(
            "/status/backup", data={"csrf_token": csrf_token(client)}, follow_redirects=True
        ).text
        for _ in range(2)
    ]
    assert "A backup was asked for." in answers[0]
    assert "under way since" in answers[0]
    assert 'action="/status/backup"' not in answers[0]
    assert "That is under way already" in answers[1]
    with app.app_context():
        with reading() as db:
            asked = select(JournalEntry.id).where(JournalEntry.fact == BackupAsked.__name__)
            assert len(db.scalars(asked).all()) == 1
            assert not backup_state(db, platform().settings).is_nightly
        with transaction() as db:
            fact = BackupFailed(backup="", failure=BackupFailure.PLACE.value)
            journal.record(db, fact, actor=SYSTEM, now=clock.now())
        platform().health.forget()
    shown = client.get("/status?lang=en").text
    assert "the place it goes to does not take it" in shown
    assert 'action="/status/backup"' in shown


def test_fall_is_told_to_organizers_once_and_recovery_too(app: Flask) -> None:
    an_account(app, "office@example.org", roles=[(Role.ORGANIZER, "")])
    mail = HealthCheck("mail", "degraded")
    later = clock.now() + QUIET_FOR + timedelta(minutes=1)
    with app.app_context():
        told = [
            _told((mail, DATABASE), clock.now()),
            _told((mail, DATABASE), clock.now()),
            _told((HealthCheck("mail", "ok"), DATABASE), clock.now()),
            _told((mail, HealthCheck("proxy", "degraded")), clock.now()),  # within the hour
            _told((mail, HealthCheck("record", "degraded")), later),
        ]
        assert told == [["CheckFell"], [], ["CheckRecovered"], [], ["CheckFell"]]
        with reading() as db:
            assert count_fallen(db) == 1
            entries = db.scalars(select(JournalEntry).where(JournalEntry.subject_kind == "check"))
            fell, recovered, _again = entries.all()
        with transaction() as db:
            for entry in (fell, fell, recovered):
                on_check_changed(db, entry, now=clock.now())
        with reading() as db:
            written = db.scalars(select(Message.subject).order_by(Message.id)).all()
    assert written == [
        "Algo no está bien en la plataforma: Correo",
        "Ya está bien en la plataforma: Correo",
    ]
    client = app.test_client()
    sign_in(client, "office@example.org")
    assert "Atender 1 parte de la plataforma que no está bien" in client.get("/").text


def _told(checks: tuple[HealthCheck, ...], at: datetime) -> list[str]:
    """Returns the facts that were recorded when these checks were found."""
    about = select(JournalEntry.fact).where(JournalEntry.subject_kind == "check")
    with transaction() as db:
        before = len(db.scalars(about).all())
        tell_changes(db, checks, now=at)
        db.flush()
        return list(db.scalars(about.order_by(JournalEntry.id)).all())[before:]


def test_address_is_looked_at_when_somebody_asks(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, "organizer")
    asked: list[str] = []

    def end(host: str, _port: int, *, timeout: float) -> datetime:
        asked.append(host)
        assert 0 < timeout <= 10
        return datetime(2027, 2, 14, tzinfo=UTC)

    monkeypatch.setattr(views, "certificate_end", end)
    for address, said in (
        ("https://convoca.example.org", "14 February 2027"),
        ("http://127.0.0.1:8000", ""),
    ):
        monkeypatch.setattr(views, "site_address", lambda address=address: address)
        data = {"csrf_token": csrf_token(client)}
        answer = client.post("/status/address?lang=en", data=data, follow_redirects=True)
        assert said in answer.text
    assert asked == ["convoca.example.org"]


def test_check_that_the_page_never_heard_of_has_its_row(page: Page) -> None:
    said = page(UNHEARD_OF)
    assert "Tape robot Does not work arms left: 1" in said
    assert "Please look at “Tape robot” and at the log of the platform." in said


def test_what_is_of_nobody_yet_is_neither_well_nor_asks_for_anything(page: Page) -> None:
    said = page(DATABASE, HealthCheck("signatory", "empty"), HealthCheck("second_factors", "empty"))
    assert "nothing needs you." in said
    assert "Off:" not in said, "nobody switched them off"
    assert "1 of 3 well." in said
    assert "Who signs the certificates Nobody yet Nobody was entered to sign" in said
    assert "Second factor Nobody yet Nobody has a role yet that needs one." in said


def test_proxy_that_is_not_declared_is_said_with_what_to_set(page: Page) -> None:
    said = page(DATABASE, HealthCheck("proxy", "degraded", {"undeclared": 7}))
    assert "through a proxy that is not declared: 7" in said
    assert "Requests do not come as TRUSTED_PROXIES says:" in said
    assert "requests do not come through one" in page(HealthCheck("proxy", "ok"))


def test_nothing_needs_anybody_only_where_every_check_says_so(page: Page) -> None:
    assert "The platform works, and nothing needs you." in page(DATABASE)
    assert "1 thing needs you." in page(DATABASE, QUEUE_LATE)
    said = page(DATABASE, BACKUP_OFF, SEAL_OFF)
    assert "1 thing needs you." in said, "no backup is a need; no seal is a choice"


def test_how_long_the_disk_lasts_is_said_from_enough_days_of_backups(
    app: Flask, page: Page
) -> None:
    assert "there is none yet" in page(_growth(app))
    _backup_made(app, days_ago=40, free_megabytes=90_000)  # longer ago than a month
    _backup_made(app, days_ago=16, free_megabytes=6_000)
    _backup_made(app, days_ago=3, free_megabytes=5_000)
    said = page(_growth(app))
    assert "said after 14 days" in said
    assert "until it is full" not in said
    _backup_made(app, days_ago=30, free_megabytes=6_900)
    _backup_made(app, days_ago=2, free_megabytes=4_000, database_bytes=400 * 1024**2, files=12)
    said = page(_growth(app))
    assert "days between the backups compared: 28" in said
    assert "2 GB more taken up · of it the database: 300 MB · stored files more: 5" in said
    assert "months until it is full at this pace: about 1" in said
    assert "full in less than two months. Please make room" in said
    _backup_made(app, days_ago=1, free_megabytes=6_899)
    assert "years until it is full at this pace: more than 5" in page(_growth(app))
    _backup_made(app, days_ago=0, free_megabytes=7_000)
    said = page(_growth(app))
    assert "nothing more was taken up" in said
    assert "until it is full" not in said


def _growth(app: Flask) -> HealthCheck:
    with app.app_context():
        return growth()


def _backup_made(app: Flask, *, days_ago: int, free_megabytes: int, **others: int) -> None:
    told = {"files": 7, "copied": 0, "damaged": 0, "database_bytes": 100 * 1024**2, **others}
    fact = BackupMade(backup="", free_megabytes=free_megabytes, **told)
    with app.app_context(), transaction() as db:
        journal.record(db, fact, actor=SYSTEM, now=clock.now() - timedelta(days=days_ago))


CHANGES = """# Changelog

## {day}

### Added

- Brings {what} with `code`.

### Fixed

- One thing.

## 2026-01-01

### Added

- Long known.
"""


def test_version_says_what_it_brought_and_what_lies_ready(
    app: Flask, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder, day, what in (
        ("convoca-1", "2026-11-30", "apples"),
        ("convoca-0", "2026-11-01", "plums"),
        ("other", "2027-05-01", "stones"),
    ):
        _unpack(tmp_path / folder, day, what)
    monkeypatch.setattr(changelog, "ROOT", tmp_path / "convoca-1")
    sign_in(client, "organizer")
    shown = client.get("/status/version?lang=en").text
    assert "What the version of 30 November 2026 brought" in shown
    assert "Brings apples with <code>code</code>." in shown
    assert not re.search("plums|stones|Long known|lies ready", shown)
    _unpack(tmp_path / "convoca-2", "2026-12-15", "pears")
    shown = client.get("/status/version?lang=en").text
    assert shown.index("What the update of 15 December 2026 brings") < shown.index("apples")
    assert "Brings pears" in shown
    platform(app).health.forget()
    assert "a newer one lies ready, of 15 December 2026" in client.get("/status?lang=en").text


def _unpack(folder: Path, day: str, what: str) -> None:
    folder.mkdir()
    (folder / "CHANGELOG.md").write_text(CHANGES.format(day=day, what=what), encoding="utf-8")
