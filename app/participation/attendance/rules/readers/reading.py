"""Which program a report is from, by its headings and never by its name, and whether it is of this
event at all.
"""

from collections.abc import Sequence
from dataclasses import replace

from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_
from app.participation.attendance.rules.readers import meet, teams, webex, zoom
from app.participation.attendance.rules.readers.tables import Around, Row, tables
from app.participation.attendance.values import ParticipantReport

READERS = (teams.read, webex.read, zoom.read, meet.read)
COLUMNS = (teams.TOTALS, teams.ACTIVITIES, webex.COLUMNS, zoom.COLUMNS, meet.COLUMNS)


def _words(*meanings: str) -> frozenset[str]:
    """Returns how the programs call columns of these meanings."""
    return frozenset(
        word for columns in COLUMNS for meaning in meanings for word in columns.get(meaning, ())
    )


PEOPLE = {
    "who": _words("name", "first", "email", "upn")
    | {"participants", "participantes", "attendees", "asistentes", "names", "nombres"},
    "times": _words("joined", "left"),
}


class UnknownReport(Refusal):
    kind = Kind.INVALID
    rule = "unknown-report"
    msgid = N_(
        "This is not a participant report that Convoca knows: Zoom, Microsoft Teams, Google Meet or Webex, with "
        "its headings in Spanish or English."
    )


class WithoutTimes(Refusal):
    kind = Kind.INVALID
    rule = "report-without-times"
    msgid = N_(
        "This list says who was there and not from when to when. Download the report with times instead: in Teams "
        "Attendance, Download; in Zoom without “Show unique users”; from Google Meet the spreadsheet that comes by "
        "e-mail."
    )


class NobodyIn(Refusal):
    kind = Kind.INVALID
    rule = "report-empty"
    msgid = N_("Nobody with times of joining and leaving is in this report.")


class OtherMeeting(Refusal):
    kind = Kind.INVALID
    rule = "report-of-another-meeting"
    msgid = N_(
        "This report is from another meeting: its times are from %(found)s, and the event is on %(event)s."
    )


def read_report(rows: Sequence[Row], around: Around) -> ParticipantReport:
    """Refuses what is no report, has nobody in it, or lies more than a day away from the event.

    Of the history of many meetings those of other days are left out.
    """
    report = next((report for read in READERS if (report := read(rows, around)) is not None), None)
    if report is None:
        raise WithoutTimes if _is_list_of_names(rows) else UnknownReport
    if not report.stays:
        raise NobodyIn
    near = tuple(
        one
        for one in report.stays
        if around.is_near(one.span.starts_at) or around.is_near(one.span.ends_at)
    )
    if not near:
        first = min(stay.span.starts_at for stay in report.stays)
        said, event = (
            moment.astimezone(around.zone).date() for moment in (first, around.starts_at)
        )
        raise OtherMeeting(found=said, event=event)
    return replace(report, stays=near, skipped=report.skipped + len(report.stays) - len(near))


def _is_list_of_names(rows: Sequence[Row]) -> bool:
    return any(not table.has("times") for table in tables(rows[:60], PEOPLE, frozenset({"who"})))
