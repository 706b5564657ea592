"""Who is meant by a name in a report: an organizer decides, row by row, as often as needed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotFound, Refusal, Sentence
from app.kernel.text import N_
from app.participation.attendance import policy
from app.participation.attendance.models import AttendanceImport, AttendanceParticipant
from app.participation.attendance.queries.candidates import kept_event, known_people, people_at
from app.participation.attendance.rules import recording as rules
from app.participation.attendance.rules.matching import address, best_alone, person_of
from app.participation.attendance.values import (
    ImportState,
    Known,
    MatchDecision,
    RowChoice,
    Verdict,
)
from app.planning.events.queries.locking import locked_event


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
            person = person_of(choice, (*known, *_others(db, actor, one, choice, known)))
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
