"""Pure: how the synthetic world comes to be, from a seeded source of chance."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

YEARS = 3
LEAVING_PER_YEAR = 0.34
VACANT_DAYS = (0, 75)


@dataclass(frozen=True)
class Stint:
    """Somebody in a seat from–until; until is None while they still serve. `confirmed_on` None:
    never confirmed.
    """

    full_name: str
    sex: str
    starts_on: date
    ends_on: date | None
    end_reason: str
    confirmed_on: date | None


@dataclass(frozen=True)
class Names:
    """What full names of a language are put together from. The first half of `given` are women's;
    `surnames_used` is how many surnames a person has.
    """

    given: Sequence[str]
    surnames: Sequence[str]
    surnames_used: int


def a_name(chance: Random, names: Names) -> tuple[str, str]:
    """Returns a full name as on an ID, and the sex it is usually given to ("F" or "M")."""
    position = chance.randrange(len(names.given))
    sex = "F" if position < len(names.given) // 2 else "M"
    drawn = chance.sample(names.surnames, 2)
    return " ".join((names.given[position], *drawn[: names.surnames_used])), sex


def career_of_seat(chance: Random, today: date, *, names: Names) -> Iterator[Stint]:
    """Yields who held one seat over the last years: exponential stays (about a third leave each
    year) with gaps between.
    """
    day = today - timedelta(days=365 * YEARS) - timedelta(days=chance.randrange(400))
    while day < today:
        stay = timedelta(days=max(40, int(chance.expovariate(LEAVING_PER_YEAR) * 365)))
        leaves = day + stay if day + stay < today else None
        name, sex = a_name(chance, names)
        reason = chance.choice(("left", "left", "moved", "unknown")) if leaves else ""
        yield Stint(
            full_name=name,
            sex=sex,
            starts_on=day,
            ends_on=leaves,
            end_reason=reason,
            confirmed_on=None if leaves else _confirmed(chance, day, today),
        )
        if leaves is None:
            return
        day = leaves + timedelta(days=chance.randint(*VACANT_DAYS))


def _confirmed(chance: Random, starts_on: date, today: date) -> date | None:
    """Returns the day on which an official was confirmed: four of five within the last quarter."""
    days = chance.randrange(85) if chance.random() < 0.8 else 91 + chance.randrange(120)
    on = today - timedelta(days=days)
    return on if on >= starts_on else None
