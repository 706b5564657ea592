"""Sixteen threads want the same hours. The control arms take the protection away and must
double-book.
"""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.infra.database import reading, transaction, writing_engine
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.scheduling.queries.calendar import resources_of
from app.planning.scheduling.rules import book, refusals
from app.planning.scheduling.rules.spec import agreed
from app.planning.scheduling.schema import is_overlap
from app.planning.scheduling.services import claims
from app.planning.scheduling.values import EngagementDraft, Party
from tests.planning.scheduling import rulings
from tests.planning.scheduling.builders import (
    ANA,
    CLOSED_REGION,
    LABOUR,
    NOW,
    OPEN_REGION,
    PROTECTION,
    a_draft,
    minutes,
)
from tests.planning.scheduling.test_schema import drop_rule

pytestmark = pytest.mark.both_databases

WORKERS = 16
ATTEMPTS, DAYS = 160, 2
PEOPLE = [Party.person(number, f"Persona {number}") for number in range(1, 9)]

# Written without the application's own queries, so that it cannot share a mistake with them.
DOUBLE_BOOKINGS = """
SELECT count(*) FROM claim AS a JOIN claim AS b ON a.resource_id = b.resource_id AND a.id < b.id
WHERE a.starts_at < b.ends_at AND b.starts_at < a.ends_at AND a.lane_lo < b.lane_hi AND b.lane_lo < a.lane_hi
"""


@dataclass(frozen=True)
class Attempt:
    holder: str
    span: Timespan
    parties: tuple[Party, ...]

    @property
    def draft(self) -> EngagementDraft:
        return EngagementDraft(
            self.holder, LocalizedText(es="Reunión", en="Meeting"), self.span, "America/Costa_Rica"
        )


def attempts(seed: int) -> list[Attempt]:
    """Meetings of 60 and 90 minutes over two days, of a group or of people, a few of them
    congresses: eighty want each day.
    """
    chance = random.Random(seed)

    def parties() -> tuple[Party, ...]:
        if chance.random() < 0.05:
            return (CLOSED_REGION,)
        group = [chance.choice((PROTECTION, LABOUR))] if chance.random() < 0.4 else []
        return (*group, *chance.sample(PEOPLE, 3), OPEN_REGION)

    def span() -> Timespan:
        start = chance.randrange(0, DAYS * 24 * 60, 30)
        return minutes(start, start + chance.choice((60, 90)))

    return [Attempt(f"event:{number}", span(), parties()) for number in range(ATTEMPTS)]


def in_threads(app: Flask, work: Callable[[Attempt], str], todo: Sequence[Attempt]) -> list[str]:
    """What became of each; any exception that `work` does not expect fails the test."""

    def run(attempt: Attempt) -> str:
        with app.app_context():
            return work(attempt)

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(run, todo))


def claim(attempt: Attempt) -> str:
    try:
        with transaction() as db:
            rulings.claim(db, engagement=attempt.draft, parties=attempt.parties, now=NOW)
    except refusals.Clash as clash:
        return "refused" if clash.findings else "refused without a reason"
    return "accepted"


def count(app: Flask, statement: str) -> int:
    with app.app_context(), reading() as db:
        return int(db.scalar(text(statement)) or 0)


def claims_by_holder(app: Flask) -> dict[str, int]:
    held = (
        "SELECT e.holder, count(c.id) AS claims FROM engagement AS e LEFT JOIN claim AS c ON c.engagement_id = e.id "
        "GROUP BY e.holder"
    )
    with app.app_context(), reading() as db:
        return {row.holder: row.claims for row in db.execute(text(held))}


def test_160_attempts_and_no_double_booking(app: Flask) -> None:
    todo = attempts(seed=39)
    answers = in_threads(app, claim, todo)
    accepted = [
        attempt for attempt, answer in zip(todo, answers, strict=True) if answer == "accepted"
    ]
    refused = [
        attempt for attempt, answer in zip(todo, answers, strict=True) if answer == "refused"
    ]
    assert len(accepted) + len(refused) == ATTEMPTS
    assert len(accepted) > 20
    assert len(refused) > 80
    assert count(app, DOUBLE_BOOKINGS) == 0
    whole = {attempt.holder: len(resources_of(attempt.parties)) for attempt in accepted}
    assert claims_by_holder(app) == whole
    standing = [(attempt.span, attempt.parties) for attempt in accepted]
    for attempt in refused:
        assert any(
            attempt.span.overlaps(other) and touches(attempt.parties, theirs)
            for other, theirs in standing
        )


def touches(mine: Sequence[Party], theirs: Sequence[Party]) -> bool:
    """Whether the two have anything to do with each other, told by their resources alone."""
    a, b = resources_of(mine), resources_of(theirs)
    return any(not (_is_shared(a[key]) and _is_shared(b[key])) for key in a.keys() & b.keys())


def _is_shared(party: Party | None) -> bool:
    return party is not None and not party.exclusive


def at_once(
    app: Flask, parties: tuple[Party, ...], write: Callable[[EngagementDraft], None]
) -> Counter[str]:
    """All workers look, see that the hour is free, wait for each other, and only then write."""
    barrier = Barrier(WORKERS)

    def work(attempt: Attempt) -> str:
        with reading() as db:
            assert not rulings.findings_for(db, span=attempt.span, parties=attempt.parties, now=NOW)
        barrier.wait(timeout=30)
        try:
            write(attempt.draft)
        except IntegrityError as error:
            return "refused by the database" if is_overlap(error) else str(error)
        return "accepted"

    todo = [
        Attempt(f"event:{number}", minutes(number, number + 60), parties)
        for number in range(WORKERS)
    ]
    return Counter(in_threads(app, work, todo))


def write_unchecked(draft: EngagementDraft) -> None:
    with transaction() as db:
        question = agreed(draft, (PROTECTION, ANA), now=NOW)
        claims._write(db, draft, question, book.ORDINARY, permissions=(), beside=())


def test_without_the_rules_the_database_still_lets_one_win(app: Flask) -> None:
    prepare(app)
    outcome = at_once(app, (PROTECTION, ANA), write_unchecked)
    assert outcome == {"accepted": 1, "refused by the database": WORKERS - 1}
    assert count(app, DOUBLE_BOOKINGS) == 0


def test_control_checking_first_without_the_rule_in_the_database_double_books(app: Flask) -> None:
    prepare(app)
    with app.app_context(), writing_engine().begin() as connection:
        drop_rule(connection)
    outcome = at_once(app, (PROTECTION, ANA), write_unchecked)
    assert outcome == {"accepted": WORKERS}
    assert count(app, DOUBLE_BOOKINGS) >= WORKERS - 1


def prepare(app: Flask) -> None:
    """Resources exist already, so that the threads meet at the claims and nowhere else."""
    with app.app_context(), transaction() as db:
        rulings.claim(
            db, engagement=a_draft(when=minutes(-600, -540)), parties=(PROTECTION, ANA), now=NOW
        )


def test_r39_of_two_simultaneous_requests_one_wins(app: Flask) -> None:
    barrier = Barrier(2)

    def work(attempt: Attempt) -> str:
        barrier.wait(timeout=30)
        return claim(attempt)

    for turn in range(10):
        hour = minutes(turn * 60, turn * 60 + 60)
        rivals = [
            Attempt(f"event:{turn}-p", hour, (PROTECTION,)),
            Attempt(f"event:{turn}-l", hour, (LABOUR,)),
        ]
        assert sorted(in_threads(app, work, rivals)) == ["accepted", "refused"]
    assert count(app, DOUBLE_BOOKINGS) == 0
