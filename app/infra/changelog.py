"""What a version brings, from the CHANGELOG.md in its folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.infra.backups.making import ROOT

NAME = "CHANGELOG.md"
NEWER = f"convoca-*/{NAME}"
"""Beside this folder, as docs/deploy.md unpacks versions: `/srv/convoca-2`."""


@dataclass(frozen=True)
class Changes:
    """The newest section: its day, and under each of its headings (Added, Changed, …) the lines, in
    English and Markdown.
    """

    day: date
    groups: tuple[tuple[str, tuple[str, ...]], ...]


def own_changes() -> Changes | None:
    """Returns what the version at work brought; None where its folder has no changelog."""
    return _newest_of(ROOT / NAME)


def newer_changes() -> Changes | None:
    """Returns what the newest version that lies ready brings; None where none is newer than the one
    at work. Nothing is asked of the network.
    """
    own, ready = own_changes(), map(_newest_of, ROOT.parent.glob(NEWER))
    later = [one for one in ready if one and own and one.day > own.day]
    return max(later, key=lambda one: one.day, default=None)


def _day_in(line: str) -> date | None:
    try:
        return date.fromisoformat(line[3:13]) if line.startswith("## ") else None
    except ValueError:
        return None


def _newest_of(path: Path) -> Changes | None:
    day, groups = None, dict[str, list[str]]()
    heading = ""
    for line in _lines(path):
        if line.startswith("## "):
            if day:
                break
            day = _day_in(line)
        elif line.startswith("### "):
            heading = line[4:].strip()
        elif day and line.startswith("- "):
            groups.setdefault(heading, []).append(line[2:].strip())
    if day is None:
        return None
    return Changes(day, tuple((name, tuple(lines)) for name, lines in groups.items()))


def _lines(path: Path) -> Iterator[str]:
    """Yields its lines; none of a file that is not there or may not be read."""
    try:
        with path.open(encoding="utf-8") as file:
            yield from file
    except OSError:
        return
