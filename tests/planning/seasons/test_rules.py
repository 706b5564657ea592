"""The rules of season planning: what a season asks for besides the rule book, plans that keep to
both, and what two plans hold twice.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kernel.text import LocalizedText, untranslated
from app.planning.scheduling.values import Holiday, Party, Rule
from app.planning.seasons.rules import (
    NO_PLACE,
    Board,
    Duplicate,
    Intent,
    duplicates,
    least_refused,
    likeness,
    propose,
    refused,
)
from app.planning.seasons.values import SeasonLimits, Want
from tests.planning.seasons.boards import (
    AS_WRITTEN,
    MONDAY,
    a_board,
    a_wish,
    an_event,
    at,
    by_chance,
    lenient,
    span,
)

# What the season asks for besides.

A_DAY_LATER: dict[str, Any] = {"first": MONDAY + timedelta(days=1)}
ONE_A_DAY = SeasonLimits(per_day=1)
PLANTED: dict[Want, Board] = {
    Want.WINDOW: a_board(a_wish(1, **A_DAY_LATER), w1=at(0)),
    Want.HOURS: a_board(a_wish(1, minutes=90), w1=at(0, 14)),
    Want.WEEKEND: a_board(a_wish(1), w1=at(5)),
    Want.SPACING: a_board(a_wish(1, spacing=5), a_wish(2), w1=at(4), w2=at(8)),
    Want.DAY: a_board(
        a_wish(1), standing=(an_event("other", span(0, 12)),), limits=ONE_A_DAY, w1=at(0)
    ),
    Want.AFTER: a_board(
        a_wish(1, "b"), a_wish(2, after=frozenset({1})), w1=at(2, 9), w2=at(2, 9, 30)
    ),
    Want.BEFORE: a_board(a_wish(1, after=frozenset({2})), a_wish(2, "b"), w1=at(2), w2=at(3)),
}
INNOCENT: dict[Want, dict[int, datetime]] = {
    Want.WINDOW: {1: at(1)},
    Want.HOURS: {1: at(0, 13, 30)},
    Want.WEEKEND: {1: at(4)},
    Want.SPACING: {1: at(4), 2: at(11)},
    Want.DAY: {1: at(1)},
    Want.AFTER: {1: at(2, 9), 2: at(2, 10)},
    Want.BEFORE: {2: at(2, 9), 1: at(2, 10)},
}


def wants_of(board: Board) -> set[Want]:
    return {
        shortfall.want
        for key, other in board.placed.items()
        for shortfall in board.shortfalls(key, other.span)
    }


@pytest.mark.parametrize("want", Want)
def test_limit_of_the_season_is_found_where_it_is_broken_only(want: Want) -> None:
    board = PLANTED[want]
    opposite = {Want.AFTER: Want.BEFORE, Want.BEFORE: Want.AFTER}
    assert wants_of(board) == {want, opposite.get(want, want)}
    kept = replace(board, placed={})
    for key, starts_at in INNOCENT[want].items():
        kept.place(key, starts_at)
    assert wants_of(kept) == set()


def test_hours_of_today_that_are_past_are_not_offered() -> None:
    """Of today's hours to come none keeps the minimum notice, whatever the past ones would."""
    now = at(0, 9)
    wish = a_wish(1, now=now, last=MONDAY)
    board = a_board(wish, terms=AS_WRITTEN, now=now)
    assert next(iter(board.hours(1, MONDAY))).starts_at == at(0, 10)
    assert list(board.slots(1, MONDAY)) == []


# Plans.


@given(st.integers(0, 10_000))
@settings(max_examples=25)
def test_plan_keeps_to_the_rule_book_and_leaves_out_only_what_fits_nowhere(seed: int) -> None:
    board = by_chance(seed)
    fixed = {key: wish.chosen_at for key, wish in board.wishes.items() if wish.chosen_at}
    made = propose(board)
    assert made.plan.items() >= fixed.items()
    for key, other in board.placed.items():
        if key not in fixed:
            assert not refused(board.findings(key))
            assert not board.shortfalls(key, other.span)
    for key in board.wishes.keys() - made.plan.keys():
        for day in board.days(key):
            for hour in board.hours(key, day):
                assert refused(board.findings_at(key, hour)) or board.shortfalls(key, hour)


def test_same_season_gives_the_same_plan() -> None:
    assert propose(by_chance(7)) == propose(by_chance(7))


def test_published_event_steps_aside_for_a_wish_that_would_have_no_place() -> None:
    board = a_board(a_wish(1, last=MONDAY), a_wish(2, "b", published_at=at(0)), limits=ONE_A_DAY)
    made = propose(board)
    assert made.plan.keys() == {1, 2}
    assert board.day_of(made.plan[1]) == MONDAY


@pytest.mark.parametrize("fixed", ["chosen_at", "published_at"])
def test_what_people_put_against_a_rule_stays(fixed: str) -> None:
    """A choice always stays; a published event stays where it breaks a rule already."""
    stands, there = an_event("override", span(0), "c"), dict[str, Any]({fixed: at(0)})
    board = a_board(
        a_wish(1, last=MONDAY),
        a_wish(2, "b", **there),
        standing=(stands,),
        limits=SeasonLimits(per_day=2),
    )
    made = propose(board)
    assert made.plan == {2: at(0)}
    assert 1 in made.nearest


def test_published_event_at_its_own_time_is_not_judged_by_the_clock() -> None:
    """It was let in under the rules of its day; only what another webinar has against it counts."""
    late = at(0, 20)
    board = a_board(a_wish(1, published_at=late), w1=late)
    assert board.findings(1) == ()
    assert board.shortfalls(1, span(0, 20)) == []
    moved = a_board(a_wish(1, published_at=late), w1=at(1, 20))
    assert {finding.rule for finding in moved.findings(1)} == {Rule.OUTSIDE_HOURS}


def test_counted_limit_of_the_rule_book_is_kept_between_the_webinars() -> None:
    terms = lenient(Rule.GROUP_WEEK)
    made = propose(
        a_board(*(a_wish(n, last=MONDAY + timedelta(days=11)) for n in (1, 2, 3)), terms=terms)
    )
    assert len(made.plan) == 2
    [left] = made.nearest
    board = a_board(*(a_wish(n, last=MONDAY + timedelta(days=11)) for n in (1, 2, 3)), terms=terms)
    for key, starts_at in made.plan.items():
        board.place(key, starts_at)
    against = refused(board.findings_at(left, board.wishes[left].span(made.nearest[left])))
    assert [finding.rule for finding in against] == [Rule.GROUP_WEEK]


def test_time_that_comes_nearest_is_one_that_somebody_may_allow() -> None:
    """Nobody may override a congress; the presidency may let two groups meet at once."""
    congress = an_event("congress", span(0, 8, 7 * 60), "", (), Party.region(exclusive=True))
    meeting = an_event("meeting", span(1, 8, 7 * 60), "b")
    wish = a_wish(1, last=MONDAY + timedelta(days=1))
    board = a_board(wish, standing=(congress, meeting))
    nearest = least_refused(board, 1)
    assert nearest is not None
    assert board.day_of(nearest) == MONDAY + timedelta(days=1)
    weekend = a_wish(1, first=MONDAY + timedelta(days=5), last=MONDAY + timedelta(days=6))
    assert least_refused(a_board(weekend), 1) is None


def test_cost_is_paid_for_holidays_hours_distance_and_moves() -> None:
    day: dict[str, Any] = {"first": MONDAY, "last": MONDAY}
    holiday = Holiday("CR", MONDAY, untranslated("Holiday"))
    assert propose(a_board(a_wish(1, **day))).cost == 0
    assert propose(a_board(a_wish(1, holidays=(holiday,), **day))).cost == 3
    later: dict[str, Any] = {"first": MONDAY + timedelta(days=7), "wished_on": MONDAY}
    assert propose(a_board(a_wish(1, **later))).cost == 1
    assert propose(a_board(a_wish(1, chosen_at=at(0, 16)))).cost == 1, "18:00 in New York"
    assert propose(a_board(a_wish(1, published_at=at(1)))).cost == 0
    assert propose(a_board(a_wish(1, published_at=at(1), chosen_at=at(2)))).cost == 20
    nowhere = a_wish(1, first=MONDAY + timedelta(days=5), last=MONDAY + timedelta(days=6))
    assert propose(a_board(nowhere)).cost == NO_PLACE


def test_progress_rises_and_nobody_to_tell_ends_it() -> None:
    told: list[int] = []
    propose(by_chance(3), tell=told.append)
    assert told == sorted(told)
    assert 0 < told[-1] < 100

    class Gone(Exception):
        pass

    def tell(_percent: int) -> None:
        raise Gone

    with pytest.raises(Gone):
        propose(by_chance(3), tell=tell)


# Plans side by side.


def intent(key: int, plan: str, es: str, first: int = 0, last: int = 10, **more: Any) -> Intent:
    return Intent(
        key,
        plan,
        LocalizedText(es=es, en=more.get("en", "")),
        MONDAY + timedelta(days=first),
        MONDAY + timedelta(days=last),
    )


def test_the_same_and_similar_titles_of_two_plans_are_found() -> None:
    found = duplicates(
        [
            intent(1, "a", "Protección de mujeres migrantes en tránsito"),
            intent(2, "b", "PROTECCION de mujeres migrantes en tránsito (2)"),
            intent(3, "b", "Mujeres migrantes en tránsito: protección integral"),
            intent(4, "b", "Datos migratorios"),
            intent(5, "a", "Protección de mujeres migrantes en tránsito"),
            intent(6, "b", "Protección de mujeres migrantes en tránsito", 11, 20),
            intent(7, "a", "Datos migratorios 1"),
            intent(8, "b", "Datos migratorios 2"),
        ]
    )
    assert found == (
        Duplicate(1, 2, True),
        Duplicate(1, 3, False),
        Duplicate(2, 5, True),
        Duplicate(3, 5, False),
        Duplicate(4, 7, True),
    )
    assert (
        likeness(
            LocalizedText(es="Uno", en="Border management"),
            LocalizedText(es="Otro", en="Border Management"),
        )
        == 1
    )
    assert likeness(LocalizedText(), LocalizedText()) == 0
