"""Locks by name, for what no row stands for: a rule over all rows of a table, or a row not made yet."""

import hashlib

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.infra.database import is_sqlite


def lock_by_name(db: Session, name: str) -> None:
    """Waits until no other transaction holds the name, and holds it until this one ends.

    Statements that follow see what the others committed. Take it before you change or lock rows, so
    that all writers take their locks in one order. On SQLite a transaction is alone from its start.
    """
    if not is_sqlite(db):
        # Advisory locks are numbers of 64 bits. Two names that shared one would only wait for each
        # other without need.
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
        db.execute(select(func.pg_advisory_xact_lock(number)))
