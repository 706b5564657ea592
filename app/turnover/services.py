"""The roster answered, with what that did to the country's coverage."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.directory.services import roster
from app.directory.services.roster import RosterOutcome
from app.directory.values import Newcomer, RosterAnswer
from app.kernel.actor import Actor
from app.turnover.queries import country_coverage
from app.turnover.values import Coverage


@dataclass(frozen=True)
class RosterChange:
    """What was changed and the coverage before and after, both as of today."""

    outcome: RosterOutcome
    before: Coverage | None
    after: Coverage | None


def answer_roster(db: Session, *, actor: Actor, country_code: str, answers: Sequence[RosterAnswer], today: date,
                  now: datetime) -> RosterChange:  # fmt: skip
    before = country_coverage(db, actor=actor, country_code=country_code, on=today)
    outcome = roster.record_answers(db, actor=actor, country_code=country_code, answers=answers, today=today, now=now)
    return RosterChange(outcome, before, country_coverage(db, actor=actor, country_code=country_code, on=today))


def add_newcomer(db: Session, *, actor: Actor, country_code: str, newcomer: Newcomer, today: date,
                 now: datetime) -> RosterChange:  # fmt: skip
    before = country_coverage(db, actor=actor, country_code=country_code, on=today)
    roster.start_appointment(db, actor=actor, country_code=country_code, newcomer=newcomer, today=today, now=now)
    return RosterChange(RosterOutcome(), before, country_coverage(db, actor=actor, country_code=country_code, on=today))
