"""What the form of a question sends."""

from collections.abc import Iterable

from app.training.refreshers.rules import NothingTicked

MOST_OPTIONS = 20


def chosen_options(values: Iterable[str]) -> frozenset[int]:
    """Returns numbers of options, counted from 1. Refuses what is none."""
    given = list(values)
    if not given or len(given) > MOST_OPTIONS:
        raise NothingTicked
    if not all(one.isascii() and one.isdigit() and len(one) <= 2 for one in given):  # noqa: PLR2004
        raise NothingTicked
    return frozenset(int(one) for one in given)
