"""How many may register: never more than the capacity, never more of a country than its quota, and
everybody else waits; pure.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.kernel.refusal import InvalidInput, Refusal, Sentence
from app.kernel.text import N_
from app.planning.events.rules.life import FEWER_THAN_REGISTERED

NO_COUNTRY = ""
"""Counts against no quota: guests, and people of international organisations."""
HIGHEST_CAPACITY = 100_000
FEWER_OF_COUNTRY = N_(
    "%(country)s has %(taken)s places already. Write at least %(taken)s, or free some first."
)
CLOSES_TOO_LATE = N_("Registration closes at the start of the event at the latest.")


class Full(Refusal):
    """The answer of the database itself; the services put people on the waiting list instead."""

    rule = "full"
    msgid = N_("All %(capacity)s places are taken. If someone cancels, a place becomes free.")


class CountryFull(Refusal):
    rule = "country-full"
    msgid = N_(
        "All places for this country are taken. If someone from the country cancels, a place becomes free."
    )


@dataclass(frozen=True)
class CapacityLimits:
    """`capacity`: how many may be registered in total; `country_quota`: how many of each country;
    None for no limit. `quotas`: own numbers of countries, by code, which go before.
    """

    capacity: int | None = None
    country_quota: int | None = None
    quotas: Mapping[str, int] = field(default_factory=dict)

    def quota_of(self, country: str) -> int | None:
        return None if country == NO_COUNTRY else self.quotas.get(country, self.country_quota)


@dataclass(frozen=True)
class Capacity:
    """The limits of an event against its registrations. `registered` and `waiting`: how many, by
    the country they count for.
    """

    limits: CapacityLimits
    registered: Counter[str]
    waiting: Counter[str]

    @property
    def free(self) -> int | None:
        """Returns how many more may register in total; None for no limit."""
        capacity = self.limits.capacity
        return None if capacity is None else max(0, capacity - self.registered.total())

    def free_of(self, country: str) -> int | None:
        """Returns how many more the country's quota allows; None where it has no quota."""
        quota = self.limits.quota_of(country)
        return None if quota is None else max(0, quota - self.registered[country])

    def is_free_for(self, country: str) -> bool:
        """Returns True if one more person of the country may register."""
        return self.free != 0 and self.free_of(country) != 0

    def promoted(self, waiting: Iterable[tuple[int, str]]) -> tuple[int, ...]:
        """Returns which of those waiting, as (id, country) in their order, may register now.

        People whose country's quota is full are passed over and keep their position.
        """
        later = Capacity(self.limits, Counter(self.registered), self.waiting)
        chosen = []
        for number, country in waiting:
            if later.is_free_for(country):
                later.registered[country] += 1
                chosen.append(number)
        return tuple(chosen)

    def require_enough(self) -> None:
        """Raises InvalidInput, at the field, for limits below the number of people registered.
        Fields: capacity, country_quota, quota_HN.
        """
        errors: dict[str, Sentence] = {}
        total = self.registered.total()
        if self.limits.capacity is not None and total > self.limits.capacity:
            errors["capacity"] = Sentence(FEWER_THAN_REGISTERED, {"taken": total})
        for country, count in sorted(self.registered.items()):
            quota = self.limits.quota_of(country)
            if quota is not None and count > quota:
                field_name = (
                    f"quota_{country}" if country in self.limits.quotas else "country_quota"
                )
                sentence = Sentence(FEWER_OF_COUNTRY, {"country": country, "taken": count})
                errors.setdefault(field_name, sentence)
        if errors:
            raise InvalidInput(errors)
