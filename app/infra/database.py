"""Sessions: `reading()` cannot write, `transaction()` locks first and is the only place that
commits.
"""

import fcntl
import hashlib
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import IO, Any

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from psycopg import IsolationLevel
from sqlalchemy import Engine, event, func, make_url, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from app.infra.orm import Base
from app.infra.platform import platform

database = SQLAlchemy(metadata=Base.metadata, session_options={"autoflush": False})

WRITE = "convoca_write"
RESTS_SINCE = "convoca_rests_since"
REST_SECONDS = 1.0
PREPARED_AFTER, PREPARED_MOST = 1, 500
"""A statement is prepared when a connection to PostgreSQL sends it for the second time. A connection
keeps that many prepared, on both databases: the pages of one organizer alone send more than the 100
of psycopg and the 128 of sqlite3, and each one too many throws another out.
"""
FORGETS = "convoca_forgets"
CHECKPOINT_SECONDS = 2
BUSY_TIMEOUT = "busy_timeout=10000"
LONGEST_WAIT_SECONDS = 30
"""For other writers of ours, which are known to end, and for one of our own connections; `BUSY_TIMEOUT`
for programs of others.
"""
SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    BUSY_TIMEOUT,
    "foreign_keys=ON",
    "temp_store=MEMORY",
    "cache_size=-16000",
    "trusted_schema=OFF",
    "secure_delete=ON",
)
"""`secure_delete` writes zeros over what is deleted: some builds of SQLite do so by themselves, and
an erased name must not depend on that.
"""


class _Held(threading.local):
    """Whether this thread stands inside a transaction."""

    transaction = False


_held = _Held()


def init_database(app: Flask, url: str) -> None:
    """Binds the engine to the application and installs the transaction rules of the database in
    use.
    """
    # Values in statements stay out of logs: they may be names and addresses.
    options: dict[str, Any] = {"hide_parameters": True, "pool_timeout": LONGEST_WAIT_SECONDS}
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        options["connect_args"] = {"timeout": 10, "cached_statements": PREPARED_MOST}
    else:
        given = make_url(url).query.get("options", "")  # which would be replaced
        options["connect_args"] = {
            "prepare_threshold": PREPARED_AFTER,
            "options": f"{given} -c lock_timeout={LONGEST_WAIT_SECONDS}s",
        }
    app.config.update(SQLALCHEMY_DATABASE_URI=url, SQLALCHEMY_ENGINE_OPTIONS=options)
    database.init_app(app)
    with app.app_context():
        if database.engine.dialect.name == "sqlite":
            _harden_sqlite(database.engine, Path(url.removeprefix("sqlite:///") + ".gate"))
        else:
            _keep_statements(database.engine)
            _read_one_snapshot(database.engine)
            _ask_after_rest(database.engine)


def _keep_statements(engine: Engine) -> None:
    """Lets each connection to PostgreSQL keep the plans of PREPARED_MOST statements."""

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: ConnectionPoolEntry) -> None:
        connection.prepared_max = PREPARED_MOST


def _read_one_snapshot(engine: Engine) -> None:
    """Lets each transaction on PostgreSQL that is not to write read one snapshot, and nothing more.

    psycopg says so in the BEGIN that it sends anyway. It is told only where a connection begins to
    read or to write: SQLAlchemy's options of the same names are set and taken back each time.
    """

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        is_write = bool(connection.get_execution_options().get(WRITE))
        if connection.info.get("writes") is not is_write:
            raw: Any = connection.connection.driver_connection
            raw.read_only = not is_write
            raw.isolation_level = None if is_write else IsolationLevel.REPEATABLE_READ
            connection.info["writes"] = is_write


def _ask_after_rest(engine: Engine) -> None:
    """Asks a connection that has rested for a second whether the server still knows it, as
    SQLAlchemy's `pool_pre_ping` does before every use. If not, all that rest are opened anew.

    In the hour when registration opens that was every fifth question to PostgreSQL.
    """

    @event.listens_for(engine, "checkin")
    def _rest(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info[RESTS_SINCE] = monotonic()

    @event.listens_for(engine, "checkout")
    def _ask(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
        since: float | None = record.info.get(RESTS_SINCE)
        if since is None or monotonic() - since < REST_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            if not engine.dialect.is_disconnect(error, connection, None):
                raise
            raise InvalidatePoolError from error


def _harden_sqlite(engine: Engine, gate: Path) -> None:
    """Readers run on a query-only snapshot; writers queue at a kernel lock and then BEGIN
    IMMEDIATE.

    A deferred transaction that has read and then writes fails at once with SQLITE_BUSY_SNAPSHOT
    whatever the timeout; IMMEDIATE alone is correct but unfair, because SQLite's back-off lets
    newcomers win. The kernel frees the gate of a killed process.
    """

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in SQLITE_PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        is_write = bool(connection.get_execution_options().get(WRITE))
        raw: Any = connection.connection.driver_connection
        if connection.info.get("writes") is not is_write:
            # Only where it changes: SQLite forgets every statement that it has prepared at this
            # PRAGMA, and would prepare each one anew in each request.
            raw.execute(f"PRAGMA query_only={'OFF' if is_write else 'ON'}")
            connection.info["writes"] = is_write
        if not is_write:
            raw.execute("BEGIN")  # past SQLAlchemy: it can neither fail nor wait
            return
        if (
            "gate" not in connection.info
        ):  # still held when one connection begins a second transaction
            connection.info["gate"] = _enter(gate)
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(engine, "checkin")
    def _checkin(_connection: Any, record: ConnectionPoolEntry) -> None:
        lock = record.info.pop("gate", None)
        if lock is not None:
            lock.close()


def _enter(gate: Path) -> IO[str]:
    """Waits in the kernel's line for the lock of writers; returns the file that holds it.

    Raises SQLAlchemy's TimeoutError after LONGEST_WAIT_SECONDS, as when a process that holds it has
    been stopped. flock() has no time limit: where somebody else holds the lock, a thread waits for it,
    and closes the file if its turn comes too late.
    """
    lock = gate.open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        turn: Future[None] = Future()
        threading.Thread(target=_stand_in_line, args=(lock, turn), daemon=True).start()
        try:
            turn.result(LONGEST_WAIT_SECONDS)
        except TimeoutError:
            if turn.cancel():  # else its turn came just now
                raise PoolTimeoutError("another process holds the database") from None
        except BaseException:
            if not turn.cancel():
                lock.close()
            raise
    return lock


def _stand_in_line(lock: IO[str], turn: "Future[None]") -> None:
    fcntl.flock(lock, fcntl.LOCK_EX)
    if turn.set_running_or_notify_cancel():
        turn.set_result(None)
    else:
        lock.close()


def writing_engine() -> Engine:
    return database.engine.execution_options(**{WRITE: True})


@contextmanager
def reading() -> Iterator[Session]:
    """Opens a session that sees one snapshot and cannot write: the database itself refuses.

    It ends with COMMIT although nothing was written: at a ROLLBACK psycopg forgets every statement
    that it has prepared, so that PostgreSQL would plan each one anew in each request.
    """
    info = dict(platform().session_info)
    with Session(database.engine, info=info, autoflush=False, expire_on_commit=False) as db:
        yield db
        if db.new or db.dirty or db.deleted:
            raise RuntimeError("a reading session was changed: open a transaction() instead")
        db.commit()


@contextmanager
def transaction() -> Iterator[Session]:
    """Opens the only kind of session that writes: all of the block is committed, or none of it.

    `db.info` carries the journal's registry of handlers and what else the factory puts to hand.
    What listens for the commit runs after it, outside. A second one in the same thread would wait
    for the first for ever, so it is refused with RuntimeError.
    """
    if _held.transaction:
        raise RuntimeError("transaction() within transaction(): hand the open session on instead")
    app = current_app
    info = dict(platform(app).session_info)
    _held.transaction = True
    try:
        with Session(writing_engine(), info=info, autoflush=False, expire_on_commit=False) as db:
            yield db
            db.commit()
    finally:
        _held.transaction = False
    if db.info.get(FORGETS):
        _empty_log(app)
    for listener in platform(app).after_commit:
        listener(db)


def forget_after(db: Session) -> None:
    """Says that this transaction deletes what nobody may find again: once it is committed, SQLite's
    write-ahead log, which still holds the rows as they were, is emptied. Of PostgreSQL, VACUUM and
    the rotation of its log take care.
    """
    db.info[FORGETS] = True


def _empty_log(app: Flask) -> None:
    """Moves the log into the database and cuts it to nothing. Readers that stand on an older
    snapshot are waited for briefly; where they stay, the next erasure or the nightly one does it.
    """
    engine = database.engine
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        raw.execute(f"PRAGMA busy_timeout={CHECKPOINT_SECONDS * 1000}")
        try:
            is_busy, *_pages = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            raw.execute(f"PRAGMA {BUSY_TIMEOUT}")
    if is_busy:
        app.logger.warning("the write-ahead log still holds what was erased: readers are busy")


@contextmanager
def trial() -> Iterator[Session]:
    """Opens a transaction that is undone at its end, to see beforehand what services would do or
    refuse.

    Handlers that wait for a commit are not called.
    """
    if _held.transaction:
        raise RuntimeError("trial() within transaction(): hand the open session on instead")
    info = dict(platform().session_info)
    _held.transaction = True
    try:
        with Session(writing_engine(), info=info, autoflush=False, expire_on_commit=False) as db:
            yield db
            db.rollback()
    finally:
        _held.transaction = False


def is_sqlite(db: Session) -> bool:
    return db.get_bind().dialect.name == "sqlite"


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
