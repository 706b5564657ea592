"""Random order where it is asked for, else dear tests first.

`RANDOM_ORDER=<any word>` puts the files, and the tests of each file, into an order that the word
decides: the same on every machine and in every worker. Files stay together, because what they share
would else be made many times.

Otherwise dear tests come first. xdist gives each worker one stretch of the tests and moves only
what waits at the end of a stretch: a dear test that came last would keep one worker busy when the
others have long gone home.
"""

import hashlib
from collections.abc import Callable, Sequence
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")

VARIABLE = "RANDOM_ORDER"
DEAR = {"demo", "journeys", "security"}
"""Packages whose tests take many seconds each."""


def shuffled(items: Sequence[Item], seed: str, name: Callable[[Item], str]) -> list[Item]:
    """The same items in an order that `seed` decides. `name` gives "file::test"."""

    def chance(words: str) -> str:
        return hashlib.sha256(f"{seed} {words}".encode()).hexdigest()

    return sorted(
        items, key=lambda item: (chance(name(item).partition("::")[0]), chance(name(item)))
    )


def stretches(count: int, workers: int) -> list[int]:
    """How many tests each worker is given at first (`xdist.scheduler.worksteal`)."""
    sizes: list[int] = []
    for left in range(workers, 0, -1):
        sizes.append((count - sum(sizes)) // left)
    return sizes


def dealt(items: Sequence[Item], workers: int, is_dear: Callable[[Item], bool]) -> list[Item]:
    """The same items, each worker's stretch beginning with its share of the dear ones.

    Every share begins at another place, so that not all workers wait for what only one of them can
    build.
    """
    dear = [item for item in items if is_dear(item)]
    cheap = iter([item for item in items if not is_dear(item)])
    order: list[Item] = []
    for worker, size in enumerate(stretches(len(items), workers)):
        share = dear[worker::workers]
        turn = len(share) * worker // workers
        share = share[turn:] + share[:turn]
        order += [*share, *islice(cheap, max(0, size - len(share)))]
    return [*order, *cheap]
