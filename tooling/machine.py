"""What the system must offer beside Python packages. Standard library only: it runs before anything is installed.

`python3 -m tooling.machine serve|test` prints the Debian packages that are missing; with `--advice`, what a person does
about it.
"""

import ctypes
import importlib.util
import shutil
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
"""Debian 13 calls it libical3t64, which apt takes for the older name. The feed tests read our calendars with it."""
TEST_PROGRAMS = {"node": "nodejs", "npm": "npm", "pdftotext": "poppler-utils"}
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def loads(*names: str) -> bool:
    for name in names:
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False


def chromium() -> str | None:
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def can_make_environments() -> bool:
    """uv on the PATH needs no `ensurepip`; neither does an environment that already has its own uv."""
    return bool(shutil.which("uv") or Path(".tools/bin/uv").exists() or importlib.util.find_spec("ensurepip"))


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
        yield "chromium"
    package, *libraries = LIBICAL
    if not loads(*libraries):
        yield package
    for program, package in TEST_PROGRAMS.items():
        if not shutil.which(program):
            yield package


def advice(packages: list[str]) -> str:
    line = f"Missing on this system: {', '.join(packages)}.\n"
    if sys.platform == "darwin":
        return line + "Install with: brew install pango libical node poppler && brew install --cask chromium"
    command = "sudo apt-get update && sudo apt-get install -y --no-install-recommends"
    return f"{line}Install with: {command} {' '.join(packages)}"


def main(arguments: list[str]) -> None:
    packages = list(missing_packages(arguments[0]))
    if packages:
        print(advice(packages) if "--advice" in arguments else " ".join(packages))


if __name__ == "__main__":
    main(sys.argv[1:])
