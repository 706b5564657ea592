"""The exports in this folder, read for the event they are of."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from app.infra.sheets import rows_of
from app.participation.attendance.rules.readers.reading import read_report
from app.participation.attendance.rules.readers.tables import Around
from app.participation.attendance.rules.recording import participants
from app.participation.attendance.values import ParticipantReport, Span

EXPORTS = Path(__file__).with_name("exports")
STARTS = datetime(2026, 12, 10, 15, tzinfo=UTC)
ENDS = STARTS + timedelta(minutes=90)
AROUND = Around(STARTS, ENDS, ZoneInfo("America/Costa_Rica"))
EVENT = Span(STARTS, ENDS)


def export(name: str) -> bytes:
    return (EXPORTS / name).read_bytes()


def report(name: str) -> ParticipantReport:
    return read_report(rows_of(export(name)).rows, AROUND)


def minutes(found: ParticipantReport) -> dict[str, int]:
    """Of each participant, by name."""
    return {one.name: one.minutes for one in participants(found.stays, EVENT)}


def at(hour: int, minute: int, second: int = 0) -> datetime:
    """An instant of that day by Costa Rica's clock."""
    return datetime(2026, 12, 10, hour, minute, second, tzinfo=AROUND.zone).astimezone(UTC)
