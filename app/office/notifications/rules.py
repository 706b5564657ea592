"""When somebody is reminded, and which letter about their registration still says something; pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from app.office.notifications.values import Wishes
from app.planning.events.rules.history import MoveHistory

# When somebody is reminded of an event: a week, a day and an hour before it starts, each once.


class ReminderKind(StrEnum):
    WEEK = "7d"
    DAY = "1d"
    HOUR = "1h"


LEAD = {
    ReminderKind.WEEK: timedelta(days=7),
    ReminderKind.DAY: timedelta(days=1),
    ReminderKind.HOUR: timedelta(hours=1),
}
FIRST = max(LEAD.values())
"""Nothing is due earlier than this before the start."""


EACH = tuple(ReminderKind)
PREFIX = "reminder."


def current_kind(
    starts_at: datetime, now: datetime, *, is_all_day: bool = False
) -> ReminderKind | None:
    """Returns the latest kind whose moment has come; None before the first moment and once the
    event has started.

    Days have no hour to remind of.
    """
    come = [
        kind
        for kind in ReminderKind
        if starts_at - LEAD[kind] <= now < starts_at
        and not (is_all_day and kind is ReminderKind.HOUR)
    ]
    return come[-1] if come else None


def due(
    starts_at: datetime,
    *,
    since: datetime,
    now: datetime,
    sent: Collection[ReminderKind] = (),
    wanted: Collection[ReminderKind] = EACH,
    is_all_day: bool = False,
) -> ReminderKind | None:
    """Returns which reminder somebody is to get now, if any: the latest wanted one whose moment has
    come.

    `since` is when the person was registered, and the event told to be at this time: who comes
    later than a moment gets no late reminder for it. After an outage the latest alone is sent, and
    nothing once the event has started. `sent` are those of this very start; a moved event begins
    anew.
    """
    now_at = current_kind(starts_at, now, is_all_day=is_all_day)
    come = [
        kind
        for kind in ReminderKind
        if kind in wanted and now_at is not None and LEAD[kind] >= LEAD[now_at]
    ]
    if not come:
        return None
    latest = come[-1]
    if (
        latest in sent
        or any(LEAD[kind] <= LEAD[latest] for kind in sent)
        or since > starts_at - LEAD[latest]
    ):
        return None
    return latest


class Key(NamedTuple):
    """Which reminder, to whom: the start is part of it, because a moved event reminds anew."""

    event_id: UUID
    kind: ReminderKind
    starts_at: int
    """Seconds of Unix."""
    person_id: int

    def dedupe(self) -> str:
        return f"{PREFIX}{self.event_id}.{self.kind.value}.{self.starts_at}.{self.person_id}"

    def later(self) -> tuple["Key", ...]:
        """Returns those of the same event to the same person that come after it."""
        return tuple(
            self._replace(kind=kind) for kind in ReminderKind if LEAD[kind] < LEAD[self.kind]
        )


def key_of(dedupe: str) -> Key | None:
    """Returns None for what is no reminder."""
    if not dedupe.startswith(PREFIX):
        return None
    event_id, kind, starts_at, person_id = dedupe.removeprefix(PREFIX).split(".")
    return Key(
        event_id=UUID(event_id),
        kind=ReminderKind(kind),
        starts_at=int(starts_at),
        person_id=int(person_id),
    )


def wanted_kinds(wishes: Wishes) -> tuple[ReminderKind, ...]:
    said = {
        ReminderKind.WEEK: wishes.week,
        ReminderKind.DAY: wishes.day,
        ReminderKind.HOUR: wishes.hour,
    }
    return tuple(kind for kind in ReminderKind if said[kind])


# Letters that say how somebody stands with an event: which of them is to leave, and what its
# reader knows.

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
