"""Small numbers of people: which are told, and which stay hidden because others would tell them.

The one limit and the one algorithm. Who reads a figure without any of it is each package's policy
(decision 20).
"""

from collections.abc import Collection, Mapping

SMALLEST_TOLD = 5
"""Domain rule of the first user: groups under five people are not told outside their country."""
FEWEST_CELLS = 2


def is_small(count: int) -> bool:
    """Returns whether a count could point at people. Zero tells of nobody."""
    return 0 < count < SMALLEST_TOLD


def hidden(counts: Mapping[str, int], besides: Collection[str] = ()) -> frozenset[str]:
    """Returns the keys that may not be told. Zero tells of nobody and is told.

    Beside a total, one hidden number is the total less the others: so the next smallest is hidden
    with it, until the sum of the hidden ones leaves their numbers open. `besides`: keys that must
    not be told for another reason.
    """
    told = sorted((count, key) for key, count in counts.items() if count)
    kept_back = [key for count, key in told if count < SMALLEST_TOLD or key in besides]
    if not kept_back:
        return frozenset()
    rest = [(count, key) for count, key in told if key not in kept_back]
    while rest and not leaves_open(
        [counts[key] for key in kept_back], most=None if besides else rest[0][0]
    ):
        kept_back.append(rest.pop(0)[1])
    return frozenset(kept_back)


def leaves_open(numbers: Collection[int], most: int | None = None) -> bool:
    """Returns True when numbers of people, each at least one, cannot be told from how many they are
    and their sum. `most`: the smallest that is told, above which nobody would look for one that is
    hidden.
    """
    people, cells = sum(numbers), len(numbers)
    if cells < FEWEST_CELLS or people < SMALLEST_TOLD or people == cells:
        return False
    return most is None or people - (cells - 1) * most < SMALLEST_TOLD - 2


def may_name(counts: Mapping[str, int], kept_back: Collection[str]) -> bool:
    """Returns True when it may be said which cells are hidden. Where all of them are, and their sum
    tells the numbers, not even that.
    """
    return not kept_back or leaves_open([counts[key] for key in kept_back])


def hidden_over(tables: Collection[Mapping[str, int]]) -> frozenset[str]:
    """Returns the keys that may not be told of the sum of several tables, each of which is told by
    itself, too.

    The sum less the tables where a key is told is what stands in those where it is hidden: one
    alone would be told.
    """
    kept_back = [(counts, hidden(counts)) for counts in tables]
    parts: dict[str, list[int]] = {}
    for counts, keys in kept_back:
        for key in keys:
            parts.setdefault(key, []).append(counts[key])
    totals: dict[str, int] = {}
    for counts in tables:
        for key, count in counts.items():
            totals[key] = totals.get(key, 0) + count
    return hidden(totals, {key for key, numbers in parts.items() if not leaves_open(numbers)})
