"""Counts of reads in memory that workers share."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from app.infra.crowds import Crowds

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def let_in(crowds: Crowds, key: str, *, times: int, now: datetime = NOON, most: int = 10) -> int:
    return sum(crowds.lets_in(key, most=most, now=now) for _ in range(times))


def test_no_more_than_the_most_are_let_in_within_a_minute() -> None:
    crowds = Crowds()
    assert let_in(crowds, "one", times=30) == 10
    assert let_in(crowds, "another", times=30) == 10
    assert let_in(crowds, "one", times=30, now=NOON + timedelta(minutes=2)) == 10


def test_minute_before_weighs_by_what_of_it_lies_within_sixty_seconds() -> None:
    crowds = Crowds()
    late = NOON + timedelta(seconds=59)
    assert let_in(crowds, "one", times=30, now=late) == 10
    assert let_in(crowds, "one", times=30, now=late + timedelta(seconds=2)) == 0
    assert let_in(crowds, "one", times=30, now=late + timedelta(seconds=31)) == 5


def test_refused_ones_do_not_prolong_the_wait() -> None:
    crowds = Crowds()
    let_in(crowds, "one", times=1000)
    assert let_in(crowds, "one", times=1, now=NOON + timedelta(seconds=66)) == 1


@pytest.mark.parametrize("before", [0, 4, 9, 10])
def test_next_one_is_let_in_after_the_wait_and_no_second_earlier(before: int) -> None:
    for second in range(60):
        crowds, at = Crowds(), NOON + timedelta(seconds=second)
        let_in(crowds, "one", times=before, now=at - timedelta(minutes=1))
        let_in(crowds, "one", times=10, now=at)
        wait = crowds.wait("one", most=10, now=at)
        assert let_in(crowds, "one", times=1, now=at + timedelta(seconds=wait - 1)) == 0
        assert let_in(crowds, "one", times=1, now=at + timedelta(seconds=wait)) == 1


def test_forked_workers_share_what_they_count() -> None:
    crowds = Crowds()
    worker = os.fork()
    if worker == 0:
        let_in(crowds, "one", times=7)
        os._exit(0)
    os.waitpid(worker, 0)
    assert let_in(crowds, "one", times=30) == 3
