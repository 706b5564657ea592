"""Plans a season: the hardest webinar first, each at the best time that is free, and swaps for
those that find none. The same wishes give the same plan.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from app.kernel.timespan import Timespan
from app.planning.scheduling.values import Approver, Finding, Rule, Severity
from app.planning.seasons.rules.board import Board, Plan, refused

NO_PLACE, MOVED, WARNING = 1_000, 20, 10
HOLIDAY, OUTSIDE_HOURS = 3, 1
TRIES, MOST_HELPED, MOST_SWAPS, NEAR = 2, 8, 6, 30
"""How often the whole season is planned, those without a place first; how many of these are helped
by a swap, with how many others each; and on how many days near its wish.
"""

Tell = Callable[[int], None]


@dataclass(frozen=True)
class Proposal:
    """A plan with its cost, and for each wish without a place the time that comes nearest."""

    plan: Plan
    cost: int
    nearest: Plan


def propose(board: Board, *, tell: Tell = lambda _percent: None) -> Proposal:
    """Returns the best plan of a few tries; the board ends as the last of them. `tell` is called
    with the progress in per cent.

    What a person placed and what is published begins where it is; the latter steps aside for a
    wish that would have no place.
    """
    urgent: Counter[int] = Counter()
    best: dict[int, datetime] = {}
    lowest = NO_PLACE * len(board.wishes) + 1
    for number in range(TRIES):
        _set_out(board)
        missing = _fill(board, urgent, partial(_tell_share, tell, number))
        cost = _cost(board)
        if cost < lowest:
            best, lowest = board.plan(), cost
        urgent.update(missing)
        if not missing:
            break
    board.placed.clear()
    for key, starts_at in best.items():
        board.place(key, starts_at)
    missing = [key for key in board.wishes if key not in best]
    nearest = {key: at for key in missing if (at := least_refused(board, key)) is not None}
    return Proposal(best, lowest, nearest)


def _tell_share(tell: Tell, number: int, percent: int) -> None:
    tell((100 * number + percent) // TRIES)


def _set_out(board: Board) -> None:
    board.placed.clear()
    for key, wish in board.wishes.items():
        starts_at = wish.chosen_at or wish.published_at
        if starts_at is not None:
            board.place(key, starts_at)


def _fill(board: Board, urgent: Counter[int], tell: Tell) -> list[int]:
    """Places all wishes that it can and returns the others."""
    waiting = sorted(
        (key for key in board.wishes if key not in board.placed),
        key=lambda key: (-urgent[key], len(board.days(key)), key),
    )
    missing = []
    for number, key in enumerate(waiting, start=1):
        if not _settle(board, key):
            missing.append(key)
        tell(90 * number // len(waiting))
    helped = {key for key in missing[:MOST_HELPED] if _swap(board, key)}
    for key in waiting:
        if key in board.placed and _cost_of(board, key):
            board.take_away(key)
            _settle(board, key)
    return [key for key in missing if key not in helped and not _settle(board, key)]


def _settle(board: Board, key: int) -> bool:
    """Places a wish at its cheapest free time; days too far to be cheaper are not looked at."""
    wish = board.wishes[key]
    best: tuple[int, datetime] | None = None
    for day in board.days(key):
        if best is not None and best[0] <= wish.weeks_away(day):
            break
        for slot in board.slots(key, day):
            cost = _price(slot.findings) + _distance(board, key, slot.span.starts_at)
            if best is None or cost < best[0]:
                best = cost, slot.span.starts_at
    if best is None:
        return False
    board.place(key, best[1])
    return True


def _swap(board: Board, key: int) -> bool:
    """Places a wish where one other stands in the way that finds room elsewhere."""
    for other in _in_the_way(board, key):
        held = board.take_away(other)
        if _settle(board, key):
            if _settle(board, other):
                return True
            board.take_away(key)
        board.place(other, held)
    return False


def _in_the_way(board: Board, key: int) -> list[int]:
    """Returns the wishes that alone keep another from the times nearest to it, those that keep it
    from most times first.
    """
    found: Counter[int] = Counter()
    for day in board.days(key)[:NEAR]:
        for span in board.hours(key, day):
            hindrances = board.hindrances(key, span)
            found.update(frozenset.intersection(*hindrances) if hindrances else ())
    return [other for other, _times in found.most_common() if _may_step_aside(board, other)][
        :MOST_SWAPS
    ]


def _may_step_aside(board: Board, key: int) -> bool:
    """False for what a person placed, and for a published event that breaks a rule where it is: it
    was put there by people.
    """
    wish, span = board.wishes[key], board.placed[key].span
    if wish.chosen_at is not None:
        return False
    return wish.published_at != span.starts_at or not refused(board.findings_at(key, span))


def least_refused(board: Board, key: int) -> datetime | None:
    """Returns the time near its wish at which least is said against a webinar; None where it may
    have no working day.
    """
    spans = [span for day in board.days(key)[:NEAR] for span in board.hours(key, day)]
    if not spans:
        return None
    hardness = {span: _hardness(board, key, span) for span in spans}
    return min(spans, key=lambda span: hardness[span]).starts_at


def _hardness(board: Board, key: int, span: Timespan) -> tuple[bool, int, int]:
    against = refused(board.findings_at(key, span))
    is_final = any(finding.approver is Approver.NOBODY for finding in against)
    return is_final, len(against), len(board.shortfalls(key, span))


def _cost(board: Board) -> int:
    missing = len(board.wishes) - len(board.placed)
    return NO_PLACE * missing + sum(_cost_of(board, key) for key in board.placed)


def _cost_of(board: Board, key: int) -> int:
    starts_at = board.placed[key].span.starts_at
    return _price(board.findings(key)) + _distance(board, key, starts_at)


def _price(findings: Iterable[Finding]) -> int:
    """What a time costs although nothing refuses it: each country on holiday or outside its office
    hours, and whatever else the rule book warns of.
    """
    price = 0
    for finding in findings:
        if finding.rule == Rule.HOLIDAY:
            price += HOLIDAY * len(finding.countries)
        elif finding.rule == Rule.OUTSIDE_HOURS:
            price += OUTSIDE_HOURS * len(finding.countries)
        elif finding.severity is not Severity.INFO:
            price += WARNING
    return price


def _distance(board: Board, key: int, starts_at: datetime) -> int:
    """What it costs that a time is weeks away from the wish, or that a published event moves."""
    wish = board.wishes[key]
    moves = wish.published_at is not None and wish.published_at != starts_at
    return wish.weeks_away(board.day_of(starts_at)) + (MOVED if moves else 0)
