"""What the system must offer beside Python packages. Standard library only: it runs before anything
is installed.

`python3 -m tooling.machine serve|test` prints the Debian packages that are missing, among them one
that only makes the tests faster. `--offered` leaves out what apt does not offer; `--advice` says
what a person does about the needed ones.
"""

import ctypes
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

# Debian package -> the library's file on Linux, on macOS. WeasyPrint opens all three.
PANGO = {
    "libpango-1.0-0": ("libpango-1.0.so.0", "libpango-1.0.dylib"),
    "libpangoft2-1.0-0": ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib"),
    "libharfbuzz-subset0": ("libharfbuzz-subset.so.0", "libharfbuzz-subset.dylib"),
}
FALLBACK_FONT = "fonts-dejavu-core"
LIBICAL = ("libical3", "libical.so.3", "libical.3.dylib")
"""Debian 13 calls it libical3t64, which apt takes for the older name. The feed tests read our
calendars with it.
"""
TEST_PROGRAMS = {
    "node": "nodejs",
    "npm": "npm",
    "pdftotext": "poppler-utils",
    "qpdf": "qpdf",
    "softhsm2-util": "softhsm2",
    "zbarimg": "zbar-tools",
}
HEADLESS_SHELL = "chromium-headless-shell"
"""Chromium without what draws windows: half the time of the processor for the same pages. Debian's
name for both the package and the program.
"""
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OS_RELEASE = Path("/etc/os-release")


def loads(*names: str) -> bool:
    for name in names:
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False


def chromium() -> str | None:
    """The path of the browser for tests: the headless shell where there is one."""
    return next(filter(None, map(shutil.which, (HEADLESS_SHELL, *CHROMIUM_NAMES))), None)


def offers(package: str) -> bool:
    """True when apt, as of its last update, can install the package."""
    if not shutil.which("apt-cache"):
        return False
    listing = subprocess.run(
        ["apt-cache", "show", "--no-all-versions", package], capture_output=True, check=False
    )
    return listing.returncode == 0 and bool(listing.stdout.strip())


def is_debian() -> bool:
    try:
        return "ID=debian" in OS_RELEASE.read_text(encoding="utf-8").splitlines()
    except OSError:
        return False


def can_make_environments() -> bool:
    """uv on the PATH needs no `ensurepip`; neither does an environment that already has its own
    uv.
    """
    return bool(
        shutil.which("uv")
        or Path(".tools/bin/uv").exists()
        or importlib.util.find_spec("ensurepip")
    )


def missing_packages(purpose: str) -> Iterator[str]:
    if not can_make_environments():
        yield "python3-venv"
    pango = [package for package, names in PANGO.items() if not loads(*names)]
    yield from pango
    if pango:
        yield FALLBACK_FONT
    if purpose == "test":
        yield from missing_for_tests()


def missing_for_tests() -> Iterator[str]:
    if not chromium():
        yield HEADLESS_SHELL if offers(HEADLESS_SHELL) else "chromium"
    package, *libraries = LIBICAL
    if not loads(*libraries):
        yield package
    for program, package in TEST_PROGRAMS.items():
        if not shutil.which(program):
            yield package


def faster_packages(purpose: str, *, offered: bool) -> Iterator[str]:
    """What the tests can do without. Only Debian has it; whether this release does is known after
    `apt-get update`.
    """
    if (
        purpose == "test"
        and is_debian()
        and not shutil.which(HEADLESS_SHELL)
        and (not offered or offers(HEADLESS_SHELL))
    ):
        yield HEADLESS_SHELL


def advice(packages: list[str]) -> str:
    line = f"Missing on this system: {', '.join(packages)}.\n"
    if sys.platform == "darwin":
        return (
            line
            + "Install with: brew install pango libical node poppler qpdf softhsm zbar && brew install --cask chromium"
        )
    command = "sudo apt-get update && sudo apt-get install -y --no-install-recommends"
    return f"{line}Install with: {command} {' '.join(packages)}"


def main(arguments: list[str]) -> None:
    purpose, *options = arguments
    packages = list(missing_packages(purpose))
    if "--advice" not in options:
        wished = faster_packages(purpose, offered="--offered" in options)
        print(*dict.fromkeys([*packages, *wished]))
    elif packages:
        print(advice(packages))


if __name__ == "__main__":
    main(sys.argv[1:])
