"""What a season of sixty webinars costs to plan: in an ordinary year and in a tight quarter.

The year: eight groups, 25 speakers, two a day, five working days between meetings of a group, a
week closed for the congress, forty events of other groups, and a holiday somewhere on every fifth
weekday; each webinar has ten weeks to choose from. The tight case: 62 working days for all of
them, and half of the speakers away on a third of the days.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from app.kernel.text import untranslated
from app.kernel.timespan import Timespan
from app.planning.scheduling.values import Holiday, Party, Standing
from app.planning.seasons.rules import Board, Proposal, Wish, propose, refused
from app.planning.seasons.values import SeasonLimits
from tests.load import Figure, timed
from tests.planning.seasons.boards import ZONES, a_board, a_wish, an_event, at, lenient

SEEDS = (1, 2, 3)
WEBINARS, GROUPS, SPEAKERS, EVENTS = 60, "abcdefgh", 25, 40
FIRST = date(2027, 3, 1)
YEAR, QUARTER, TEN_WEEKS = 290, 84, 70


def run() -> Iterator[Figure]:
    for name, board_of in (("year", year), ("tight", tight)):
        for seed in SEEDS:
            yield from measure(board_of(seed), {"case": name, "seed": seed})


def measure(board: Board, about: dict[str, str | int]) -> Iterator[Figure]:
    made: list[Proposal] = []
    seconds = timed(lambda: made.append(propose(board)))
    wrong = sum(bool(refused(board.findings(key))) for key in board.placed)
    yield Figure("propose", round(seconds, 2), "s", about)
    yield Figure("cost", made[0].cost, "points", about)
    yield Figure("without a place", len(made[0].nearest), "webinars", about)
    yield Figure("refused where they are", wrong, "webinars", about)


def year(seed: int) -> Board:
    chance = random.Random(seed)
    wishes = []
    for key in range(1, WEBINARS + 1):
        first = FIRST + timedelta(days=chance.randrange(YEAR - TEN_WEEKS))
        wishes.append(_wish(chance, key, first, first + timedelta(days=TEN_WEEKS), YEAR))
    congress = an_event(
        "congress",
        Timespan(at(196, 0), at(201, 0)),
        "",
        (),
        Party.region(exclusive=True),
    )
    return a_board(
        *wishes,
        standing=(congress, *_events(chance, YEAR)),
        limits=SeasonLimits(),
        terms=lenient(),
    )


def tight(seed: int) -> Board:
    chance = random.Random(seed)
    last = FIRST + timedelta(days=QUARTER)
    wishes = [_wish(chance, key, FIRST, last, QUARTER) for key in range(1, WEBINARS + 1)]
    away = [
        an_event(f"away {speaker} {day}", Timespan(at(day, 0), at(day, 24)), "", (speaker,))
        for day in range(QUARTER)
        for speaker in range(SPEAKERS // 2)
        if chance.random() < 1 / 3
    ]
    return a_board(*wishes, standing=away, limits=SeasonLimits(per_day=40), terms=lenient())


def _wish(chance: random.Random, key: int, first: date, last: date, days: int) -> Wish:
    """Wanted around the middle of its days."""
    holidays = tuple(
        Holiday(chance.choice(sorted(ZONES)), FIRST + timedelta(days=day), untranslated("Holiday"))
        for day in range(0, days, 7)
    )
    return a_wish(
        key,
        GROUPS[key % len(GROUPS)],
        people=chance.sample(range(SPEAKERS), 2),
        minutes=chance.choice((60, 90, 120)),
        holidays=holidays,
        first=first,
        last=last,
        spacing=5,
        wished_on=first + (last - first) / 2,
    )


def _events(chance: random.Random, days: int) -> Iterator[Standing]:
    for number in range(EVENTS):
        begins = at(chance.randrange(days), chance.randint(8, 12))
        held = Timespan(begins, begins + timedelta(minutes=90))
        yield an_event(f"event {number}", held, chance.choice(GROUPS), (number % SPEAKERS,))
