"""The hour in which registration opens: 10,000 attempts of 4,000 people for 500 places with quotas,
over HTTP.

Half of the clicks are double ones and one attempt of forty gives a place back. Three workers, or two
on each of two machines: process groups with a port and a data folder of their own before one
PostgreSQL. Sixteen clients; once as it is and once with a worker killed in the middle. Every figure
but speed and counts must be zero.
"""

from collections.abc import Iterator
from contextlib import ExitStack

from app.infra.platform import platform
from tests.load import Figure, spread
from tests.load.scheduling import an_application
from tests.support import rush
from tests.support.workers import served

ATTEMPTS, PEOPLE, PLACES, CLIENTS = 10_000, 4_000, 500, 16
CASES = (
    ("sqlite", (3,), True),
    ("sqlite", (3,), False),
    ("postgresql", (3,), True),
    ("postgresql", (3,), False),
    ("postgresql", (2, 2), True),
    ("postgresql", (2, 2), False),
)
"""Engine, workers of each machine, and whether a worker is killed halfway."""
MUST_BE_ZERO = ("over_booked", "duplicates", "order_violations", "lost", "errors")


def run() -> Iterator[Figure]:
    for engine, machines, is_hurt in CASES:
        yield from one(engine, machines, is_hurt=is_hurt)


def one(engine: str, machines: tuple[int, ...], *, is_hurt: bool) -> Iterator[Figure]:
    with an_application(engine) as app, ExitStack() as stack:
        settings = platform(app).settings
        crowd = rush.prepare(app, people=PEOPLE, capacity=PLACES)
        asked = rush.attempts_of(crowd, ATTEMPTS)
        groups = []
        for number, workers in enumerate(machines):
            folder = settings.convoca_data.parent / f"machine-{number}"
            folder.mkdir()
            group = stack.enter_context(served(settings.database_url, folder, processes=workers))
            group.wake(workers)
            groups.append(group)
        halfway = groups[0].kill_one if is_hurt else None
        urls = [group.url for group in groups]
        outcome = rush.run(urls, crowd, asked, clients=CLIENTS, halfway=halfway)
        answered = sum(len(group.workers()) for group in groups)
        said = rush.verdict(app, crowd, outcome)
    about: dict[str, str | int] = {
        "database": engine,
        "attempts": ATTEMPTS,
        "places": PLACES,
        "machines": len(machines),
        "workers": sum(machines),
        "clients": CLIENTS,
        "killed": int(is_hurt),
    }
    yield Figure("attempts a second", round(ATTEMPTS / outcome.took, 1), "1/s", about)
    yield from spread("one attempt", outcome.seconds, **about)
    yield Figure("accepted", said.placed, "people", about)
    yield Figure("in line", said.waiting, "people", about)
    yield Figure("workers that answered", answered, "", about)
    yield Figure("connections dropped", outcome.dropped, "", about)
    for name in MUST_BE_ZERO:
        yield Figure(name.replace("_", " "), getattr(said, name), "", about)
