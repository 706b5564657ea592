"""Which of the letters about one place is to leave, and what its reader knows."""

from datetime import UTC, datetime, timedelta

import pytest

from app.kernel.timespan import Timespan
from app.office.notifications.rules import Fate, SentLetter, is_no_news, is_overtaken, last_told
from app.planning.events.rules.history import Move, MoveHistory, Whereabouts
from app.planning.events.values import MoveCause

HOUR, START = timedelta(hours=1), datetime(2027, 8, 3, 15, tzinfo=UTC)
LEFT, WAITS, UNSAID, LOST = Fate


def at(hour: int, timezone: str = "UTC", place: str = "") -> Whereabouts:
    return Whereabouts(
        Timespan(START + hour * HOUR, START + hour * HOUR + HOUR), timezone, "online", place
    )


def there_and_back(*hours: int) -> MoveHistory:
    """At the first hour, then at each other, moved by entries 10, 20, … of the journal."""
    moves = [
        Move(10 * n, n, at(hour), MoveCause.PLANNED) for n, hour in enumerate(hours[:-1], start=1)
    ]
    return MoveHistory(at(hours[-1]), len(moves), tuple(moves))


BACK, AWAY = there_and_back(0, 1, 0), there_and_back(0, 1, 2)


def asked(number: int, fate: Fate, *, knew: int = 0, says: int = 0) -> SentLetter:
    return SentLetter(number, "RegistrationMade", knew, says, fate, is_asking=True)


def waited(number: int, fate: Fate) -> SentLetter:
    return SentLetter(number, "RegistrationWaiting", 0, 0, fate, is_asking=True)


def given(number: int, fate: Fate, *, knew: int = 0, says: int = 0) -> SentLetter:
    return SentLetter(number, "PlaceGiven", knew, says, fate)


def moved(number: int, fate: Fate, says: int) -> SentLetter:
    return SentLetter(number, "EventMoved", says, says, fate)


def test_where_it_was_at_each_sequence_and_which_it_had_when_something_happened() -> None:
    assert [AWAY.at(sequence) for sequence in range(4)] == [at(0), at(1), at(2), at(2)]
    assert [AWAY.sequence_at(entry) for entry in (1, 9, 10, 15, 20, 99)] == [0, 0, 1, 1, 2, 2]


def test_another_zone_or_place_is_elsewhere_and_what_is_not_known_is_never_the_same() -> None:
    assert BACK.is_same(0, 2)
    assert not BACK.is_same(0, 1, 2)
    for before in (at(0, "America/Panama"), at(0, place="San José"), at(0, "")):
        history = MoveHistory(at(0), 1, (Move(10, 1, before, MoveCause.PLANNED),))
        assert not history.is_same(0, 1)
        assert history.is_same(1, 1)
    unknown = MoveHistory(
        at(0), 2, tuple(Move(10 * n, n, at(0, ""), MoveCause.PLANNED) for n in (1, 2))
    )
    assert not unknown.is_same(0, 1)


def test_only_what_governments_alone_moved_is_by_their_rules() -> None:
    causes = (MoveCause.PLANNED, MoveCause.ZONE_RULES, MoveCause.ZONE_RULES)
    history = MoveHistory(
        at(9), 3, tuple(Move(10 * n, n, at(n), cause) for n, cause in enumerate(causes, start=1))
    )
    assert history.is_by_zone_rules(1, 3)
    assert not history.is_by_zone_rules(0, 3)
    assert not history.is_by_zone_rules(3, 3)


@pytest.mark.parametrize(
    ("letters", "history", "leaving"),
    [
        ([asked(1, WAITS), moved(2, WAITS, 1)], AWAY, [2]),
        ([asked(1, LEFT), moved(2, WAITS, 1), moved(3, WAITS, 2)], AWAY, [3]),
        ([asked(1, LEFT), moved(2, WAITS, 1), moved(3, WAITS, 2)], BACK, []),
        ([asked(1, LEFT), moved(2, WAITS, 1), moved(3, UNSAID, 2)], BACK, []),
        ([asked(1, LEFT), moved(2, LEFT, 1), moved(3, WAITS, 2)], BACK, [3]),
        ([asked(1, WAITS), moved(2, WAITS, 1), moved(3, WAITS, 2)], BACK, [1]),
        ([asked(1, WAITS), moved(2, WAITS, 1), moved(3, UNSAID, 2)], BACK, [1]),
        ([asked(1, WAITS), moved(2, LEFT, 1), moved(3, WAITS, 2)], BACK, [3]),
        ([asked(1, LOST), moved(2, WAITS, 1), moved(3, WAITS, 2)], BACK, [3]),
        # She asked for the place when it was elsewhere: what was written since does not say that it
        # moved.
        ([asked(1, WAITS, knew=1, says=2), moved(2, WAITS, 2)], AWAY, [2]),
        ([asked(1, LEFT, knew=1, says=2), moved(2, WAITS, 2)], AWAY, [2]),
        # Nor is how she stood before said again, though the letter of how she stands now is with
        # nobody, and a move that came to nothing is the first she hears of it.
        ([waited(1, WAITS), given(2, LOST), moved(3, LOST, 1), moved(4, WAITS, 2)], BACK, [4]),
        ([waited(1, LEFT), given(2, LOST), moved(3, LOST, 1), moved(4, WAITS, 2)], BACK, [4]),
        ([waited(1, LEFT), given(2, LOST), moved(3, LEFT, 0), moved(4, WAITS, 2)], BACK, []),
        # A time that is over is not said again because the letter about the next one came back.
        ([asked(1, WAITS), moved(2, LOST, 1), moved(3, LOST, 2)], AWAY, []),
        ([asked(1, WAITS), moved(2, LOST, 1), moved(3, LOST, 2)], BACK, [1]),
        ([asked(1, LEFT), moved(2, WAITS, 1), moved(3, LOST, 2)], AWAY, []),
        # Who was given one has seen nothing but the letter.
        ([asked(1, LEFT), given(2, WAITS, knew=1, says=2), moved(3, WAITS, 2)], BACK, [2]),
        ([moved(1, WAITS, 1), asked(2, WAITS, knew=1, says=1)], AWAY, [2]),
        ([moved(1, WAITS, 2)], AWAY, [1]),
        ([moved(1, LEFT, 2), moved(2, WAITS, 2)], AWAY, []),
    ],
)
def test_of_all_letters_about_a_place_those_leave_that_say_something_and_nothing_newer_says(
    letters: list[SentLetter], history: MoveHistory, leaving: list[int]
) -> None:
    waiting = [one for one in letters if one.fate is WAITS]
    assert [
        one.id
        for one in waiting
        if not is_overtaken(one, letters, history) and not is_no_news(one, letters, history)
    ] == leaving


@pytest.mark.parametrize(
    ("before", "told"),
    [
        ([], None),
        ([asked(1, LEFT)], 0),
        ([asked(1, LOST)], 0),
        ([given(1, LOST, says=1)], None),
        ([given(1, LEFT, knew=0, says=1)], 1),
        ([asked(1, LEFT), moved(2, LEFT, 1)], 1),
        ([asked(1, LEFT), moved(2, LOST, 1)], 0),
        ([asked(1, LEFT), moved(2, WAITS, 1)], 0),
        ([asked(1, LEFT), asked(2, LOST, knew=1, says=2)], 1),
    ],
)
def test_what_a_reader_heard_last_is_what_left_and_what_she_saw_when_asking(
    before: list[SentLetter], told: int | None
) -> None:
    assert last_told(moved(9, WAITS, 2), [*before, moved(9, WAITS, 2), moved(10, LEFT, 2)]) == told
