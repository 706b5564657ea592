"""Which tests come first: in each worker of a shared run, those that take long; in a random order,
where one is asked for.

`RANDOM_ORDER=<any word>` puts the files, and the tests of each file, into an order that the word
decides: the same on every machine and in every worker. Files stay together, because what they share
would else be made many times.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")

VARIABLE = "RANDOM_ORDER"
LONG = (
    "tests/training/certificates/test_closing.py",
    "tests/security/",
    "tests/office/demo/",
    "tests/journeys/",
    "tests/tooling/test_benches.py",
    "tests/infra/test_jobs.py",
    "tests/followup/matrix/test_killed.py",
    "tests/followup/plans/test_killed.py",
)
"""Where single tests take more than ten seconds."""


def longest_first(
    items: Sequence[Item], name: Callable[[Item], str], *, workers: int
) -> list[Item]:
    """The same items, so that each worker begins with its share of the long ones and ends with
    short ones: xdist cuts the list into equal parts, one for each, and whoever has nothing left
    takes over the last of those that another one still has.
    """

    def place(item: Item) -> int:
        places = (number for number, where in enumerate(LONG) if name(item).startswith(where))
        return next(places, len(LONG))

    long = sorted((item for item in items if place(item) < len(LONG)), key=place)
    others = [item for item in items if place(item) == len(LONG)]
    order: list[Item] = []
    for left in range(workers, 0, -1):
        first = len(long) // left
        then = (len(items) - len(order)) // left - first
        order += [*long[:first], *others[:then]]
        long, others = long[first:], others[then:]
    return order


def shuffled(items: Sequence[Item], seed: str, name: Callable[[Item], str]) -> list[Item]:
    """The same items in an order that `seed` decides. `name` gives "file::test"."""

    def chance(words: str) -> str:
        return hashlib.sha256(f"{seed} {words}".encode()).hexdigest()

    return sorted(
        items, key=lambda item: (chance(name(item).partition("::")[0]), chance(name(item)))
    )
