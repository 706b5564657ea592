"""Which tests come first: where workers share a run, those that take long; in a random order, where
one is asked for.

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


def longest_first(items: Sequence[Item], name: Callable[[Item], str]) -> list[Item]:
    """The same items, the long ones before all others: at the end of a run, when workers take over
    what is left to the last of them, only short ones are left. The first worker begins with the long
    ones, so that fewer workers start a browser and the demo.
    """

    def place(item: Item) -> int:
        places = (number for number, where in enumerate(LONG) if name(item).startswith(where))
        return next(places, len(LONG))

    return sorted(items, key=place)


def shuffled(items: Sequence[Item], seed: str, name: Callable[[Item], str]) -> list[Item]:
    """The same items in an order that `seed` decides. `name` gives "file::test"."""

    def chance(words: str) -> str:
        return hashlib.sha256(f"{seed} {words}".encode()).hexdigest()

    return sorted(
        items, key=lambda item: (chance(name(item).partition("::")[0]), chance(name(item)))
    )
