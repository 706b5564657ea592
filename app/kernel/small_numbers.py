"""Small numbers of people: which are told, and which stay hidden because others would tell them.

The one limit and the one home of what follows from it, for a figure (`is_small`, `is_enough`), a
group that is split (`may_split`), a list (`hidden`), a table with its totals (`hidden_cells`) and a
sum of lists that are told by themselves (`hidden_over`). Who reads a figure without any of it is
each package's policy (decision 20). What is hidden from others, and why, is in decision 90.
"""

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

SMALLEST_TOLD = 5
"""Domain rule of the first user: groups under five people are not told outside their country."""
FEWEST_CELLS = 2
STAYS_OPEN = 2
"""Whoever knows every number that is told must be left with three for each that is not: between the
smallest and the largest that is possible lie at least two steps.
"""

Place = tuple[str | None, str | None]
"""Row and column of a table; None for the total."""


def is_small(count: int) -> bool:
    """Returns whether a count could point at people. Zero tells of nobody."""
    return 0 < count < SMALLEST_TOLD


def is_enough(people: int) -> bool:
    """Returns True where a figure about so many people may be told at all."""
    return people >= SMALLEST_TOLD


def may_split(parts: Iterable[int]) -> bool:
    """Returns True where it may be told how a group is split: no part of it is small, and not all
    are of one part, which would tell of each of them (six of six are certified, or none is).
    """
    people = [count for count in parts if count]
    return len(people) > 1 and not any(map(is_small, people))


def hidden(counts: Mapping[str, int], besides: Collection[str] = ()) -> frozenset[str]:
    """Returns the keys that may not be told. Zero tells of nobody and is told.

    Beside a total, one hidden number is the total less the others: so the next smallest is hidden
    with it, until the sum of the hidden ones leaves their numbers open. `besides`: keys that must
    not be told for another reason.
    """
    told = sorted((count, key) for key, count in counts.items() if count)
    besides = {key for _count, key in told if key in besides}
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
    if cells < FEWEST_CELLS or people < SMALLEST_TOLD or people - cells < STAYS_OPEN:
        return False
    return most is None or people - (cells - 1) * most < SMALLEST_TOLD - 2


def may_name(counts: Mapping[str, int], kept_back: Collection[str]) -> bool:
    """Returns True when it may be said which cells are hidden. Where all of them are, and their sum
    tells the numbers, not even that.
    """
    return not kept_back or leaves_open([counts[key] for key in kept_back])


# Tables: what is hidden in a row can be told from its column.


def hidden_cells(
    table: Mapping[tuple[str, str], int],
    *,
    kept_back: Collection[Place] = (),
    told: Collection[Place] = (),
) -> frozenset[Place]:
    """Returns the places of a table that may not be told beside its totals by row, by column and of
    all, which are places too: `(row, None)`, `(None, column)`, `(None, None)`.

    A small number is hidden, and with it so many others, the smallest first, that whoever knows
    every other number and all totals is left with at least three numbers for each (`STAYS_OPEN`),
    and with no small group as the rest of a total. Zero tells of nobody and is told. `kept_back`:
    places hidden for another reason; `told`: places that are told elsewhere, and so cannot be hidden
    here. Where nothing more can be hidden, what is left is as open as it can be.
    """
    numbers = _with_totals(table)
    may_go = {place for place, count in numbers.items() if count and place not in told}
    small = [place for place, count in numbers.items() if is_small(count) and place in may_go]
    unknown = _Unknown({one: numbers[one] for one in (*kept_back, *small) if numbers.get(one)})
    waiting = sorted(unknown.numbers, key=lambda one: (numbers[one], str(one)))
    for place in waiting:  # what is open stays open when more is hidden
        while not unknown.is_open(place):
            company = _company(numbers, unknown, may_go, place)
            if not company:
                break
            unknown.add({one: numbers[one] for one in company})
            waiting.extend(company)
    return frozenset(unknown.numbers)


def hidden_over(
    tables: Collection[Mapping[str, int]], besides: Collection[str] = ()
) -> frozenset[str]:
    """Returns the keys that may not be told of the sum of several lists, each of which is told by
    itself, too, with its total. `besides`: keys that must not be told for another reason.

    Each list is a column, in which `hidden` has decided; only totals of rows can still be hidden.
    The answer for the same numbers is remembered: that of a year takes a quarter of a second.
    """
    lists = tuple(tuple(sorted(counts.items())) for counts in tables)
    return _hidden_over(lists, frozenset(besides))


@lru_cache(maxsize=32)
def _hidden_over(
    lists: tuple[tuple[tuple[str, int], ...], ...], besides: frozenset[str]
) -> frozenset[str]:
    tables = [dict(one) for one in lists]
    table = {
        (key, str(number)): count
        for number, counts in enumerate(tables)
        for key, count in counts.items()
    }
    columns = {column for _row, column in table}
    kept_back: set[Place] = {
        (key, str(number)) for number, one in enumerate(tables) for key in hidden(one, besides)
    }
    kept_back |= {(key, None) for key in besides}
    told = {*table, (None, None), *((None, column) for column in columns)} - kept_back
    away = hidden_cells(table, kept_back=kept_back, told=told)
    return frozenset(row for row, column in away if row is not None and column is None)


def _with_totals(table: Mapping[tuple[str, str], int]) -> dict[Place, int]:
    numbers: dict[Place, int] = {(row, column): count for (row, column), count in table.items()}
    for (row, column), count in table.items():
        for total in ((row, None), (None, column), (None, None)):
            numbers[total] = numbers.get(total, 0) + count
    return numbers


def _company(
    numbers: Mapping[Place, int], unknown: "_Unknown", may_go: Collection[Place], place: Place
) -> list[Place]:
    """Returns what is hidden with a place that is not open yet: the other corners of the rectangle
    that takes the fewest people, or else the smallest number of its row and column; nothing where
    nothing is left.
    """
    row, column = place
    rows = {one for one, _column in may_go} - {row}
    columns = {one for _row, one in may_go} - {column}
    corners = (((row, other), (line, column), (line, other)) for line in rows for other in columns)
    rectangles = (
        new
        for three in corners
        if all(one in may_go or one in unknown.numbers for one in three)
        and (new := [one for one in three if one not in unknown.numbers])
    )
    beside = (
        [one]
        for one in may_go
        if one not in unknown.numbers and (one[0] == row or one[1] == column)
    )

    def cost(new: list[Place]) -> tuple[int, str]:
        return sum(numbers[one] for one in new), str(new)

    return min(rectangles, key=cost, default=[]) or min(beside, key=cost, default=[])


class _Unknown:
    """The hidden places of a table, as somebody sees them who knows all the others.

    With each total as a negative number every row and every column sums to nothing, so that one
    number can only be another where others make up for it, in its row and in its column: along a
    way through the table, as in a network in which each place is an edge between its row and its
    column. How far a number can move is a maximal flow.
    """

    def __init__(self, numbers: Mapping[Place, int]) -> None:
        self.numbers: dict[Place, int] = {}
        self._columns: dict[str | None, list[str | None]] = {}
        self._rows: dict[str | None, list[str | None]] = {}
        self.add(numbers)

    def add(self, numbers: Mapping[Place, int]) -> None:
        for (row, column), count in numbers.items():
            self.numbers[row, column] = count
            self._columns.setdefault(row, []).append(column)
            self._rows.setdefault(column, []).append(row)

    def is_open(self, place: Place) -> bool:
        """Returns True where the number could be any of three, and no total less what is told is
        that of a small group.
        """
        return not self._shows_small_rest(place) and (
            self._reach(place, True) + self._reach(place, False) >= STAYS_OPEN
        )

    def _shows_small_rest(self, place: Place) -> bool:
        row, column = place
        rests = []
        if column is not None and (row, None) not in self.numbers:
            rests.append(sum(self.numbers[row, one] for one in self._columns[row]))
        if row is not None and (None, column) not in self.numbers:
            rests.append(sum(self.numbers[one, column] for one in self._rows[column]))
        return not all(map(is_enough, rests))

    def _reach(self, place: Place, up: bool) -> int:
        """Returns how many steps the number of a place can go up or down, at most STAYS_OPEN."""
        moved = dict.fromkeys(self.numbers, 0)
        for steps in range(STAYS_OPEN):
            way = self._way(place, up, moved) if self._may_move(place, up, moved) else None
            if way is None:
                return steps
            moves = up
            for one in (place, *way):
                moved[one] += 1 if moves is _is_counted_up(one) else -1
                moves = not moves
        return STAYS_OPEN

    def _way(self, place: Place, up: bool, moved: Mapping[Place, int]) -> list[Place] | None:
        """Returns the places that make up for a step of one: they go the other way and its own way
        by turns, from its row to its column.
        """
        row, column = place
        came: dict[tuple[bool, str | None], Place | None] = {(True, row): None}
        waiting = deque([(True, row)])
        while waiting:
            is_row, name = waiting.popleft()
            if (is_row, name) == (False, column):
                return self._way_back(came, column)
            for other in (self._columns if is_row else self._rows)[name]:
                one = (name, other) if is_row else (other, name)
                reached = (not is_row, other)
                if (
                    one != place
                    and reached not in came
                    and self._may_move(one, up is not is_row, moved)
                ):
                    came[reached] = one
                    waiting.append(reached)
        return None

    @staticmethod
    def _way_back(
        came: Mapping[tuple[bool, str | None], Place | None], column: str | None
    ) -> list[Place]:
        way, is_row, name = [], False, column
        while one := came[is_row, name]:
            way.append(one)
            is_row = not is_row
            name = one[0] if is_row else one[1]
        return way[::-1]

    def _may_move(self, place: Place, up: bool, moved: Mapping[Place, int]) -> bool:
        """Returns True where the number can take a step: up always, down while one is left."""
        return up is _is_counted_up(place) or self.numbers[place] + moved[place] > 1


def _is_counted_up(place: Place) -> bool:
    """Returns False for totals of one row or column, which stand in the network as negative."""
    return (place[0] is None) is (place[1] is None)
