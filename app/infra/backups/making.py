"""Makes backups and reads them through."""

import fcntl
import os
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from tarfile import TarFile, TarInfo

from app.infra import clock
from app.infra.backups import dumps
from app.infra.backups.locks import CannotOpen, Lock, digest_of, lock_of
from app.infra.backups.places import (
    OBJECTS,
    UNFINISHED_FOR,
    BackupManifest,
    BackupPart,
    BackupPlace,
    kept,
    name_at,
    places_of,
)
from app.infra.files import Files
from config import Settings

ROOT = Path(__file__).resolve().parents[3]
SCRATCH = ".backing-up-"
SECRETS = (
    "secret_key",
    "secret_key_fallbacks",
    "smtp_password",
    "metrics_token",
    "seal_passphrase",
    "credential_passphrase",
    "database_url",
    "redis_url",
    "imap_url",
)
NO_KEYS = ("backup_passphrase_file", "backup_identity_file", "anchor_file")
"""Files that open backups would open nothing in one; anchors are of what comes after it."""
OWN_KEYS = ("secret.key", "journal.key", "development-credentials.pem", "development-seal.pem")
UID_DOMAIN = "uid-domain"


@dataclass(frozen=True)
class Made:
    """A backup that was just made. `copied`: files that no earlier backup held."""

    name: str
    manifest: BackupManifest
    copied: int


def make_backup(settings: Settings, *, now: datetime, reason: str) -> Made:
    """Copies the database, then the stored files, into each place by the settings, and lets those go
    that need not be kept.

    In this order everything that the copy of the database names is there: files are written once
    under their hash. One at a time on a machine; killed, it leaves nothing that counts as a backup.
    Raises CannotCopy, CannotOpen, OSError and obstore's BaseError.
    """
    with _alone(settings) as scratch:
        taken = {name for place in places_of(settings) for name in place.names()}
        while name_at(now) in taken:
            now += timedelta(seconds=1)
        copy = scratch / ("database.sqlite3.gz" if _is_sqlite(settings) else "database.dump")
        told = dumps.dump(settings.database, copy)
        made = [
            _bring(place, settings, copy, told, scratch, now=now, reason=reason)
            for place in places_of(settings)
        ]
        for place in places_of(settings):  # nobody else counts on a file that goes
            place.keep(
                lambda at: kept(
                    at, days=settings.keep_backup_days, months=settings.keep_backup_months
                ),
                now=now,
            )
    return made[0]


def _bring(
    place: BackupPlace,
    settings: Settings,
    copy: Path,
    told: dumps.Dump,
    scratch: Path,
    *,
    now: datetime,
    reason: str,
) -> Made:
    name, lock = name_at(now), lock_of(settings, place, makes=True)
    database = _put(place, f"{name}/{copy.name}", copy, lock, scratch)
    keys = None
    if lock.encrypts:
        packed = scratch / "keys"
        _pack_keys(settings, packed)
        keys = _put(place, f"{name}/keys", packed, lock, scratch)
    there = place.objects()
    files: dict[str, str] = {}
    damaged, copied = [], 0
    for key in Files(settings).every_key():
        sha256 = key.rpartition("/")[2]
        known = there.get(sha256)
        if known is not None and known.endswith(".age") == lock.encrypts:
            files[sha256] = known
            continue
        plain = scratch / "file"
        try:
            Files(settings).fetch(key, plain)
        except FileNotFoundError:  # erased since it was listed
            continue
        if digest_of(plain) != sha256:
            damaged.append(sha256)
            continue
        part = _put(place, f"{OBJECTS}/{key}", plain, lock, scratch, names_stored=True)
        files[sha256] = part.name
        copied += 1
    manifest = BackupManifest(
        made_at=now,
        reason=reason,
        version=version(),
        engine=told.engine,
        engine_version=told.engine_version,
        revisions=told.revisions,
        counts=told.counts,
        database=database,
        keys=keys,
        keep_apart=() if keys else tuple(_secrets(settings)),
        uid_domain=_text_of(settings.data / UID_DOMAIN),
        files=files,
        damaged=tuple(damaged),
    )
    place.end(name, manifest)
    return Made(name, manifest, copied)


def _put(
    place: BackupPlace,
    key: str,
    path: Path,
    lock: Lock,
    scratch: Path,
    *,
    names_stored: bool = False,
) -> BackupPart:
    sha256 = digest_of(path)
    if not lock.encrypts:
        place.put(key, path)
        return BackupPart(key, sha256, sha256, path.stat().st_size)
    shut = scratch / "shut"
    with path.open("rb") as plain, shut.open("wb") as target:
        lock.shut(plain, target)
    stored = digest_of(shut)
    key = f"{key}.{stored}.age" if names_stored else f"{key}.age"
    place.put(key, shut)
    return BackupPart(key, sha256, stored, path.stat().st_size)


def problems_in(place: BackupPlace, name: str, settings: Settings) -> Iterator[str]:
    """Reads every byte of a backup and yields a sentence for each thing that is wrong with it.

    Without what opens an encrypted one it is compared with the hashes of what was written. Raises
    NoBackup.
    """
    try:
        manifest = place.manifest(name)
    except ValueError as error:
        yield f"the manifest cannot be read: {error}"
        return
    lock = lock_of(settings, place)
    for sha256 in manifest.damaged:
        yield f"the stored file {sha256} was damaged already when the backup was made"
    with tempfile.TemporaryDirectory(prefix="convoca-") as folder:
        scratch = Path(folder)
        for part in filter(None, (manifest.database, manifest.keys)):
            opened = scratch / "part"
            try:
                take_out(place, part, lock, opened, must_open=False)
                if part is manifest.database and (lock.identity or not part.is_shut):
                    _require_sound(manifest, opened, scratch)
            except (FileNotFoundError, DamagedPart, CannotOpen, dumps.CannotCopy) as error:
                yield f"{part.name}: {_said(error)}"
        for sha256, key in manifest.files.items():
            stored = key.split(".")[1] if key.endswith(".age") else sha256
            try:
                take_out(
                    place,
                    BackupPart(key, sha256, stored, 0),
                    lock,
                    scratch / "file",
                    must_open=False,
                )
            except (FileNotFoundError, DamagedPart, CannotOpen) as error:
                yield f"{key}: {_said(error)}"


class DamagedPart(Exception):
    """A file of a backup has other bytes than were written."""


def take_out(
    place: BackupPlace, part: BackupPart, lock: Lock, into: Path, *, must_open: bool = True
) -> None:
    """Fetches a file of a backup, compares it with its hashes and opens it. Raises
    FileNotFoundError, DamagedPart and CannotOpen; the last not unless it must be opened.
    """
    stored = into.with_name(f"{into.name}.stored")
    place.fetch(part.name, stored)
    if digest_of(stored) != part.stored:
        raise DamagedPart("its bytes are not those that were written")
    if part.is_shut and lock.identity is None and not must_open:
        stored.unlink()
        return
    with stored.open("rb") as source, into.open("wb") as target:
        lock.open(source, target, is_shut=part.is_shut)
    stored.unlink()
    if digest_of(into) != part.sha256:
        raise DamagedPart("what it holds is not what was put in")


def _require_sound(manifest: BackupManifest, dump: Path, scratch: Path) -> None:
    if manifest.engine == dumps.POSTGRESQL:
        dumps.require_readable(dump)
        return
    plain = scratch / "database"
    found = dumps.unpacked(dump, plain)
    plain.unlink()
    if found.counts != manifest.counts:
        raise dumps.CannotCopy("it has other rows than the manifest says")


def _said(error: Exception) -> str:
    return "is missing" if isinstance(error, FileNotFoundError) else str(error)


@contextmanager
def _alone(settings: Settings) -> Iterator[Path]:
    """Gives an empty folder; one process of a machine at a time. What a killed one left goes."""
    settings.data.mkdir(parents=True, exist_ok=True)
    with (settings.data / f"{SCRATCH}lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in settings.data.glob(f"{SCRATCH}*"):
            if left.is_dir():
                shutil.rmtree(left)
        for left in (*settings.data.glob(".drill-*"), *settings.data.glob(".restoring-*")):
            if clock.now().timestamp() - left.stat().st_mtime > UNFINISHED_FOR.total_seconds():
                shutil.rmtree(left)
        scratch = settings.data / f"{SCRATCH}{os.getpid()}"
        scratch.mkdir(mode=0o700)
        try:
            yield scratch
        finally:
            shutil.rmtree(scratch)


def _pack_keys(settings: Settings, into: Path) -> None:
    """Packs the files of keys, and what the environment sets, as lines for /etc/convoca.env."""
    lines = [
        f"{name.upper()}={os.environ[name.upper()]}"
        for name in sorted(type(settings).model_fields)
        if os.environ.get(name.upper())
    ]
    with TarFile.open(into, "w") as tar:
        _add(tar, "convoca.env", "".join(f"{line}\n" for line in lines).encode())
        for name, path in key_files(settings):
            _add(tar, name, path.read_bytes())


def _add(tar: TarFile, name: str, content: bytes) -> None:
    info = TarInfo(name)
    info.size, info.mode = len(content), 0o600
    tar.addfile(info, BytesIO(content))


def key_files(settings: Settings) -> Iterator[tuple[str, Path]]:
    """Yields the files of keys, each with the setting that names it, or its name in the data folder."""
    for name in type(settings).model_fields:
        path = getattr(settings, name)
        is_key = name.endswith("_file") and name not in NO_KEYS
        if is_key and path is not None and path.is_file():
            yield name.upper(), path
    for name in OWN_KEYS:
        if (settings.data / name).is_file():
            yield name, settings.data / name


def _secrets(settings: Settings) -> Iterator[str]:
    """Yields what must be kept apart, by the names of settings and of files in the data folder."""
    for name in SECRETS:
        if name in settings.model_fields_set and getattr(settings, name):
            yield name.upper()
    for name, _path in key_files(settings):
        yield name


def version() -> str:
    with (ROOT / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def _text_of(path: Path) -> str:
    return path.read_text(encoding="ascii") if path.is_file() else ""


def _is_sqlite(settings: Settings) -> bool:
    return dumps.engine_of(settings.database) == dumps.SQLITE
