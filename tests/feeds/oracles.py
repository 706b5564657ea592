"""Calendar programs that had no part in writing our feeds, asked in one form: which instances, from
when to when.

Parsers under users' programs: ical.js (Thunderbird, Nextcloud), node-ical (bots), libical
(Evolution, GNOME, KOrganizer), allenporter's ical (Home Assistant), icalendar with
recurring-ical-events (the Python world).
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

import ical.calendar_stream
import icalendar
import pytest
import recurring_ical_events
from ical.event import EventStatus

from tests.feeds import libical

READERS = Path(__file__).parent / "readers"
FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
SECONDS = 20


class Instance(NamedTuple):
    """`start` and `end` are UTC as "2026-12-10T15:00:00Z", or days as "2026-12-10"."""

    uid: str
    start: str
    end: str
    sequence: int = 0
    is_cancelled: bool = False


Reader = Callable[[bytes], list[Instance]]


def moment(value: datetime | date) -> str:
    if isinstance(value, datetime):
        assert value.tzinfo is not None, "a time of no zone"
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat()


def in_node(script: str) -> Reader:
    def read(text: bytes) -> list[Instance]:
        words = ["node", str(READERS / script), FIRST.isoformat(), LAST.isoformat()]
        # No zone of its own: a reader that forgets the event's zone must not be right by accident.
        env = {"PATH": os.environ["PATH"], "TZ": "Pacific/Kiritimati"}
        done = subprocess.run(
            words, input=text, capture_output=True, check=True, timeout=SECONDS, env=env
        )
        return [
            Instance(
                found["uid"],
                _whole(found["start"]),
                _whole(found["end"]),
                found["sequence"],
                found["cancelled"],
            )
            for found in json.loads(done.stdout)
        ]

    return read


def _whole(text: str) -> str:
    """JavaScript writes milliseconds."""
    assert "T" not in text or text.endswith(".000Z"), text
    return text.replace(".000Z", "Z")


def by_libical(text: bytes) -> list[Instance]:
    return [
        Instance(uid, moment(start), moment(end), sequence, is_cancelled)
        for uid, start, end, sequence, is_cancelled in libical.read(text, FIRST, LAST)
    ]


def by_icalendar(text: bytes) -> list[Instance]:
    calendar = icalendar.Calendar.from_ical(text)
    assert all(not event.errors for event in calendar.events)
    return [
        Instance(
            str(event["UID"]),
            moment(event.start),
            moment(event.end),
            int(event.get("SEQUENCE", 0)),
            event.get("STATUS") == "CANCELLED",
        )
        for event in recurring_ical_events.of(calendar).between(FIRST, LAST)
    ]


def by_home_assistant(text: bytes) -> list[Instance]:
    calendar = ical.calendar_stream.IcsCalendarStream.calendar_from_ics(text.decode())
    return [
        Instance(
            str(event.uid),
            moment(event.start),
            moment(event.end),
            event.sequence or 0,
            event.status is EventStatus.CANCELLED,
        )
        for event in calendar.timeline_tz(UTC).included(FIRST, LAST)
    ]


ORACLES: dict[str, Reader] = {
    "ical.js": in_node("ical_js.mjs"),
    "node-ical": in_node("node_ical.mjs"),
    "libical": by_libical,
    "icalendar": by_icalendar,
    "ical": by_home_assistant,
}
"""node-ical and `ical` go by the zone's name and a database of their own; the others by the rules
in the file.
"""

GO_BY_THE_FILE = ("ical.js", "libical", "icalendar")


def require_installed(name: str) -> None:
    """Skips with the command that mends it; where CI is set, fails."""
    missing = ""
    if name in ("ical.js", "node-ical") and not (
        shutil.which("node") and (READERS / "node_modules" / name).is_dir()
    ):
        missing = f"{name} is not installed"
    if name == "libical":
        try:
            libical.library()
        except OSError as error:
            missing = str(error)
    if missing:
        sentence = f"{missing}: ./run test installs it"
        pytest.fail(sentence) if "CI" in os.environ else pytest.skip(sentence)


@cache
def node_knows_the_zones_of(year: int) -> bool:
    """Whether Node's own copy of the zone database is of that year's autumn or later, such as
    "2026b".
    """
    words = ["node", "--print", "process.versions.tz"]
    version = subprocess.run(
        words, capture_output=True, check=True, timeout=SECONDS, text=True
    ).stdout.strip()
    return version >= f"{year}b"


def in_order(found: Iterable[Instance]) -> list[Instance]:
    return sorted(found)
