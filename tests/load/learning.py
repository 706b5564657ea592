"""What a learner costs: CPU of one answer saved, of the course page, a screen and a question;
sixteen at once; and five hundred, on both databases, with every press sent twice and one worker of
three killed halfway: nothing may be lost or doubled.

The real Guidelines course, real sign-ins, whole requests. CPU is that of this process, one request
at a time; the sixteen learners go over HTTP to two worker processes on the same machine, which they
share with their clients.
"""

import http.client
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from statistics import median
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import create_app
from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.platform import platform
from app.kernel.actor import SYSTEM, Role
from app.training.exchange.exports import write as write_bank
from app.training.exchange.forms import read as read_bank
from app.training.exchange.rules.fitting import to_items
from app.training.exchange.values import Format
from app.training.learning.cli import read_folder
from app.training.learning.forms.folder import parse_course
from app.training.learning.models import Attempt, AttemptItem, Item
from app.training.learning.services.publishing import publish_edition
from app.training.learning.values import CoursePosition, ItemKind
from tests.load import Figure, spread
from tests.load._package import taken_in
from tests.load.scheduling import an_application
from tests.support import databases, sitting
from tests.support.actors import an_account, csrf_token, sign_in
from tests.support.lifetime import close_app
from tests.support.workers import served, workers

COURSE = Path(__file__).resolve().parents[2] / "courses" / "guidelines"
BASE = "/courses/guidelines"
CROWD, CROWD_WORKERS, CROWD_CLIENTS = 500, 3, 16
ENGINES = ("sqlite", "postgresql")
MUST_BE_ZERO = ("lost", "doubled", "unsubmitted", "unfounded", "errors")
LEARNERS, ANSWERS_EACH, WARM_UP, PROCESSES = 16, 40, 3, 2
REPEATS, UNMEASURED = 200, 20
IMPORTED, IMPORTS = 1_000, 7
PACKAGE_MEGABYTES, PACKAGE_FILES = 100, 4
WORKER_SECRET = "k" * 40


@dataclass(frozen=True)
class Desk:
    """A learner in the middle of a quiz: her browser, her attempt, and answers without end, each
    unlike the last.
    """

    client: FlaskClient
    attempt_id: UUID
    options: tuple[tuple[int, tuple[int, int]], ...]

    def answers(self) -> Iterator[tuple[int, int]]:
        """Question and option; every round answers with the other of two options, so that each
        answer is written.
        """
        for turn in count():
            yield from ((number, pair[turn % 2]) for number, pair in self.options)

    def question(self, number: int) -> str:
        return f"{BASE}/attempts/{self.attempt_id}/{number}"


def run() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="convoca-bench-") as name:
        folder = Path(name)
        yield from taken_in(folder, PACKAGE_MEGABYTES, PACKAGE_FILES)
        url = databases.sqlite_copy(databases.migrated_sqlite(), folder / "convoca.sqlite3")
        app = create_app(databases.settings_for(url, folder / "var", secret_key=WORKER_SECRET))
        try:
            publish(app)
            desks = [sit_down(app, number) for number in range(LEARNERS)]
            yield from alone(desks[0])
            yield from together(desks, url, folder)
            yield from imports()
        finally:
            close_app(app)
    for engine in ENGINES:
        yield from crowd(engine)


def crowd(engine: str) -> Iterator[Figure]:
    """Then what it costs an author to look at the questions that so many answered."""
    with an_application(engine) as app:
        publish(app)
        settings = platform(app).settings
        place = CoursePosition("01-framework", "M1-Q", is_quiz=True)
        learners, answers = sitting.prepare(app, learners=CROWD, course="guidelines", place=place)
        with served(
            settings.database_url, settings.convoca_data.parent, processes=CROWD_WORKERS
        ) as running:
            running.wake(CROWD_WORKERS)
            outcome = sitting.run(
                running.url,
                BASE,
                learners,
                answers,
                clients=CROWD_CLIENTS,
                halfway=running.kill_one,
            )
        said = sitting.verdict(app, learners, answers, outcome)
        about: dict[str, str | int] = {
            "database": engine,
            "learners": CROWD,
            "workers": CROWD_WORKERS,
            "clients": CROWD_CLIENTS,
        }
        yield Figure(
            "presses of a crowd, each sent twice",
            round(len(outcome.seconds) / outcome.took, 1),
            "per second",
            about,
        )
        yield from spread("press of a crowd", outcome.seconds, **about)
        yield Figure("answers of a crowd", said.answers, "", about)
        yield Figure("connections dropped", outcome.dropped, "", about)
        for name in MUST_BE_ZERO:
            yield Figure(f"crowd, {name}", getattr(said, name), "", about)
        client = app.test_client()
        an_account(app, "author@example.org", roles=[(Role.AUTHOR, "")])
        sign_in(client, "author@example.org")
        yield cpu(
            f"author's report, {engine}",
            lambda: client.get(f"{BASE}/questions").status_code,
            200,
        )


def publish(app: Flask) -> None:
    with app.app_context(), transaction() as db:
        publish_edition(
            db, actor=SYSTEM, content=parse_course(read_folder(COURSE)), now=clock.now()
        )


def sit_down(app: Flask, number: int) -> Desk:
    email = f"learner-{number}@example.org"
    an_account(app, email)
    client = app.test_client()
    actor = sign_in(client, email)
    client.post(f"{BASE}/enrolments", data={"csrf_token": csrf_token(client)})
    client.post(f"{BASE}/01-framework/M1-Q/attempt", data={"csrf_token": csrf_token(client)})
    with app.app_context(), reading() as db:
        attempt_id = db.scalars(
            select(Attempt.id).order_by(Attempt.started_at.desc()).limit(1)
        ).one()
        asked = (
            select(AttemptItem.position, AttemptItem.option_order)
            .join(Item, Item.id == AttemptItem.item_id)
            .where(AttemptItem.attempt_id == attempt_id, Item.kind != ItemKind.ORDERING)
        )
        orders = db.execute(asked.order_by(AttemptItem.position)).all()
    assert actor.person_id is not None
    return Desk(
        client, attempt_id, tuple((number, (shown[0], shown[1])) for number, shown in orders)
    )


def alone(desk: Desk) -> Iterator[Figure]:
    token = csrf_token(desk.client)
    turns = desk.answers()

    def save() -> int:
        number, option = next(turns)
        return desk.client.post(
            desk.question(number), data={"csrf_token": token, "option": option}
        ).status_code

    yield cpu("answer saved", save, 302)
    for figure, path in (
        ("course page", BASE),
        ("screen", f"{BASE}/01-framework/M1-L1/1"),
        ("quiz question", desk.question(3)),
    ):
        yield cpu(figure, lambda path=path: desk.client.get(path).status_code, 200)  # type: ignore[misc]  # mypy and default arguments
        size = len(desk.client.get(path).data)
        yield Figure(f"{figure}, HTML", round(size / 1000, 1), "KB", {})


def imports() -> Iterator[Figure]:
    """A bank of 1,000 questions read from each format and made into questions of a quiz."""
    question = (
        "::Pregunta {0}::[html]<p>¿Qué hace el consulado en el caso {0}?</p>{{\n=Acompaña#Sí\\: eso."
        "\n~Decide#No.\n~%-50%Calla#Tampoco.\n####Vea la sección 3.}}\n\n"
    )
    bank = read_bank("".join(question.format(number) for number in range(IMPORTED)).encode())
    for format_ in Format:
        data = write_bank(bank, format_).data
        used = []
        for _ in range(IMPORTS):
            start = time.process_time()
            items = to_items(read_bank(data), true="Verdadero", false="Falso").items
            used.append(time.process_time() - start)
            assert len(items) == IMPORTED
        yield Figure(
            f"import of {IMPORTED} questions in {format_}, CPU median",
            round(median(used) * 1000, 1),
            "ms",
            {"samples": IMPORTS, "bytes": len(data)},
        )


def cpu(figure: str, work: Callable[[], int], status: int) -> Figure:
    """The median CPU of a whole request in this process, after a warm-up."""
    for _ in range(UNMEASURED):
        assert work() == status
    used = []
    for _ in range(REPEATS):
        start = time.process_time()
        work()
        used.append(time.process_time() - start)
    return Figure(
        f"{figure}, CPU median", round(median(used) * 1000, 2), "ms", {"samples": REPEATS}
    )


def together(desks: list[Desk], url: str, folder: Path) -> Iterator[Figure]:
    with workers(url, folder, processes=PROCESSES, threads=8) as address:
        host = urlsplit(address).netloc
        visits = [(desk, cookie_of(desk.client), csrf_token(desk.client)) for desk in desks]
        with ThreadPoolExecutor(LEARNERS) as pool:
            list(pool.map(lambda visit: save_many(host, visit, WARM_UP), visits))
            start = time.perf_counter()
            seconds = [
                s
                for one in pool.map(lambda visit: save_many(host, visit, ANSWERS_EACH), visits)
                for s in one
            ]
            total = time.perf_counter() - start
    about: dict[str, str | int] = {"learners": LEARNERS, "workers": PROCESSES}
    yield from spread("answer saved, sixteen at once", seconds, **about)
    yield Figure(
        "answers saved, sixteen at once", round(len(seconds) / total, 1), "per second", about
    )


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("session")
    assert cookie is not None
    return f"session={cookie.value}"


def save_many(host: str, visit: tuple[Desk, str, str], times: int) -> list[float]:
    """Seconds of each answer over one connection."""
    desk, cookie, token = visit
    connection = http.client.HTTPConnection(host, timeout=30)
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    seconds = []
    for number, option in islice(desk.answers(), times):
        body = urlencode({"csrf_token": token, "option": option})
        start = time.perf_counter()
        connection.request("POST", desk.question(number), body, headers)
        answer = connection.getresponse()
        answer.read()
        seconds.append(time.perf_counter() - start)
        assert answer.status == 302, answer.status
    connection.close()
    return seconds
