"""Letters that cannot leave wait, and say why; nothing says that they were sent."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.infra import clock, journal
from app.infra.database import reading, transaction
from app.infra.journal import Delivery
from app.infra.platform import platform
from app.kernel.actor import SYSTEM
from app.office.notifications.tasks.letters import forget_keys
from app.office.outbox.models import Message
from app.office.outbox.queries import waiting_letters
from app.office.outbox.rules import DROPPED, LINK_LAPSED, KeysForgotten
from app.office.outbox.rules import KEYED as KEYED_PATHS
from app.office.outbox.services import (
    CannotSendYet,
    drop_waiting,
    queue_message,
    send_waiting,
    try_again,
)
from app.office.outbox.values import Letter
from app.people.identity.facts import SignInLinkRequested
from app.people.identity.models import AccountInvitation
from app.people.identity.queries import digest
from app.people.identity.services.inviting import invite
from config import Settings
from tests.support import apps
from tests.support.actors import account_id_of, actor_of
from tests.support.databases import settings_for
from tests.support.lifetime import close_app
from tests.support.mailboxes import (
    ADDRESS,
    MailSink,
    connect,
    enter,
    messages,
    taking_mail,
    unconnected,
)

LETTER = Letter("Aviso", "Abra http://127.0.0.1:8000/programme para verlo.\n\nConvoca\n")


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """An installation that knows neither its address nor a mail server."""
    return unconnected(database_url, tmp_path / "var")


@pytest.fixture
def post() -> Iterator[MailSink]:
    with taking_mail() as sink:
        yield sink


def queue(app: Flask, *, dedupe: str = "0.1", letter: Letter = LETTER) -> None:
    with app.app_context(), transaction() as db:
        queue_message(
            db,
            dedupe=dedupe,
            address="official@example.org",
            language="es",
            letter=letter,
            now=clock.now(),
        )


def drain(app: Flask) -> None:
    with app.app_context():
        platform(app).jobs.drain()


def send_held(app: Flask) -> int:
    actor = actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        return send_waiting(db, actor=actor, now=clock.now())


def test_letter_without_a_mail_server_waits_and_is_not_sent(app: Flask, settings: Settings) -> None:
    enter(app, public_address="https://convoca.example.org")
    queue(app)
    drain(app)
    [letter] = messages(app)
    assert (letter.sent_at, letter.held_at is not None) == (None, True)
    assert not list(settings.data.glob("mail/*"))
    with app.app_context(), reading() as db:
        assert waiting_letters(db).count == 1


def test_letter_without_a_public_address_waits_although_mail_works(
    app: Flask, post: MailSink
) -> None:
    connect(app, post)
    queue(app)
    drain(app)
    assert messages(app)[0].held_at is not None
    assert post.taken == []


def test_waiting_letter_counts_no_attempts(app: Flask) -> None:
    queue(app)
    drain(app)
    with app.app_context(), reading() as db:
        assert {(one.state, one.attempts) for one in db.scalars(select(Delivery))} == {("done", 0)}


def test_r81_waiting_letters_leave_once_and_their_links_lead_to_the_address(
    app: Flask, post: MailSink
) -> None:
    queue(app, dedupe="0.1")
    queue(app, dedupe="0.2")
    drain(app)
    with pytest.raises(CannotSendYet):
        send_held(app)
    connect(app, post)
    enter(app, public_address="https://convoca.example.org")
    drain(app)
    assert post.taken == []  # nobody has said yet that they shall leave
    assert send_held(app) == 2
    assert send_held(app) == 0
    drain(app)
    expected = "Abra https://convoca.example.org/programme para verlo.\n\nConvoca\n"
    assert post.bodies() == [expected] * 2
    assert all(one.sent_at is not None and not one.is_filed for one in messages(app))
    assert {str(mail["From"]) for mail in post.taken} == {"Convoca <office@example.org>"}


def test_dropped_letters_say_so_and_never_leave(app: Flask, post: MailSink) -> None:
    queue(app)
    drain(app)
    actor = actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        assert drop_waiting(db, actor=actor, now=clock.now()) == 1
    connect(app, post)
    enter(app, public_address="https://convoca.example.org")
    assert send_held(app) == 0
    drain(app)
    [letter] = messages(app)
    assert (letter.sent_at, letter.given_up_reason) == (None, DROPPED)
    assert post.taken == []


def test_demo_letters_are_files_and_never_count_as_sent(database_url: str, tmp_path: Path) -> None:
    app = apps.made(settings_for(database_url, tmp_path / "demo", demo=True, base_url=""))
    queue(app)
    drain(app)
    [letter] = messages(app)
    assert letter.sent_at is not None
    assert letter.is_filed
    close_app(app)


def an_invitation(app: Flask) -> int:
    actor = actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        return invite(db, actor=actor, email="nueva@example.org", now=clock.now())


def link_of(body: str) -> str:
    found = re.search(r"https://convoca\.example\.org/invited/(\S+)", body)
    assert found is not None
    return found[1].rstrip(".")


def test_stored_letter_has_no_key_and_the_sent_one_has_it(app: Flask, post: MailSink) -> None:
    enter(app, public_address="https://convoca.example.org")
    connect(app, post)
    number = an_invitation(app)
    drain(app)
    key = link_of(post.bodies()[0])
    with app.app_context(), reading() as db:
        assert db.get_one(AccountInvitation, number).token_sha256 == digest(key)
    [letter] = messages(app)
    assert "https://convoca.example.org/invited/…" in letter.body
    assert key not in letter.body + letter.sealed_keys + letter.unsubscribe_url


def test_invitation_that_waited_for_weeks_has_fourteen_days_from_leaving(
    app: Flask, post: MailSink
) -> None:
    with time_machine.travel(clock.now(), tick=False) as hand:
        number = an_invitation(app)
        drain(app)
        hand.shift(timedelta(days=30))
        enter(app, public_address="https://convoca.example.org")
        connect(app, post)
        assert send_held(app) == 1
        drain(app)
        key = link_of(post.bodies()[0])
        with app.app_context(), reading() as db:
            row = db.get_one(AccountInvitation, number)
            assert row.token_sha256 == digest(key)
            assert row.lapses_at == clock.now() + timedelta(days=14)


def test_sign_in_link_does_not_wait_for_mail(app: Flask) -> None:
    account_id = account_id_of(app, "official-hn")
    with app.app_context(), transaction() as db:
        journal.record(db, SignInLinkRequested(account_id), actor=SYSTEM, now=clock.now())
    drain(app)
    [letter] = messages(app)
    assert (letter.held_at, letter.given_up_reason) == (None, LINK_LAPSED)


KEYED = Letter("Invitación", "Entre: https://convoca.example.org/speaker/one-key-only\n\nConvoca\n")


def come_back(app: Flask) -> int:
    with app.app_context(), transaction() as db:
        message = db.scalars(select(Message)).one()
        message.bounced_at = clock.now()
        return message.id


def test_letter_that_came_back_has_its_key_when_it_is_sent_again(
    app: Flask, post: MailSink
) -> None:
    enter(app, public_address=ADDRESS)
    connect(app, post)
    queue(app, letter=KEYED)
    drain(app)
    number, actor = come_back(app), actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        try_again(db, actor=actor, message_id=number, now=clock.now())
    drain(app)
    assert [KEYED.body] * 2 == post.bodies()


def test_keys_are_forgotten_when_their_links_have_lapsed(app: Flask, post: MailSink) -> None:
    enter(app, public_address=ADDRESS)
    connect(app, post)
    with time_machine.travel(clock.now(), tick=False) as hand:
        queue(app, letter=KEYED)
        drain(app)
        hand.shift(timedelta(days=13))
        with app.app_context():
            assert forget_keys() == 0
        hand.shift(timedelta(days=2))
        with app.app_context():
            assert forget_keys() == 1
    [letter] = messages(app)
    assert letter.sealed_keys == ""
    number, actor = come_back(app), actor_of(app, "organizer")
    with app.app_context(), transaction() as db, pytest.raises(KeysForgotten):
        try_again(db, actor=actor, message_id=number, now=clock.now())


def test_keys_that_were_stored_in_clear_before_are_taken_out(app: Flask) -> None:
    queue(app, letter=KEYED)
    with app.app_context():
        with transaction() as db:
            row = db.scalars(select(Message)).one()
            row.body, row.sealed_keys = KEYED.body, ""
            row.sent_at = clock.now() - timedelta(days=20)
        assert forget_keys() == 1
    assert "one-key-only" not in messages(app)[0].body


def test_every_address_with_a_key_is_known_to_the_letters(app: Flask) -> None:
    """A page that opens by its address alone must not stand in a stored letter; keys of wishes and
    feeds open nothing of a person's, or are in no letter.
    """
    paths = {
        str(rule).partition("<")[0].strip("/")
        for rule in app.url_map.iter_rules()
        if {"token", "refresher_key"} & set(rule.arguments)
    }
    assert paths - {"calendar", "first"} <= set(KEYED_PATHS)
