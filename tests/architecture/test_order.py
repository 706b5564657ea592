"""A random order is the same for everyone who names it."""

from itertools import pairwise

from tests.support.order import shuffled

NAMES = [f"tests/test_{file}.py::test_{number}" for file in "abcde" for number in range(20)]


def test_random_order_is_decided_by_its_seed_and_keeps_files_together() -> None:
    order = shuffled(NAMES, "7", str)
    assert sorted(order) == sorted(NAMES)
    assert order == shuffled(NAMES[::-1], "7", str)
    assert order not in (NAMES, shuffled(NAMES, "8", str))
    files = [name.partition("::")[0] for name in order]
    assert sum(one != other for one, other in pairwise(files)) == 4
    assert [name for name in order if "_a." in name] != [name for name in NAMES if "_a." in name]
