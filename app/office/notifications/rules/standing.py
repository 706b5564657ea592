"""Letters that say how somebody stands with an event: which of them is to leave, and what its
reader knows; pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.planning.events.rules.history import MoveHistory

STANDINGS = frozenset(
    {
        "RegistrationMade",
        "RegistrationWaiting",
        "RegistrationPending",
        "RegistrationDeclined",
        "RegistrationCancelled",
        "PlaceGiven",
        "EventMoved",
        "EventCancelled",
        "EventReinstated",
        "PartGiven",
        "PartChanged",
        "PartTaken",
    }
)
"""Facts whose letter says all of how somebody stands with an event: who gets the newest needs none
before it, and must get none after it.
"""
PLACED = frozenset({"RegistrationMade", "PlaceGiven", "PartGiven", "PartChanged"})
MOVED = "EventMoved"
COMPARING = frozenset({MOVED, "EventCancelled"})
"""Letters that name the time there was before."""


class Fate(StrEnum):
    """What became of a letter: handed over; still to be; withdrawn because it was no news; or with
    nobody, as what was overtaken, given up or came back.
    """

    LEFT = "left"
    WAITS = "waits"
    UNSAID = "unsaid"
    LOST = "lost"


@dataclass(frozen=True)
class SentLetter:
    """A letter by the fact it follows from. `knew`: the event's sequence when that happened;
    `says`: when the letter was written, of which its words tell. `is_asking`: its reader asked for
    the place, and saw on the page where the event was and how the registration stands.
    """

    id: int
    fact: str
    knew: int
    says: int
    fate: Fate
    is_asking: bool = False


def is_overtaken(one: SentLetter, letters: Sequence[SentLetter], history: MoveHistory) -> bool:
    """Returns True when a later letter says all that it says, and more newly.

    How it stood before the person came to stand otherwise, and when it was before it moved, is
    never to be said again, whatever became of the letter about that.

    Moves that lead back to what it says, before anybody heard of them, are not to leave: it is.
    """
    after = [other for other in letters if other.id > one.id]
    if any(other.fact != MOVED for other in after):
        return True
    later = [other for other in after if other.fate is not Fate.LOST]
    if not later:
        return bool(after) and not history.is_same(one.says, history.sequence)
    return one.fact == MOVED or not _stands_after(one, later, history)


def is_no_news(one: SentLetter, letters: Sequence[SentLetter], history: MoveHistory) -> bool:
    """Returns True when it tells of a move of which its reader has heard already, or is about to."""
    known = [
        other
        for other in letters
        if other.id < one.id and other.fate is not Fate.LOST and not _is_unheard_move(other)
    ]
    standing = standing_letter(one, letters)
    is_lost = standing is not None and standing.fate is Fate.LOST
    if one.fact != MOVED or not known or (is_lost and not is_standing_told(one, letters)):
        return False
    if known[-1].fate is Fate.WAITS:
        return _stands_after(known[-1], [one], history)
    told = last_told(one, letters)
    return told is not None and history.is_same(told, one.says)


def standing_letter(one: SentLetter, letters: Sequence[SentLetter]) -> SentLetter | None:
    """Returns the last one before it about the own place; None where there was none, as for people
    who were written in by import.
    """
    before = [other for other in letters if other.id < one.id and other.fact not in COMPARING]
    return before[-1] if before else None


def is_standing_told(one: SentLetter, letters: Sequence[SentLetter]) -> bool:
    """Returns True when a letter said how the registration stands: the one about that, or one about
    a move since, which repeats it.
    """
    standing = standing_letter(one, letters)
    if standing is None:
        return True
    return any(other.fate is Fate.LEFT for other in letters if standing.id <= other.id < one.id)


def is_place_told(one: SentLetter, letters: Sequence[SentLetter]) -> bool:
    """Returns True when a letter said that the person has a place."""
    standing = standing_letter(one, letters)
    return standing is None or (standing.fact in PLACED and is_standing_told(one, letters))


def has_seen_standing(one: SentLetter, letters: Sequence[SentLetter], *, has_place: bool) -> bool:
    """Returns True when the person saw the state of the registration when asking, with or without a
    letter.
    """
    standing = standing_letter(one, letters)
    return (
        standing is not None and standing.is_asking and (standing.fact in PLACED or not has_place)
    )


def last_told(one: SentLetter, letters: Sequence[SentLetter]) -> int | None:
    """Returns the event's sequence of which the reader heard last: by a letter that left, or when
    they asked for the place.

    None when nothing is known of either.
    """
    heard = [
        other
        for other in letters
        if other.id < one.id and (other.is_asking or other.fate is Fate.LEFT)
    ]
    return max((other.knew if other.is_asking else other.says for other in heard), default=None)


def _stands_after(one: SentLetter, later: Sequence[SentLetter], history: MoveHistory) -> bool:
    seen = one.knew if one.is_asking else one.says
    return all(map(_is_unheard_move, later)) and history.is_same(seen, one.says, later[-1].says)


def _is_unheard_move(one: SentLetter) -> bool:
    return one.fact == MOVED and one.fate in (Fate.WAITS, Fate.UNSAID)
