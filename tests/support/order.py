"""Dear tests first. xdist gives each worker one stretch of the tests and moves only what waits at the end of a stretch:
a dear test that came last would keep one worker busy when the others have long gone home."""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")

DEAR = {"journeys", "security"}
"""Packages whose tests take many seconds each."""


def stretches(count: int, workers: int) -> list[int]:
    """How many tests each worker is given at first (`xdist.scheduler.worksteal`)."""
    sizes: list[int] = []
    for left in range(workers, 0, -1):
        sizes.append((count - sum(sizes)) // left)
    return sizes


def dealt(items: Sequence[Item], workers: int, is_dear: Callable[[Item], bool]) -> list[Item]:
    """The same items, each worker's stretch beginning with its share of the dear ones.

    Every share begins at another place, so that not all workers wait for what only one of them can build.
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
