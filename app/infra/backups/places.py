"""Where backups lie: a folder, or a prefix of a bucket that speaks S3.

    2026-11-30T081500Z/manifest.json   written last: without it there is no backup
    2026-11-30T081500Z/database.…      a copy of the database
    2026-11-30T081500Z/keys.age        keys and settings, in an encrypted one alone
    objects/ab/<sha256>…               stored files, once for all backups
    key.age                            the identity that the passphrase opens
    erased/<number>                    what a backup from before it must lose again when it is restored;
                                       <country>.<fact>: whether the country gives names

A file that a backup holds already is not copied again, because its name says its content. The name of
an encrypted one also says what it is encrypted, so that it can be checked by whoever cannot read it.
"""

import json
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import obstore
from obstore.store import LocalStore, from_url

from app.infra.archives import STAMP
from config import Settings

MANIFEST, KEY, OBJECTS, NOTES = "manifest.json", "key.age", "objects", "erased"
NAMED = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z")
OBJECT = re.compile(r"objects/[0-9a-f]{2}/([0-9a-f]{64})(?:\.([0-9a-f]{64})\.age)?")
FORMAT = 1
ALL_FOR = timedelta(days=7)
CHUNK = 1024 * 1024
UNFINISHED_FOR = timedelta(days=1)
"""What no manifest names after a day was left by a process that was killed."""


@dataclass(frozen=True)
class BackupPart:
    """A file of a backup. `sha256` of what it holds; `stored` of it as it lies there, which is
    another one where it is encrypted.
    """

    name: str
    sha256: str
    stored: str
    size: int

    @property
    def is_shut(self) -> bool:
        return self.sha256 != self.stored


@dataclass(frozen=True)
class BackupManifest:
    """What a backup holds, without a name or an address of anybody. `revisions`: where its
    migrations stood; `counts`: rows by table; `files` maps hashes to object names; `keep_apart`: settings
    with secrets that are not in it.
    """

    made_at: datetime
    reason: str
    version: str
    engine: str
    engine_version: str
    revisions: tuple[str, ...]
    counts: Mapping[str, int]
    database: BackupPart
    keys: BackupPart | None
    keep_apart: tuple[str, ...]
    uid_domain: str
    files: Mapping[str, str] = field(default_factory=dict)
    damaged: tuple[str, ...] = ()

    def written(self) -> bytes:
        document = {"format": FORMAT, **asdict(self), "made_at": self.made_at.isoformat()}
        return json.dumps(document, indent=1, sort_keys=True).encode()

    @classmethod
    def read(cls, content: bytes) -> "BackupManifest":
        """Reads a manifest. Raises ValueError for what is none, or of a later format."""
        try:
            told: dict[str, Any] = json.loads(content)
            if told.pop("format") != FORMAT:
                raise ValueError("made by a later version of Convoca")
            keys = told.pop("keys")
            return cls(
                **{
                    **told,
                    "made_at": datetime.fromisoformat(told["made_at"]),
                    "revisions": tuple(told["revisions"]),
                    "keep_apart": tuple(told["keep_apart"]),
                    "damaged": tuple(told["damaged"]),
                    "database": BackupPart(**told["database"]),
                },
                keys=None if keys is None else BackupPart(**keys),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a manifest ({type(error).__name__})") from None


class NoBackup(Exception):
    """There is none, or none of this name. The message is a sentence."""


class BackupPlace:
    """One folder or bucket with backups. Raises what obstore raises: FileNotFoundError, or
    BaseError while a bucket does not answer.
    """

    def __init__(self, where: Path | str) -> None:
        self.where = where
        self._folder = where if isinstance(where, Path) else None
        self._opened: Any = None

    @property
    def kind(self) -> str:
        return "bucket" if self._folder is None else "folder"

    @property
    def _store(self) -> Any:
        if self._opened is None:
            if self._folder is None:
                self._opened = from_url(str(self.where))
            else:
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._opened = LocalStore(self._folder)
        return self._opened

    def names(self) -> list[str]:
        """Returns the names of the whole backups, the newest first."""
        if self._folder is not None and not self._folder.is_dir():
            return []
        found = obstore.list_with_delimiter(self._store)["common_prefixes"]
        stamps = {prefix.rstrip("/").rpartition("/")[2] for prefix in found}
        return [
            name
            for name in sorted(filter(NAMED.fullmatch, stamps), reverse=True)
            if self._is_there(f"{name}/{MANIFEST}")
        ]

    def newest(self) -> str:
        """Returns the name of the newest backup. Raises NoBackup."""
        if not (names := self.names()):
            raise NoBackup(
                f"There is no backup in this {self.kind} yet: `flask backup make` makes one."
            )
        return names[0]

    def manifest(self, name: str) -> BackupManifest:
        """Reads what a backup holds. Raises NoBackup, and ValueError for a damaged manifest."""
        if not NAMED.fullmatch(name) or not self._is_there(f"{name}/{MANIFEST}"):
            raise NoBackup(f"There is no whole backup {name} here: `flask backup list` shows them.")
        return BackupManifest.read(bytes(obstore.get(self._store, f"{name}/{MANIFEST}").bytes()))

    def objects(self) -> dict[str, str]:
        """Returns the stored files that lie here, hash to object name."""
        return {match[1]: path for path, match, _at in self._objects()}

    def put(self, key: str, path: Path) -> None:
        with path.open("rb") as file:
            obstore.put(self._store, key, file)
        if self._folder is not None:
            flush(self._folder / key)

    def end(self, name: str, manifest: BackupManifest) -> None:
        """Makes it a backup: flushes its parts to the disk, then writes the manifest."""
        self._flush(name)
        obstore.put(self._store, f"{name}/{MANIFEST}", manifest.written())
        self._flush(name)

    def fetch(self, key: str, path: Path) -> None:
        """Writes what lies under a key into a file. Raises FileNotFoundError."""
        with path.open("wb") as out:
            for chunk in obstore.get(self._store, key).stream(min_chunk_size=CHUNK):
                out.write(bytes(chunk))

    def note(self, name: str, content: bytes) -> None:
        """Notes what was erased; the same name again replaces it."""
        obstore.put(self._store, f"{NOTES}/{name}", content)
        if self._folder is not None:
            flush(self._folder / NOTES / name)

    def notes(self) -> dict[str, bytes]:
        """Returns what was noted, by name."""
        listed = (one["path"] for chunk in obstore.list(self._store, NOTES) for one in chunk)
        return {
            path.partition("/")[2]: bytes(obstore.get(self._store, path).bytes()) for path in listed
        }

    def own_key(self) -> bytes | None:
        return bytes(obstore.get(self._store, KEY).bytes()) if self._is_there(KEY) else None

    def keep_key(self, content: bytes) -> None:
        obstore.put(self._store, KEY, content, mode="create")

    def keep(self, kept: Callable[[Sequence[datetime]], set[datetime]], *, now: datetime) -> int:
        """Deletes the backups that are not to be kept, what killed processes left, and files that
        none names any longer; returns how many backups went.

        The manifest goes first, so that nobody meets half of one.
        """
        whole = {instant_of(name): name for name in self.names()}
        gone = set(whole) - kept(sorted(whole))
        for at in gone:
            obstore.delete(self._store, f"{whole[at]}/{MANIFEST}")
        stay = {name for at, name in whole.items() if at not in gone}
        named = self._named_by(stay)
        rest = []
        for one in self._listed():
            first = one["path"].partition("/")[0]
            is_old = now - one["last_modified"] > UNFINISHED_FOR
            if first == OBJECTS:
                if named is not None and one["path"] not in named and is_old:
                    rest.append(one["path"])
            elif first not in stay and (is_old or first in whole.values()):
                rest.append(one["path"])
        if rest:
            obstore.delete(self._store, rest)
        self._tidy(now)
        return len(gone)

    def _named_by(self, names: Collection[str]) -> set[str] | None:
        """Returns the stored files that these backups hold; None where a manifest is damaged, so that
        what it names is not known.
        """
        try:
            return {path for name in names for path in self.manifest(name).files.values()}
        except ValueError:
            return None

    def _listed(self) -> "Iterator[Any]":
        """Yields what lies in backups, whole or not, and the stored files. What else there is, such
        as a disk's lost+found, is somebody else's.
        """
        for prefix in obstore.list_with_delimiter(self._store)["common_prefixes"]:
            first = prefix.rstrip("/").rpartition("/")[2]
            if first == OBJECTS or NAMED.fullmatch(first):
                for chunk in obstore.list(self._store, first):
                    yield from chunk

    def _tidy(self, now: datetime) -> None:
        """Deletes what a killed process left of a file (see `Files.sweep`), and empty folders."""
        if self._folder is None:
            return
        before = (now - UNFINISHED_FOR).timestamp()
        backups = [path for path in self._folder.glob("*") if NAMED.fullmatch(path.name)]
        for folder in (*backups, *self._folder.glob(f"{OBJECTS}/*")):
            for path in folder.glob("*#*"):
                if path.stat().st_mtime < before:
                    path.unlink(missing_ok=True)
            if not any(folder.iterdir()):
                folder.rmdir()

    def _objects(self) -> Iterator[tuple[str, re.Match[str], datetime]]:
        for chunk in obstore.list(self._store, OBJECTS):
            for one in chunk:
                if match := OBJECT.fullmatch(one["path"]):
                    yield one["path"], match, one["last_modified"]

    def _is_there(self, key: str) -> bool:
        try:
            obstore.head(self._store, key)
        except FileNotFoundError:
            return False
        return True

    def _flush(self, name: str) -> None:
        """Writes the names of files through to the disk. A bucket has taken what it has answered
        for.
        """
        if self._folder is not None:
            own = self._folder / name
            objects = [path for path in self._folder.glob(f"{OBJECTS}/*") if path.is_dir()]
            for path in (*own.glob(MANIFEST), *objects, own, self._folder):
                flush(path)


def flush(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def places_of(settings: Settings) -> tuple[BackupPlace, ...]:
    """Returns where backups come to: what is set, or else a folder in the data folder."""
    places: list[Path | str] = []
    if settings.backup_folder is not None:
        places.append(settings.backup_folder.resolve())
    if settings.backup_url:
        places.append(settings.backup_url)
    return tuple(BackupPlace(where) for where in places or [settings.data / "backups"])


def name_at(now: datetime) -> str:
    return now.astimezone(UTC).strftime(STAMP)


def instant_of(name: str) -> datetime:
    return datetime.strptime(name, STAMP).replace(tzinfo=UTC)


def kept(made: Sequence[datetime], *, days: int, months: int) -> set[datetime]:
    """Returns which backups stay: all of the week before the newest, among them the one to go back
    to after an update; the newest of each of the last `days` days that have one, and of each of the
    last `months` months. Days and months are those of UTC.
    """
    in_order = sorted(made)
    newest_of_day = {at.date(): at for at in in_order}
    newest_of_month = {(at.year, at.month): at for at in in_order}
    return (
        {at for at in in_order if in_order[-1] - at < ALL_FOR}
        | set(sorted(newest_of_day.values())[-days:])
        | set(sorted(newest_of_month.values())[-months:])
    )
