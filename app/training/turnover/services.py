"""The roster answered and added to, with what that did to the country's coverage."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, Refusal, Sentence
from app.kernel.text import N_
from app.people.directory.models import Appointment
from app.people.directory.queries import is_address_elsewhere
from app.people.directory.rules import AlreadyServing, NamesakeKnown
from app.people.directory.services import roster
from app.people.directory.services.held import accept_newcomer, hold_newcomer
from app.people.directory.services.roster import RosterOutcome
from app.people.directory.values import Newcomer, RosterAnswer
from app.people.identity.queries import is_account_elsewhere
from app.people.identity.services.inviting import invite_person
from app.training.learning.policy import require_may_enrol_officials_of
from app.training.learning.services import enrol_official
from app.training.turnover.queries import country_coverage, has_account, people_to_act_on
from app.training.turnover.rules.pasted import PastedLine
from app.training.turnover.values import Coverage

NOBODY_TICKED = N_("Tick whom you enrol.")


@dataclass(frozen=True)
class RosterChange:
    """What was changed and the coverage before and after, both as of today."""

    outcome: RosterOutcome
    before: Coverage | None
    after: Coverage | None
    is_held: bool = False
    """Whether a newcomer waits for the secretariat instead, because the address belongs to somebody
    elsewhere.
    """


@dataclass(frozen=True)
class KnownName:
    """A pasted line whose name is known in the country, with the ids of those of that name."""

    line: PastedLine
    people: tuple[int, ...]


@dataclass(frozen=True)
class Imported:
    """What became of pasted lines. `known` were on the roster already; `held` wait for the
    secretariat, because their address belongs to somebody of another country; `uninvited` were
    added, but their address belongs to an account already, so that nobody could be invited by it.
    `asked` wait for an answer who is meant.
    """

    created: int = 0
    invited: int = 0
    known: int = 0
    held: int = 0
    bad: tuple[PastedLine, ...] = ()
    asked: tuple[KnownName, ...] = ()

    @property
    def uninvited(self) -> int:
        return self.created - self.invited


def answer_roster(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    answers: Sequence[RosterAnswer],
    today: date,
    now: datetime,
) -> RosterChange:
    before = country_coverage(db, actor=actor, country_code=country_code, on=today)
    outcome = roster.record_answers(
        db, actor=actor, country_code=country_code, answers=answers, today=today, now=now
    )
    return RosterChange(
        outcome, before, country_coverage(db, actor=actor, country_code=country_code, on=today)
    )


@dataclass(frozen=True)
class EnrolledOfficials:
    """How many were enrolled, and how many of those chosen were enrolled before or are no longer on
    the list.
    """

    enrolled: int
    passed_over: int


def enrol_officials(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    person_ids: Collection[int],
    course: str,
    today: date,
    now: datetime,
) -> EnrolledOfficials:
    """Enrols in the course whoever of the chosen serves in the country without a valid certificate
    of it. Refuses (at `person`) when nobody is chosen. The same choice again enrols nobody.
    """
    require_may_enrol_officials_of(actor, country_code)
    if not person_ids:
        raise InvalidInput({"person": Sentence(NOBODY_TICKED)})
    lists = people_to_act_on(db, actor=actor, country_code=country_code, on=today, course=course)
    untrained = set(person_ids) & {*lists["newcomers"], *lists["not_certified"]}
    made = [
        enrol_official(
            db,
            actor=actor,
            country_code=country_code,
            person_id=person_id,
            course_slug=course,
            now=now,
        )
        for person_id in sorted(untrained)
    ]
    enrolled = sum(one is not None for one in made)
    return EnrolledOfficials(enrolled, len(set(person_ids)) - enrolled)


def add_newcomer(
    db: Session, *, actor: Actor, country_code: str, newcomer: Newcomer, today: date, now: datetime
) -> RosterChange:
    before = country_coverage(db, actor=actor, country_code=country_code, on=today)
    if is_elsewhere(db, newcomer, country_code):
        hold_newcomer(
            db, actor=actor, country_code=country_code, newcomer=newcomer, today=today, now=now
        )
        return RosterChange(RosterOutcome(), before, before, is_held=True)
    _start(db, newcomer, country_code, actor=actor, today=today, now=now)
    return RosterChange(
        RosterOutcome(),
        before,
        country_coverage(db, actor=actor, country_code=country_code, on=today),
    )


def import_newcomers(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    lines: Sequence[PastedLine],
    today: date,
    now: datetime,
) -> Imported:
    """The good lines are added and invited, the others come back with their reasons; a second time
    adds nobody.
    """
    created = invited = known = held = 0
    bad = []
    asked = []
    for line in lines:
        if line.newcomer is None:
            bad.append(line)
            continue
        try:
            with db.begin_nested():
                if is_elsewhere(db, line.newcomer, country_code):
                    hold_newcomer(
                        db,
                        actor=actor,
                        country_code=country_code,
                        newcomer=line.newcomer,
                        today=today,
                        now=now,
                    )
                    held += 1
                    continue
                invited += _arrive(
                    db, line.newcomer, country_code, actor=actor, today=today, now=now
                )
                created += 1
        except NamesakeKnown as refusal:
            asked.append(KnownName(line, refusal.people))
        except AlreadyServing:
            known += 1
        except Refusal as refusal:
            bad.append(replace(line, reason=_why(refusal)))
    return Imported(created, invited, known, held, tuple(bad), tuple(asked))


def is_elsewhere(db: Session, newcomer: Newcomer, country_code: str) -> bool:
    """Returns whether the newcomer's address belongs to somebody of another country, as a contact
    or to sign in.
    """
    return is_address_elsewhere(
        db, email=newcomer.email, country_code=country_code
    ) or is_account_elsewhere(db, email=newcomer.email, country_code=country_code)


def accept_held(
    db: Session, *, actor: Actor, held_id: int, person_id: int | None, today: date, now: datetime
) -> None:
    """The secretariat says who a newcomer is; whoever has no account under an address of their own
    is invited.
    """
    accepted = accept_newcomer(
        db, actor=actor, held_id=held_id, person_id=person_id, today=today, now=now
    )
    invite_person(db, actor=actor, person_id=accepted, now=now)


def _start(
    db: Session, newcomer: Newcomer, country_code: str, *, actor: Actor, today: date, now: datetime
) -> int:
    """An account goes on with its own address: a focal point must not lead its letters
    elsewhere.
    """
    keeps_address = bool(newcomer.same_as) and has_account(db, newcomer.same_as or 0)
    return roster.start_appointment(
        db,
        actor=actor,
        country_code=country_code,
        newcomer=newcomer,
        today=today,
        now=now,
        keeps_address=keeps_address,
    )


def undo_departure(
    db: Session, *, actor: Actor, country_code: str, appointment_id: int, today: date, now: datetime
) -> RosterChange:
    """Takes back that somebody left, within 90 days of the answer."""
    before = country_coverage(db, actor=actor, country_code=country_code, on=today)
    roster.reopen_appointment(
        db,
        actor=actor,
        country_code=country_code,
        appointment_id=appointment_id,
        today=today,
        now=now,
    )
    return RosterChange(
        RosterOutcome(),
        before,
        country_coverage(db, actor=actor, country_code=country_code, on=today),
    )


def _arrive(
    db: Session, newcomer: Newcomer, country_code: str, *, actor: Actor, today: date, now: datetime
) -> bool:
    started = _start(db, newcomer, country_code, actor=actor, today=today, now=now)
    person_id = db.get_one(Appointment, started).person_id
    return invite_person(db, actor=actor, person_id=person_id, now=now)


def _why(refusal: Refusal) -> Sentence:
    return (
        next(iter(refusal.errors.values()))
        if isinstance(refusal, InvalidInput)
        else refusal.sentence
    )
