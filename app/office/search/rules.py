"""From what somebody types to the words that are looked for; pure."""

import re

from app.kernel.text import without_accents

WORD = re.compile(r"[^\W_]+")
FEWEST_LETTERS, MOST_WORDS, LONGEST_WORD = 3, 8, 40
LONGEST_BODY = 40_000


def folded(text: str) -> str:
    """Returns the text in small letters and without accents: "Migración" is "migracion", "Ñ" is
    "n".
    """
    return without_accents(text.casefold())


def words_of(text: str) -> tuple[str, ...]:
    """Returns the words to look for, at most eight; none where fewer than three letters were typed."""
    words = [word[:LONGEST_WORD] for word in WORD.findall(folded(text))][:MOST_WORDS]
    is_enough = sum(map(len, words)) >= FEWEST_LETTERS
    return tuple(dict.fromkeys(words)) if is_enough else ()


def stored(text: str) -> str:
    """Returns the words as they stand in the index, one space between two."""
    return " ".join(WORD.findall(folded(text)))[:LONGEST_BODY]


def fts5_query(words: tuple[str, ...]) -> str:
    """Returns a query in which every word begins one of the document's: FTS5,
    https://www.sqlite.org/fts5.html §3.3.
    """
    return " AND ".join(f'"{word}"*' for word in words)


def tsquery(words: tuple[str, ...]) -> str:
    """Returns a query in which every word begins one of the document's: PostgreSQL §8.11.2."""
    return " & ".join(f"{word}:*" for word in words)


def telling(words: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the words without those of one or two letters ("cambio de nombre"), unless there are
    no others.
    """
    return tuple(word for word in words if len(word) >= FEWEST_LETTERS) or words


def is_found(words: tuple[str, ...], text: str) -> bool:
    """Returns True where every word begins one of the text's: as the index does, for what is not in
    it.
    """
    has = WORD.findall(folded(text))
    return bool(words) and all(any(one.startswith(word) for one in has) for word in words)
