"""Participant reports of meeting programs: uploaded, their people decided, applied to the list."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.files import files
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotFound, Refusal, Sentence
from app.kernel.text import N_
from app.participation.attendance import policy
from app.participation.attendance.facts import ImportApplied, ImportUploaded
from app.participation.attendance.models import (
    AttendanceImport,
    AttendanceInterval,
    AttendanceParticipant,
)
from app.participation.attendance.queries.sheet import kept_event, known_people, people_at
from app.participation.attendance.rules import recording as rules
from app.participation.attendance.rules.matching import address, best_alone, person_of
from app.participation.attendance.rules.recording import minutes_in, union
from app.participation.attendance.services.recording import record
from app.participation.attendance.values import (
    ImportState,
    Known,
    MatchDecision,
    MatchProposal,
    ParticipantReport,
    ReportParticipant,
    RowChoice,
    Span,
    Verdict,
)
from app.planning.events.models import Attendance
from app.planning.events.queries.locking import locked_event


@dataclass(frozen=True)
class Uploaded:
    """`is_new` is false for bytes that this event has had before, read in the same way: nothing was
    written then.
    """

    import_id: UUID
    is_new: bool


def upload_report(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    content: bytes,
    filename: str,
    report: ParticipantReport,
    zone: str = "",
    now: datetime,
) -> Uploaded:
    """Keeps the file once for an event; sent with the hours of another `zone` it is read anew, to
    be applied again.

    Refuses who does not keep the event's list, what is closed or has not begun.
    """
    event = kept_event(db, actor=actor, event_id=event_id)
    rules.require_not_closed(locked_event(db, actor=actor, event_id=event_id).closed_at)
    rules.require_held(event.status, event.starts_at, now)
    sha256 = hashlib.sha256(content).hexdigest()
    before = select(AttendanceImport).where(
        AttendanceImport.event_id == event_id, AttendanceImport.sha256 == sha256
    )
    row = db.scalar(before.with_for_update())
    if row is None:
        row = AttendanceImport(event_id=event_id, sha256=sha256)
        db.add(row)
    elif (row.starts_at, row.ends_at) == covers(report):
        return Uploaded(row.id, is_new=False)
    row.filename, row.provider, row.file_key = (
        filename[-200:],
        report.provider.value,
        files().put(content),
    )
    row.rows, row.skipped, (row.starts_at, row.ends_at) = (
        len(report.stays),
        report.skipped,
        covers(report),
    )
    row.state, row.progress, row.uploaded_at, row.uploaded_by = (
        ImportState.UPLOADED.value,
        0,
        now,
        actor.account_id or None,
    )
    db.flush()
    journal.record(db, ImportUploaded(event_id, row.id, zone), actor=actor, now=now)
    return Uploaded(row.id, is_new=True)


def covers(report: ParticipantReport) -> tuple[datetime, datetime]:
    """Returns the span from the first who joined to the last who left."""
    return min(one.span.starts_at for one in report.stays), max(
        one.span.ends_at for one in report.stays
    )


def note_progress(db: Session, *, import_id: UUID, percent: int) -> None:
    row = db.get(AttendanceImport, import_id, with_for_update=True)
    if row is not None and row.state == ImportState.UPLOADED:
        row.progress = max(row.progress, percent)


def keep_participants(
    db: Session,
    *,
    import_id: UUID,
    proposals: Iterable[tuple[ReportParticipant, MatchProposal]],
    covered: tuple[datetime, datetime],
) -> bool:
    """Writes who is in the report, and makes it ready; False when that was done before, or it was
    sent again meanwhile with other hours. All or nothing, so that after a killed worker another
    begins again. What is sure is decided, and a person may say otherwise.
    """
    row = db.get(AttendanceImport, import_id, with_for_update=True)
    if row is None or row.state != ImportState.UPLOADED or (row.starts_at, row.ends_at) != covered:
        return False
    db.execute(delete(AttendanceParticipant).where(AttendanceParticipant.import_id == import_id))
    for position, (participant, proposal) in enumerate(proposals):
        sure = proposal.verdict is Verdict.SURE
        db.add(
            AttendanceParticipant(
                import_id=import_id,
                position=position,
                name=participant.name,
                email=participant.email,
                minutes=participant.minutes,
                spans=[
                    [span.starts_at.isoformat(), span.ends_at.isoformat()]
                    for span in participant.spans
                ],
                verdict=proposal.verdict.value,
                by_email=proposal.by_email,
                suggestions=[list(asdict(one).values()) for one in proposal.suggestions],
                decision=(MatchDecision.PERSON if sure else MatchDecision.OPEN).value,
                person_id=proposal.suggestions[0].person_id if sure else None,
            )
        )
    row.state, row.progress = ImportState.READY.value, 100
    db.flush()
    return True


# Who is meant by a name in a report: an organizer decides, row by row, as often as needed.


class StillReading(Refusal):
    rule = "import-not-ready"
    msgid = N_("We are still looking for the people in this report. Come back in a moment.")


def decide(
    db: Session, *, actor: Actor, import_id: UUID, choices: Mapping[int, RowChoice], now: datetime
) -> AttendanceImport:
    """Writes the choices, by participant id. Refuses people who are neither on the event's list nor
    proposed for the row, field by field; who acts for the region may name anybody by the address.
    """
    row = locked_import(db, actor=actor, import_id=import_id)
    if row.state == ImportState.UPLOADED:
        raise StillReading
    query = select(AttendanceParticipant).where(
        AttendanceParticipant.import_id == import_id, AttendanceParticipant.id.in_(choices)
    )
    participants = {one.id: one for one in db.scalars(query)}
    known = known_people(db, event_id=row.event_id) if participants else ()
    errors: dict[str, Sentence] = {}
    for number, one in participants.items():
        choice = choices[number]
        try:
            person = person_of(
                choice, (*known, *_others(db, actor, row=one, choice=choice, known=known))
            )
        except ValueError as wrong:
            errors[f"words-{number}" if choice.words else f"who-{number}"] = Sentence(str(wrong))
            continue
        one.decision = (MatchDecision.PERSON if person else choice.decision).value
        one.person_id = person
    if errors:
        raise InvalidInput(errors)
    db.flush()
    return row


def with_suggestions(
    db: Session, *, import_id: UUID, choices: Mapping[int, RowChoice]
) -> dict[int, RowChoice]:
    """Returns the choices, and for each doubtful name that nobody has decided the person who is
    most like it, where one is more so than all others.
    """
    undecided = select(AttendanceParticipant.id, AttendanceParticipant.suggestions).where(
        AttendanceParticipant.import_id == import_id,
        AttendanceParticipant.decision == MatchDecision.OPEN.value,
        AttendanceParticipant.verdict == Verdict.DOUBTFUL.value,
    )
    suggested = {
        number: RowChoice(MatchDecision.PERSON, person)
        for number, suggestions in db.execute(undecided)
        if (person := best_alone(suggestions)) is not None
    }
    decided = {
        number: choice
        for number, choice in choices.items()
        if choice.decision is not MatchDecision.OPEN
    }
    return {**suggested, **decided}


def _others(
    db: Session, actor: Actor, row: AttendanceParticipant, choice: RowChoice, known: Sequence[Known]
) -> tuple[Known, ...]:
    """Returns who did not register and may be chosen for this row all the same."""
    listed = {one.person_id for one in known}
    if choice.words and policy.may_look_anybody_up(actor):
        return tuple(
            one for one in people_at(db, {address(choice.words)}) if one.person_id not in listed
        )
    proposed = {person for person, _score in row.suggestions} if not choice.words else set()
    return tuple(Known(person, "", frozenset()) for person in proposed - listed)


def locked_import(db: Session, *, actor: Actor, import_id: UUID) -> AttendanceImport:
    """Returns the report, locked with its event.

    Refuses who does not keep the event's list, and a closed event.
    """
    event_id = db.scalar(select(AttendanceImport.event_id).where(AttendanceImport.id == import_id))
    if event_id is None:
        raise NotFound
    kept_event(db, actor=actor, event_id=event_id)
    rules.require_not_closed(locked_event(db, actor=actor, event_id=event_id).closed_at)
    return db.get_one(AttendanceImport, import_id, with_for_update=True)


# The minutes of reports are written down: for each person the union of all reports of the event
# and of the door.

Spans = dict[int, list[Span]]


@dataclass(frozen=True)
class Applied:
    """`kept`: people whose minutes somebody had corrected by hand and that stayed as they were."""

    event_id: UUID
    changed: int
    kept: int


def apply_import(
    db: Session,
    *,
    actor: Actor,
    import_id: UUID,
    choices: Mapping[int, RowChoice],
    overwrite: Collection[int] = (),
    takes_suggestions: bool = False,
    now: datetime,
) -> Applied:
    """Writes the choices and then the minutes; again with the same choices it changes nothing.
    `takes_suggestions`: whom nobody decided is the person most like the name.

    A report of the same meeting that goes on for longer adds its time, an earlier one takes none
    away. Minutes that were corrected by hand win, but for the people in `overwrite`.
    """
    if takes_suggestions:
        choices = with_suggestions(db, import_id=import_id, choices=choices)
    report = decide(db, actor=actor, import_id=import_id, choices=choices, now=now)
    reported = _reported(db, report)
    before = _stored(db, report.event_id, "import")
    _store(db, report.event_id, reported=reported, before=before)
    door = _stored(db, report.event_id, "check-in")
    people = reported.keys() | before.keys()
    minutes = {
        who: minutes_in(union([*reported.get(who, ()), *door.get(who, ())]))
        for who in sorted(people)
    }
    kept = _by_hand(db, report.event_id, people) - set(overwrite)
    to_write = {who: spent for who, spent in minutes.items() if who not in kept}
    changed = record(
        db,
        actor=actor,
        event_id=report.event_id,
        minutes=to_write,
        reason=report.filename,
        source="import",
        now=now,
    )
    if report.state != ImportState.APPLIED or changed:
        report.state, report.applied_at, report.applied_by = (
            ImportState.APPLIED.value,
            now,
            actor.account_id or None,
        )
        journal.record(
            db,
            ImportApplied(
                event_id=report.event_id, import_id=import_id, changed=changed, kept=len(kept)
            ),
            actor=actor,
            now=now,
        )
    db.flush()
    return Applied(report.event_id, changed, len(kept))


def _reported(db: Session, report: AttendanceImport) -> Spans:
    """Returns what this report and those applied before say, merged, by person."""
    query = (
        select(AttendanceParticipant.person_id, AttendanceParticipant.spans)
        .join(AttendanceImport, AttendanceImport.id == AttendanceParticipant.import_id)
        .where(
            AttendanceImport.event_id == report.event_id,
            AttendanceParticipant.decision == MatchDecision.PERSON.value,
            or_(
                AttendanceImport.id == report.id,
                AttendanceImport.state == ImportState.APPLIED.value,
            ),
        )
    )
    spans_of: Spans = defaultdict(list)
    for person, spans in db.execute(query):
        spans_of[person].extend(Span(*map(datetime.fromisoformat, pair)) for pair in spans)
    return {person: list(union(spans)) for person, spans in spans_of.items()}


def _stored(db: Session, event_id: UUID, source: str) -> Spans:
    spans_of: Spans = defaultdict(list)
    query = select(AttendanceInterval).where(
        AttendanceInterval.event_id == event_id, AttendanceInterval.source == source
    )
    for row in db.scalars(query):
        spans_of[row.person_id].append(Span(row.starts_at, row.ends_at))
    return spans_of


def _store(db: Session, event_id: UUID, reported: Spans, before: Spans) -> None:
    """Replaces the spans of those whose time changed, and of nobody else."""
    stale = [
        who
        for who in reported.keys() | before.keys()
        if reported.get(who, []) != sorted(before.get(who, []))
    ]
    db.execute(
        delete(AttendanceInterval).where(
            AttendanceInterval.event_id == event_id,
            AttendanceInterval.source == "import",
            AttendanceInterval.person_id.in_(stale),
        )
    )
    db.add_all(
        AttendanceInterval(
            event_id=event_id,
            person_id=who,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            source="import",
        )
        for who in stale
        for span in reported.get(who, ())
    )
    db.flush()


def _by_hand(db: Session, event_id: UUID, people: Collection[int]) -> set[int]:
    query = select(Attendance.person_id).where(
        Attendance.event_id == event_id,
        Attendance.source == "manual",
        Attendance.person_id.in_(people),
    )
    return set(db.scalars(query))
