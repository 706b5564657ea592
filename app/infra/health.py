"""What the application needs to serve, asked anew: database, disk, files, queue, mail server, the
keys that sign credentials, the archive of certificates, the way by which requests come, and what
packages look at beside.

`down` means that people cannot work; `degraded` that something waits or soon will.
"""

import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from errno import EACCES, EDQUOT, EIO, ENOSPC, EPERM, EROFS
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import psycopg
from flask import Flask
from obstore.exceptions import BaseError, GenericError, PermissionDeniedError, UnauthenticatedError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.infra import clock
from app.infra.archives import made_in
from app.infra.backups.making import version
from app.infra.changelog import newer_changes, own_changes
from app.infra.database import reading, writing_engine
from app.infra.installation import installation
from app.infra.issuer_keys import IssuerKeysUnfit, issuer_keys
from app.infra.jobs import waiting_since
from app.infra.platform import platform
from app.kernel.network import is_near, is_own
from config import MEGABYTE, Settings

State = Literal["ok", "empty", "degraded", "down", "off"]
"""`empty`: there is nobody yet of whom it could be well or not."""
Status = Literal["ready", "degraded", "not ready"]
NO_ROOM_MB = 50
LITTLE_ROOM_MB = 1000
LITTLE_ROOM_SHARE = 0.05
"""On a small disk. Below both, files are refused, so that what people type can still be saved."""
ARCHIVED_WITHIN = timedelta(days=3)
SILENT_FOR = timedelta(minutes=3)
WAITING_FOR = timedelta(minutes=10)
CLOCKS_APART = timedelta(seconds=30)
"""Between this machine and the database's; then a seat may be held or a link end before its time."""
ASKED_AGAIN_AFTER = 5.0
"""Seconds. A stranger who asks all the time must not make the database write all the time."""
STORAGE_FAILS = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
DISK_REFUSES = (ENOSPC, EDQUOT, EROFS, EIO, EACCES, EPERM)
STORE_AWAY = (
    GenericError,
    PermissionDeniedError,
    UnauthenticatedError,
    psycopg.errors.DiskFull,
)
SQLITE_AWAY = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
)
DATABASE_AWAY = (
    psycopg.OperationalError,
    psycopg.errors.ReadOnlySqlTransaction,
    PoolTimeoutError,
)


@dataclass(frozen=True)
class HealthCheck:
    """One thing that was looked at. `details` hold figures and times, never an address, a path or a
    secret.
    """

    name: str
    state: State
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class HealthReport:
    checks: tuple[HealthCheck, ...]

    @property
    def status(self) -> Status:
        states = {check.state for check in self.checks}
        return "not ready" if "down" in states else "degraded" if "degraded" in states else "ready"


@dataclass(frozen=True)
class HealthPort:
    """What packages look at beside the machine."""

    checks: tuple[Callable[[], HealthCheck], ...] = ()


class Health:
    """The health of one application. `report` asks at most once in five seconds, in one thread at a
    time.
    """

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._app, self._settings = app, settings
        self._lock = threading.Lock()
        self._latest: tuple[float, HealthReport] | None = None
        self._passed_on = self._nearby = self._direct = self._past = 0

    def report(self) -> HealthReport:
        with self._lock:
            if self._latest is None or time.monotonic() - self._latest[0] > ASKED_AGAIN_AFTER:
                report = self._ask()
                self._latest = (time.monotonic(), report)  # what does not answer takes seconds
            return self._latest[1]

    def forget(self) -> None:
        """Makes the next report ask anew, after somebody changed what it looks at."""
        with self._lock:
            self._latest = None

    def came(self, peer: str, *, is_passed_on: bool, is_probe: bool) -> None:
        """Counts a request by the way it came. `peer`: the network address of who connected.
        `is_passed_on`: it names for whom it was passed on, as a proxy does. Probes ask past a proxy
        by right. Threads count without a lock: one more or fewer changes nothing.
        """
        if is_passed_on:
            # From elsewhere on the internet anybody may write such a header.
            self._passed_on += bool(self._settings.trusted_proxies) or is_near(peer)
            self._nearby += is_near(peer)
        elif not is_probe:
            self._direct += 1
            self._past += not is_own(peer)

    def takes_files(self) -> bool:
        """Returns False while the disk has too little room for files beside what people type."""
        free, total = _room(self._settings)
        return free >= min(LITTLE_ROOM_MB * MEGABYTE, total * LITTLE_ROOM_SHARE)

    def mail_fails(self) -> bool:
        """Returns True while the mail server refuses or does not answer."""
        return self._mail().state == "degraded"

    def _ask(self) -> HealthReport:
        asked = (
            self._database,
            self._disk,
            self._files,
            self._queue,
            self._mail,
            self._credentials,
            self._archive,
            self._address,
            self._proxy,
            self._clock,
            self._version,
            *platform(self._app).port(HealthPort).checks,
        )
        return HealthReport(tuple(_asked(check) for check in asked))

    def _database(self) -> HealthCheck:
        with writing_engine().connect() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
            connection.rollback()
        return HealthCheck("database", "ok")

    def _disk(self) -> HealthCheck:
        free = free_megabytes(self._settings)
        state: State = (
            "down" if free < NO_ROOM_MB else "degraded" if free < LITTLE_ROOM_MB else "ok"
        )
        details = {"free_megabytes": free, "refuses_files": not self.takes_files()}
        return HealthCheck("disk", state, details)

    def _files(self) -> HealthCheck:
        store = platform(self._app).files
        store.probe()
        return HealthCheck("files", "ok")

    def _queue(self) -> HealthCheck:
        jobs = platform(self._app).jobs
        if jobs.mode == "off":
            return HealthCheck("queue", "off")
        now = clock.now()
        with reading() as db:
            since = waiting_since(db, now=now)
        beat = jobs.last_beat()
        alive = beat is not None and abs(now - beat.at) < SILENT_FOR
        in_time = since is None or now - since < WAITING_FOR
        details = {
            "consumer_seen_at": moment(beat.at if beat else None),
            "waiting_since": moment(since),
        }
        return HealthCheck("queue", "ok" if alive and in_time else "degraded", details)

    def _mail(self) -> HealthCheck:
        jobs = platform(self._app).jobs
        with reading() as db:
            server = installation(db).mail
        if server is None:
            return HealthCheck("mail", "off")
        beat = jobs.last_beat()
        answered, failed = (beat.mail_answered_at, beat.mail_failed_at) if beat else (None, None)
        fails = failed is not None and (answered is None or answered < failed)
        details = {"answered_at": moment(answered), "failed_at": moment(failed)}
        return HealthCheck("mail", "degraded" if fails else "ok", details)

    def _archive(self) -> HealthCheck:
        made = made_in(self._settings.archives)
        if not made:
            return HealthCheck("archive", "off", {"certificates": "no archive was made yet"})
        at = made[0][1]
        is_late = clock.now() - at > ARCHIVED_WITHIN
        details = {"made_at": moment(at), "kept": len(made)}
        return HealthCheck("archive", "degraded" if is_late else "ok", details)

    def _address(self) -> HealthCheck:
        """Looks at what links begin with: over a network only https keeps what people type apart
        from who listens.
        """
        with reading() as db:
            place = installation(db)
        if not place.is_reached:
            return HealthCheck("address", "off")
        is_https = urlsplit(place.address).scheme == "https"
        return HealthCheck("address", "ok" if is_https else "degraded", {"https": is_https})

    def _proxy(self) -> HealthCheck:
        """Compares what TRUSTED_PROXIES says with the ways by which requests came to this process.
        Behind a proxy that is not declared everybody has its address, so that a limit that one
        reaches stops all. Where one is declared and never passes anything on, whoever asks can
        claim any address: their own headers, which they write for that, do not count as a proxy's.
        """
        passed_on = self._passed_on
        if self._settings.trusted_proxies:
            is_wrong = self._past > 0 and not self._nearby
            details = {"past": self._past} if is_wrong else {"passed_on": passed_on}
        else:
            is_wrong = passed_on > self._direct
            details = {"undeclared": passed_on} if is_wrong else {}
        return HealthCheck("proxy", "degraded" if is_wrong else "ok", details)

    def _clock(self) -> HealthCheck:
        """Compares the clock with that of a database on another machine; SQLite has none of its own."""
        details: dict[str, Any] = {"zones": version_of("tzdata")}
        if self._settings.database.startswith("sqlite"):
            return HealthCheck("clock", "ok", details)
        with reading() as db:
            theirs: datetime = db.execute(text("SELECT clock_timestamp()")).scalar_one()
        apart = abs(clock.now() - theirs.astimezone(UTC))
        state: State = "degraded" if apart > CLOCKS_APART else "ok"
        return HealthCheck(
            "clock", state, {**details, "seconds_apart": round(apart.total_seconds())}
        )

    def _version(self) -> HealthCheck:
        found = {"of_day": own_changes(), "newer_of_day": newer_changes()}
        said = {key: one.day.isoformat() if one else None for key, one in found.items()}
        return HealthCheck("version", "ok", {"version": version(), **said})

    def _credentials(self) -> HealthCheck:
        try:
            with reading() as db:
                keys = issuer_keys(db, self._settings)
        except IssuerKeysUnfit as unfit:
            return HealthCheck("credentials", "degraded", {"error": str(unfit)})
        if keys is None:
            return HealthCheck(
                "credentials", "off", {"certificates": "issued without a credential"}
            )
        return HealthCheck("credentials", "ok", {"signed_since": moment(keys.begins_at)})


def free_megabytes(settings: Settings) -> int:
    """Returns what is free where the data lies, on the fuller disk where there are two."""
    return _room(settings)[0] // MEGABYTE


def _room(settings: Settings) -> tuple[int, int]:
    """Returns how many bytes are free, and of how many, on the fuller disk of data and database."""
    folders = {settings.data}
    if settings.database.startswith("sqlite"):
        folders.add(Path(settings.database.removeprefix("sqlite:///")).parent)
    usages = [shutil.disk_usage(folder) for folder in folders if folder.exists()]
    fuller = min(usages, key=lambda usage: usage.free)
    return fuller.free, fuller.total


def _asked(check: Callable[[], HealthCheck]) -> HealthCheck:
    try:
        return check()
    except (OSError, ValueError, SQLAlchemyError, BaseError) as error:
        # The class only: the text may hold a path or a name of a host.
        return HealthCheck(check.__name__.strip("_"), "down", {"error": type(error).__name__})


def moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def storage_fails(error: BaseException) -> bool:
    """Returns True when the error, or one behind it, says that the disk is full, or that disk or
    store does not take what is written.
    """
    return any(map(_says_full, _with_causes(error)))


def database_is_away(error: BaseException) -> bool:
    """Returns True when the error, or one behind it, says that the database did not answer, was held
    by another for too long, or takes nothing that is written.
    """
    return any(map(_says_away, _with_causes(error)))


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting.extend((getattr(one, "orig", None), one.__cause__, one.__context__))


def _says_full(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in DISK_REFUSES
    return isinstance(error, STORE_AWAY) or _sqlite_code(error) in STORAGE_FAILS


def _says_away(error: BaseException) -> bool:
    return isinstance(error, DATABASE_AWAY) or _sqlite_code(error) in SQLITE_AWAY


def _sqlite_code(error: BaseException) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest tells which kind
