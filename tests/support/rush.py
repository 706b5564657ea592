"""Everybody at once for too few places: many accounts, double clicks, places given back, real HTTP,
several workers.

A test and a benchmark share it. `prepare` makes the event and its people, `run` sends the attempts,
`verdict` asks the database, by counts that know nothing of the rule, and the journal, by brute
force, whether all was right.
"""

import hashlib
import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask
from sqlalchemy import insert, select

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.text import LocalizedText
from app.participation.registrations.models import EventQuota, Registration
from app.participation.registrations.rules import CapacityLimits
from app.participation.registrations.values import CONSENT_VERSION
from app.people.directory.models import Person
from app.people.directory.services.reference import seed_reference
from app.people.identity.models import Account, ApiToken
from app.planning.events.models import Event
from tests.support.body import MEMBER_COUNTRIES
from tests.support.brute_force import replayed

BODY = json.dumps({"consent_version": CONSENT_VERSION})
DROPPED = (OSError, http.client.HTTPException)
TRIES = 20


@dataclass(frozen=True)
class Crowd:
    """`people` by number: person id, country, bearer token."""

    event_id: UUID
    limits: CapacityLimits
    people: tuple[tuple[int, str, str], ...]


@dataclass
class Outcome:
    """`answers`: person, HTTP status, and what the answer says was written just now: "made",
    "cancelled" or "". `dropped`: connections that a killed worker left.
    """

    answers: list[tuple[int, int, str]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    dropped: int = 0
    took: float = 0.0


@dataclass(frozen=True)
class Verdict:
    placed: int
    waiting: int
    over_booked: int
    duplicates: int
    order_violations: int
    lost: int
    errors: int
    wrong: tuple[str, ...]


def prepare(app: Flask, *, people: int, capacity: int) -> Crowd:
    """A webinar of next month. One country may have many places, one a single one, the others an
    eighth each.
    """
    own = {"HN": capacity // 4, "GT": 1}
    limits = CapacityLimits(capacity, capacity // 8, own)
    codes = [country.code for country in MEMBER_COUNTRIES]
    now = clock.now()
    with app.app_context(), transaction() as db:
        seed_reference(db)
        starts = now + timedelta(days=30)
        event = Event(
            kind="webinar",
            status="published",
            title=LocalizedText(es="Una", en="One"),
            summary=LocalizedText(),
            starts_at=starts,
            ends_at=starts + timedelta(hours=1),
            timezone="America/Costa_Rica",
            capacity=capacity,
            country_quota=limits.country_quota,
            created_at=now,
            changed_at=now,
            published_at=now,
        )
        db.add(event)
        db.flush()
        db.add_all(
            EventQuota(event_id=event.id, country_code=code, places=places)
            for code, places in own.items()
        )
        rows = [
            {
                "full_name": f"Persona {n}",
                "sort_key": f"{n:06}",
                "country_code": codes[n % len(codes)],
                "timezone": "UTC",
            }
            for n in range(people)
        ]
        ids = list(
            db.scalars(insert(Person).returning(Person.id, sort_by_parameter_order=True), rows)
        )
        accounts = [
            {
                "email": f"rush{n}@example.org",
                "person_id": person,
                "fs_uniquifier": f"rush{n}",
                "created_at": now,
            }
            for n, person in enumerate(ids)
        ]
        made = list(
            db.scalars(
                insert(Account).returning(Account.id, sort_by_parameter_order=True), accounts
            )
        )
        tokens = [f"convoca_rush-{n}" for n in range(people)]
        db.execute(
            insert(ApiToken),
            [
                {
                    "account_id": account,
                    "token_sha256": hashlib.sha256(token.encode()).hexdigest(),
                    "created_at": now,
                }
                for account, token in zip(made, tokens, strict=True)
            ],
        )
    countries = [str(row["country_code"]) for row in rows]
    return Crowd(event.id, limits, tuple(zip(ids, countries, tokens, strict=True)))


def attempts_of(crowd: Crowd, total: int, *, seed: int = 1) -> list[tuple[str, int]]:
    """Verb and number of the person. Half of the clicks are double ones; one of forty gives a place
    back.
    """
    chance, asked = Random(seed), list[tuple[str, int]]()
    while len(asked) < total:
        verb, person = (
            "DELETE" if chance.random() < 1 / 40 else "POST",
            chance.randrange(len(crowd.people)),
        )
        asked += [(verb, person)] * chance.choice((1, 2))
    return asked[:total]


def run(
    urls: Sequence[str],
    crowd: Crowd,
    asked: list[tuple[str, int]],
    *,
    clients: int = 16,
    halfway: Callable[[], object] | None = None,
) -> Outcome:
    """Sends all attempts in their order by `clients` at once, to each address in turn.

    `halfway` is called in the middle, and again at each twentieth of the attempts until it has cost
    somebody their line: a worker that is killed while nobody talks to it shows nothing.
    """
    outcome, lock = Outcome(), threading.Lock()
    middle, step = len(asked) // 2, max(1, len(asked) // 20)
    waiting: Iterator[tuple[int, tuple[str, int]]] = iter(enumerate(asked))
    path = f"/api/v1/events/{crowd.event_id}/registrations"

    def client(_number: int) -> None:
        while True:
            with lock:
                number, (verb, who) = next(waiting, (-1, ("", 0)))
            if number < 0:
                break
            if (
                halfway is not None
                and number >= middle
                and (number - middle) % step == 0
                and not outcome.dropped
            ):
                halfway()
            person, _country, token = crowd.people[who]
            began = time.perf_counter()
            netloc = urlsplit(urls[number % len(urls)]).netloc
            status, written, dropped = _sent(netloc, verb, path, token)
            with lock:
                outcome.seconds.append(time.perf_counter() - began)
                outcome.answers.append((person, status, written))
                outcome.dropped += dropped

    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(client, range(clients)))
    outcome.took = time.perf_counter() - began
    return outcome


def _sent(netloc: str, verb: str, path: str, token: str) -> tuple[int, str, int]:
    """On a line of its own, so that all workers get their share; pressed again, as people do, when
    the line goes dead. How often that was comes last.
    """
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Connection": "close",
    }
    for dropped in range(TRIES):
        connection = http.client.HTTPConnection(netloc, timeout=60)
        try:
            connection.request(verb, path, BODY if verb == "POST" else None, headers)
            answer = connection.getresponse()
            body = json.loads(answer.read())
        except DROPPED:
            time.sleep(0.05)
            continue
        finally:
            connection.close()
        written = (
            "made" if answer.status == 201 else "cancelled" if body.get("was_registered") else ""
        )
        return answer.status, written, dropped
    raise RuntimeError("no worker answers")


def verdict(app: Flask, crowd: Crowd, outcome: Outcome) -> Verdict:
    """Every figure but the first two should be zero."""
    with app.app_context(), reading() as db:
        found = db.execute(
            select(
                Registration.person_id,
                Registration.status,
                Registration.waiting_since,
                Registration.id,
            )
            .where(Registration.event_id == crowd.event_id)
            .order_by(Registration.waiting_since, Registration.id)
        ).all()
        entries = db.scalars(
            select(JournalEntry)
            .where(JournalEntry.subject_id == str(crowd.event_id))
            .order_by(JournalEntry.id)
        )
        facts = [
            (one.fact, int(one.payload["person_id"]))
            for one in entries
            if one.fact != "ConsentGiven"
        ]
    countries = {person: country for person, country, _ in crowd.people}
    placed = [row.person_id for row in found if row.status == "registered"]
    waiting = [row.person_id for row in found if row.status == "waiting"]
    model, wrong = replayed(facts, countries, crowd.limits)
    if model.waiting != waiting:
        wrong.append("the line stands in another order than the journal")
    if sorted(model.placed) != sorted(placed):
        wrong.append("other people have places than the journal says")
    return Verdict(
        len(placed),
        len(waiting),
        _over(crowd, Counter(countries[person] for person in placed)),
        len(found) - len({row.person_id for row in found}),
        len(wrong),
        _lost(facts, outcome),
        sum(1 for _, status, _ in outcome.answers if status not in (200, 201)),
        tuple(wrong[:5]),
    )


def _lost(facts: list[tuple[str, int]], outcome: Outcome) -> int:
    """How many answers said that something was written of which the journal knows nothing."""
    kinds = {
        "RegistrationMade": "made",
        "RegistrationWaiting": "made",
        "RegistrationCancelled": "cancelled",
    }
    kept = Counter((person, kinds[fact]) for fact, person in facts if fact in kinds)
    said = Counter((person, written) for person, _status, written in outcome.answers if written)
    return (said - kept).total()


def _over(crowd: Crowd, taken: Counter[str]) -> int:
    total = max(0, taken.total() - (crowd.limits.capacity or 0))
    return total + sum(
        max(0, count - (crowd.limits.quota_of(code) or 0)) for code, count in taken.items()
    )
