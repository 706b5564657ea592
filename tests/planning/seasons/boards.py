"""Seasons without a database: wishes, a calendar around them, and seasons by chance."""

import random
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.kernel.text import untranslated
from app.kernel.timespan import Timespan
from app.planning.scheduling.rules.book import rule_book
from app.planning.scheduling.rules.spec import Decision, Question, Terms
from app.planning.scheduling.values import (
    Holiday,
    InvitedCountry,
    Party,
    Rule,
    Severity,
    Standing,
)
from app.planning.seasons.rules import Board, Wish
from app.planning.seasons.values import SeasonLimits
from tests.support.rulebook import COUNTED

MONDAY = date(2027, 3, 1)
NOW = datetime(2027, 1, 4, 15, tzinfo=UTC)
ZONE = "America/Costa_Rica"
ZONES = {"CR": ZONE, "HN": "America/Tegucigalpa", "US": "America/New_York"}
COUNTRIES = {code: InvitedCountry(code, untranslated(code), zone) for code, zone in ZONES.items()}
MANY = SeasonLimits(per_day=9)
AS_WRITTEN = Terms(rule_book())


def lenient(*kept: Rule) -> Terms:
    """The rule book that only warns of what it counts, but for the rules that are `kept`."""
    return Terms(
        rule_book(
            Decision(rule, Severity.WARN, 5, date(2020, 1, 1), None, NOW)
            for rule in COUNTED
            if rule not in kept
        )
    )


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    """An instant by the day after Monday 1 March 2027 and the hour in Costa Rica."""
    return datetime(2027, 3, 1, 6, tzinfo=UTC) + timedelta(days=day, hours=hour, minutes=minute)


def span(day: int, hour: int = 9, minutes: int = 60) -> Timespan:
    return Timespan(at(day, hour), at(day, hour) + timedelta(minutes=minutes))


def parties(
    groups: Collection[str], people: Collection[int] = (), countries: Collection[str] = ()
) -> tuple[Party, ...]:
    return (
        *(Party.working_group(slug, untranslated(slug)) for slug in sorted(groups)),
        *(Party.person(number, f"Person {number}") for number in sorted(people)),
        *(Party.country(code, untranslated(code)) for code in sorted(countries or ZONES)),
        Party.region(exclusive=False),
    )


def a_wish(
    key: int,
    groups: str = "a",
    *,
    people: Collection[int] = (),
    countries: Collection[str] = (),
    holidays: tuple[Holiday, ...] = (),
    now: datetime = NOW,
    **more: Any,
) -> Wish:
    """`groups`: a letter for each."""
    needed = parties(groups, people, countries)
    invited = tuple(COUNTRIES[code] for code in sorted(countries or ZONES))

    def asked(span: Timespan) -> Question:
        return Question(
            span=span,
            parties=needed,
            now=now,
            countries=invited,
            holidays=holidays,
            is_timely=span.starts_at > now and more.get("published_at") is None,
        )

    given: dict[str, Any] = {
        "holder": f"wish:{key}",
        "title": untranslated(f"Webinar {key}"),
        "minutes": 60,
        "first": MONDAY,
        "last": MONDAY + timedelta(days=25),
    }
    return Wish(key=key, at=asked, **(given | more))


def an_event(
    name: str,
    span: Timespan,
    groups: str = "",
    people: Collection[int] = (),
    *extra: Party,
    **more: Any,
) -> Standing:
    return Standing(
        holder=f"event:{name}",
        title=untranslated(name),
        span=span,
        timezone=ZONE,
        is_confidential=False,
        parties=(*parties(groups, people), *extra),
        **more,
    )


def a_board(
    *wishes: Wish,
    standing: Collection[Standing] = (),
    limits: SeasonLimits = MANY,
    terms: Terms | None = None,
    now: datetime = NOW,
    **placed: datetime,
) -> Board:
    """`placed` says where wishes are, by "w1"."""
    board = Board(
        limits=limits,
        timezone=ZONE,
        terms=terms or lenient(),
        now=now,
        wishes={wish.key: wish for wish in wishes},
        standing=tuple(standing),
        around=tuple(standing),
    )
    for name, starts_at in placed.items():
        board.place(int(name.removeprefix("w")), starts_at)
    return board


def by_chance(seed: int, *, wishes: int = 8) -> Board:
    """Everything in it at once: windows, distance, people, countries, order, holidays, a calendar
    that holds something already, and the rule book as it is written or without what it counts.
    """
    chance = random.Random(seed)
    holidays = tuple(
        Holiday(code, MONDAY + timedelta(days=chance.randrange(26)), untranslated("Holiday"))
        for code in ZONES
    )
    made = []
    for key in range(1, wishes + 1):
        first = MONDAY + timedelta(days=chance.randrange(26))
        made.append(
            a_wish(
                key,
                "".join(chance.sample("abc", chance.choice((1, 1, 2)))),
                people=chance.sample(range(1, 4), chance.randint(0, 2)),
                countries=chance.choice(((), ("HN",))),
                holidays=holidays,
                minutes=chance.choice((60, 90, 120)),
                first=first,
                last=first + timedelta(days=chance.randrange(14)),
                spacing=chance.choice((0, 1, 3, 5)),
                wished_on=first if chance.random() < 0.3 else None,
                after=frozenset({chance.randrange(1, key)})
                if key > 1 and chance.random() < 0.2
                else frozenset(),
                chosen_at=at(chance.randrange(5), 10) if chance.random() < 0.1 else None,
            )
        )
    return a_board(
        *made,
        standing=tuple(_held(chance)),
        limits=SeasonLimits(per_day=chance.choice((1, 2, 9))),
        terms=chance.choice((AS_WRITTEN, lenient())),
    )


def _held(chance: random.Random) -> Iterator[Standing]:
    for number in range(chance.randint(0, 4)):
        held = span(chance.randrange(26), chance.randint(8, 13), chance.choice((60, 120)))
        yield chance.choice(
            (
                an_event(f"t{number}", held, "a", (1,)),
                an_event(f"t{number}", held, "", (2,)),
                an_event(f"t{number}", held, "", (), Party.region(exclusive=True)),
                an_event(
                    f"t{number}",
                    held,
                    "",
                    (),
                    Party.country("HN", untranslated("HN"), exclusive=True),
                ),
            )
        )
