"""Puts a backup back: stored files first, then keys, the database last, whole or not at all."""

import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.infra.backups import dumps
from app.infra.backups.locks import Lock, lock_of
from app.infra.backups.making import OWN_KEYS, UID_DOMAIN, take_out
from app.infra.backups.places import BackupManifest, BackupPart, BackupPlace, flush
from app.infra.files import Files
from app.infra.revisions import Revisions
from config import Settings, write_once

KEYS_FOLDER = "restored-keys"


class CannotRestore(Exception):
    """Nothing was changed. The message is a sentence for the operator."""


@dataclass(frozen=True)
class Restored:
    """`aside`: where the database lies that was there before. `keys`: the folder with keys and
    settings, from an encrypted backup.
    """

    manifest: BackupManifest
    aside: Path | None
    keys: Path | None


def restore(
    settings: Settings,
    place: BackupPlace,
    name: str,
    *,
    known: Revisions,
    replaces: bool,
    now: datetime,
) -> Restored:
    """Restores a backup to where the settings say that database and files are.

    Into an empty installation only, unless it replaces: a SQLite file is then put aside, a database
    on a server emptied in the same transaction. Raises CannotRestore, and as `take_out` does.
    """
    try:
        manifest = place.manifest(name)
    except ValueError as error:
        raise CannotRestore(f"The manifest of {name} cannot be read: {error}.") from None
    _require_fit(settings, manifest, known)
    if not replaces:
        _require_empty(settings)
    lock = lock_of(settings, place)
    settings.data.mkdir(parents=True, exist_ok=True)
    home = _home(settings)
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=home) as folder:
        scratch = Path(folder)
        copy = scratch / "copy"
        take_out(place, manifest.database, lock, copy)
        plain = scratch / "database"
        if manifest.engine == dumps.SQLITE:
            found = dumps.unpacked(copy, plain)
            if found.counts != manifest.counts:
                raise CannotRestore(f"{name} has other rows than its manifest says.")
        _bring_files(settings, place, manifest, lock, scratch)
        keys = _bring_keys(settings, place, manifest.keys, lock, scratch)
        if manifest.uid_domain and not (settings.data / UID_DOMAIN).exists():
            write_once(settings.data / UID_DOMAIN, manifest.uid_domain)
        if manifest.engine == dumps.SQLITE:
            aside = _put_in_place(plain, Path(settings.database.removeprefix(dumps.PREFIX)), now)
        else:
            dumps.put_back(copy, settings.database, script=scratch / "script.sql")
            aside = None
    return Restored(manifest, aside, keys)


def _home(settings: Settings) -> Path:
    """Returns the folder of the database, which may be on another disk than the data folder: its copy
    is then only renamed. Of one on a server, the data folder.
    """
    if dumps.engine_of(settings.database) == dumps.SQLITE:
        return Path(settings.database.removeprefix(dumps.PREFIX)).parent
    return settings.data


def _require_fit(settings: Settings, manifest: BackupManifest, known: Revisions) -> None:
    if manifest.engine != dumps.engine_of(settings.database):
        raise CannotRestore(
            f"The backup is of {manifest.engine}; DATABASE_URL names another kind of database."
        )
    if unknown := sorted(set(manifest.revisions) - known.known):
        raise CannotRestore(
            f"The backup was made by a later version of Convoca ({', '.join(unknown)}). Restore it "
            "with that version."
        )


def _require_empty(settings: Settings) -> None:
    counts = dumps.state_of(settings.database).counts
    if counts.get("account") or counts.get("person"):
        raise CannotRestore(
            "There are people in this database. Restore into an empty one (another CONVOCA_DATA or "
            "DATABASE_URL), or with --replace, which puts this one aside."
        )


def _bring_files(
    settings: Settings, place: BackupPlace, manifest: BackupManifest, lock: Lock, scratch: Path
) -> None:
    """Adds the stored files that are missing; the same name has the same bytes."""
    files = Files(settings)
    there = {key.rpartition("/")[2] for key in files.every_key()}
    for sha256, key in manifest.files.items():
        if sha256 in there:
            continue
        stored = key.split(".")[1] if key.endswith(".age") else sha256
        take_out(place, BackupPart(key, sha256, stored, 0), lock, scratch / "file")
        files.put_file(scratch / "file")


def _bring_keys(
    settings: Settings, place: BackupPlace, part: BackupPart | None, lock: Lock, scratch: Path
) -> Path | None:
    """Unpacks keys and settings into a folder beside the database, and puts those in place that lie
    in the data folder, unless there are others.
    """
    if part is None:
        return None
    take_out(place, part, lock, scratch / "keys")
    folder = settings.data / KEYS_FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    with tarfile.open(scratch / "keys") as tar:
        for member in tar.getmembers():
            content = tar.extractfile(member)
            if content is None or Path(member.name).name != member.name:
                continue
            target = folder / member.name
            target.unlink(missing_ok=True)
            with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                shutil.copyfileobj(content, out)
    for name in OWN_KEYS:
        if (folder / name).exists() and not (settings.data / name).exists():
            (folder / name).rename(settings.data / name)
    return folder


def _put_in_place(copy: Path, target: Path, now: datetime) -> Path | None:
    """Renames the copy to where the database belongs; returns where the one before now lies."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = None
    if target.exists():
        _close(target)
        aside = target.with_name(f"{target.name}.before-{now:%Y-%m-%dT%H%M%SZ}")
        try:
            aside.hardlink_to(target)  # killed here, it leaves the database where it was
        except OSError:  # storage of some other systems has no links
            target.rename(aside)
    else:
        _drop_logs(target)
    copy.replace(target)
    flush(target.parent)
    return aside


def _close(path: Path) -> None:
    """Brings everything into the one file. SQLite refuses while anybody else has it open."""
    try:
        with closing(sqlite3.connect(path, timeout=2)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError:
        raise CannotRestore("Convoca is running on this database: stop it first.") from None
    except sqlite3.DatabaseError:  # a damaged file is put aside as it is
        _drop_logs(path)


def _drop_logs(path: Path) -> None:
    """Deletes what SQLite would read into another file in the place of a database."""
    for suffix in ("-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def newest_of(places: Sequence[BackupPlace]) -> tuple[BackupPlace, str]:
    """Returns the newest backup of all places, and where it lies. Raises NoBackup."""
    found = [(place.newest(), place) for place in places if place.names()]
    if not found:
        return places[0], places[0].newest()
    name, place = max(found, key=lambda one: one[0])
    return place, name
