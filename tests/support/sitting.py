"""Many learners answer at once, over HTTP and several workers, and every press is sent twice.

A test and a benchmark share it. `prepare` makes the learners with open attempts, `run` sends their
answers, half of the second sendings at the same moment, and hands the quizzes in; `verdict` asks
the database what is lost and what is doubled.
"""

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID, uuid4

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import insert, select

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.actor import Actor
from app.people.directory.models import Person
from app.people.identity.models import Account
from app.people.identity.services.sign_in import open_sign_in
from app.people.identity.values import SignInWay
from app.people.identity.views.door import KEY
from app.training.learning.models import Attempt, AttemptItem, Item, LearningEvent
from app.training.learning.queries.records import audit
from app.training.learning.services.quiz import start_attempt
from app.training.learning.services.study import start_enrolment
from app.training.learning.values import CoursePosition, ItemKind
from tests.support.workers import SECRET

DROPPED = (OSError, http.client.HTTPException)
TRIES = 40
CSRF = "a token for many"


@dataclass(frozen=True)
class Learner:
    """`cookie` is a signed-in session; `token` what its forms carry."""

    attempt_id: UUID
    cookie: str
    token: str


@dataclass(frozen=True)
class Sending:
    """A press of one learner: an answer to a question, or the handing in, where there is none."""

    learner: Learner
    press: UUID
    position: int = 0
    option: int = 0


@dataclass
class Outcome:
    """`seconds` of each sending; `statuses` as answered; `dropped`: connections that a killed worker
    left, after which the same press was sent again.
    """

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    dropped: int = 0
    took: float = 0.0


@dataclass(frozen=True)
class Verdict:
    """Every figure but the first should be zero."""

    answers: int
    lost: int
    doubled: int
    unsubmitted: int
    unfounded: int
    errors: int


def prepare(
    app: Flask, *, learners: int, course: str, place: CoursePosition
) -> tuple[list[Learner], list[Sending]]:
    """Learners of a published course, each in the middle of the quiz at `place`; and one answer to
    each question of theirs, in no order that a person would choose.
    """
    now, chance = clock.now(), Random(1)
    with app.app_context(), transaction() as db:
        people = [
            {"full_name": f"Persona {n}", "sort_key": f"{n:06}", "timezone": "UTC"}
            for n in range(learners)
        ]
        ids = list(
            db.scalars(insert(Person).returning(Person.id, sort_by_parameter_order=True), people)
        )
        accounts = [
            {
                "email": f"sitting{n}@example.org",
                "person_id": person,
                "fs_uniquifier": f"sitting{n}",
                "created_at": now,
            }
            for n, person in enumerate(ids)
        ]
        account_ids = db.scalars(
            insert(Account).returning(Account.id, sort_by_parameter_order=True), accounts
        )
        made = []
        for number, (account_id, person_id) in enumerate(zip(account_ids, ids, strict=True)):
            key = open_sign_in(db, account_id=account_id, way=SignInWay.PASSWORD, now=now)
            session = {
                "_user_id": f"sitting{number}",
                "_fresh": True,
                KEY: key,
                "csrf_token": CSRF,
            }
            actor = Actor(account_id=account_id, person_id=person_id)
            start_enrolment(db, actor=actor, course_slug=course, language="es", now=now)
            attempt_id = start_attempt(
                db, actor=actor, course_slug=course, place=place, language="es", rng=chance, now=now
            )
            made.append(Learner(attempt_id, cookie(session), token()))
    return made, _answers(app, made, chance)


def cookie(session: dict[str, Any]) -> str:
    """Returns the header of a session that the workers accept."""
    signing = Flask("workers")
    signing.secret_key = SECRET
    signer = SecureCookieSessionInterface().get_signing_serializer(signing)
    assert signer is not None
    return f"session={signer.dumps(session)}"


def token() -> str:
    """Returns what a form of a session with CSRF carries."""
    return str(URLSafeTimedSerializer(SECRET, salt="wtf-csrf-token").dumps(CSRF))


def _answers(app: Flask, learners: list[Learner], chance: Random) -> list[Sending]:
    by_attempt = {learner.attempt_id: learner for learner in learners}
    asked = (
        select(AttemptItem.attempt_id, AttemptItem.position, AttemptItem.option_order)
        .join(Item, Item.id == AttemptItem.item_id)
        .where(AttemptItem.attempt_id.in_(by_attempt), Item.kind != ItemKind.ORDERING)
        .order_by(AttemptItem.attempt_id, AttemptItem.position)
    )
    with app.app_context(), reading() as db:
        sendings = [
            Sending(by_attempt[attempt_id], uuid4(), position, chance.choice(options))
            for attempt_id, position, options in db.execute(asked)
        ]
    chance.shuffle(sendings)
    return sendings


def run(
    url: str,
    base: str,
    learners: list[Learner],
    answers: list[Sending],
    *,
    clients: int = 16,
    halfway: Callable[[], object] | None = None,
) -> Outcome:
    """Sends every answer twice: two neighbours in the line, which two clients take at the same
    moment. Then every quiz is handed in, twice as well. `halfway` is called when half the answers
    are in.
    """
    outcome, lock = Outcome(), threading.Lock()
    netloc = urlsplit(url).netloc
    turns = iter(range(2 * len(answers)))

    def one(sending: Sending) -> None:
        if halfway is not None and sending.position and next(turns) == len(answers):
            halfway()
        began = time.perf_counter()
        status, dropped = _sent(netloc, base, sending)
        with lock:
            outcome.seconds.append(time.perf_counter() - began)
            outcome.statuses[status] += 1
            outcome.dropped += dropped

    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(one, _twice(answers)))
        list(pool.map(one, _twice([Sending(learner, uuid4()) for learner in learners])))
    outcome.took = time.perf_counter() - began
    return outcome


def _twice(sendings: list[Sending]) -> Iterator[Sending]:
    for sending in sendings:
        yield sending
        yield sending


def _sent(netloc: str, base: str, sending: Sending) -> tuple[int, int]:
    """The status, and how often the line went dead before: then the same press is sent again, as
    the browser does.
    """
    rest = sending.position or "submission"
    fields = {"csrf_token": sending.learner.token, "client_id": str(sending.press)}
    body = urlencode({**fields, "option": sending.option} if sending.position else fields)
    headers = {
        "Cookie": sending.learner.cookie,
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Outbox": "1",
        "Connection": "close",
    }
    for dropped in range(TRIES):
        connection = http.client.HTTPConnection(netloc, timeout=60)
        try:
            path = f"{base}/attempts/{sending.learner.attempt_id}/{rest}"
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            answer.read()
        except DROPPED:
            time.sleep(0.05)
            continue
        finally:
            connection.close()
        return answer.status, dropped
    raise RuntimeError("no worker answers")


def verdict(
    app: Flask, learners: list[Learner], answers: list[Sending], outcome: Outcome
) -> Verdict:
    with app.app_context(), reading() as db:
        kept = {
            (attempt_id, position): response
            for attempt_id, position, response in db.execute(
                select(AttemptItem.attempt_id, AttemptItem.position, AttemptItem.response)
            )
        }
        events = Counter(
            (attempt_id, verb, position)
            for attempt_id, verb, position in db.execute(
                select(LearningEvent.attempt_id, LearningEvent.verb, LearningEvent.position)
            )
        )
        submitted = select(Attempt.id).where(Attempt.submitted_at.is_not(None))
        handed_in = set(db.scalars(submitted))
        unfounded = len(list(audit(db)))
    lost = sum(
        kept[one.learner.attempt_id, one.position] != [one.option]
        or not events[one.learner.attempt_id, "answered", one.position]
        for one in answers
    )
    return Verdict(
        len(answers),
        lost,
        sum(count - 1 for count in events.values()),
        sum(learner.attempt_id not in handed_in for learner in learners),
        unfounded,
        sum(count for status, count in outcome.statuses.items() if status not in (204, 302)),
    )
