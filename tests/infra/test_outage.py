"""A database that is gone takes the pages with it, but never the last one."""

import errno
import sqlite3
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from obstore.exceptions import GenericError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.infra.database import database
from app.infra.health import database_is_away, storage_fails
from app.infra.platform import platform
from tests.support.actors import sign_in


def test_when_the_database_is_gone_the_answer_is_still_a_page(app: Flask) -> None:
    client = app.test_client()
    sign_in(client, "organizer")
    with app.app_context():
        database.engine.dispose()
    file = Path(platform(app).settings.database.removeprefix("sqlite:///"))
    for leftover in file.parent.glob(f"{file.name}*"):
        leftover.unlink()
    file.mkdir()
    app.testing = False
    for path in ("/", "/account", "/nowhere"):
        response = client.get(path)
        assert (response.status_code, response.headers["Retry-After"]) == (503, "30")
        assert "La base de datos no responde" in response.text
        assert "The database does not answer" in response.text
    # No address of another site, however the path begins.
    assert 'href="/evil.example/a?b=c"' in client.get("/%2Fevil.example/a?b=c").text
    problem = client.get("/api/v1/me", headers={"Authorization": "Bearer x"})
    assert (problem.status_code, problem.content_type) == (503, "application/problem+json")
    assert app.test_client().get("/healthz").status_code == 200
    ready = client.get("/readyz", headers={"X-Forwarded-For": "192.0.2.7"})
    assert (ready.status_code, ready.json) == (503, {"status": "not ready"})


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        GenericError("Generic LocalFileSystem error: No space left on device (os error 28)"),
        GenericError("timed out"),
        DBAPIError("INSERT …", {}, psycopg.errors.DiskFull()),
    ],
)
def test_every_storage_that_is_full_is_recognised(error: Exception) -> None:
    assert storage_fails(error)
    outer = RuntimeError()
    outer.__cause__ = error
    assert storage_fails(outer)


@pytest.mark.parametrize(
    "error",
    [OSError(errno.ENOENT, "No such file"), KeyError("x"), sqlite3.OperationalError("near x")],
)
def test_other_faults_are_none_of_disk_or_database(error: Exception) -> None:
    assert not storage_fails(error)
    assert not database_is_away(error)


@pytest.mark.parametrize(
    "error",
    [
        psycopg.errors.TooManyConnections(),
        psycopg.errors.CannotConnectNow(),
        psycopg.errors.AdminShutdown(),
        psycopg.errors.LockNotAvailable(),
        psycopg.errors.DeadlockDetected(),
        PoolTimeoutError("QueuePool limit"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_every_database_that_is_away_is_recognised(error: Exception) -> None:
    assert database_is_away(error)
    assert not storage_fails(error)
