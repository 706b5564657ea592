"""Makes backups and runs drills, and writes down what came of them."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from obstore.exceptions import BaseError
from sqlalchemy.exc import SQLAlchemyError

from app.infra import clock, journal
from app.infra.backups import dumps
from app.infra.backups.locks import CannotOpen
from app.infra.backups.making import ROOT, DamagedPart, Made, make_backup
from app.infra.backups.places import BackupPlace, NoBackup, places_of
from app.infra.backups.restoring import CannotRestore, newest_of, restore
from app.infra.database import reading, transaction
from app.infra.health import HealthCheck, State, free_megabytes, moment
from app.infra.journal import JournalEntry
from app.infra.platform import platform
from app.infra.record import RecordUnfit
from app.infra.record_keeping import accept_restored
from app.infra.record_keys import key_file
from app.infra.revisions import revisions
from app.infra.server import MIGRATIONS
from app.kernel.actor import SYSTEM
from app.office.backups.facts import (
    BackupFact,
    BackupFailed,
    BackupMade,
    DrillFailed,
    DrillPassed,
)
from app.office.backups.queries import backup_state, disk_growth
from app.office.backups.services import ask_once
from app.office.backups.values import BackupFailure, BackupReason, BackupWork, Proof, ProofTold
from config import Settings

FAILURES = (
    dumps.CannotCopy,
    CannotOpen,
    CannotRestore,
    DamagedPart,
    NoBackup,
    OSError,
    ValueError,
    BaseError,
)
"""What the world does to a backup: the disk, the server, a bucket that does not answer, a key."""
FAILED_AT: Mapping[type[Exception], BackupFailure] = {
    dumps.CannotCopy: BackupFailure.DATABASE,
    CannotOpen: BackupFailure.KEYS,
    CannotRestore: BackupFailure.REFUSED,
    DamagedPart: BackupFailure.DAMAGED,
    FileNotFoundError: BackupFailure.DAMAGED,
    NoBackup: BackupFailure.NONE,
}
LATE_AFTER = timedelta(hours=36)
DRILLED_WITHIN = timedelta(days=16)
PROOF_SECONDS = 1800
NEAR_MONTHS, FAR_MONTHS = 2, 60
"""What somebody should see to, and beyond what a pace of some weeks says nothing."""


def make_now(reason: BackupReason) -> Made:
    """Makes a backup and writes down that it was made, or that it failed. Raises FAILURES."""
    settings, now = platform().settings, clock.now()
    try:
        made = make_backup(settings, now=now, reason=reason.value)
    except FAILURES as error:
        _note_failure(BackupFailed(backup="", failure=_failure(error)))
        raise
    manifest = made.manifest
    _note(
        BackupMade(
            backup=made.name,
            files=len(manifest.files),
            copied=made.copied,
            damaged=len(manifest.damaged),
            database_bytes=manifest.database.size,
            free_megabytes=free_megabytes(settings),
        )
    )
    return made


def drill_now(place: BackupPlace | None = None, name: str = "") -> Proof:
    """Tries out a backup, by default the newest one of all places, and writes down what came of it.
    Raises FAILURES.
    """
    settings = platform().settings
    try:
        if place is None:
            place, name = newest_of(places_of(settings))
        proof = tried(settings, place, name, now=clock.now())
    except FAILURES as error:
        _note_failure(DrillFailed(backup=name, failure=_failure(error)))
        raise
    if proof.passed:
        minutes, seconds = proof.age // timedelta(minutes=1), proof.took // timedelta(seconds=1)
        _note(DrillPassed(backup=name, old_minutes=minutes, took_seconds=seconds))
    else:
        _note(DrillFailed(backup=name, failure=BackupFailure.PROOF.value))
    return proof


def tried(settings: Settings, place: BackupPlace, name: str, *, now: datetime) -> Proof:
    """Restores a backup into a scratch folder or database, brings it to this version in a process of
    its own, and says whether it works. Sends no letter: what is restored has no mail server and no
    jobs.
    """
    began = time.monotonic()
    manifest = place.manifest(name)
    with _scratch(settings) as apart:
        restored = restore(
            apart, place, name, known=revisions(MIGRATIONS), replaces=True, now=now
        ).manifest
        found = dumps.state_of(apart.database)
        problems = [] if found.counts == restored.counts else ["other rows than the manifest says"]
        told = _proved(apart)
    return Proof(
        name,
        age=now - manifest.made_at,
        took=timedelta(seconds=time.monotonic() - began),
        rows=sum(restored.counts.values()),
        files=len(restored.files),
        certificate=told["certificate"],
        record=told["record"],
        sign_in=told["sign_in"],
        problems=(*problems, *told["problems"]),
    )


@contextmanager
def _scratch(settings: Settings) -> Iterator[Settings]:
    """Gives settings under which nothing is shared with the installation but its keys."""
    settings.data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".drill-", dir=settings.data) as folder:
        data = Path(folder)
        changes = {
            "convoca_data": data,
            "database_url": "",
            "files_url": "",
            "redis_url": "",
            "jobs": "off",
            "smtp_host": "",
            "imap_url": "",
            "mail_to_files": True,
            "secret_key": settings.secret,
            # Anchors are of the present and not of the backup, so the record is verified without.
            "journal_key_file": key_file(settings),
            "anchor_file": data / "anchors",
        }
        if dumps.engine_of(settings.database) == dumps.SQLITE:
            yield settings.model_copy(update=changes)
            return
        with dumps.scratch_database(settings.database, now=clock.now()) as url:
            yield settings.model_copy(update={**changes, "database_url": url})


def _proved(apart: Settings) -> ProofTold:
    """Runs `flask backup prove` where the settings say; returns what it printed."""
    given = {
        name: value
        for name, value in os.environ.items()
        if name.lower() not in type(apart).model_fields
    }
    for name in apart.model_fields_set | set(type(apart).model_fields):
        value = getattr(apart, name)
        if value in (None, "", (), frozenset()):
            continue
        if name == "secret_key_fallbacks":
            value = json.dumps(value)  # a key may hold a comma
        if isinstance(value, tuple | frozenset):
            value = ",".join(sorted(value) if isinstance(value, frozenset) else value)
        given[name.upper()] = str(value)
    given |= {"FLASK_APP": "app", "PYTHONTZPATH": ""}
    done = subprocess.run(
        [sys.executable, "-m", "flask", "backup", "prove"],
        cwd=ROOT,
        env=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=PROOF_SECONDS,
    )
    last = done.stdout.splitlines()[-1:] or [""]
    try:
        told: ProofTold = json.loads(last[0])
    except ValueError:
        said = done.stderr.strip().splitlines()[-1:] or ["nothing"]
        return ProofTold(
            certificate="", record="", sign_in="", problems=[f"it did not start: {said[0]}"]
        )
    return told


def note_restored() -> None:
    """Says beside the anchors of the record that a backup was put back, where a record is kept: what
    came after the backup is then known to be lost, and no finding.
    """
    with suppress(RecordUnfit):
        accept_restored()


def make_nightly() -> None:
    """Asks for the backup of the night, where a place for it is set."""
    _ask(BackupWork.MAKE)


def drill_weekly() -> None:
    """Asks for a trial of the newest backup, where there is a place for them."""
    _ask(BackupWork.DRILL)


def _ask(work: BackupWork) -> None:
    with transaction() as db:
        ask_once(db, work=work, now=clock.now(), settings=platform().settings)


def on_backup_asked(entry: JournalEntry, *, now: datetime) -> None:
    """Does what was asked for. What somebody pressed for and failed is on record and not tried again:
    they read it and press again. What the night asks for is tried again, as every delivery.
    """
    is_nightly = entry.actor_account_id is None
    try:
        if entry.payload["work"] == BackupWork.DRILL:
            drill_now()
        else:
            make_now(BackupReason.NIGHTLY if is_nightly else BackupReason.BY_HAND)
    except FAILURES as error:
        if is_nightly:
            raise
        raise journal.CannotSucceed(f"{type(error).__name__}: see the journal") from error


def backup() -> HealthCheck:
    """Says when a backup was last made and tried out; `off` where none was and no place is set."""
    with reading() as db:
        state = backup_state(db, platform().settings)
    now = clock.now()
    details: dict[str, Any] = {
        "made_at": moment(state.made.at if state.made else None),
        "drilled_at": moment(state.drilled.at if state.drilled else None),
        "nightly": state.is_nightly,
        "asked_at": moment(state.under_way_since(now)),
    }
    fails = state.is_failing or state.is_drill_failing
    if fails:
        last = state.failed if state.is_failing else state.drill_failed
        details |= {"fails": True, "failure": last.failure if last else ""}
    if not state.is_nightly:
        return HealthCheck("backup", "off", {**details, "set": "BACKUP_FOLDER / BACKUP_URL"})
    is_late = state.made is None or now - state.made.at > LATE_AFTER
    is_untried = state.drilled is None or now - state.drilled.at > DRILLED_WITHIN
    well: State = "degraded" if is_late or is_untried or fails else "ok"
    return HealthCheck("backup", well, details)


def growth() -> HealthCheck:
    """Says how fast the disk of the data fills, by what each backup found free; `off` before there
    is one that looked.
    """
    with reading() as db:
        grown = disk_growth(db, now=clock.now())
    if grown is None:
        return HealthCheck("growth", "off")
    if not grown.is_long_enough:
        return HealthCheck("growth", "ok", {"measured_since": moment(grown.since)})
    details: dict[str, Any] = {"over_days": grown.days}
    if grown.megabytes <= 0:
        return HealthCheck("growth", "ok", {**details, "steady": True})
    details |= {
        "taken_megabytes": grown.megabytes,
        "database_megabytes": max(grown.database_megabytes, 0) or None,
        "more_files": max(grown.files, 0) or None,
    }
    if grown.months_left > FAR_MONTHS:
        return HealthCheck("growth", "ok", {**details, "lasts_years": FAR_MONTHS // 12})
    state: State = "degraded" if grown.months_left < NEAR_MONTHS else "ok"
    return HealthCheck("growth", state, {**details, "months_left": grown.months_left})


def _failure(error: Exception) -> str:
    return FAILED_AT.get(type(error), BackupFailure.PLACE).value


def _note_failure(fact: BackupFact) -> None:
    """Writes it into the journal where that is possible: a full disk takes neither."""
    with suppress(SQLAlchemyError):
        _note(fact)


def _note(fact: BackupFact) -> None:
    """Writes it into the journal, unless the database is not of this version yet: before migrations
    nothing is written into it.
    """
    stands = frozenset(dumps.stands(platform().settings.database))
    if stands == revisions(MIGRATIONS).newest:
        with transaction() as db:
            journal.record(db, fact, actor=SYSTEM, now=clock.now())
