"""What the pages of turnover cost: eleven countries, 500 institutions, 20,000 appointments and
100,000 certificates, on both engines.

Cold is the first page after a fact, warm the same page again. CPU time of this process, by which
the time of PostgreSQL's own is not counted.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random
from statistics import median
from time import process_time
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert, select, text
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.body import current_body
from app.infra.database import database, transaction
from app.kernel.text import LocalizedText
from app.people.directory.models import Appointment, Institution, Person, Post
from app.people.directory.services.roster import record_answers
from app.people.directory.values import RosterAnswer
from app.training.certificates.models import Certificate
from tests.load import Figure
from tests.load.scheduling import an_application
from tests.support.actors import actor_of, sign_in
from tests.training.turnover.builders import an_edition, an_institution

INSTITUTIONS, APPOINTMENTS, CERTIFICATES = 500, 20_000, 100_000
TIMES = 7
ENGINES = ("sqlite", "postgresql")
FACTS = count()


def fill(db: Session) -> None:
    """Writes three appointments of five that are open and two that are over, half of them to target
    posts' people with a certificate of the counted course, half of the certificates of others.
    """
    chance = Random(7)
    today = clock.today()
    codes = sorted(current_body().country_names)
    edition, other = an_edition(db), an_edition(db, "psea")
    for code in codes:
        an_institution(db, code)
    kinds = ("migration", "consulate", "womens-mechanism", "ministry")
    db.execute(
        insert(Institution),
        [
            {
                "id": n,
                "country_code": codes[n % len(codes)],
                "name": LocalizedText(es=f"Oficina {n}", en=f"Office {n}"),
                "kind": kinds[n % len(kinds)],
            }
            for n in range(1000, 1000 + INSTITUTIONS)
        ],
    )
    title = LocalizedText(es="Oficial", en="Officer")
    numbers = range(1000, 1000 + APPOINTMENTS)
    db.execute(
        insert(Post),
        [
            {"id": n, "institution_id": 1000 + n % INSTITUTIONS, "title": title, "is_target": True}
            for n in numbers
        ],
    )
    db.execute(
        insert(Person),
        [
            {
                "id": n,
                "full_name": f"Persona {n}",
                "sort_key": f"persona {n:06d}",
                "email": f"p{n}@example.org",
                "country_code": codes[(1000 + n % INSTITUTIONS) % len(codes)],
                "timezone": "America/Tegucigalpa",
            }
            for n in numbers
        ],
    )
    terms = []
    for n in numbers:
        since = today - timedelta(days=chance.randint(100, 2500))
        days = chance.randint(30, 2000)
        until = since + timedelta(days=days) if chance.random() < 0.4 else None
        if until is not None and until > today:
            until = None
        terms.append(
            {
                "id": n,
                "person_id": n,
                "post_id": n,
                "valid_from": since,
                "valid_until": until,
                "end_reason": chance.choice(("left", "moved", "unknown")) if until else "",
                "confirmed_on": today - timedelta(days=chance.randint(0, 120)),
            }
        )
    db.execute(insert(Appointment), terms)
    rows = []
    for n in range(CERTIFICATES):
        person = 1000 + n % APPOINTMENTS
        is_counted = n < CERTIFICATES / 2
        on = today - timedelta(days=chance.randint(1, 2000))
        rows.append(_certificate(n, person, edition if is_counted else other, on))
    for start in range(0, len(rows), 10_000):
        db.execute(insert(Certificate), rows[start : start + 10_000])


def _certificate(n: int, person_id: int, edition: int, on: date) -> dict[str, Any]:
    return {
        "code": f"L{n:015d}",
        "achievement": f"certificate:{n}",
        "kind": "completion",
        "person_id": person_id,
        "course_edition_id": edition,
        "country_code": "HN",
        "facts": "{}",
        "facts_sha256": "0" * 64,
        "design": "completion/v1",
        "completed_on": on,
        "last_valid_on": on + timedelta(days=730),
        "issued_at": datetime(2026, 1, 1, tzinfo=UTC),
    }


def on_engine(app: Flask, engine: str) -> Iterator[Figure]:
    with app.app_context(), transaction() as db:
        fill(db)
        db.execute(text("ANALYZE"))
    client = app.test_client()
    sign_in(client, "focal-point-hn")
    for name, path in (("country page", "/countries/HN"), ("region page", "/region")):
        yield from _page(app, client, name, path, engine)


def _page(app: Flask, client: FlaskClient, name: str, path: str, engine: str) -> Iterator[Figure]:
    statements = 0

    def note(*_: object) -> None:
        nonlocal statements
        statements += 1

    def ask() -> float:
        nonlocal statements
        statements = 0
        before = process_time()
        assert client.get(path).status_code == 200
        return (process_time() - before) * 1000

    with app.app_context():
        event.listen(database.engine, "before_cursor_execute", note)
    ask()
    cold = []
    for _ in range(TIMES):
        _a_fact(app, next(FACTS))
        cold.append(ask())
    sent_cold = statements
    warm = [ask() for _ in range(TIMES)]
    about: dict[str, str | int] = {
        "database": engine,
        "appointments": APPOINTMENTS,
        "certificates": CERTIFICATES,
    }
    for kind, spent, sent in (("after a fact", cold, sent_cold), ("again", warm, statements)):
        yield Figure(f"{name} {kind}, CPU", round(median(spent), 1), "ms", about)
        yield Figure(f"{name} {kind}, statements", sent, "statements", about)


def _a_fact(app: Flask, number: int) -> None:
    """Confirms somebody who serves in the country, or says that it is not known."""
    with app.app_context():
        actor = actor_of(app, "focal-point-hn")
        with transaction() as db:
            row = db.scalars(
                select(Appointment.id)
                .join(Post, Post.id == Appointment.post_id)
                .join(Institution, Institution.id == Post.institution_id)
                .where(Institution.country_code == "HN", Appointment.valid_until.is_(None))
                .order_by(Appointment.id)
                .offset(number)
            ).first()
            assert row is not None
            record_answers(
                db,
                actor=actor,
                country_code="HN",
                answers=[RosterAnswer(row, None, clock.today(), is_unsure=bool(number % 2))],
                today=clock.today(),
                now=clock.now(),
            )


def run() -> Iterator[Figure]:
    for engine in ENGINES:
        with an_application(engine) as app:
            yield from on_engine(app, engine)
