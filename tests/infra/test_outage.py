"""A database that is gone takes the pages with it, but never the last one."""

import errno
import sqlite3
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from obstore.exceptions import GenericError
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from app.infra.database import database
from app.infra.health import storage_fails
from app.infra.platform import platform
from tests.support.actors import csrf_token, sign_in


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
        assert response.status_code == 500
        assert "Algo falló de nuestro lado" in response.text
        assert "Something failed on our side" in response.text
    problem = client.get("/api/v1/me", headers={"Authorization": "Bearer x"})
    assert (problem.status_code, problem.content_type) == (500, "application/problem+json")
    assert app.test_client().get("/healthz").status_code == 200
    ready = client.get("/readyz", headers={"X-Forwarded-For": "192.0.2.7"})
    assert (ready.status_code, ready.json) == (503, {"status": "not ready"})


def test_full_disk_answers_503_with_a_sentence(own_app: Flask) -> None:
    """The database may not grow by a page, as on a full disk: SQLite says SQLITE_FULL in both
    cases.
    """
    client = own_app.test_client()
    sign_in(client, "organizer")
    own_app.testing = False
    form = {"csrf_token": csrf_token(client), "link_email": "organizer@example.org"}
    with own_app.app_context():
        database.engine.dispose()
        event.listen(database.engine, "connect", forbid_growth)
    for _ in range(200):  # there may be room left in pages that are begun
        response = client.post(
            "/account/preferences", data={**form, "language": "en", "timezone": "America/Panama"}
        )
        if response.status_code != 302:
            break
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "300"
    assert "could not be saved" in response.text or "No se pudo guardar" in response.text
    assert client.get("/account").status_code == 200


def forbid_growth(connection: sqlite3.Connection, _record: object) -> None:
    [pages] = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        GenericError("Generic LocalFileSystem error: No space left on device (os error 28)"),
        DBAPIError("INSERT …", {}, psycopg.errors.DiskFull()),
    ],
)
def test_every_storage_that_is_full_is_recognised(error: Exception) -> None:
    assert storage_fails(error)
    outer = RuntimeError()
    outer.__cause__ = error
    assert storage_fails(outer)


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOENT, "No such file"), KeyError("x"), GenericError("timed out")]
)
def test_other_faults_are_no_full_disk(error: Exception) -> None:
    assert not storage_fails(error)
