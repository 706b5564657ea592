"""Places by brute force: everybody counted off one by one, knowing nothing of how the application
keeps them.

`BruteForce` plays what people do; `replayed` asks of every line of the journal whether it was right
at that moment.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.participation.registrations.rules import CapacityLimits

CountryOf = Mapping[int, str]


@dataclass
class BruteForce:
    """Who has a place and who waits. Country "" counts for none."""

    countries: CountryOf
    limits: CapacityLimits
    placed: list[int] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)

    def may_have(self, person: int) -> bool:
        if self.limits.capacity is not None and len(self.placed) + 1 > self.limits.capacity:
            return False
        country = self.countries[person]
        most = self.limits.quotas.get(country, self.limits.country_quota)
        same = [one for one in self.placed if self.countries[one] == country]
        return country == "" or most is None or len(same) + 1 <= most

    def first_in_line(self) -> int | None:
        return next((person for person in self.waiting if self.may_have(person)), None)

    def settle(self) -> None:
        while (person := self.first_in_line()) is not None:
            self.waiting.remove(person)
            self.placed.append(person)

    def ask(self, person: int) -> None:
        if person not in self.placed and person not in self.waiting:
            self.waiting.append(person)
            self.settle()

    def give_back(self, person: int) -> None:
        for among in (self.placed, self.waiting):
            if person in among:
                among.remove(person)
        self.settle()

    def set_limits(self, limits: CapacityLimits) -> bool:
        """False, and nothing changes, when more have a place already."""
        fresh = BruteForce(self.countries, limits)
        for person in self.placed:
            if not fresh.may_have(person):
                return False
            fresh.placed.append(person)
        self.limits = limits
        self.settle()
        return True


def replayed(
    facts: Iterable[tuple[str, int]], countries: CountryOf, limits: CapacityLimits
) -> tuple[BruteForce, list[str]]:
    """The facts about places in the order of the journal; who has what at the end, and each line
    that was wrong.
    """
    now, wrong = BruteForce(countries, limits), list[str]()
    for number, (fact, person) in enumerate(facts):
        first = now.first_in_line()
        is_right = {
            "RegistrationMade": first is None and now.may_have(person),
            "RegistrationWaiting": first is None and not now.may_have(person),
            "RegistrationCancelled": first is None and person in (*now.placed, *now.waiting),
            "PlaceGiven": first == person,
        }.get(fact, True)
        if not is_right:
            wrong.append(f"line {number}: {fact} of {person}")
        for among in (now.placed, now.waiting):
            if person in among and fact in {"RegistrationCancelled", "PlaceGiven"}:
                among.remove(person)
        if fact in {"RegistrationMade", "PlaceGiven"}:
            now.placed.append(person)
        if fact == "RegistrationWaiting":
            now.waiting.append(person)
    if now.first_in_line() is not None:
        wrong.append("somebody waits for whom there is room")
    return now, wrong
