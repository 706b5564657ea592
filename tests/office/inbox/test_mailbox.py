"""A mailbox that is read every few minutes, over a real socket: what is ours is taken, what is not
is flagged, and what is too large is never fetched.
"""

import imaplib
import socketserver
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from app import create_app
from app.office.inbox.forms import LARGEST_MAIL
from app.office.inbox.tasks import fetch_mail
from tests.office.inbox.replies import any_reply
from tests.office.notifications.world import (
    HOUR,
    NOW,
    drain,
    registration,
    take_place,
    token_of,
    webinar,
)
from tests.support.databases import settings_for
from tests.support.lifetime import close_app


class Box(socketserver.ThreadingTCPServer):
    """As much of IMAP4rev1 (RFC 3501) as imaplib asks for here."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.mails: dict[int, bytes] = {}
        self.flags: dict[int, str] = {}
        self.sizes: dict[int, int] = {}
        self.fetched: list[int] = []
        self.logins: list[str] = []


class Handler(socketserver.StreamRequestHandler):
    server: Box

    def say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")

    def handle(self) -> None:
        self.say(b"* OK ready")
        while line := self.rfile.readline():
            tag, _, rest = line.strip().partition(b" ")
            self.answer(rest.decode())
            self.say(tag + b" OK done")
            if rest.upper().startswith(b"LOGOUT"):
                return

    def answer(self, asked: str) -> None:
        box, words = self.server, asked.split()
        if asked.startswith("CAPABILITY"):
            self.say(b"* CAPABILITY IMAP4rev1")
        elif asked.startswith("LOGIN"):
            box.logins.append(asked)
        elif asked.startswith("SELECT"):
            self.say(b"* %d EXISTS" % len(box.mails))
        elif asked.upper().startswith("UID SEARCH"):
            unseen = [
                str(number) for number in box.mails if "Seen" not in box.flags.get(number, "")
            ]
            self.say(f"* SEARCH {' '.join(unseen)}".encode())
        elif "RFC822.SIZE" in asked:
            size = box.sizes.get(int(words[2]), len(box.mails[int(words[2])]))
            self.say(f"* 1 FETCH (UID {words[2]} RFC822.SIZE {size})".encode())
        elif "BODY.PEEK" in asked:
            raw = box.mails[int(words[2])]
            box.fetched.append(int(words[2]))
            self.wfile.write(
                f"* 1 FETCH (UID {words[2]} BODY[] {{{len(raw)}}}\r\n".encode() + raw + b")\r\n"
            )
        elif asked.upper().startswith("UID STORE"):
            box.flags[int(words[2])] = box.flags.get(int(words[2]), "") + asked


@pytest.fixture
def box() -> Iterator[Box]:
    with Box() as server:
        threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()
        yield server
        server.shutdown()


@pytest.fixture
def reader(database_url: str, settings: object, tmp_path: object, box: Box) -> Iterator[Flask]:
    from pathlib import Path

    assert isinstance(tmp_path, Path)
    port = box.server_address[1]
    app = create_app(
        settings_for(
            database_url,
            tmp_path / "var",
            imap_url=f"imap://convoca:s%40cret@127.0.0.1:{port}/Answers",
        )
    )
    with time_machine.travel(NOW + 2 * HOUR, tick=False):
        yield app
    close_app(app)


def fetch(app: Flask) -> int:
    with app.app_context():
        return fetch_mail()


def test_answers_are_taken_once_and_what_is_not_ours_is_flagged_for_people(
    reader: Flask, box: Box
) -> None:
    event_id = webinar(reader)
    person = take_place(reader, "official-hn", event_id)
    drain(reader)
    mailbox = f"rsvp+{token_of(reader, event_id, person)}@example.org"
    box.mails = {
        4: any_reply(f"event-{event_id}@localhost", mailbox, "TENTATIVE", NOW + HOUR),
        7: b"To: info@example.org\r\nSubject: publicidad\r\n\r\nx\r\n",
        9: b"x",
    }
    box.sizes = {9: LARGEST_MAIL + 1}
    assert fetch(reader) == 3
    assert registration(reader, event_id, person).partstat == "TENTATIVE"
    assert "Flagged" not in box.flags[4]
    assert all("Flagged" in box.flags[number] for number in (7, 9))
    assert box.fetched == [4, 7]
    assert "s@cret" in box.logins[0]
    assert fetch(reader) == 0


def test_a_mailbox_that_is_away_is_asked_again_next_time(reader: Flask, box: Box) -> None:
    box.shutdown()
    box.server_close()
    assert fetch(reader) == 0


def test_without_an_address_nothing_is_asked(app: Flask) -> None:
    assert fetch(app) == 0


def test_whoever_shows_a_certificate_of_his_own_is_not_told_the_password(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[ssl.SSLContext] = []

    def secured(_host: str, _port: int, *, ssl_context: ssl.SSLContext, timeout: float) -> None:
        asked.append(ssl_context)
        raise OSError

    monkeypatch.setattr(imaplib, "IMAP4_SSL", secured)
    url = "imaps://convoca:s%40cret@mail.example.org/Answers"
    app = create_app(settings_for(database_url, tmp_path / "var", imap_url=url))
    assert fetch(app) == 0
    close_app(app)
    assert [(one.verify_mode, one.check_hostname) for one in asked] == [(ssl.CERT_REQUIRED, True)]
