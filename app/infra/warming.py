"""Reads the first pages before the processes part, so that they share what reading leaves behind:
compiled templates, statements and routes, catalogues, code that has settled.
"""

import structlog
from flask import Flask
from werkzeug.test import Client

from app.infra.database import database
from app.kernel.text import languages

log = structlog.get_logger()
FIRST_PAGES = "convoca_first_pages"
"""Extension: addresses that anybody may read, without parameters."""
WARMING = "convoca.warming"
"""In the environment of a request that nobody sent. It is not logged."""
SERVER_ERROR = 500


def warm_up(app: Flask) -> None:
    """Reads each page in each language, once for an application. Leaves no connection open: a
    child must not inherit one. Without a database it stops at the first page.
    """
    pages: tuple[str, ...] = app.extensions.pop(FIRST_PAGES, ())
    client = Client(app)
    base, environ = app.extensions["convoca_settings"].address, {WARMING: True}
    for page, language in ((page, language) for page in pages for language in languages()):
        answer = client.get(
            page, base_url=base, query_string={"lang": language}, environ_overrides=environ
        )
        answer.close()
        if answer.status_code >= SERVER_ERROR:
            log.warning("no page can be read before the first request", status=answer.status_code)
            break
    with app.app_context():
        database.engine.dispose()
    app.extensions["convoca_jobs"].close()
