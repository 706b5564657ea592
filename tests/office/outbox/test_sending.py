"""Letters over a real mail server: once, to one person, marked as automatic, and never lost when
the server is away.
"""

import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
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
from app.infra.installation import SETTINGS
from app.infra.jobs import MAX_ATTEMPTS, pause_after
from app.infra.journal import Delivery
from app.infra.platform import platform
from app.office.outbox.models import Message
from app.office.outbox.services import queue_message
from app.office.outbox.values import Letter
from tests.support.databases import settings_for
from tests.support.lifetime import close_app

LETTER = Letter(
    "Inscripción confirmada: Niñez y protección 🌎",
    "Hola, Núñez:\n\nhttps://convoca.example.org/x\n",
)


class Post:
    """What the mail server was handed; `refusal` is what it answers instead of taking it."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], EmailMessage]] = []
        self.refusal = ""

    async def handle_RCPT(  # the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        self.taken.append(
            (list(envelope.rcpt_tos), message_from_bytes(content, policy=policy.default))
        )
        return "250 OK"


def plain(letter: EmailMessage) -> str:
    """Lines on the wire end with both."""
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def mail_server(post: Post) -> Iterator[Controller]:
    controller = Controller(post, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller
    if controller.server is not None:
        controller.stop()


def port_of(controller: Controller) -> int:
    port: int = controller.port
    return port


@pytest.fixture
def make_sender(database_url: str, tmp_path: Path) -> Iterator[Callable[[int], Flask]]:
    made: list[Flask] = []

    def make(port: int) -> Flask:
        app = create_app(
            settings_for(
                database_url,
                tmp_path / "var",
                smtp_host="127.0.0.1",
                smtp_port=port,
                smtp_security="none",
                base_url="https://convoca.example.org",
                mail_from="Convoca <no-reply@example.org>",
            )
        )
        made.append(app)
        return app

    yield make
    for app in made:
        close_app(app)


def queue(
    app: Flask, address: str = "nunez@example.org", letter: Letter = LETTER, dedupe: str = "7.1"
) -> None:
    with app.app_context(), transaction() as db:
        queue_message(
            db, dedupe=dedupe, address=address, language="es", letter=letter, now=clock.now()
        )


def drain(app: Flask) -> int:
    with app.app_context():
        done = platform(app).jobs.drain()
    return done


def delivery(app: Flask) -> tuple[str, int, str]:
    with app.app_context(), reading() as db:
        found = db.scalars(select(Delivery)).one()
        return found.state, found.attempts, found.error


def is_sent(app: Flask) -> bool:
    with app.app_context(), reading() as db:
        return db.scalars(select(Message)).one().sent_at is not None


def test_a_letter_goes_once_to_one_person_marked_as_automatic(
    make_sender: Callable[[int], Flask], mail_server: Controller, post: Post
) -> None:
    app = make_sender(port_of(mail_server))
    queue(app)
    queue(app)  # the same cause again is no second letter
    drain(app)
    drain(app)
    [(recipients, letter)] = post.taken
    assert recipients == ["nunez@example.org"]
    assert letter["To"].addresses[0].addr_spec == "nunez@example.org"
    assert len(letter["To"].addresses) == 1
    assert letter["From"] == "Convoca <no-reply@example.org>"
    assert letter["Subject"] == LETTER.subject
    assert letter["Message-ID"] == "<7.1@convoca.example.org>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Content-Language"] == "es"
    assert "Date" in letter
    assert plain(letter) == LETTER.body
    assert letter.get_content_type() == "multipart/alternative"
    assert is_sent(app)


def test_while_the_server_is_down_letters_wait_and_then_go(
    make_sender: Callable[[int], Flask], mail_server: Controller, post: Post
) -> None:
    port = port_of(mail_server)
    app = make_sender(port)
    mail_server.stop()
    queue(app)
    drain(app)
    assert delivery(app)[:2] == ("pending", 1)
    assert not is_sent(app)
    back = Controller(post, hostname="127.0.0.1", port=port)
    back.start()
    try:
        with time_machine.travel(clock.now() + pause_after(1) + timedelta(seconds=1), tick=True):
            drain(app)
    finally:
        back.stop()
    assert delivery(app)[0] == "done"
    assert [letter["Message-ID"] for _, letter in post.taken] == ["<7.1@convoca.example.org>"]


def test_an_address_the_server_refuses_for_good_is_given_up_at_once_with_its_sentence(
    make_sender: Callable[[int], Flask], mail_server: Controller, post: Post
) -> None:
    app = make_sender(port_of(mail_server))
    post.refusal = "550 5.1.1 no such mailbox"
    queue(app)
    assert drain(app) == 1
    assert delivery(app) == ("dead", 1, "CannotSucceed: 550 5.1.1 no such mailbox")
    assert post.taken == []
    run = app.test_cli_runner().invoke
    number = run(args=["jobs", "dead"]).output.split("\t")[0]
    post.refusal = ""
    assert run(args=["jobs", "retry", number]).exit_code == 0
    drain(app)
    assert delivery(app)[0] == "done"
    assert len(post.taken) == 1


def test_an_address_refused_for_now_is_tried_ever_more_rarely_and_given_up_in_the_end(
    make_sender: Callable[[int], Flask], mail_server: Controller, post: Post
) -> None:
    app = make_sender(port_of(mail_server))
    post.refusal = "451 4.7.1 greylisted, come back later"
    queue(app)
    with time_machine.travel(clock.now(), tick=False) as hand:
        for attempt in range(1, MAX_ATTEMPTS + 1):
            assert drain(app) == 1
            assert drain(app) == 0  # not before its time
            hand.shift(pause_after(attempt))
    state, attempts, error = delivery(app)
    assert (state, attempts) == ("dead", MAX_ATTEMPTS)
    assert "451 4.7.1 greylisted" in error
    assert post.taken == []


def test_a_domain_with_an_accent_is_written_as_every_server_reads_it(
    make_sender: Callable[[int], Flask], mail_server: Controller, post: Post
) -> None:
    app = make_sender(port_of(mail_server))
    queue(app, "nunez@migración.example.org")
    drain(app)
    [(to, letter)] = post.taken
    assert to == ["nunez@xn--migracin-13a.example.org"]
    assert letter["To"].addresses[0].addr_spec == to[0]


@pytest.mark.parametrize(
    "address",
    [
        "ñ@example.org",
        "a@b..org",
        "a@x, b@y",
        "a@example.org,b@example.org",
        "a@example.org\nBcc: b@example.org",
        "",
        "nobody",
        "a b@x",
    ],
)
def test_what_is_not_one_address_is_given_up_at_once_with_a_sentence(
    make_sender: Callable[[int], Flask], mail_server: Controller, post: Post, address: str
) -> None:
    app = make_sender(port_of(mail_server))
    queue(app, address)
    drain(app)
    assert delivery(app) == (
        "dead",
        1,
        "CannotSucceed: The recipient is not one e-mail address. Correct it and retry.",
    )
    assert post.taken == []
    assert not is_sent(app)


def test_a_server_that_must_encrypt_and_cannot_gets_nothing(
    database_url: str, tmp_path: Path, mail_server: Controller, post: Post
) -> None:
    app = create_app(
        settings_for(
            database_url,
            tmp_path / "var",
            smtp_host="127.0.0.1",
            smtp_port=port_of(mail_server),
            smtp_security="starttls",
        )
    )
    queue(app)
    drain(app)
    assert delivery(app)[:2] == ("pending", 1)
    assert post.taken == []
    close_app(app)


def test_without_a_server_a_letter_is_a_file(app: Flask) -> None:
    queue(app)
    drain(app)
    [file] = (platform(app).settings.data / "mail").glob("*.eml")
    letter = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert letter["Subject"] == LETTER.subject
    assert is_sent(app)


def test_a_server_that_says_nothing_is_waited_for_once_and_not_by_every_letter(
    make_sender: Callable[[int], Flask],
    mail_server: Controller,
    post: Post,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """There may be one worker for all that follows from facts: it must not spend an hour on
    timeouts.
    """
    monkeypatch.setattr(mail, "TIMEOUT_SECONDS", 0.2)
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        time_machine.travel(clock.now(), tick=False) as hand,
    ):
        app = make_sender(silent.getsockname()[1])
        for n in range(9):
            queue(app, dedupe=f"7.{n}")
        drain(app)
        silent.setblocking(False)
        silent.accept()[0].close()
        with pytest.raises(BlockingIOError):
            silent.accept()
        with app.app_context(), reading() as db:
            states = {(found.state, found.attempts) for found in db.scalars(select(Delivery))}
        assert states == {("pending", 1)}
        known = platform(app).session_info
        moved = known[SETTINGS].model_copy(update={"smtp_port": port_of(mail_server)})
        monkeypatch.setitem(known, SETTINGS, moved)
        monkeypatch.setattr(
            mail, "TIMEOUT_SECONDS", 20
        )  # a server that answers may be slow on a busy machine
        hand.shift(pause_after(1))
        drain(app)
    assert len(post.taken) == 9
