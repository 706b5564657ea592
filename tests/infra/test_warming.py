"""Pages read before the processes of a server part."""

import threading
from pathlib import Path

import pytest
from flask import Response, request

from app import create_app
from app.infra.database import database
from app.infra.warming import FIRST_PAGES, warm_up
from tests.support.databases import settings_for
from tests.support.lifetime import close_app


@pytest.mark.both_databases
def test_first_pages_are_read_once_and_leave_no_connection_and_no_thread(
    database_url: str, tmp_path: Path
) -> None:
    app = create_app(settings_for(database_url, tmp_path))
    statuses: list[tuple[str, str | None, int]] = []

    @app.after_request
    def note(answer: Response) -> Response:
        statuses.append((request.path, request.args.get("lang"), answer.status_code))
        return answer

    pages, threads = app.extensions[FIRST_PAGES], threading.active_count()
    warm_up(app)
    warm_up(app)
    assert statuses == [(page, lang, 200) for page in pages for lang in ("es", "en")]
    assert threading.active_count() == threads
    with app.app_context():
        assert database.engine.pool.checkedin() == database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    close_app(app)


def test_server_starts_without_a_database(tmp_path: Path) -> None:
    """The tables are missing here; that the database is cannot be told apart from it."""
    app = create_app(settings_for(f"sqlite:///{tmp_path}/empty.sqlite3", tmp_path))
    app.testing = False
    asked: list[str] = []
    app.before_request(lambda: asked.append(request.path))
    warm_up(app)
    assert asked == ["/"]
    close_app(app)
