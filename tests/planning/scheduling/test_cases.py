"""Conflict cases: opened once, closed when the clash is gone or accepted with a reason."""

import pytest
from flask.ctx import AppContext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import Actor, Grant, Role
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound
from app.planning.scheduling.models import Claim, ConflictCase, Engagement, Override, Resource
from app.planning.scheduling.queries.cases import case_of
from app.planning.scheduling.queries.cases import cases as listed
from app.planning.scheduling.rules.cases import CaseAlreadyClosed, Cause, may_accept
from app.planning.scheduling.services import claims
from app.planning.scheduling.services.cases import (
    accept_case,
    close_settled_cases,
    open_case,
    settle_leaver,
)
from app.planning.scheduling.values import Approver, Party, Rule
from tests.planning.scheduling import rulings
from tests.planning.scheduling.builders import (
    ANA,
    BEATRIZ,
    NOW,
    OPEN_REGION,
    PROTECTION,
    a_draft,
    at,
    span,
)

pytestmark = pytest.mark.both_databases
FIRST, SECOND = "event:1", "event:2"
REASON = "Ana follows the second half by telephone."
ORGANIZER = Actor(name="Secretariat", grants=frozenset({Grant(Role.ORGANIZER)}))
PRESIDENCY = Actor(name="Presidency", grants=frozenset({Grant(Role.PRESIDENCY, "DO")}))
CONVENOR = Actor(name="Convenor", grants=frozenset({Grant(Role.CONVENOR, "protection")}))


def stands(
    db: Session, holder: str, *parties: Party, starts: str = "15:00", ends: str = "17:00"
) -> None:
    rulings.claim(
        db,
        engagement=a_draft(holder, when=span(starts, ends)),
        parties=(*parties, OPEN_REGION),
        now=NOW,
    )


def also_needs(db: Session, holder: str, party: Party) -> None:
    """As after a change of delegates: the claim stands beside another, unenforced."""
    engagement = db.scalars(select(Engagement).where(Engagement.holder == holder)).one()
    resource = db.scalars(select(Resource).where(Resource.key == party.key)).one()
    db.add(
        Claim(
            engagement_id=engagement.id,
            resource_id=resource.id,
            lane_lo=0,
            lane_hi=2**62,
            part="need",
            starts_at=engagement.starts_at,
            ends_at=engagement.ends_at,
            enforced=False,
        )
    )
    db.flush()


def a_clash(db: Session) -> None:
    """Ana is needed in both at once; that came about after both had been planned."""
    stands(db, FIRST, ANA)
    stands(db, SECOND, BEATRIZ)
    also_needs(db, SECOND, ANA)
    open_it(db)


def open_it(db: Session, holder: str = SECOND, against: str = FIRST) -> None:
    open_case(
        db,
        holder=holder,
        against=against,
        rule=Rule.SAME_PERSON,
        party=ANA,
        cause=Cause.DESIGNATION,
        now=NOW,
    )


def cases() -> list[tuple[str, str]]:
    with reading() as db:
        return [
            (case.state, case.outcome)
            for case in db.scalars(select(ConflictCase).order_by(ConflictCase.id))
        ]


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
        rulings.move(db, holder=FIRST, span=span("18:00", "19:00"), now=NOW)
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
        claims.release(db, holder=SECOND)
    settle()
    assert cases() == [("closed", "settled")]


def test_what_is_over_is_settled(app_context: AppContext) -> None:
    with transaction() as db:
        a_clash(db)
    with transaction() as db:
        close_settled_cases(db, holder=SECOND, now=at("17:00"))
    assert cases() == [("closed", "settled")]


def test_somebody_who_left_waits_for_a_replacement_and_not_for_another_time(
    app_context: AppContext,
) -> None:
    with transaction() as db:
        stands(db, FIRST, ANA)
        open_case(db, holder=FIRST, against="", rule=None, party=ANA, cause=Cause.LEFT, now=NOW)
        rulings.move(db, holder=FIRST, span=span("18:00", "19:00"), now=NOW)
        close_settled_cases(db, holder=FIRST, now=NOW)
    assert cases() == [("open", "")]
    with transaction() as db:
        stands(db, FIRST, BEATRIZ)
        close_settled_cases(db, holder=FIRST, now=NOW)
    assert cases() == [("closed", "replaced")]


def test_it_opens_again_after_it_was_closed(app_context: AppContext) -> None:
    with transaction() as db:
        a_clash(db)
        rulings.move(db, holder=SECOND, span=span("18:00", "19:00"), now=NOW)
        close_settled_cases(db, holder=SECOND, now=NOW)
        open_it(db)
    assert cases() == [("closed", "moved"), ("open", "")]


def accept(reason: str = REASON, who: Actor = ORGANIZER, case_id: int = 1) -> None:
    with transaction() as db:
        accept_case(db, actor=who, case_id=case_id, reason=reason, now=NOW)


def test_accepted_with_a_reason_it_stays_explained_and_is_not_asked_again(
    app_context: AppContext,
) -> None:
    with transaction() as db:
        a_clash(db)
    accept()
    accept(f"  {REASON} ")
    with transaction() as db:
        open_it(db)
        open_it(db, holder=FIRST, against=SECOND)
    assert cases() == [("closed", "accepted")]
    assert told("ConflictCaseClosed") == 1
    with reading() as db:
        override = db.scalars(select(Override)).one()
        assert (override.rule, override.against, override.reason) == ("same-person", FIRST, REASON)
        assert case_of(db, 1).note == REASON


def test_what_was_accepted_is_asked_again_once_it_moved(app_context: AppContext) -> None:
    with transaction() as db:
        a_clash(db)
    accept()
    with transaction() as db:
        rulings.move(db, holder=SECOND, span=span("18:00", "19:00"), now=NOW)
        open_it(db)
    assert cases() == [("closed", "accepted"), ("open", "")]


@pytest.mark.parametrize("reason", ["", "because", " " * 30, "x" * 1001])
def test_a_reason_that_says_nothing_is_refused_at_its_field(
    app_context: AppContext, reason: str
) -> None:
    with transaction() as db:
        a_clash(db)
    with pytest.raises(InvalidInput) as refused:
        accept(reason)
    assert set(refused.value.errors) == {"reason"}
    assert cases() == [("open", "")]


def test_case_is_accepted_only_by_its_approver_or_the_presidency(app_context: AppContext) -> None:
    """One person in two places: nobody may plan it, yet once it has come about the secretariat may
    accept it.
    """
    with transaction() as db:
        a_clash(db)
    with pytest.raises(NotAllowed):
        accept(who=CONVENOR)
    with pytest.raises(NotFound):
        accept(case_id=99)
    accept(who=PRESIDENCY)
    with pytest.raises(CaseAlreadyClosed):
        accept("Another reason, in other words.")
    assert [may_accept(ORGANIZER, approver) for approver in Approver] == [True, False, True]
    assert [may_accept(PRESIDENCY, approver) for approver in Approver] == [True, True, True]
    assert [may_accept(CONVENOR, approver) for approver in Approver] == [False, False, False]


def test_a_clash_of_groups_is_accepted_by_the_presidency_alone(app_context: AppContext) -> None:
    with transaction() as db:
        stands(db, FIRST, ANA)
        stands(db, SECOND, BEATRIZ)
        open_case(
            db,
            holder=SECOND,
            against=FIRST,
            rule=Rule.CROSS_GROUP,
            party=PROTECTION,
            cause=Cause.RULE,
            now=NOW,
        )
    with pytest.raises(NotAllowed):
        accept()
    accept(who=PRESIDENCY)
    assert cases() == [("closed", "accepted")]


def test_somebody_who_serves_again_settles_it(app_context: AppContext) -> None:
    with transaction() as db:
        stands(db, FIRST, ANA, BEATRIZ)
        for person in (ANA, BEATRIZ):
            open_case(
                db, holder=FIRST, against="", rule=None, party=person, cause=Cause.LEFT, now=NOW
            )
        settle_leaver(db, holder=FIRST, party=ANA, now=NOW)
    assert cases() == [("closed", "settled"), ("open", "")]


def test_open_ones_are_listed_first(app_context: AppContext) -> None:
    with transaction() as db:
        a_clash(db)
        open_case(db, holder=FIRST, against="", rule=None, party=ANA, cause=Cause.LEFT, now=NOW)
    accept(case_id=1)
    with reading() as db:
        found, total = listed(db)
        assert ([case.id for case in found], total) == ([2, 1], 2)
        assert [case.mine.holder for case in found if case.mine] == [FIRST, SECOND]
        assert [case.other.holder for case in found if case.other] == [FIRST]
        assert listed(db, is_open=True)[1] == 1
