"""Benchmarks, run by name: `python -m tests.load [name …]` prints one JSON line for each figure.

A benchmark is a module beside this one with `run() -> Iterator[Figure]`; its name is the module's.
Times are wall times on the machine at hand: compare the lines of one run with each other, not with
another machine's.
"""

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Figure:
    """`about` says under which conditions: database, rows, samples."""

    figure: str
    value: float
    unit: str
    about: dict[str, str | int] = field(default_factory=dict)


def timed(work: Callable[[], object]) -> float:
    """Seconds that the work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def spread(name: str, seconds: Iterable[float], **about: str | int) -> tuple[Figure, Figure]:
    """The median and the 95th percentile, in milliseconds."""
    ordered = sorted(seconds)
    high = ordered[math.ceil(0.95 * len(ordered)) - 1]
    conditions = {**about, "samples": len(ordered)}
    return (
        Figure(f"{name} median", round(median(ordered) * 1000, 3), "ms", conditions),
        Figure(f"{name} p95", round(high * 1000, 3), "ms", conditions),
    )
