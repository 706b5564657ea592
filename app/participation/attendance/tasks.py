"""Work that follows from an upload: the people of a report are looked for outside any transaction,
then kept.
"""

from datetime import datetime
from uuid import UUID

from app.infra.database import reading, transaction
from app.infra.files import files
from app.infra.journal import JournalEntry
from app.infra.sheets import rows_of
from app.kernel.actor import SYSTEM
from app.participation.attendance.models import AttendanceImport
from app.participation.attendance.queries.sheet import around_of, known_people, people_at
from app.participation.attendance.rules.matching import Matcher, address
from app.participation.attendance.rules.readers.reading import read_report
from app.participation.attendance.rules.recording import participants
from app.participation.attendance.services.importing import covers, keep_participants, note_progress
from app.participation.attendance.services.recording import drop_file
from app.participation.attendance.values import ImportState, MatchProposal, ReportParticipant, Span
from app.planning.events.queries.events import event_of

A_PART = 1_000  # names between two notes of how far it is


def on_import_uploaded(entry: JournalEntry, *, now: datetime) -> None:
    """Looks for the people of a report. Idempotent: what is ready is left alone, what a killed
    worker had begun begins again.
    """
    import_id = UUID(entry.payload["import_id"])
    with reading() as db:
        row = db.get(AttendanceImport, import_id)
        if row is None or row.state != ImportState.UPLOADED:
            return
        event = event_of(db, actor=SYSTEM, event_id=row.event_id)
        around = around_of(event, entry.payload.get("zone", ""))
        people = known_people(db, event_id=row.event_id)
    report = read_report(rows_of(files().get(row.file_key), row.filename).rows, around)
    if covers(report) != (row.starts_at, row.ends_at):
        return  # sent again with the hours of another zone; that has an entry of its own
    with reading() as db:
        others = people_at(db, {address(stay.email) for stay in report.stays if stay.email})
    listed = {one.person_id for one in people}
    matcher = Matcher(people, [one for one in others if one.person_id not in listed])
    there = participants(
        report.stays, Span(around.starts_at, around.ends_at), shared=matcher.shared_in(report.stays)
    )
    proposals: list[tuple[ReportParticipant, MatchProposal]] = []
    for number, one in enumerate(there):
        if number % A_PART == 0:
            with transaction() as db:
                note_progress(db, import_id=import_id, percent=10 + 85 * number // len(there))
        proposals.append((one, matcher.propose(one)))
    with transaction() as db:
        keep_participants(db, import_id=import_id, proposals=proposals, covered=covers(report))


def on_original_dropped(entry: JournalEntry, *, now: datetime) -> None:
    drop_file(entry.payload["file_key"])
