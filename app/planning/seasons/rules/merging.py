"""Two draft plans side by side: which wishes of different seasons say the same thing at about the
same time.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from itertools import combinations

from app.kernel.text import LocalizedText
from app.people.directory.rules.people import plain_key

ALIKE = 0.8
LEAST_LETTERS = 4
"""Shorter words (“de”, “the”) say nothing about the subject."""


@dataclass(frozen=True)
class Intent:
    """What a plan means to hold, within the days [first, last], both included. `plan` tells the
    plans apart.
    """

    key: int
    plan: str
    title: LocalizedText
    first: date
    last: date


@dataclass(frozen=True)
class Duplicate:
    first: int
    second: int
    is_same_title: bool


def duplicates(intents: Iterable[Intent]) -> tuple[Duplicate, ...]:
    """Pairs of different plans with the same or a similar title, in either language, whose days
    overlap.
    """
    found = []
    for one, other in combinations(intents, 2):
        if one.plan == other.plan or one.last < other.first or other.last < one.first:
            continue
        if _are_parts(one.title, other.title):
            continue
        is_same = _is_same(one.title, other.title)
        if is_same or likeness(one.title, other.title) >= ALIKE:
            found.append(Duplicate(one.key, other.key, is_same))
    return tuple(found)


def likeness(one: LocalizedText, other: LocalizedText) -> float:
    """From 0 to 1, whatever the order of the words, accents, capitals and numbers apart."""
    return max((_alike(one[language], other[language]) for language in one), default=0)


def _alike(one: str, other: str) -> float:
    first, second = _subject(one), _subject(other)
    if not first or not second:
        return 0
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def _are_parts(one: LocalizedText, other: LocalizedText) -> bool:
    """Numbered differently, like the first and the second session on a subject: not meant twice."""
    first, second = (re.findall(r"\d+", " ".join(title.values())) for title in (one, other))
    return bool(first and second) and set(first) != set(second)


def _is_same(one: LocalizedText, other: LocalizedText) -> bool:
    """Word for word in one of the languages, accents, capitals and numbers apart."""
    return any(_words(one[language]) == _words(other[language]) != [] for language in one)


def _subject(title: str) -> str:
    return " ".join(sorted(word for word in _words(title) if len(word) >= LEAST_LETTERS))


def _words(title: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", plain_key(title))
