"""Random order, where it is asked for.

`RANDOM_ORDER=<any word>` puts the files, and the tests of each file, into an order that the word
decides: the same on every machine and in every worker. Files stay together, because what they share
would else be made many times.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")

VARIABLE = "RANDOM_ORDER"


def shuffled(items: Sequence[Item], seed: str, name: Callable[[Item], str]) -> list[Item]:
    """The same items in an order that `seed` decides. `name` gives "file::test"."""

    def chance(words: str) -> str:
        return hashlib.sha256(f"{seed} {words}".encode()).hexdigest()

    return sorted(
        items, key=lambda item: (chance(name(item).partition("::")[0]), chance(name(item)))
    )
