"""Reading an address again and failing at it, on both databases: what changed is replaced, what was
read is kept.
"""

import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.infra import clock, fetching
from app.infra.database import reading, transaction
from app.infra.fetching import Fetched, FetchFailed
from app.infra.platform import platform
from app.kernel.actor import Actor
from app.kernel.text import LocalizedText
from app.planning.calendars import queries, services, tasks
from app.planning.calendars.services import remove_source
from app.planning.scheduling.services.claims import keep_soft
from tests.planning.calendars.builders import (
    NOW,
    TWO,
    URL,
    a_process,
    facts_of,
    ics,
    left_by,
    source_of,
)
from tests.support.actors import actor_of

pytestmark = [pytest.mark.both_databases, pytest.mark.timeout(60)]


@pytest.fixture
def organizer(app: Flask) -> Actor:
    return actor_of(app, "organizer")


class OtherSide:
    """Stands in for the network: what it is asked, and what it answers next."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.answer: Fetched | FetchFailed = Fetched(TWO, '"1"', "")

    def __call__(self, url: str, **asked: Any) -> Fetched:
        self.asked.append({"url": url, **asked})
        if isinstance(self.answer, FetchFailed):
            raise self.answer
        return self.answer


@pytest.fixture
def other_side(monkeypatch: pytest.MonkeyPatch) -> OtherSide:
    made = OtherSide()
    monkeypatch.setattr(tasks, "fetch", made)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return made


def refresh(app: Flask, source_id: int) -> None:
    with app.app_context():
        tasks.refresh(source_id)


def at(monkeypatch: pytest.MonkeyPatch, later: timedelta) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW + later)


def test_an_address_is_read_in_the_background_as_soon_as_it_is_added(
    app: Flask, organizer: Actor, other_side: OtherSide
) -> None:
    source_id = a_process(app, organizer, url=URL)
    assert left_by(app, source_id) == []
    with app.app_context():
        platform(app).jobs.drain()
    assert [row[1] for row in left_by(app, source_id)] == ["Pleno", "Cierre"]
    source = source_of(app, source_id)
    assert (source.etag, source.version, source.next_at) == ('"1"', 1, NOW + timedelta(hours=1))
    assert [asked["url"] for asked in other_side.asked] == [URL]


def test_unchanged_content_changes_nothing(
    app: Flask, organizer: Actor, other_side: OtherSide
) -> None:
    source_id = a_process(app, organizer, url=URL)
    refresh(app, source_id)
    before, told = left_by(app, source_id), facts_of(app, source_id)
    for answer in (
        Fetched(None),
        Fetched(TWO, '"2"', ""),
    ):  # not modified; and the same bytes under another tag
        other_side.answer = answer
        refresh(app, source_id)
        assert other_side.asked[-1]["etag"] == '"1"'
        assert left_by(app, source_id) == before
    assert facts_of(app, source_id) == told
    assert source_of(app, source_id).version == 1


def test_once_a_day_the_window_moves_on_though_nothing_changed(
    app: Flask, organizer: Actor, other_side: OtherSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    weekly = TWO.replace(
        b"DURATION:PT1H\r\nEND:VEVENT\r\nBEGIN",
        b"DURATION:PT1H\r\nRRULE:FREQ=WEEKLY\r\nEND:VEVENT\r\nBEGIN",
    )
    other_side.answer = Fetched(weekly, '"1"', "")
    source_id = a_process(app, organizer, url=URL)
    refresh(app, source_id)
    before = left_by(app, source_id)
    at(monkeypatch, timedelta(days=30))
    refresh(app, source_id)
    assert other_side.asked[-1]["etag"] == ""
    after = left_by(app, source_id)
    assert len(after) == len(before) + 4
    assert set(before) <= set(after)  # what stood already was not touched


def test_what_changed_is_replaced_and_the_rest_keeps_its_row(
    app: Flask, organizer: Actor, other_side: OtherSide
) -> None:
    source_id = a_process(app, organizer, url=URL)
    refresh(app, source_id)
    first = left_by(app, source_id)
    other_side.answer = Fetched(
        ics(
            ("a", "Pleno", "20261201T150000Z"),
            ("b", "Cierre", "20261203T150000Z"),
            ("c", "Nuevo", "20261204T150000Z"),
        ),
        '"2"',
        "",
    )
    refresh(app, source_id)
    second = left_by(app, source_id)
    assert second[0] == first[0]
    assert [row[1:3] for row in second[1:]] == [("Cierre", "12-03T15:00"), ("Nuevo", "12-04T15:00")]
    assert source_of(app, source_id).version == 2


def test_failures_pause_longer_and_longer_keep_what_was_read_and_end_after_ten(
    app: Flask, organizer: Actor, other_side: OtherSide
) -> None:
    source_id = a_process(app, organizer, url=URL)
    refresh(app, source_id)
    before = left_by(app, source_id)
    other_side.answer = FetchFailed(fetching.REFUSED, status="503")
    pauses = []
    for _ in range(9):
        refresh(app, source_id)
        next_at = source_of(app, source_id).next_at
        assert next_at is not None
        pauses.append((next_at - NOW) // timedelta(hours=1))
    assert pauses == [1, 2, 4, 8, 16, 24, 24, 24, 24]
    refresh(app, source_id)
    assert source_of(app, source_id).next_at is None
    assert left_by(app, source_id) == before
    with app.app_context(), reading() as db:
        line = queries.calendar_of(db, actor=organizer, source_id=source_id)
        assert queries.due(db, now=NOW + timedelta(days=400)) == []
    assert line.state == "given-up"
    assert line.error == LocalizedText(
        es="El otro servidor respondió con el código 503.",
        en="The other server answered with the code 503.",
    )


def test_pressing_the_button_takes_up_what_was_given_up(
    app: Flask, organizer: Actor, other_side: OtherSide
) -> None:
    other_side.answer = FetchFailed(fetching.NO_ANSWER)
    source_id = a_process(app, organizer, url=URL)
    for _ in range(10):
        refresh(app, source_id)
    other_side.answer = Fetched(TWO)
    with app.app_context(), transaction() as db:
        services.ask_reading(db, actor=organizer, source_id=source_id, now=NOW)
    with app.app_context():
        platform(app).jobs.drain()
    source = source_of(app, source_id)
    assert (source.failures, source.error, source.entries) == (0, "", 2)


def test_what_is_no_calendar_any_more_is_a_failure(
    app: Flask, organizer: Actor, other_side: OtherSide
) -> None:
    source_id = a_process(app, organizer, url=URL)
    other_side.answer = Fetched(b"<html>Sign in</html>")
    refresh(app, source_id)
    assert "web page" in source_of(app, source_id).error


def test_only_those_that_are_due_are_asked(
    app: Flask, organizer: Actor, other_side: OtherSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = a_process(app, organizer, url=URL)
    refresh(app, first)
    second = a_process(app, organizer, url=URL + "?second", now=NOW + timedelta(minutes=30))
    a_process(app, organizer, content=TWO)
    other_side.asked.clear()
    for later, expected in ((timedelta(minutes=30), [second]), (timedelta(hours=1), [first])):
        at(monkeypatch, later)
        with app.app_context():
            tasks.refresh_due()
        assert [asked["url"] for asked in other_side.asked] == [
            source_of(app, one).url for one in expected
        ]
        other_side.asked.clear()


def test_a_worker_killed_between_asking_and_writing_leaves_nothing_doubled(
    app: Flask, organizer: Actor, other_side: OtherSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The transaction is the last step: before it nothing has been written, and the calendar is
    still due.
    """

    class Killed(BaseException):
        pass

    def killed(*arguments: Any, **named: Any) -> int:
        keep_soft(*arguments, **named)
        raise Killed

    source_id = a_process(app, organizer, url=URL)
    with monkeypatch.context() as patch:
        patch.setattr(services, "keep_soft", killed)
        with pytest.raises(Killed):
            refresh(app, source_id)
    assert left_by(app, source_id) == []
    assert source_of(app, source_id).refreshed_at is None
    with app.app_context():
        tasks.refresh_due()
        tasks.refresh_due()
    assert len(left_by(app, source_id)) == 2


def test_two_workers_at_once_write_it_once(
    app: Flask, organizer: Actor, other_side: OtherSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    source_id = a_process(app, organizer, url=URL)
    together = threading.Barrier(4)

    def wait_then_answer(*_: Any, **__: Any) -> Fetched:
        together.wait(10)
        return Fetched(TWO)

    monkeypatch.setattr(tasks, "fetch", wait_then_answer)
    threads = [threading.Thread(target=refresh, args=(app, source_id)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(left_by(app, source_id)) == 2
    assert facts_of(app, source_id).count("CalendarRefreshed") == 1


def test_a_calendar_removed_while_it_was_read_stays_removed(
    app: Flask, organizer: Actor, other_side: OtherSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    source_id = a_process(app, organizer, url=URL)

    def meanwhile(*_: Any, **__: Any) -> Fetched:
        with app.app_context(), transaction() as db:
            remove_source(db, actor=organizer, source_id=source_id, now=NOW)
        return Fetched(TWO)

    monkeypatch.setattr(tasks, "fetch", meanwhile)
    refresh(app, source_id)
    assert left_by(app, source_id) == []
