"""Letters against a mail server that misbehaves: never lost, none doubled but where the protocol
cannot tell, and then with the same Message-ID.
"""

import asyncio
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from sqlalchemy import select

from app import create_app
from app.infra import clock, mail
from app.infra.database import reading, transaction
from app.infra.jobs import LEASE, Jobs, pause_after, retry
from app.infra.journal import Delivery, JournalEntry
from app.infra.platform import platform
from app.kernel.actor import SYSTEM
from app.office.notifications.tasks import participation
from app.office.outbox.models import Message
from app.office.outbox.queries import opened_token
from app.office.outbox.services import queue_message
from app.office.outbox.values import Letter
from config import Settings
from tests.office.notifications.world import NOW, STARTS, take_place, webinar
from tests.office.outbox.test_sending import free_port
from tests.support import forked, patience
from tests.support.actors import sign_in
from tests.support.databases import SECRET, settings_for
from tests.support.faults import Figures, Tell, compared
from tests.support.lifetime import close_app

LETTER = Letter("Señal", "Hola.\n\nConvoca\n")


class Unruly:
    """Takes what it is handed; `on_data` may answer, sleep or hang up before it says so."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.senders: list[str] = []
        self.on_data: Callable[[SMTP], Any] | None = None
        self.hangs_up_at_quit = self.hangs_up_in_between = False
        self.peers: set[object] = set()
        self.farewells = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        found = message_from_bytes(envelope.content, policy=policy.default)
        assert found["Return-Path"] is None
        self.senders.append(str(envelope.mail_from))
        self.peers.add(session.peer)
        answer = self.on_data(server) if self.on_data else None
        if asyncio.iscoroutine(answer):
            answer = await answer
        if isinstance(answer, str):
            return answer
        self.taken.append(str(found["Message-ID"]))
        return "250 OK"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.farewells += 1
        if self.hangs_up_at_quit and server.transport is not None:
            server.transport.close()
        return "221 Bye"

    async def handle_NOOP(
        self, server: SMTP, session: Session, envelope: Envelope, arg: str
    ) -> str:
        if self.hangs_up_in_between and server.transport is not None:
            server.transport.close()
        return "250 OK"


@pytest.fixture
def unruly() -> Unruly:
    return Unruly()


@pytest.fixture
def sender(database_url: str, tmp_path: Path, unruly: Unruly) -> Iterator[Flask]:
    controller = Controller(unruly, hostname="127.0.0.1", port=free_port())
    controller.start()
    app = create_app(
        settings_for(
            database_url,
            tmp_path / "var",
            smtp_host="127.0.0.1",
            smtp_port=controller.port,
            smtp_security="none",
        )
    )
    yield app
    close_app(app)
    controller.stop()


def queue(app: Flask, *dedupes: str) -> None:
    with app.app_context(), transaction() as db:
        for dedupe in dedupes or ("7.1",):
            queue_message(
                db,
                dedupe=dedupe,
                address="nunez@example.org",
                language="es",
                letter=LETTER,
                now=clock.now(),
            )


def drain(app: Flask) -> None:
    with app.app_context():
        jobs_of(app).drain()


def jobs_of(app: Flask) -> Jobs:
    return platform(app).jobs


def mailer_of(app: Flask) -> mail.Outgoing:
    return platform(app).mailer


def standing(app: Flask) -> tuple[str, int, str]:
    with app.app_context(), reading() as db:
        found = db.scalars(select(Delivery)).one()
        return found.state, found.attempts, found.error


def letters_page(app: Flask) -> str:
    """The page of the letters, as an organizer reads it after the consumer's next sign of life."""
    jobs_of(app)._sweep_in_context()
    client = app.test_client()
    sign_in(client, "organizer")
    return client.get("/messages?lang=en").text


def figures(unruly: Unruly, *dedupes: str) -> Figures:
    """Of letters that the server took; copies have one number."""
    return compared(set(unruly.taken), [f"<{dedupe}@localhost>" for dedupe in dedupes])


def again(app: Flask, attempts: int = 1) -> None:
    with time_machine.travel(clock.now() + pause_after(attempts) + timedelta(seconds=1), tick=True):
        drain(app)


@pytest.mark.fault("mail slow")
def test_a_server_too_slow_to_answer_is_left_and_asked_again(
    sender: Flask, unruly: Unruly, monkeypatch: pytest.MonkeyPatch, fault: Tell
) -> None:
    monkeypatch.setattr(mail, "TIMEOUT_SECONDS", 0.3)
    unruly.on_data = lambda _server: asyncio.sleep(1, "451 too late")
    queue(sender)
    drain(sender)
    assert standing(sender)[:2] == ("pending", 1)
    assert "timed out" in standing(sender)[2]
    page = letters_page(sender)
    unruly.on_data = None
    again(sender)
    assert standing(sender)[0] == "done"
    assert unruly.taken == ["<7.1@localhost>"]
    fault(**figures(unruly, "7.1"), page=page)


@pytest.mark.fault("mail refuses")
@pytest.mark.parametrize(
    ("answer", "state"), [("451 4.3.0 try later", "pending"), ("554 5.7.1 looks like spam", "dead")]
)
def test_what_is_refused_after_the_letter_was_read(
    sender: Flask, unruly: Unruly, answer: str, state: str, fault: Tell
) -> None:
    unruly.on_data = lambda _server: answer
    queue(sender)
    drain(sender)
    assert standing(sender)[:2] == (state, 1)
    assert answer[4:] in standing(sender)[2]
    assert unruly.taken == []
    page = letters_page(sender)
    unruly.on_data = None
    if state == "dead":  # until an organizer lets it be tried again
        again(sender)
        assert unruly.taken == []
        with sender.app_context(), transaction() as db:
            assert retry(db, db.scalars(select(Delivery.id)).one(), now=clock.now())
    again(sender)
    assert {"pending": "1 is on its way", "dead": "1 needs you"}[state] in page
    fault(**figures(unruly, "7.1"))


@pytest.mark.fault("mail hangs up")
def test_a_connection_cut_before_the_answer_costs_one_copy_more_with_the_same_number(
    sender: Flask, unruly: Unruly, fault: Tell
) -> None:
    """Nobody can know whether it was taken (RFC 1047): better one recognisable copy more than
    none.
    """

    def cut(server: SMTP) -> None:
        assert server.transport is not None
        server.transport.close()

    unruly.on_data = cut
    queue(sender)
    drain(sender)
    assert standing(sender)[:2] == ("pending", 1)
    page = letters_page(sender)
    unruly.on_data = None
    again(sender)
    assert standing(sender)[0] == "done"
    assert unruly.taken == ["<7.1@localhost>"] * 2
    fault(**figures(unruly, "7.1"), page=page)


def test_a_connection_cut_after_the_answer_costs_nothing(sender: Flask, unruly: Unruly) -> None:
    unruly.hangs_up_at_quit = True
    queue(sender)
    drain(sender)
    mailer_of(sender).close()
    again(sender)
    assert standing(sender) == ("done", 0, "")
    assert unruly.taken == ["<7.1@localhost>"]


def test_thirty_letters_are_one_connection_which_is_closed_when_it_has_been_idle(
    sender: Flask, unruly: Unruly
) -> None:
    queue(sender, *(f"7.{n}" for n in range(30)))
    drain(sender)
    assert (len(unruly.taken), len(unruly.peers)) == (30, 1)
    mailer_of(sender).close(idle_for=mail.IDLE_SECONDS)
    assert unruly.farewells == 0, "it was used a moment ago"
    mailer_of(sender).close()
    assert unruly.farewells == 1


def test_a_server_that_hangs_up_between_letters_gets_each_of_them_once(
    sender: Flask, unruly: Unruly
) -> None:
    unruly.hangs_up_in_between = True
    queue(sender, "7.1", "7.2", "7.3")
    drain(sender)
    assert sorted(unruly.taken) == [f"<7.{n}@localhost>" for n in (1, 2, 3)]
    assert len(unruly.peers) == 3


def test_after_a_refusal_the_next_letter_goes_on(sender: Flask, unruly: Unruly) -> None:
    answers = iter(["554 5.7.1 looks like spam"])
    unruly.on_data = lambda _server: next(answers, None)
    queue(sender, "7.1", "7.2")
    drain(sender)
    with sender.app_context(), reading() as db:
        assert sorted(db.scalars(select(Delivery.state))) == ["dead", "done"]
    assert len(unruly.taken) == 1


def test_what_comes_back_comes_to_an_address_that_names_the_letter(
    sender: Flask, unruly: Unruly
) -> None:
    queue(sender)
    drain(sender)
    with sender.app_context(), reading() as db:
        token = opened_token(db, db.scalars(select(Message.sealed_token)).one())
    assert unruly.senders == [f"bounce+{token}@example.org"]


def test_the_same_fact_delivered_twice_is_one_letter(sender: Flask, unruly: Unruly) -> None:
    with time_machine.travel(NOW, tick=False):
        take_place(sender, "official-hn", webinar(sender, STARTS))
        with sender.app_context(), transaction() as db:
            [entry] = db.scalars(
                select(JournalEntry).where(JournalEntry.fact == "RegistrationMade")
            )
            participation.on_registration_made(db, entry, now=NOW)
            participation.on_registration_made(db, entry, now=NOW)
        drain(sender)
        drain(sender)
    assert len(unruly.taken) == 1


@pytest.mark.both_databases
def test_two_workers_at_once_send_it_once(sender: Flask, unruly: Unruly) -> None:
    unruly.on_data = lambda _server: asyncio.sleep(0.2)
    queue(sender)
    with sender.app_context(), reading() as db:
        number = db.scalars(select(Delivery.id)).one()
    gate = threading.Barrier(4)

    def work() -> None:
        with sender.app_context():
            gate.wait()
            jobs_of(sender).deliver(number)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert unruly.taken == ["<7.1@localhost>"]
    assert standing(sender)[0] == "done"


@pytest.mark.fault("sender killed")
def test_a_worker_killed_while_sending_loses_nothing_and_doubles_at_most_what_was_under_way(
    sender: Flask, unruly: Unruly, database_url: str, fault: Tell
) -> None:
    unruly.on_data = lambda _server: asyncio.sleep(0.1)
    names = [f"7.{n}" for n in range(12)]
    queue(sender, *names)
    settings = platform(sender).settings
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.lower() not in Settings.model_fields
    }
    env = {
        **kept,
        "FLASK_APP": "app",
        "DATABASE_URL": settings.database,
        "CONVOCA_DATA": str(settings.data),
        "SECRET_KEY": SECRET,
        "JOBS": "external",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(settings.smtp_port),
        "SMTP_SECURITY": "none",
        "BASE_URL": "http://localhost",
    }
    with forked.begun("-m", "flask", "jobs", "work", "--workers", "1", env=env) as worker:
        limit = time.monotonic() + patience.scaled(60)
        while len(unruly.taken) < 3 and time.monotonic() < limit:
            time.sleep(0.01)
        worker.kill()
    assert 3 <= len(unruly.taken) < len(names)
    unruly.on_data = None
    with time_machine.travel(clock.now() + LEASE + timedelta(seconds=1), tick=True):
        drain(sender)
    counted = Counter(unruly.taken)
    fault(**figures(unruly, *names))
    assert sum(counted.values()) <= len(names) + 1
    with sender.app_context(), reading() as db:
        assert set(db.scalars(select(Delivery.state))) == {"done"}


def test_nobody_but_the_platform_itself_wrote_these(sender: Flask) -> None:
    queue(sender)
    with sender.app_context(), reading() as db:
        [entry] = db.scalars(select(JournalEntry).where(JournalEntry.fact == "MessageQueued"))
    assert entry.actor_account_id == (SYSTEM.account_id or None)
