"""Two organizers at the same second, again and again: real HTTP, several workers, both
databases.
"""

import http.client
import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.people.directory.services.reference import seed_reference
from app.planning.events.models import Event, EventGroup
from app.planning.scheduling.models import Claim, Engagement
from tests.support.actors import bearer
from tests.support.rulebook import lower_limits
from tests.support.workers import workers

CLIENTS = 16
REQUESTS, UNGUARDED = 48, 48
GROUPS = ("protection", "labour-migration", "border-management", "irregular-mass-migration")
FIRST_DAY = datetime(2031, 3, 4, 14, 0, tzinfo=UTC)
NOT_A_CLASH = {201, 409}


def requests_of(client: int, count: int) -> list[dict[str, object]]:
    """Overlapping hours on four days, for any of the groups, in steps of 15 minutes."""
    chance = Random(client)
    wishes: list[dict[str, object]] = []
    for number in range(count):
        start = FIRST_DAY + timedelta(days=chance.randrange(4), minutes=15 * chance.randrange(24))
        wishes.append(
            {
                "kind": "webinar",
                "title": {"es": f"Carrera {client}-{number}", "en": f"Race {client}-{number}"},
                "starts_at": start.isoformat(),
                "ends_at": (start + timedelta(minutes=chance.choice((60, 90)))).isoformat(),
                "timezone": "America/Costa_Rica",
                "working_groups": [chance.choice(GROUPS)],
                "people": [],
                "links": [],
                "publish": True,
            }
        )
    return wishes


Wish = dict[str, object]
Answers = tuple[Counter[int], list[dict[str, object]]]


def send(url: str, headers: dict[str, str], wishes: list[Wish]) -> Answers:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    statuses: Counter[int] = Counter()
    problems = []
    for wish in wishes:
        connection.request(
            "POST",
            "/api/v1/events",
            json.dumps(wish),
            {**headers, "Content-Type": "application/json"},
        )
        answer = connection.getresponse()
        body = json.loads(answer.read())
        statuses[answer.status] += 1
        if answer.status == 409:
            problems.append(body)
    connection.close()
    return statuses, problems


def rush(url: str, headers: dict[str, str], total: int) -> Answers:
    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(
            pool.map(lambda c: send(url, headers, requests_of(c, total // CLIENTS)), range(CLIENTS))
        )
    return sum((statuses for statuses, _ in answers), Counter()), [
        p for _, problems in answers for p in problems
    ]


def double_bookings() -> int:
    """By a check that knows nothing of the rule: any two events of working groups that overlap."""
    with reading() as db:
        spans = sorted(
            (row.starts_at, row.ends_at)
            for row in db.execute(
                select(Event.starts_at, Event.ends_at).where(Event.status == "published")
            )
        )
    return sum(
        1
        for (_, first_end), (second_start, _) in combinations(spans, 2)
        if second_start < first_end
    )


def half_written(accepted: int) -> list[str]:
    """What an accepted event must have: its group, its engagement with claims, its fact. Nothing
    else stands.
    """
    with reading() as db:
        counts = {
            "events": db.scalar(select(func.count(Event.id))),
            "groups": db.scalar(select(func.count()).select_from(EventGroup)),
            "engagements": db.scalar(select(func.count(Engagement.id))),
            "claiming": db.scalar(select(func.count(func.distinct(Claim.engagement_id)))),
            "published": db.scalar(
                select(func.count()).where(JournalEntry.fact == "EventPublished")
            ),
        }
    return [
        f"{name}: {count}, not {accepted}" for name, count in counts.items() if count != accepted
    ]


def prepare(app: Flask) -> dict[str, str]:
    with app.app_context(), transaction() as db:
        seed_reference(db)
        lower_limits(db)
    assert clock.now() < FIRST_DAY
    return bearer(app, "organizer")


@pytest.mark.both_databases
def test_r39_sixteen_clients_over_several_workers_never_double_book(
    app: Flask, database_url: str, tmp_path: Path
) -> None:
    headers = prepare(app)
    with workers(database_url, tmp_path) as url:
        statuses, problems = rush(url, headers, REQUESTS)
    assert set(statuses) == NOT_A_CLASH, statuses
    assert statuses.total() == REQUESTS
    with app.app_context():
        assert double_bookings() == 0
        assert half_written(statuses[201]) == []
    for problem in problems:
        assert problem["findings"], "a refusal without a real clash"
        assert problem["free_slots"], "a refusal that offers nothing"


@pytest.mark.both_databases
def test_without_the_rule_the_same_rush_double_books(
    app: Flask, database_url: str, tmp_path: Path
) -> None:
    """One process is enough to double book, and it alters the table before the first request: a
    second one that starts late would wait for the locks of requests, and they for its own.
    """
    headers = prepare(app)
    with workers(
        database_url, tmp_path, processes=1, factory="tests.support.ruleless:create_app()"
    ) as url:
        statuses, _ = rush(url, headers, UNGUARDED)
    assert statuses[201] > UNGUARDED // 2, (
        statuses
    )  # on a busy machine one or two fail for another reason
    with app.app_context():
        assert double_bookings() > 0
