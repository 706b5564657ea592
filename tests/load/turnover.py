"""How long coverage takes for a country with 10,000 officials, on both engines."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from time import perf_counter
from typing import Any

from flask import Flask
from sqlalchemy import event, insert, text
from sqlalchemy.orm import Session

from app.infra.database import database, reading, transaction
from app.kernel.text import LocalizedText
from app.people.directory.models import Appointment, Person, Post
from app.training.certificates.models import Certificate
from app.training.turnover.queries import figures
from tests.load import Figure, spread
from tests.load.scheduling import an_application
from tests.training.turnover.builders import TODAY, an_edition, an_institution, focal_point

OFFICIALS, GONE = 10_000, 5_000
TIMES = 7


def fill(db: Session) -> None:
    """10,000 who serve and 5,000 who left within three years; two of three hold or held a
    certificate.
    """
    chance = Random(7)
    institution, edition = an_institution(db), an_edition(db)
    post = Post(institution_id=institution, title=LocalizedText(es="Oficial", en="Officer"))
    db.add(post)
    db.flush()
    total = OFFICIALS + GONE
    db.execute(
        insert(Person),
        [
            {
                "id": n,
                "full_name": f"Persona {n}",
                "sort_key": f"persona {n:06d}",
                "email": f"p{n}@example.org",
                "country_code": "HN",
                "timezone": "America/Tegucigalpa",
            }
            for n in range(1, total + 1)
        ],
    )
    terms, certificates = [], []
    for n in range(1, total + 1):
        since = TODAY - timedelta(days=chance.randint(200, 1100))
        until = TODAY - timedelta(days=chance.randint(1, 190)) if n > OFFICIALS else None
        confirmed = None if until else TODAY - timedelta(days=chance.randint(0, 120))
        terms.append(
            {
                "id": n,
                "person_id": n,
                "post_id": post.id,
                "valid_from": since,
                "valid_until": until,
                "end_reason": "left" if until else "",
                "confirmed_on": confirmed,
            }
        )
        if n % 3:
            certificates.append(
                _certificate(n, edition, since + timedelta(days=chance.randint(10, 190)))
            )
    db.execute(insert(Appointment), terms)
    db.execute(insert(Certificate), certificates)


def _certificate(n: int, edition: int, on: date) -> dict[str, Any]:
    return {
        "code": f"L{n:015d}",
        "achievement": f"certificate:{n}",
        "kind": "completion",
        "person_id": n,
        "course_edition_id": edition,
        "country_code": "HN",
        "facts": "{}",
        "facts_sha256": "0" * 64,
        "design": "completion/v1",
        "completed_on": on,
        "last_valid_on": on + timedelta(days=730),
        "issued_at": datetime(2026, 1, 1, tzinfo=UTC),
    }


def measure(name: str, ask: Callable[[Session], object], **about: str | int) -> Iterator[Figure]:
    """The spread of some calls after one to warm up, and how many statements one call sends."""
    seconds, statements = [], 0

    def note(*_: object) -> None:
        nonlocal statements
        statements += 1

    for _ in range(TIMES + 1):
        statements = 0
        event.listen(database.engine, "before_cursor_execute", note)
        start = perf_counter()
        with reading() as db:
            ask(db)
        seconds.append(perf_counter() - start)
        event.remove(database.engine, "before_cursor_execute", note)
    yield from spread(name, seconds[1:], officials=OFFICIALS, **about)
    yield Figure(f"{name}, statements", statements, "statements", dict(about))


def on_engine(app: Flask, engine: str) -> Iterator[Figure]:
    actor = focal_point("HN")
    with app.app_context():
        with transaction() as db:
            fill(db)
            db.execute(text("ANALYZE"))
        asked: dict[str, Callable[[Session], object]] = {
            "coverage on a day": lambda db: figures.country_coverage(
                db, actor=actor, country_code="HN", on=TODAY
            ),
            "country page: 24 months, rates, lists": lambda db: figures.country_report(
                db, actor=actor, country_code="HN", on=TODAY
            ),
            "region: 24 months of all countries": lambda db: figures.region(
                db, actor=actor, on=TODAY
            ),
        }
        for name, ask in asked.items():
            yield from measure(name, ask, database=engine)


def run() -> Iterator[Figure]:
    for engine in ("sqlite", "postgresql"):
        with an_application(engine) as app:
            yield from on_engine(app, engine)
