"""Keys in the links of a letter: what whoever reads the stored letter could use; pure.

A link such as https://convoca.example.org/invited/<key> signs somebody in or answers for them, so
the stored letter says https://convoca.example.org/invited/… instead. The keys of wishes are left:
they are in every letter, for good, and open nothing but which letters its reader gets.
"""

import re
from collections.abc import Sequence

KEYED = (
    "invited",
    "sign-in/link",
    "speaker",
    "guest",
    "invitation",
    "refreshers/by-letter",
    "new-address",
)
"""Beginnings of paths whose next part is a key."""
MARK = "…"
_BEFORE = rf"https?://[^\s/<>\"]+/(?:{'|'.join(KEYED)})/"
KEY = re.compile(rf"({_BEFORE})([^\s/?#<>\"{MARK}]*[\w-])")
MARKED = re.compile(rf"({_BEFORE}){MARK}")


def without_keys(text: str) -> tuple[str, tuple[str, ...]]:
    """Returns the text with a mark in place of each key, and the keys in their order."""
    return KEY.sub(rf"\1{MARK}", text), tuple(found[2] for found in KEY.finditer(text))


def with_keys(text: str, keys: Sequence[str]) -> str:
    """Returns the text with the keys where the marks stand."""
    left = iter(keys)
    return MARKED.sub(lambda found: found[1] + next(left, MARK), text)


def keys_in(text: str) -> tuple[str, ...]:
    return without_keys(text)[1]


def lacks_keys(text: str) -> bool:
    return MARKED.search(text) is not None
