"""Every worker begins with its share of the dear tests, and none is lost on the way."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.support.order import dealt, shuffled, stretches


def of(workers: int, order: list[int]) -> list[list[int]]:
    """What each worker is given at first."""
    left, given_to = iter(order), []
    for size in stretches(len(order), workers):
        given_to.append([next(left) for _ in range(size)])
    return given_to


def test_dear_ones_begin_every_stretch() -> None:
    order = dealt(range(90), 3, lambda number: number >= 78)
    for stretch in of(3, order):
        assert sorted(stretch[:4]) == sorted(n for n in stretch if n >= 78)
    assert len({stretch[0] for stretch in of(3, order)}) == 3


@given(st.lists(st.integers(), max_size=60), st.integers(1, 5), st.integers())
def test_every_test_is_run_once(items: list[int], workers: int, limit: int) -> None:
    assert sorted(dealt(items, workers, lambda number: number > limit)) == sorted(items)


NAMES = [f"tests/test_{file}.py::test_{number}" for file in "abcde" for number in range(20)]


def test_random_order_is_decided_by_its_seed_and_keeps_files_together() -> None:
    order = shuffled(NAMES, "7", str)
    assert sorted(order) == sorted(NAMES)
    assert order == shuffled(NAMES[::-1], "7", str)
    assert order not in (NAMES, shuffled(NAMES, "8", str))
    files = [name.partition("::")[0] for name in order]
    assert sum(one != other for one, other in pairwise(files)) == 4
    assert [name for name in order if "_a." in name] != [name for name in NAMES if "_a." in name]
