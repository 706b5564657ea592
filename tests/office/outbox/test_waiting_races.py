"""Two who decide at once about the letters that wait, by threads that start together, on both
databases: each letter leaves once, or is dropped, and never both.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.journal import Delivery, JournalEntry
from app.infra.platform import platform
from app.kernel.actor import Actor
from app.office.outbox.facts import MessageGivenUp, MessageRetried
from app.office.outbox.models import Message
from app.office.outbox.services import drop_waiting, queue_messages, send_waiting
from app.office.outbox.values import Letter, LetterDraft
from config import Settings
from tests.security.test_races import together
from tests.support.actors import actor_of
from tests.support.mailboxes import (
    ADDRESS,
    MailSink,
    connect,
    enter,
    messages,
    taking_mail,
    unconnected,
)

pytestmark = pytest.mark.both_databases
LETTERS, ROUNDS = 12, 4


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return unconnected(database_url, tmp_path / "var")


def held_letters(app: Flask, round_: int) -> None:
    """Letters that were written and tried while none could leave."""
    letter = Letter("Aviso", "Abra el programa para verlo.\n\nConvoca\n")
    drafts = [
        LetterDraft(f"0.{round_}.{number}", f"official{number}@example.org", "es", letter)
        for number in range(LETTERS)
    ]
    with app.app_context():
        with transaction() as db:
            queue_messages(db, drafts, now=clock.now())
        platform(app).jobs.drain()


def disconnected(app: Flask) -> None:
    enter(app, public_address=ADDRESS, smtp_host="", smtp_port=None, mail_tested_at=None)


def sending(actor: Actor) -> Callable[[], int]:
    def task() -> int:
        with transaction() as db:
            return send_waiting(db, actor=actor, now=clock.now())

    return task


def dropping(actor: Actor) -> Callable[[], int]:
    def task() -> int:
        with transaction() as db:
            return drop_waiting(db, actor=actor, now=clock.now())

    return task


def decisions(app: Flask) -> dict[int, list[str]]:
    """By letter, what the journal says that the office decided."""
    kinds = (MessageRetried.__name__, MessageGivenUp.__name__)
    with app.app_context(), reading() as db:
        rows = db.execute(
            select(JournalEntry.subject_id, JournalEntry.fact).where(JournalEntry.fact.in_(kinds))
        )
        found: dict[int, list[str]] = {}
        for number, fact in rows:
            found.setdefault(int(number), []).append(fact)
        return found


def taken(sink: MailSink) -> Counter[str]:
    return Counter(str(mail["Message-ID"]) for mail in sink.taken)


def test_r81_send_and_drop_at_once_leave_each_letter_sent_once_or_dropped(app: Flask) -> None:
    actor, jobs = actor_of(app, "organizer"), platform(app).jobs
    with taking_mail() as sink:
        for round_ in range(ROUNDS):
            disconnected(app)
            held_letters(app, round_)
            connect(app, sink)
            results = together(app, [sending(actor), dropping(actor), jobs.drain] * 2)
            counted = results[0::3] + results[1::3]
            assert Counter(counted) == {LETTERS: 1, 0: 3}, results
            together(app, [jobs.drain] * 2)
    letters = messages(app)
    assert len(letters) == LETTERS * ROUNDS
    assert all((one.sent_at is None) != (one.given_up_at is None) for one in letters)
    sent = [one for one in letters if one.sent_at is not None]
    assert set(taken(sink).values()) <= {1}
    assert len(sink.taken) == len(sent)
    expected = {
        one.id: [MessageRetried.__name__ if one.sent_at else MessageGivenUp.__name__]
        for one in letters
    }
    assert decisions(app) == expected


def test_r81_send_pressed_twice_at_once_sends_once(app: Flask) -> None:
    actor, jobs = actor_of(app, "organizer"), platform(app).jobs
    disconnected(app)
    held_letters(app, 0)
    with taking_mail() as sink:
        connect(app, sink)
        results = together(app, [sending(actor)] * 2)
        assert Counter(results) == {LETTERS: 1, 0: 1}, results
        together(app, [jobs.drain] * 2)
    assert (len(sink.taken), set(taken(sink).values())) == (LETTERS, {1})
    assert all(one.sent_at is not None for one in messages(app))


def test_delivery_that_runs_again_after_a_kill_leaves_held_letters_to_the_office(
    app: Flask,
) -> None:
    """Killed between holding the letter and noting that the delivery is done, a worker leaves a
    lease that runs out; by then mail may be connected, and somebody may drop or send.
    """
    actor, jobs = actor_of(app, "organizer"), platform(app).jobs
    disconnected(app)
    held_letters(app, 0)
    with taking_mail() as sink:
        connect(app, sink)
        as_if_killed(app)
        jobs_done = together(app, [jobs.drain])
        assert jobs_done == [LETTERS]
        assert sink.taken == []  # nobody has said yet that they shall leave
        as_if_killed(app)
        results = together(app, [sending(actor)])
        assert results == [LETTERS]
        together(app, [jobs.drain] * 2)
    assert (len(sink.taken), set(taken(sink).values())) == (LETTERS, {1})


def as_if_killed(app: Flask) -> None:
    with app.app_context(), transaction() as db:
        entries = select(Message.entry_id)
        for one in db.scalars(select(Delivery).where(Delivery.entry_id.in_(entries))):
            one.state, one.done_at, one.next_at = "pending", None, clock.now()
