"""What follows when an event is published, changed, moved, cancelled or over. No transaction is open
while a program is asked. All of it may run again.
"""

from datetime import datetime
from uuid import UUID

from flask import current_app

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.infra.meetings.choosing import opened_keys, program_of
from app.infra.meetings.port import (
    NO_REPORT_YET,
    MeetingFailed,
    MeetingMade,
    MeetingMissing,
    MeetingProgram,
)
from app.infra.sealing import CannotUnseal
from app.infra.sheets import rows_of
from app.kernel.actor import SYSTEM
from app.kernel.refusal import Refusal, Sentence
from app.participation.attendance.queries.candidates import around_of
from app.participation.attendance.rules.readers.reading import read_report
from app.participation.meetings.exports import report_file
from app.participation.meetings.queries import reports_due
from app.participation.meetings.rules import KEYS_LOST
from app.participation.meetings.services import following, reporting
from app.participation.meetings.values import Errands, MeetingAct
from app.planning.events.queries.events import event_of
from config import Settings


def on_event_changed(entry: JournalEntry, *, now: datetime) -> None:
    """An event was published, changed, moved or cancelled."""
    follow(UUID(entry.payload["event_id"]))


def on_meeting_awaited(entry: JournalEntry, *, now: datetime) -> None:
    """Somebody does not want to wait, for the meeting or for its report."""
    event_id = UUID(entry.payload["event_id"])
    follow(event_id)
    fetch_report(event_id)


def follow(event_id: UUID) -> None:
    """Does at the program what the event asks for now. Raises MeetingFailed when it is worth
    another try later; what is not is written down for the event's page.
    """
    with transaction() as db:
        errand = following.take_up(db, event_id=event_id, now=clock.now())
    if errand is None:
        return
    try:
        made = _carried_out(errand)
    except MeetingFailed as failed:
        if isinstance(failed, MeetingMissing) and errand.act is MeetingAct.MOVE:
            with transaction() as db:
                following.note_missing(db, errand=errand, now=clock.now())
            follow(event_id)  # a new meeting is created, which cannot be missing
            return
        with transaction() as db:
            following.note_problem(db, errand=errand, sentence=failed.sentence, now=clock.now())
        if failed.is_passing:
            raise
        return
    with transaction() as db:
        following.keep(db, errand=errand, made=made, now=clock.now())


def fetch_due_reports() -> None:
    """Every minute: of what is over and due."""
    with reading() as db:
        waiting = reports_due(db, now=clock.now())
    for event_id in waiting:
        fetch_report(event_id)


def fetch_report(event_id: UUID) -> None:
    """Asks for who was there and hands it to attendance; nothing when it is not due."""
    with transaction() as db:
        errand = reporting.take_up_report(db, event_id=event_id, now=clock.now())
    if errand is None:
        return
    try:
        _hand_over(errand)
    except MeetingFailed as failed:
        _note_missed(errand, failed.sentence)
    except Refusal as refusal:  # a report of nobody, or an event that is closed by now
        _note_missed(errand, refusal.sentence)


def _hand_over(errand: Errands) -> None:
    stays = _program(errand).report(errand.external_id, errand.order)
    if not stays:
        raise MeetingFailed(NO_REPORT_YET)
    content = report_file(errand.provider, stays)
    filename = f"{errand.provider.value}-{errand.external_id[:40]}.csv"
    with reading() as db:
        around = around_of(event_of(db, actor=SYSTEM, event_id=errand.event_id), "UTC")
    report = read_report(rows_of(content, filename).rows, around)
    with transaction() as db:
        reporting.hand_over(
            db,
            event_id=errand.event_id,
            content=content,
            filename=filename,
            report=report,
            now=clock.now(),
        )


def _note_missed(errand: Errands, sentence: Sentence) -> None:
    with transaction() as db:
        reporting.note_missed(db, errand=errand, sentence=sentence, now=clock.now())


def _carried_out(errand: Errands) -> MeetingMade | None:
    program = _program(errand)
    match errand.act:
        case MeetingAct.CREATE:
            return program.create(errand.order, may_exist=errand.was_asked)
        case MeetingAct.MOVE:
            program.move(errand.external_id, errand.order)
        case MeetingAct.CANCEL:
            # Whether it was made before a worker was killed, only asking again can tell.
            known = errand.external_id or program.create(errand.order, may_exist=True).external_id
            program.cancel(known)
    return None


def _program(errand: Errands) -> MeetingProgram:
    settings: Settings = current_app.extensions["convoca_settings"]
    try:
        keys = opened_keys(errand.sealed, secret=settings.secret)
    except CannotUnseal:
        raise MeetingFailed(KEYS_LOST) from None
    return program_of(errand.provider.value, keys, settings=settings)
