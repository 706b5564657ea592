"""Conflict cases: opened once, closed when the clash is gone or accepted with a reason."""

import pytest
from flask.ctx import AppContext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.scheduling import services
from app.scheduling.models import Claim, ConflictCase, Engagement, Resource
from app.scheduling.rules.cases import Cause
from app.scheduling.services.cases import close_settled_cases, open_case
from app.scheduling.values import Party, Rule
from tests.scheduling.builders import ANA, BEATRIZ, NOW, OPEN_REGION, a_draft, at, span

pytestmark = pytest.mark.both_databases
FIRST, SECOND = "event:1", "event:2"


def stands(db: Session, holder: str, *parties: Party, starts: str = "15:00", ends: str = "17:00") -> None:
    services.claim(db, engagement=a_draft(holder, when=span(starts, ends)), parties=(*parties, OPEN_REGION), now=NOW)


def also_needs(db: Session, holder: str, party: Party) -> None:
    """As after a change of delegates: the claim stands beside another, unenforced."""
    engagement = db.scalars(select(Engagement).where(Engagement.holder == holder)).one()
    resource = db.scalars(select(Resource).where(Resource.key == party.key)).one()
    db.add(Claim(engagement_id=engagement.id, resource_id=resource.id, lane_lo=0, lane_hi=2**62, part="need",
                 starts_at=engagement.starts_at, ends_at=engagement.ends_at, enforced=False))  # fmt: skip
    db.flush()


def a_clash(db: Session) -> None:
    """Ana is needed in both at once; that came about after both had been planned."""
    stands(db, FIRST, ANA)
    stands(db, SECOND, BEATRIZ)
    also_needs(db, SECOND, ANA)
    open_it(db)


def open_it(db: Session, holder: str = SECOND, against: str = FIRST) -> None:
    open_case(db, holder=holder, against=against, rule=Rule.SAME_PERSON, party=ANA, cause=Cause.DESIGNATION, now=NOW)


def cases() -> list[tuple[str, str]]:
    with reading() as db:
        return [(case.state, case.outcome) for case in db.scalars(select(ConflictCase).order_by(ConflictCase.id))]


def told(fact: str) -> int:
    with reading() as db:
        return len(db.scalars(select(JournalEntry).where(JournalEntry.fact == fact)).all())


def settle(holder: str = SECOND) -> None:
    with transaction() as db:
        close_settled_cases(db, holder=holder, now=NOW)


def test_an_equal_case_is_opened_once_from_whichever_side(app_context: AppContext) -> None:
    with transaction() as db:
        a_clash(db)
        open_it(db)
        open_it(db, holder=FIRST, against=SECOND)
    assert cases() == [("open", "")]
    assert told("ConflictCaseOpened") == 1


def test_a_clash_that_stands_keeps_its_case_open(app_context: AppContext) -> None:
    with transaction() as db:
        a_clash(db)
    settle(FIRST)
    settle(SECOND)
    assert cases() == [("open", "")]


def test_moving_closes_it_seen_from_the_other_event_too(app_context: AppContext) -> None:
    with transaction() as db:
        a_clash(db)
        services.move(db, holder=FIRST, span=span("18:00", "19:00"), now=NOW)
    settle(SECOND)
    assert cases() == [("closed", "moved")]
    assert told("ConflictCaseClosed") == 1


def test_somebody_else_in_the_role_closes_it(app_context: AppContext) -> None:
    with transaction() as db:
        a_clash(db)
        stands(db, SECOND, BEATRIZ)
    settle()
    assert cases() == [("closed", "replaced")]


def test_cancelling_closes_it(app_context: AppContext) -> None:
    with transaction() as db:
        a_clash(db)
        services.release(db, holder=SECOND)
    settle()
    assert cases() == [("closed", "settled")]


def test_what_is_over_is_settled(app_context: AppContext) -> None:
    with transaction() as db:
        a_clash(db)
    with transaction() as db:
        close_settled_cases(db, holder=SECOND, now=at("17:00"))
    assert cases() == [("closed", "settled")]


def test_somebody_who_left_waits_for_a_replacement_and_not_for_another_time(app_context: AppContext) -> None:
    with transaction() as db:
        stands(db, FIRST, ANA)
        open_case(db, holder=FIRST, against="", rule=None, party=ANA, cause=Cause.LEFT, now=NOW)
        services.move(db, holder=FIRST, span=span("18:00", "19:00"), now=NOW)
        close_settled_cases(db, holder=FIRST, now=NOW)
    assert cases() == [("open", "")]
    with transaction() as db:
        stands(db, FIRST, BEATRIZ)
        close_settled_cases(db, holder=FIRST, now=NOW)
    assert cases() == [("closed", "replaced")]


def test_it_opens_again_after_it_was_closed(app_context: AppContext) -> None:
    with transaction() as db:
        a_clash(db)
        services.move(db, holder=SECOND, span=span("18:00", "19:00"), now=NOW)
        close_settled_cases(db, holder=SECOND, now=NOW)
        open_it(db)
    assert cases() == [("closed", "moved"), ("open", "")]
