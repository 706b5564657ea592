"""Parts of a long list: each number there is shows its own stretch, and any other number the
nearest.
"""

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.paging import Paging


@pytest.mark.parametrize(
    ("asked", "number"),
    [(1, 1), (2, 2), (3, 3), (0, 1), (-1, 1), (-(10**30), 1), (4, 3), (10**30, 3)],
)
def test_any_number_becomes_the_nearest_there_is(asked: int, number: int) -> None:
    assert Paging(25, 10, asked) == Paging(25, 10, number)
    assert Paging(25, 10, asked).number == number


@pytest.mark.parametrize(
    ("number", "shown", "ends"),
    [
        (1, (0, 1, 10), (None, 2)),
        (2, (10, 11, 20), (1, 3)),
        (3, (20, 21, 25), (2, None)),
    ],
)
def test_a_part_knows_its_stretch_and_its_neighbours(
    number: int, shown: tuple[int, int, int], ends: tuple[int | None, int | None]
) -> None:
    paging = Paging(25, 10, number)
    assert paging.pages == 3
    assert (paging.offset, paging.first, paging.last) == shown
    assert (paging.previous, paging.next) == ends


@pytest.mark.parametrize("asked", [-1, 0, 1, 2, 10**30])
def test_an_empty_list_has_one_part_with_nothing_in_it(asked: int) -> None:
    paging = Paging(0, 10, asked)
    assert (paging.number, paging.pages, paging.offset, paging.first, paging.last) == (
        1,
        1,
        0,
        0,
        0,
    )
    assert (paging.previous, paging.next) == (None, None)


def test_a_full_last_part_is_followed_by_no_empty_one() -> None:
    assert Paging(20, 10, 3).number == Paging(20, 10).pages == 2


@given(total=st.integers(0, 500), size=st.integers(1, 60), asked=st.integers())
def test_from_wherever_one_is_the_neighbours_lead_through_all_of_the_list_once(
    total: int, size: int, asked: int
) -> None:
    items = list(range(total))
    here = Paging(total, size, asked)
    numbers, before, after = [here.number], here.previous, here.next
    while before is not None:
        numbers.insert(0, before)
        before = Paging(total, size, before).previous
    while after is not None:
        numbers.append(after)
        after = Paging(total, size, after).next
    assert numbers == list(range(1, here.pages + 1))
    parts = [Paging(total, size, number) for number in numbers]
    shown = [items[part.offset : part.last] for part in parts]
    assert list(chain.from_iterable(shown)) == items
    assert shown == [items[part.offset : part.offset + size] for part in parts]
    assert all(part or not items for part in shown)
    assert [(cut[0] + 1, cut[-1] + 1) if cut else (0, 0) for cut in shown] == [
        (one.first, one.last) for one in parts
    ]
