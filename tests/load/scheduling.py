"""How dear the calendar of record is when it is old: 10,000, 100,000 and 1,000,000 claims on both
databases.

The world: 500 people; every sixth hour twelve meetings of forty of them. So a million claims are
25,000 meetings over 520 days, some four hundred years of the first user's programme. What is
measured falls into the hours between.
"""

import random
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from flask import Flask
from sqlalchemy import func, insert, select

from app import create_app
from app.infra.database import reading, transaction, writing_engine
from app.kernel.text import LocalizedText, untranslated
from app.kernel.timespan import Timespan
from app.planning.scheduling.models import Claim, Engagement, Resource, RuleSetting
from app.planning.scheduling.queries import calendar
from app.planning.scheduling.queries.calendar import ALL_LANES
from app.planning.scheduling.rules import refusals, spec
from app.planning.scheduling.rules import slots as rules_slots
from app.planning.scheduling.schema import ensure_no_overlap, tripwire
from app.planning.scheduling.values import EngagementDraft, InvitedCountry, Party, Rule, Severity
from tests.load import Figure, spread, timed
from tests.planning.scheduling import rulings
from tests.planning.scheduling.test_schema import drop_rule
from tests.support import databases
from tests.support.lifetime import close_app

SIZES = (10_000, 100_000, 1_000_000)
PEOPLE, AT_ONCE, IN_A_MEETING = 500, 12, 40
SHARE = 1.0
"""Of the samples of each figure, how many are taken."""
EVERY, LASTS = timedelta(hours=6), timedelta(hours=1)
BEGINS = datetime(2026, 1, 5, tzinfo=UTC)
NOW = datetime(2025, 12, 1, tzinfo=UTC)
ZONES = {
    "BZ": "America/Belize",
    "CA": "America/Toronto",
    "CR": "America/Costa_Rica",
    "DO": "America/Santo_Domingo",
    "SV": "America/El_Salvador",
    "GT": "America/Guatemala",
    "HN": "America/Tegucigalpa",
    "MX": "America/Mexico_City",
    "NI": "America/Managua",
    "PA": "America/Panama",
    "US": "America/New_York",
}
COUNTRIES = tuple(InvitedCountry(code, untranslated(code), zone) for code, zone in ZONES.items())
MEETING = LocalizedText(es="Reunión", en="Meeting")
chance = random.Random(1)
# A claim as the database stores it, and the meetings of an hour as (engagement, people).
Row = tuple[int, int, int, int, datetime, datetime, bool]


def run() -> Iterator[Figure]:
    for engine in ("sqlite", "postgresql"):
        for size in SIZES:
            with an_application(engine) as app, app.app_context():
                seconds = timed(lambda size=size: load(size))  # type: ignore[misc]  # mypy and default arguments
                about: dict[str, str | int] = {"database": engine, "claims": size}
                yield Figure("load", round(seconds, 1), "s", about)
                yield from measure(size, about)


@contextmanager
def an_application(engine: str) -> Iterator[Flask]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="convoca-bench-")))
        if engine == "postgresql":
            url = stack.enter_context(databases.postgresql_copy())
        else:
            url = databases.sqlite_copy(databases.migrated_sqlite(), folder / "convoca.sqlite3")
        app = create_app(databases.settings_for(url, folder / "var"))
        stack.callback(close_app, app)
        yield app


def meetings(size: int) -> Iterator[tuple[int, datetime, list[int]]]:
    """Engagement, start, people: twelve at once of forty each, nobody twice."""
    for number in range(size // IN_A_MEETING):
        hour, place = divmod(number, AT_ONCE)
        first = (place * IN_A_MEETING + hour * 7) % PEOPLE
        people = [(first + n) % PEOPLE + 1 for n in range(IN_A_MEETING)]
        yield number + 1, BEGINS + hour * EVERY, people


def rows(size: int) -> Iterator[Row]:
    for engagement, start, people in meetings(size):
        for person in people:
            yield engagement, person, *ALL_LANES, start, start + LASTS, True


def load(size: int) -> None:
    """Past the rule, which is put back and tried afterwards: the quickest way."""
    with writing_engine().begin() as connection:
        drop_rule(connection)
        people = [
            {"id": n, "kind": "person", "key": str(n), "label": untranslated(f"P{n}")}
            for n in range(1, PEOPLE + 1)
        ]
        connection.execute(insert(Resource), people)
        held = [
            {
                "id": n,
                "holder": f"load:{n}",
                "title": MEETING,
                "starts_at": start,
                "ends_at": start + LASTS,
                "timezone": "America/Costa_Rica",
            }
            for n, start, _ in meetings(size)
        ]
        connection.execute(insert(Engagement), held)
        columns = "engagement_id, resource_id, lane_lo, lane_hi, starts_at, ends_at, enforced"
        raw = connection.connection.driver_connection
        if isinstance(raw, psycopg.Connection):
            for table, top in (("engagement", size // IN_A_MEETING), ("resource", PEOPLE)):
                connection.execute(select(func.setval(f"{table}_id_seq", top)))
            with raw.cursor() as cursor, cursor.copy(f"COPY claim ({columns}) FROM STDIN") as copy:
                for row in rows(size):
                    copy.write_row(row)
        else:
            text_form = "%Y-%m-%d %H:%M:%S.%f"
            plain = (
                (*row[:4], row[4].strftime(text_form), row[5].strftime(text_form), 1)
                for row in rows(size)
            )
            assert raw is not None
            raw.executemany(f"INSERT INTO claim ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", plain)
        ensure_no_overlap(connection)
        tripwire(connection)
        connection.exec_driver_sql("ANALYZE")


def hour_between(size: int) -> Timespan:
    """Some free hour among the meetings."""
    start = (
        BEGINS
        + chance.randrange(size // IN_A_MEETING // AT_ONCE) * EVERY
        + chance.randint(1, 4) * LASTS
    )
    return Timespan(start, start + LASTS)


def taken_hour(size: int) -> Timespan:
    start = BEGINS + chance.randrange(size // IN_A_MEETING // AT_ONCE) * EVERY + LASTS / 2
    return Timespan(start, start + LASTS)


def some_people(count: int) -> list[Party]:
    return [
        Party.person(number, f"P{number}") for number in chance.sample(range(1, PEOPLE + 1), count)
    ]


def times(samples: int) -> range:
    return range(max(1, round(samples * SHARE)))


def measure(size: int, about: dict[str, str | int]) -> Iterator[Figure]:
    yield from spread("clash check, 1 party", [check(size, 1) for _ in times(400)], **about)
    yield from spread("clash check, 40 parties", [check(size, 40) for _ in times(200)], **about)
    yield from spread("insert of one claim", one_by_one(size, times(300)), **about)
    yield from spread(
        "claim of 40 parties, commit included", [claim(size) for _ in times(100)], **about
    )
    yield from spread("refused claim of 40 parties", [refused(size) for _ in times(100)], **about)
    everybody_is_full = "no slot in 26 weeks, 32 parties, 11 countries"
    yield from spread(everybody_is_full, [slots(size) for _ in times(5)], **about)
    warn_of_load_only()
    yield from spread(
        "three free slots, 32 parties, 11 countries", [slots(size) for _ in times(30)], **about
    )


def check(size: int, count: int) -> float:
    """Half of the hours asked about are taken."""
    span = chance.choice((hour_between, taken_hour))(size)
    parties = some_people(count)
    with reading() as db:
        db.connection()
        return timed(lambda: rulings.findings_for(db, span=span, parties=parties, now=NOW))


def one_by_one(size: int, numbers: range) -> Iterator[float]:
    """Single rows under the rule, each in a half hour that nobody has yet."""
    with transaction() as db:
        for number in numbers:
            start = BEGINS + EVERY * (size // IN_A_MEETING // AT_ONCE) * chance.random()
            start = BEGINS + (start - BEGINS) // EVERY * EVERY + timedelta(hours=5)
            values = {
                "engagement_id": 1,
                "resource_id": number % PEOPLE + 1,
                "lane_lo": 0,
                "lane_hi": 2**62,
                "starts_at": start,
                "ends_at": start + LASTS,
                "enforced": True,
            }
            yield timed(lambda values=values: db.execute(insert(Claim), values))  # type: ignore[misc]  # as above


def claim(size: int) -> float:
    holder = f"bench:{chance.getrandbits(60)}"
    while True:
        span, parties = hour_between(size), some_people(IN_A_MEETING)
        with reading() as db:
            if not rulings.findings_for(db, span=span, parties=parties, now=NOW):
                break
    draft = EngagementDraft(holder, MEETING, span, "America/Costa_Rica")

    def work() -> None:
        with transaction() as db:
            rulings.claim(db, engagement=draft, parties=parties, now=NOW)

    return timed(work)


def refused(size: int) -> float:
    draft = EngagementDraft(
        "bench:no",
        MEETING,
        taken_hour(size),
        "America/Costa_Rica",
    )

    def work() -> None:
        try:
            with transaction() as db:
                rulings.claim(db, engagement=draft, parties=some_people(IN_A_MEETING), now=NOW)
        except refusals.Clash:
            return
        raise AssertionError("the hour was taken")

    return timed(work)


def slots(size: int) -> float:
    span = hour_between(size)
    parties = some_people(32)

    def at(when: Timespan) -> spec.Question:
        return spec.Question(
            span=when, parties=tuple(parties), now=NOW, countries=COUNTRIES, is_timely=False
        )

    search = rules_slots.Search(wish=span, at=at, parties=tuple(parties))
    with reading() as db:
        db.connection()
        return timed(lambda: calendar.slots(db, search))


def warn_of_load_only() -> None:
    """Everybody in this world has 120 roles a month, and the book as it is written allows three."""
    with transaction() as db:
        db.add(
            RuleSetting(
                rule=Rule.PERSON_LOAD,
                severity=Severity.WARN,
                threshold=20,
                valid_from=NOW.date(),
                reason="",
                decided_at=NOW,
            )
        )
