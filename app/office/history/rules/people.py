"""Who of a country is meant by a name in a sheet. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise

from app.office.history.values import KnownPerson
from app.people.directory.rules.people import is_name_of, plain_key

MOST_ALIKE = 3


def name_words(name: str) -> frozenset[str]:
    """Returns what makes two spellings one name: its words, whatever their order, case and accents."""
    return frozenset(plain_key(name).replace(",", " ").replace(".", " ").split())


def is_of(cells: Sequence[str], name: str, addresses: Collection[str]) -> bool:
    """Returns whether a row of a sheet is about somebody: it has an address of theirs or the whole name,
    or a cell, or two that stand side by side, are a shorter spelling of it.
    """
    text = " ".join(cells)
    if name_words(name) <= name_words(text) or any(one in text.lower() for one in addresses):
        return True
    beside = (f"{one} {two}" for one, two in pairwise(cells))
    return any(is_name_of(name, words.replace(",", " ")) for words in (*cells, *beside))


class KnownPeople:
    """The people on record, made ready once for all rows of a sheet."""

    def __init__(self, people: Iterable[KnownPerson]) -> None:
        self._same: dict[tuple[str, frozenset[str]], list[KnownPerson]] = defaultdict(list)
        self._by_word: dict[tuple[str, str], list[KnownPerson]] = defaultdict(list)
        for one in people:
            words = name_words(one.name)
            self._same[one.country_code, words].append(one)
            for word in words:
                self._by_word[one.country_code, word].append(one)

    def called(
        self, country: str, name: str, email: str
    ) -> tuple[KnownPerson | None, list[KnownPerson]]:
        """Returns who is meant, or those that may be, which is for somebody to say. The address tells
        two people of one name apart and is no proof by itself, because mailboxes are shared.
        """
        same = self._same.get((country, name_words(name)), [])
        by_address = [one for one in same if email and one.email.lower() == email.lower()]
        for some in (same, by_address):
            if len(some) == 1:
                return some[0], []
        return None, same or self._near(country, name)

    def _near(self, country: str, name: str) -> list[KnownPerson]:
        """Returns people whose name holds this one, or is held by it: a second surname is often left
        out.
        """
        near = {
            one.id: one
            for word in name_words(name)
            for one in self._by_word.get((country, word), ())
            if is_name_of(one.name, name) or is_name_of(name, one.name)
        }
        return sorted(near.values(), key=lambda one: (one.name, one.id))[:MOST_ALIKE]
