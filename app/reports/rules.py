"""Small cells are hidden, and so is whatever would let somebody work them out; pure."""

from collections.abc import Mapping

SMALLEST_CELL = 5
"""Domain rule of the first user: groups under five people are not told outside their country."""


def hidden(counts: Mapping[str, int]) -> frozenset[str]:
    """The keys that may not be told. Zero tells of nobody and is told.

    Beside a total, one hidden number is the total less the others: so the next smallest is hidden with it, and whenever
    what is hidden adds up to fewer than five people.
    """
    told = sorted((count, key) for key, count in counts.items() if count)
    small = [key for count, key in told if count < SMALLEST_CELL]
    if not small:
        return frozenset()
    rest = [(count, key) for count, key in told if count >= SMALLEST_CELL]
    while rest and (len(small) < 2 or sum(counts[key] for key in small) < SMALLEST_CELL):  # noqa: PLR2004 - a pair
        small.append(rest.pop(0)[1])
    return frozenset(small)
