"""Puts on record what a page has shown. Pages are read in a session that cannot write (GET changes
nothing that a user has), so the record is written once the page is made, and only when it is sent.
"""

from collections.abc import Callable

from flask import Flask, Response, g
from sqlalchemy.orm import Session

from app.infra.database import transaction

Record = Callable[[Session], None]
FIRST_ERROR = 400


def record_when_sent(record: Record) -> None:
    """Runs `record(db)` in a transaction of its own after the page is made; not at all when the
    answer is an error.
    """
    g.setdefault("records_when_sent", []).append(record)


def init_looking(app: Flask) -> None:
    app.after_request(_write_records)


def _write_records(response: Response) -> Response:
    records: list[Record] = g.pop("records_when_sent", [])
    if records and response.status_code < FIRST_ERROR:
        with transaction() as db:
            for record in records:
                record(db)
    return response
