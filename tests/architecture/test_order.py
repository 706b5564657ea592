"""Long tests come first, in the order of collection; a random order is the same for everyone who
names it.
"""

from itertools import pairwise

from tests.architecture.source import ROOT
from tests.support.order import LONG, longest_first, shuffled

NAMES = [f"tests/test_{file}.py::test_{number}" for file in "abcde" for number in range(20)]


def test_random_order_is_decided_by_its_seed_and_keeps_files_together() -> None:
    order = shuffled(NAMES, "7", str)
    assert sorted(order) == sorted(NAMES)
    assert order == shuffled(NAMES[::-1], "7", str)
    assert order not in (NAMES, shuffled(NAMES, "8", str))
    files = [name.partition("::")[0] for name in order]
    assert sum(one != other for one, other in pairwise(files)) == 4
    assert [name for name in order if "_a." in name] != [name for name in NAMES if "_a." in name]


def test_each_worker_begins_with_its_share_of_long_tests() -> None:
    assert [place for place in LONG if not (ROOT / place).exists()] == []
    long = [f"{LONG[1]}test_walk.py::test_{number}" for number in range(4)]
    order = longest_first([*NAMES, *long, LONG[0]], str, workers=3)
    first, second, third = order[:35], order[35:70], order[70:]
    assert first == [LONG[0], *NAMES[:34]]
    assert second == [*long[:2], *NAMES[34:67]]
    assert third == [*long[2:], *NAMES[67:]]
    assert longest_first(long, str, workers=3) == long
