"""Folders that are made anew every night: each is there whole or not at all, and the newest are
kept.
"""

import fcntl
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

STAMP = "%Y-%m-%dT%H%M%SZ"
LATEST = "latest"
"""A link to the newest, for whoever copies it elsewhere."""
UNDER_WAY, GOING = ".making-", ".going-"


@contextmanager
def made_whole(root: Path, *, now: datetime, keep: int) -> Iterator[Path]:
    """Gives an empty folder to write into, which gets its name, the instant in UTC, when the block
    ends well; then the oldest go, so that `keep` are left.

    One at a time. What a killed process left unfinished goes when the next one begins. A folder that
    goes loses its name first, so that nobody meets half of one.
    """
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in (*root.glob(f"{UNDER_WAY}*"), *root.glob(f"{GOING}*")):
            shutil.rmtree(left)
        folder = root / f"{UNDER_WAY}{os.getpid()}"
        folder.mkdir()
        name = now.astimezone(UTC).strftime(STAMP)
        try:
            yield folder
            _flush(folder)
            folder.rename(root / name)
        finally:
            if folder.exists():
                shutil.rmtree(folder)
        with suppress(OSError):  # storage of some other systems has no links
            _point(root, name)
        for old in [path for path, _ in made_in(root)][keep:]:
            shutil.rmtree(old.rename(root / f"{GOING}{old.name}"))


def made_in(root: Path) -> list[tuple[Path, datetime]]:
    """Returns what is there with the instant at which it was made (UTC), the newest first."""
    made = []
    for path in root.glob("????-??-??T??????Z"):
        try:
            made.append((path, datetime.strptime(path.name, STAMP).replace(tzinfo=UTC)))
        except ValueError:
            continue
    return sorted(made, reverse=True)


def packed_folder(folder: Path) -> IO[bytes]:
    """Returns a folder as a ZIP file, to be read and closed: it has no name, and is gone then."""
    packed = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            archive.write(path, f"{folder.name}/{path.relative_to(folder)}")
    packed.seek(0)
    return packed


def _flush(folder: Path) -> None:
    """Writes the names of the files through to the disk; their bytes are there already."""
    for place in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        opened = os.open(place, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _point(root: Path, name: str) -> None:
    link = root / f".{LATEST}"
    link.unlink(missing_ok=True)
    link.symlink_to(name)
    link.rename(root / LATEST)
