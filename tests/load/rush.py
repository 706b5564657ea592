"""The hour in which registration opens: 10,000 attempts of 4,000 people for 500 places with quotas,
over HTTP.

Half of the clicks are double ones and one attempt of forty gives a place back. Three workers,
sixteen clients; once as it is and once with a worker killed in the middle, on both databases. Every
figure but speed and counts must be zero.
"""

from collections.abc import Iterator

from app.infra.platform import platform
from tests.load import Figure, spread
from tests.load.scheduling import an_application
from tests.support import rush
from tests.support.workers import served

ATTEMPTS, PEOPLE, PLACES, WORKERS, CLIENTS = 10_000, 4_000, 500, 3, 16
CASES = (("sqlite", True), ("sqlite", False), ("postgresql", True), ("postgresql", False))
"""Engine, and whether a worker is killed halfway."""
MUST_BE_ZERO = ("over_booked", "duplicates", "order_violations", "lost", "errors")


def run() -> Iterator[Figure]:
    for engine, is_hurt in CASES:
        yield from one(engine, is_hurt=is_hurt)


def one(engine: str, *, is_hurt: bool) -> Iterator[Figure]:
    with an_application(engine) as app:
        settings = platform(app).settings
        crowd = rush.prepare(app, people=PEOPLE, capacity=PLACES)
        asked = rush.attempts_of(crowd, ATTEMPTS)
        with served(
            settings.database_url, settings.convoca_data.parent, processes=WORKERS
        ) as workers:
            workers.wake(WORKERS)
            halfway = workers.kill_one if is_hurt else None
            outcome = rush.run(workers.url, crowd, asked, clients=CLIENTS, halfway=halfway)
            answered = len(workers.workers())
        said = rush.verdict(app, crowd, outcome)
    about: dict[str, str | int] = {
        "database": engine,
        "attempts": ATTEMPTS,
        "places": PLACES,
        "workers": WORKERS,
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
