"""Who gets a place: never more than there are, never more of a country than its quota, the rest in
line; pure.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.kernel.refusal import InvalidInput, Refusal, Sentence
from app.kernel.text import N_
from app.planning.events.values import Mode
from app.planning.events.values.places import Origin

NO_COUNTRY = ""
"""Counts against no quota: guests, and people of international organisations."""
MOST_PLACES = 100_000
FEWER_THAN_TAKEN = N_(
    "%(taken)s places are taken already. Write at least %(taken)s, or free some first."
)
FEWER_OF_COUNTRY = N_(
    "%(country)s has %(taken)s places already. Write at least %(taken)s, or free some first."
)
CLOSES_TOO_LATE = N_("Registration closes at the start of the event at the latest.")


class Full(Refusal):
    """What the database itself answers; whoever registers by the services joins the waiting list
    instead.
    """

    rule = "full"
    msgid = N_("All %(capacity)s places are taken. If someone cancels, a place becomes free.")


class CountryFull(Refusal):
    rule = "country-full"
    msgid = N_(
        "All places for this country are taken. If someone from the country cancels, a place becomes free."
    )


class RegistrationClosed(Refusal):
    rule = "registration-closed"
    msgid = N_("Registration is closed.")


class PlaceIsGone(Refusal):
    rule = "place-is-gone"
    msgid = N_("The place went to the next in line meanwhile, so this cannot be undone.")


class NothingToDecide(Refusal):
    rule = "nothing-to-decide"
    msgid = N_("This registration was decided or cancelled in the meantime.")


class DeclinedBefore(Refusal):
    rule = "declined-before"
    msgid = N_(
        "The organizers did not accept %(name)s for this event. Choose somebody else, or write to them."
    )


@dataclass(frozen=True)
class PlaceLimits:
    """`capacity` in total and `per_country` for each, None for no limit; `exceptions` by country
    code go before.
    """

    capacity: int | None = None
    per_country: int | None = None
    exceptions: Mapping[str, int] = field(default_factory=dict)

    def of(self, country: str) -> int | None:
        return None if country == NO_COUNTRY else self.exceptions.get(country, self.per_country)


Taken = Mapping[str, int]
"""How many have a place, by country."""


def has_room(limits: PlaceLimits, taken: Taken, country: str) -> bool:
    """Whether one more of the country may have a place."""
    quota = limits.of(country)
    is_free = limits.capacity is None or sum(taken.values()) < limits.capacity
    return is_free and (quota is None or taken.get(country, 0) < quota)


def promoted(
    limits: PlaceLimits, taken: Taken, waiting: Iterable[tuple[int, str]]
) -> tuple[int, ...]:
    """Which of those waiting, (id, country) in their order, get a place now.

    The first for whom there is room, again and again; those whose quota is full are passed over and
    keep their order.
    """
    now_taken, found = Counter(taken), []
    for number, country in waiting:
        if has_room(limits, now_taken, country):
            now_taken[country] += 1
            found.append(number)
    return tuple(found)


def free(limits: PlaceLimits, taken: Taken) -> int | None:
    """Places that nobody has; None when there is no limit."""
    return None if limits.capacity is None else max(0, limits.capacity - sum(taken.values()))


def full_countries(limits: PlaceLimits, taken: Taken, among: Iterable[str]) -> frozenset[str]:
    """Of whom nobody gets a place however many are free in total."""
    return frozenset(
        c for c in among if (quota := limits.of(c)) is not None and taken.get(c, 0) >= quota
    )


def has_door(mode: Mode) -> bool:
    """Whether people come to a place, where a code lets them in."""
    return mode is not Mode.ONLINE


def require_in_time(origin: Origin, closes_at: datetime | None, now: datetime) -> None:
    """After the deadline only an organizer still writes somebody in."""
    if origin is not Origin.ORGANIZER and closes_at is not None and closes_at <= now:
        raise RegistrationClosed


def carried_deadline(
    closes_at: datetime | None, was: datetime | None, becomes: datetime | None
) -> datetime | None:
    """As long before the start as it was, by the clocks of the two starts' own zones. Where a start
    is not known, before or now, the deadline stays.
    """
    if closes_at is None or was is None or becomes is None:
        return closes_at
    before = was.replace(tzinfo=None) - closes_at.astimezone(was.tzinfo).replace(tzinfo=None)
    return (becomes.replace(tzinfo=None) - before).replace(tzinfo=becomes.tzinfo).astimezone(UTC)


def require_enough(limits: PlaceLimits, taken: Taken) -> None:
    """Refuses, at the field, what is fewer than have a place. Fields: capacity, country_quota,
    places_HN.
    """
    errors: dict[str, Sentence] = {}
    total = sum(taken.values())
    if limits.capacity is not None and total > limits.capacity:
        errors["capacity"] = Sentence(FEWER_THAN_TAKEN, {"taken": total})
    for country, count in sorted(taken.items()):
        quota = limits.of(country)
        if quota is not None and count > quota:
            own = f"places_{country}" if country in limits.exceptions else "country_quota"
            errors.setdefault(own, Sentence(FEWER_OF_COUNTRY, {"country": country, "taken": count}))
    if errors:
        raise InvalidInput(errors)
