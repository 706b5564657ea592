"""`/readyz` says what is wrong: one word to strangers, each check to organizers and to probes on
the machine.
"""

import shutil
from collections import namedtuple
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from app import create_app
from app.infra import clock, health
from app.infra.archives import made_whole
from app.infra.database import transaction
from app.infra.journal import Delivery
from app.infra.platform import platform
from app.infra.signing_key import signing_key
from app.people.identity.services.sign_in import request_sign_in_link
from config import Settings
from tests.support import apps
from tests.support.actors import an_account, sign_in
from tests.support.databases import settings_for
from tests.support.issuer import lay_keys
from tests.support.lifetime import close_app

ON_THE_MACHINE = "http://localhost"
FROM_OUTSIDE = {"X-Forwarded-For": "192.0.2.7"}
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """With a queue and a mail server that nobody has asked yet."""
    app = create_app(
        settings_for(
            database_url, tmp_path / "var", jobs="external", smtp_host="127.0.0.1", smtp_port=9
        )
    )
    yield app
    platform(app).jobs.close()
    close_app(app)


def asked(app: Flask) -> Any:
    platform(app).health = health.Health(app, platform(app).settings)
    return app.test_client().get("/readyz", base_url=ON_THE_MACHINE).json


@pytest.mark.both_databases
def test_probe_on_the_machine_reads_every_check(app: Flask) -> None:
    told = asked(app)
    assert told["status"] in ("ready", "degraded")  # as full as the disk of this machine is
    assert set(told["checks"]) == {
        *(
            "database",
            "disk",
            "files",
            "queue",
            "mail",
            "seal",
            "credentials",
            "archive",
            "backup",
            "growth",
            "signatory",
            "record",
            "address",
            "proxy",
            "clock",
            "version",
            "second_factors",
            "viruses",
            "secret_keys",
        )
    }
    assert told["checks"]["database"] == {"state": "ok"}
    assert told["checks"]["clock"]["state"] == "ok"
    assert told["checks"]["files"] == {"state": "ok"}
    nobody = ("signatory", "second_factors")
    assert [told["checks"][name] for name in nobody] == [{"state": "empty"}] * 2


@pytest.mark.parametrize(
    ("base_url", "headers"),
    [
        (ON_THE_MACHINE, FROM_OUTSIDE),
        (ON_THE_MACHINE, {"Via": "1.1 Caddy"}),
        ("https://convoca.example.org", {}),
    ],
)
def test_readiness_tells_a_stranger_its_status_only(
    client: FlaskClient, base_url: str, headers: dict[str, str]
) -> None:
    told = client.get("/readyz", base_url=base_url, headers=headers)
    assert list(told.json) == ["status"]  # type: ignore[arg-type]


def test_organizer_reads_every_check_and_an_official_does_not(app: Flask) -> None:
    for who, keys in (("organizer", {"status", "checks"}), ("official-hn", {"status"})):
        client = app.test_client()
        sign_in(client, who)
        assert set(client.get("/readyz", headers=FROM_OUTSIDE).json) == keys  # type: ignore[arg-type]


@dataclass(frozen=True)
class Came:
    """A request as it came: from whose address, with which headers, to which page."""

    peer: str = "127.0.0.1"
    headers: Mapping[str, str] = field(default_factory=dict)
    path: str = "/sign-in"


THROUGH_PROXY = Came(headers=FROM_OUTSIDE)
WAYS: Mapping[str, tuple[int, list[Came], dict[str, Any]]] = {
    "nobody came": (0, [], {"state": "ok"}),
    "a proxy that is not declared": (
        0,
        [THROUGH_PROXY, Came("10.0.0.7", {"Forwarded": "for=192.0.2.7"})],
        {"state": "degraded", "undeclared": 2},
    ),
    "somebody writes the header, as most do not": (
        0,
        [THROUGH_PROXY, Came("192.168.1.5"), Came("192.168.1.6")],
        {"state": "ok"},
    ),
    "a stranger writes the header": (0, [Came("8.8.8.8", FROM_OUTSIDE)] * 3, {"state": "ok"}),
    "the proxy that is declared": (
        1,
        [THROUGH_PROXY, Came("10.0.0.7"), Came("8.8.8.8", FROM_OUTSIDE)],
        {"state": "ok", "passed_on": 2},
    ),
    "never through the proxy that is declared": (
        1,
        [Came("10.0.0.7"), Came()],
        {"state": "degraded", "past": 1},
    ),
    "strangers claim addresses past it": (
        1,
        [Came("8.8.4.4"), *[Came("8.8.8.8", FROM_OUTSIDE)] * 3],
        {"state": "degraded", "past": 1},
    ),
    "the declared proxy has an address of the internet": (
        1,
        [Came("8.8.8.8", FROM_OUTSIDE)] * 3,
        {"state": "ok", "passed_on": 3},
    ),
    "probes alone ask past it": (
        1,
        [Came("10.0.0.7", path="/healthz"), Came("10.0.0.7", path="/metrics"), Came()],
        {"state": "ok", "passed_on": 0},
    ),
}


def test_proxy_that_is_not_declared_is_told_and_one_that_is_never_there(
    database_url: str, tmp_path: Path
) -> None:
    for proxies in (0, 1):
        app = apps.made(settings_for(database_url, tmp_path / "var", trusted_proxies=proxies))
        for name, (declared, requests, found) in WAYS.items():
            if declared != proxies:
                continue
            platform(app).health = health.Health(app, platform(app).settings)
            client = app.test_client()
            for one in requests:
                came_from = {"REMOTE_ADDR": one.peer}
                client.get(one.path, headers=one.headers, environ_base=came_from)
            told = client.get("/readyz", base_url=ON_THE_MACHINE).json
            assert told is not None
            assert told["checks"]["proxy"] == found, name
        close_app(app)


def test_full_disk_is_not_ready(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Usage(10**12, 10**12 - 10**6, 10**6))
    platform(app).settings.data.mkdir(exist_ok=True)
    told = asked(app)
    assert (told["status"], told["checks"]["disk"]) == (
        "not ready",
        {"state": "down", "free_megabytes": 0, "refuses_files": True},
    )
    assert app.test_client().get("/readyz").status_code == 503


def test_files_that_cannot_be_written_are_not_ready(app: Flask) -> None:
    folder = platform(app).settings.data / "files"
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("a file where the folder should be")
    told = asked(app)
    assert (told["status"], told["checks"]["files"]["state"]) == ("not ready", "down")
    assert str(folder) not in str(told)


def test_queue_without_a_consumer_is_degraded_until_one_sweeps(served: Flask) -> None:
    assert asked(served)["checks"]["queue"]["state"] == "degraded"
    platform(served).jobs._sweep_in_context()
    assert asked(served)["checks"]["queue"]["state"] == "ok"
    with time_machine.travel(clock.now() + timedelta(minutes=10)):
        assert asked(served)["checks"]["queue"]["state"] == "degraded"


def test_work_that_waits_is_told_although_a_consumer_is_alive(served: Flask) -> None:
    an_account(served, "someone@example.org")
    jobs = platform(served).jobs
    jobs._sweep_in_context()
    since = clock.now() - timedelta(hours=2)
    client = served.test_client()
    sign_in(client, "someone@example.org")
    with served.app_context(), transaction() as db:
        request_sign_in_link(db, email="someone@example.org", now=since)
        db.flush()
        db.execute(update(Delivery).values(next_at=since))
    told = asked(served)["checks"]["queue"]
    assert told["state"] == "degraded"
    assert told["waiting_since"] == since.isoformat(timespec="seconds")


def test_mail_server_that_does_not_answer_is_told(served: Flask) -> None:
    assert asked(served)["checks"]["mail"] == {
        "state": "ok",
        "answered_at": None,
        "failed_at": None,
    }
    platform(served).mailer.failed_at = clock.now()
    platform(served).jobs._sweep_in_context()
    assert asked(served)["checks"]["mail"]["state"] == "degraded"
    platform(served).mailer.answered_at = clock.now() + timedelta(seconds=1)
    platform(served).jobs._sweep_in_context()
    assert asked(served)["checks"]["mail"]["state"] == "ok"


@pytest.mark.usefixtures("app_context")
def test_strangers_who_ask_all_the_time_make_the_database_write_once(app: Flask) -> None:
    report = platform(app).health.report()
    assert all(platform(app).health.report() is report for _ in range(5))


def test_production_without_a_key_says_that_certificates_are_unsealed(app: Flask) -> None:
    told = asked(app)["checks"]["seal"]
    assert told == {"state": "off", "certificates": "issued unsealed"}


def test_keys_of_credentials_are_missing_sign_or_do_not_work(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = asked(app)["checks"]["credentials"]
    assert told == {"state": "off", "certificates": "issued without a credential"}
    path, since = tmp_path / "keys.pem", clock.now().replace(microsecond=0)
    with app.app_context(), transaction() as db:
        lay_keys(db, path, begins_at=since)
    with_keys = platform(app).settings.model_copy(update={"credential_file": path})
    monkeypatch.setattr(platform(app), "settings", with_keys)
    told = asked(app)["checks"]["credentials"]
    assert told == {"state": "ok", "signed_since": since.isoformat()}
    path.unlink()
    assert asked(app)["checks"]["credentials"]["state"] == "degraded"


def test_key_that_ends_soon_or_cannot_be_read_is_said(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_key = Settings(environment="development", convoca_data=tmp_path)
    monkeypatch.setattr(platform(app), "settings", with_key)
    key = signing_key(with_key)
    assert key is not None
    ends_at = key.ends_at.isoformat(timespec="seconds")
    assert asked(app)["checks"]["seal"] == {"state": "ok", "ends_at": ends_at, "level": "B-B"}
    for days, state in ((29, "degraded"), (31, "ok")):
        with time_machine.travel(key.ends_at - timedelta(days=days), tick=False):
            assert asked(app)["checks"]["seal"]["state"] == state
    with time_machine.travel(key.ends_at, tick=False):
        assert "not valid today" in asked(app)["checks"]["seal"]["error"]
    without = Settings(environment="development", seal_file=tmp_path / "gone.pem")
    monkeypatch.setattr(platform(app), "settings", without)
    assert asked(app)["checks"]["seal"]["state"] == "degraded"


def test_archive_that_was_not_made_for_days_is_said(app: Flask) -> None:
    assert asked(app)["checks"]["archive"]["state"] == "off"
    now = datetime(2026, 11, 24, 10, tzinfo=UTC)
    for day in range(2):
        with made_whole(platform(app).settings.archives, now=now + timedelta(days=day), keep=7):
            pass
    for hours, state in ((71, "ok"), (73, "degraded")):
        with time_machine.travel(now + timedelta(days=1, hours=hours), tick=False):
            told = asked(app)["checks"]["archive"]
        assert told == {"state": state, "made_at": "2026-11-25T10:00:00+00:00", "kept": 2}
