"""What may be told of tables: an attack that knows every number that is told, and counts what is
left for each that is not.
"""

from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kernel.small_numbers import (
    Place,
    hidden,
    hidden_cells,
    hidden_over,
    is_enough,
    is_small,
    may_split,
)

Table = dict[tuple[str, str], int]
ROWS, COLUMNS = "abc", "xyz"
ENOUGH = 3
"""Numbers that are possible for a hidden place when it is as open as it should be."""


def with_totals(table: Mapping[tuple[str, str], int]) -> dict[Place, int]:
    numbers: dict[Place, int] = {(row, column): count for (row, column), count in table.items()}
    for row in {row for row, _column in table}:
        numbers[row, None] = sum(n for (one, _c), n in table.items() if one == row)
    for column in {column for _row, column in table}:
        numbers[None, column] = sum(n for (_r, one), n in table.items() if one == column)
    numbers[None, None] = sum(table.values())
    return numbers


def alike(table: Table, away: frozenset[Place]) -> Iterator[dict[Place, int]]:
    """Every table with the same numbers where they are told, and at least one where not."""
    numbers = with_totals(table)
    free = [place for place in table if place in away]
    lines = [*ROWS, *COLUMNS]
    left = {
        line: numbers[place] - sum(n for one, n in table.items() if line in one and one not in away)
        for line in lines
        if (place := (line, None) if line in ROWS else (None, line)) in numbers
        and place not in away
    }
    whole = sum(n for one, n in table.items() if one in away)

    def filled(number: int, rest: int, spent: dict[str, int], found: Table) -> Iterator[Table]:
        if number == len(free):
            if rest == 0 and all(spent.get(line, 0) == most for line, most in left.items()):
                yield found
            return
        place = free[number]
        most = min(
            rest - (len(free) - number - 1),
            *(left[line] - spent.get(line, 0) for line in place if line in left),
            rest,
        )
        for count in range(1, most + 1):
            more = {line: spent.get(line, 0) + count for line in place}
            yield from filled(number + 1, rest - count, spent | more, {**found, place: count})

    for found in filled(0, whole, {}, {}):
        yield with_totals(table | found)


tables = st.integers(2, 3).flatmap(
    lambda columns: st.fixed_dictionaries(
        {(row, column): st.integers(0, 7) for row in ROWS for column in COLUMNS[:columns]}
    )
)


@settings(max_examples=60, deadline=None)
@given(tables)
def test_r56_no_hidden_cell_of_a_table_can_be_worked_out(table: Table) -> None:
    numbers, away = with_totals(table), hidden_cells(table)
    small = {place for place, count in numbers.items() if is_small(count)}
    assert small <= away, "a small number is hidden, and so is a small total"
    assert all(numbers[place] for place in away), "zero tells of nobody"
    if len([n for n in table.values() if n]) == len(away & set(table)) or (None, None) in away:
        return  # all is hidden: the total alone is told, if anything
    seen: dict[Place, set[int]] = {place: set() for place in away}
    for one in alike(table, away):
        for place in away:
            seen[place].add(one[place])
        if all(len(found) >= ENOUGH for found in seen.values()):
            break
    assert {place: found for place, found in seen.items() if len(found) < ENOUGH} == {}


@settings(max_examples=60, deadline=None)
@given(tables)
def test_r56_the_rest_of_a_total_is_no_small_group(table: Table) -> None:
    away = hidden_cells(table)
    if {place for place, count in table.items() if count} <= away:
        return
    for line in (*ROWS, *COLUMNS):
        of_line = [place for place in table if line in place and place in away]
        is_told = ((line, None) if line in ROWS else (None, line)) not in away
        assert not of_line or not is_told or is_enough(sum(table[place] for place in of_line))


def test_r56_a_table_by_hand() -> None:
    """One small cell takes the three others of the cheapest rectangle with it, and no more."""
    table = {
        ("HN", "migration"): 3,
        ("HN", "gender"): 20,
        ("GT", "migration"): 8,
        ("GT", "gender"): 9,
        ("CR", "migration"): 30,
        ("CR", "gender"): 40,
    }
    four = {("HN", "migration"), ("HN", "gender"), ("GT", "migration"), ("GT", "gender")}
    assert hidden_cells(table) == four
    assert hidden_cells({place: 10 * count + 9 for place, count in table.items()}) == frozenset()
    assert ("CR", None) in hidden_cells(table | {("CR", "migration"): 1, ("CR", "gender"): 0})


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries({key: st.integers(0, 9) for key in "abc"}), min_size=2, max_size=3
    ),
    st.sampled_from([frozenset[str](), frozenset("a")]),
)
def test_r56_a_sum_gives_away_nothing_that_its_lists_hide(
    lists: list[dict[str, int]], besides: frozenset[str]
) -> None:
    """Of who reads every list with its total and the sum of all: where all of the lists hide a
    number, that number stays open, unless its list hides everything. `besides`: hidden because its
    country does not share it.
    """
    table = {(key, COLUMNS[n]): count for n, one in enumerate(lists) for key, count in one.items()}
    away: frozenset[Place] = frozenset(
        (key, COLUMNS[n]) for n, one in enumerate(lists) for key in hidden(one, besides)
    )
    whole = {
        COLUMNS[n]
        for n, one in enumerate(lists)
        if hidden(one, besides) >= {k for k, v in one.items() if v}
    }
    sums = hidden_over(lists, besides)
    assert all(any(one[key] for one in lists) for key in sums)
    if whole or len(sums) == len(ROWS):
        return
    away |= {(key, None) for key in sums}
    seen: dict[Place, set[int]] = {place: set() for place in away}
    for one in alike(table, away):
        for place in away:
            seen[place].add(one[place])
    assert all(len(found) > 1 for found in seen.values()), seen


@pytest.mark.parametrize(
    ("parts", "is_told"),
    [((6, 0), False), ((0, 6), False), ((38, 2), False), ((5, 5), True), ((6, 5, 0), True)],
)
def test_r56_a_group_of_one_mind_tells_of_each(parts: tuple[int, ...], is_told: bool) -> None:
    assert may_split(parts) is is_told
