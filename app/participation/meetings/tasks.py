"""What follows when an event is published, changed, moved, cancelled or over. No transaction is open
while a program is asked. All of it may run again.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.infra.meetings.choosing import opened_keys, program_of
from app.infra.meetings.port import (
    NO_REPORT_YET,
    AddressRefused,
    MeetingFailed,
    MeetingMade,
    MeetingMissing,
    MeetingProgram,
    OwnLink,
    Registrant,
)
from app.infra.platform import platform
from app.infra.sealing import CannotUnseal
from app.infra.sheets import rows_of
from app.kernel.actor import SYSTEM
from app.kernel.refusal import Refusal, Sentence
from app.participation.attendance.queries.sheet import around_of
from app.participation.attendance.rules.readers.reading import read_report
from app.participation.meetings import services
from app.participation.meetings.exports import report_file
from app.participation.meetings.queries import addresses_by_ref, reports_due
from app.participation.meetings.rules import KEYS_LOST
from app.participation.meetings.values import Errands, LinkErrands, MeetingAct, PersonToAdmit
from app.planning.events.queries.events import event_of
from app.planning.events.rules.joining import MeetingProvider


def on_event_changed(entry: JournalEntry, *, now: datetime) -> None:
    """Lets the meeting follow an event that was published, changed, moved or cancelled."""
    event_id = UUID(entry.payload["event_id"])
    follow(event_id)
    follow_links(event_id)


def on_registration_changed(entry: JournalEntry, *, now: datetime) -> None:
    """Gives or takes own links after somebody was registered or cancelled."""
    follow_links(UUID(entry.payload["event_id"]))


def on_meeting_awaited(entry: JournalEntry, *, now: datetime) -> None:
    """Tries at once, for somebody who does not want to wait for the meeting or for its report."""
    event_id = UUID(entry.payload["event_id"])
    follow(event_id)
    follow_links(event_id)
    fetch_report(event_id)


def follow(event_id: UUID) -> None:
    """Does at the program what the event asks for now. Raises MeetingFailed when it is worth
    another try later; what is not is written down for the event's page.
    """
    with transaction() as db:
        errand = services.take_up(db, event_id=event_id, now=clock.now())
    if errand is None:
        return
    try:
        made = _carried_out(errand)
    except MeetingFailed as failed:
        if isinstance(failed, MeetingMissing) and errand.act is MeetingAct.MOVE:
            with transaction() as db:
                services.note_missing(db, errand=errand, now=clock.now())
            follow(event_id)  # a new meeting is created, which cannot be missing
            return
        with transaction() as db:
            services.note_problem(db, errand=errand, sentence=failed.sentence, now=clock.now())
        if failed.is_passing:
            raise
        return
    with transaction() as db:
        services.keep(db, errand=errand, made=made, now=clock.now())


def follow_links(event_id: UUID) -> None:
    """Gives each registered person a link of their own, and takes it from whoever no longer comes.
    Raises MeetingFailed when it is worth another try later.
    """
    while True:
        with transaction() as db:
            errand = services.take_up_links(db, event_id=event_id, now=clock.now())
        if errand is None:
            return
        try:
            is_alone = _give_and_take(errand)
        except MeetingFailed as failed:
            # What somebody removed in the program is made anew with the event's next change.
            is_missing = isinstance(failed, MeetingMissing)
            _end_links(errand, None if is_missing else failed.sentence)
            if failed.is_passing and not is_missing:
                raise
            return
        if not is_alone:
            return
        _end_links(errand, None)


def _give_and_take(errand: LinkErrands) -> bool:
    """Keeps each answer at once. False when another worker has taken it up since."""
    program = _opened(errand.provider, errand.sealed)
    for person, link in _links_given(program, errand):
        with transaction() as db:
            is_alone = services.keep_link(
                db, errand=errand, person=person, link=link, now=clock.now()
            )
        if not is_alone:
            return False
    for one in errand.to_take:
        if one.ref:
            program.dismiss(errand.external_id, one.ref)
        with transaction() as db:
            if not services.drop_link(db, errand=errand, person=one, now=clock.now()):
                return False
    return True


def _end_links(errand: LinkErrands, problem: Sentence | None) -> None:
    with transaction() as db:
        services.end_links(db, errand=errand, problem=problem, now=clock.now())


def _links_given(
    program: MeetingProgram, errand: LinkErrands
) -> Iterator[tuple[PersonToAdmit, OwnLink | None]]:
    """Yields each person with the link that the program gave; None for an address that it does not take. A worker
    that was killed may have asked before: who is known there already is not asked for again.
    """
    given = program.own_links(errand.external_id) if errand.to_give else ()
    known = {one.email.casefold(): one for one in given}
    for person in errand.to_give:
        link = known.get(person.email.casefold())
        if link is None:
            try:
                link = program.admit(errand.external_id, Registrant(person.email, person.name))
            except AddressRefused:
                link = None
            else:
                known[person.email.casefold()] = link
        yield person, link


def fetch_due_reports() -> None:
    """Asks, every minute, for the reports of meetings that are over and due."""
    with reading() as db:
        waiting = reports_due(db, now=clock.now())
    for event_id in waiting:
        fetch_report(event_id)


def fetch_report(event_id: UUID) -> None:
    """Asks for who was there and hands it to attendance; nothing when it is not due."""
    with transaction() as db:
        errand = services.take_up_report(db, event_id=event_id, now=clock.now())
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
    with reading() as db:
        addresses = addresses_by_ref(db, event_id=errand.event_id)
    stays = tuple(replace(one, email=addresses.get(one.ref, one.email)) for one in stays)
    content = report_file(errand.provider, stays)
    filename = f"{errand.provider.value}-{errand.external_id[:40]}.csv"
    with reading() as db:
        around = around_of(event_of(db, actor=SYSTEM, event_id=errand.event_id), "UTC")
    report = read_report(rows_of(content, filename).rows, around)
    with transaction() as db:
        services.hand_over(
            db,
            event_id=errand.event_id,
            content=content,
            filename=filename,
            report=report,
            now=clock.now(),
        )


def _note_missed(errand: Errands, sentence: Sentence) -> None:
    with transaction() as db:
        services.note_missed(db, errand=errand, sentence=sentence, now=clock.now())


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
    return _opened(errand.provider, errand.sealed)


def _opened(provider: MeetingProvider, sealed: str) -> MeetingProgram:
    settings = platform().settings
    try:
        keys = opened_keys(sealed, own=platform().keys)
    except CannotUnseal:
        raise MeetingFailed(KEYS_LOST) from None
    return program_of(provider.value, keys, settings=settings)
