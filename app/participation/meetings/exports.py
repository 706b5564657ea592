"""The report of a program's interface, written as the program itself exports it, so that one reader
serves both.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from app.infra.meetings.port import Stayed
from app.planning.events.rules.joining import MeetingProvider

ZOOM_HEADING = ("Name (original name)", "Email", "Join time", "Leave time", "Duration (minutes)")
TEAMS_SECTION = "3. In-Meeting Activities"
TEAMS_HEADING = ("Name", "Join Time", "Leave Time", "Duration", "Email")


def report_file(provider: MeetingProvider, stays: Iterable[Stayed]) -> bytes:
    """Returns stays as CSV in UTF-8 with times in UTC, in order of joining: the same stays are the
    same bytes.
    """
    rows: list[Sequence[str]] = [ZOOM_HEADING]
    if provider is MeetingProvider.TEAMS:
        rows = [(TEAMS_SECTION,), TEAMS_HEADING]
    for one in sorted(stays, key=lambda one: (one.joined_at, one.name, one.email, one.left_at)):
        minutes = max(1, -(-(one.left_at - one.joined_at) // timedelta(minutes=1)))
        joined, left = _written(one.joined_at), _written(one.left_at)
        if provider is MeetingProvider.TEAMS:
            rows.append((one.name, joined, left, f"{minutes}m", one.email))
        else:
            rows.append((one.name, one.email, joined, left, str(minutes)))
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _written(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%SZ}"
