"""What is dear to make, kept for the next run in `.pytest_cache/convoca` under a key over all that
makes it.

The key covers every file of the application, the courses, the designs, the words and the
migrations, the packages, the version of Python, and the hour, because the demonstration's dates are
counted from the time at which it is loaded. Nothing is kept where CI is set: there each run makes
what it tests.
"""

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".pytest_cache" / "convoca"
MAKERS = (
    "app",
    "certificates",
    "courses",
    "migrations",
    "translations",
    "config.py",
    "requirements.lock",
    "tests/support/databases.py",
)
MOST = 4
"""How many things are kept; the oldest goes first."""


@cache
def key(hour: str) -> str:
    """Of paths and contents. `hour` is a part of it."""
    digest = hashlib.sha256(f"{sys.version} {hour}".encode())
    for maker in MAKERS:
        files = [ROOT / maker] if (ROOT / maker).is_file() else (ROOT / maker).rglob("*")
        for path in sorted(
            path for path in files if path.is_file() and path.suffix not in (".pyc", ".mo")
        ):
            digest.update(
                f"{path.relative_to(ROOT)} {path.stat().st_size}\n".encode() + path.read_bytes()
            )
    return digest.hexdigest()[:32]


def between_runs(
    build: Callable[[Path], None], target: Path, *beside: Path, folder: Path = FOLDER
) -> None:
    """Makes `target`, and the folders `beside` it, by `build` or from what an earlier run kept."""
    if "CI" in os.environ:
        build(target)
        return
    store = folder / f"{target.name}-{key(f'{datetime.now(UTC):%Y-%m-%dT%H}')}"
    if not store.exists():
        build(target)
        _keep(store, target, *beside)
        return
    shutil.copyfile(store / target.name, target)
    for path in beside:
        shutil.copytree(store / path.name, path, dirs_exist_ok=True)


def _keep(store: Path, target: Path, *beside: Path) -> None:
    """Into a folder of its own first, which then takes its name: a run beside this one never sees
    half of it.
    """
    store.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=store.parent, prefix="part-"))
    shutil.copyfile(target, part / target.name)
    for path in beside:
        shutil.copytree(path, part / path.name)
    try:
        part.rename(store)
    except OSError:  # another run was first
        shutil.rmtree(part, ignore_errors=True)
    for old in sorted(store.parent.iterdir(), key=lambda path: path.stat().st_mtime)[:-MOST]:
        shutil.rmtree(old, ignore_errors=True)
