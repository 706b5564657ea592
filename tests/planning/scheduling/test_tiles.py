"""Tiles against a model that counts every single lane of every single minute."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.planning.scheduling.rules.tiles import Tile, first_free_lane, uncovered
from tests.planning.scheduling.builders import THE_DAY

MINUTES, LANES = 8, 5


def tile(start: int, end: int, lo: int = 0, hi: int = 1) -> Tile:
    return Tile(THE_DAY + timedelta(minutes=start), THE_DAY + timedelta(minutes=end), lo, hi)


def cells(*tiles: Tile) -> set[tuple[int, int]]:
    return {
        (minute, lane)
        for t in tiles
        for minute in range(
            int((t.starts_at - THE_DAY).total_seconds()) // 60,
            int((t.ends_at - THE_DAY).total_seconds()) // 60,
        )
        for lane in range(t.lane_lo, t.lane_hi)
    }


@st.composite
def some_tile(draw: st.DrawFn) -> Tile:
    start, lo = draw(st.integers(0, MINUTES - 1)), draw(st.integers(0, LANES - 1))
    return tile(start, draw(st.integers(start + 1, MINUTES)), lo, draw(st.integers(lo + 1, LANES)))


@given(some_tile(), st.lists(some_tile(), max_size=6))
def test_what_is_left_is_exactly_what_nobody_holds(need: Tile, taken: list[Tile]) -> None:
    left = uncovered(need, taken)
    assert cells(*left) == cells(need) - cells(*taken)
    assert sum(len(cells(part)) for part in left) == len(cells(*left))
    assert all(part.starts_at < part.ends_at and part.lane_lo < part.lane_hi for part in left)


def test_a_need_that_nobody_touches_stays_in_one_piece() -> None:
    assert uncovered(tile(0, 8, 0, 5), [tile(8, 9, 0, 5)]) == (tile(0, 8, 0, 5),)


def test_one_that_is_held_wholly_leaves_nothing() -> None:
    assert uncovered(tile(2, 4), [tile(0, 3), tile(3, 8)]) == ()


def test_a_congress_beside_an_ordinary_event_takes_all_lanes_but_one() -> None:
    assert uncovered(tile(0, 6, 0, 9), [tile(2, 4, 3, 4)]) == (
        tile(0, 2, 0, 9),
        tile(2, 4, 0, 3),
        tile(2, 4, 4, 9),
        tile(4, 6, 0, 9),
    )


@given(st.integers(1, LANES), st.lists(some_tile(), max_size=6))
def test_the_first_free_lane_is_free_and_none_below_it_is(capacity: int, taken: list[Tile]) -> None:
    found = first_free_lane(capacity, THE_DAY, THE_DAY + timedelta(minutes=MINUTES), taken)
    busy = {lane for _, lane in cells(*taken)}
    assert found == next((lane for lane in range(capacity) if lane not in busy), None)
