"""A database that is gone takes the pages with it, but never the last one."""

from pathlib import Path

from flask import Flask

from app.infra.database import database
from tests.support.actors import sign_in


def test_when_the_database_is_gone_the_answer_is_still_a_page(app: Flask) -> None:
    client = app.test_client()
    sign_in(client, "organizer")
    with app.app_context():
        database.engine.dispose()
    file = Path(app.extensions["convoca_settings"].database.removeprefix("sqlite:///"))
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
    assert client.get("/readyz").status_code == 500
