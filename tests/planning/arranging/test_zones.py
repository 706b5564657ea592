"""People agree on hours in a place; when its government changes the clocks, the hours stand and the
instants follow.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from importlib.metadata import version
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.infra.platform import platform
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.office.outbox.models import Message
from app.participation.registrations.models import Registration
from app.people.directory.models import Person
from app.people.identity.models import Account
from app.planning.arranging.services.planning import cancel_event, plan_event
from app.planning.arranging.services.zones import Recomputed, recompute_zones
from app.planning.events.models import Event
from app.planning.events.values import holder_of
from app.planning.holidays.models import CountryHoliday
from app.planning.holidays.services.keeping import set_binding
from app.planning.scheduling.models import ConflictCase
from app.planning.scheduling.queries.calendar import engagement_of
from app.planning.scheduling.rules.refusals import Clash
from tests.planning.events.alberta import EDMONTON, NINE_NEW, NINE_OLD, OLD, today
from tests.planning.events.planning_builders import CONVENOR, HOUR, NOW, ORGANIZER, a_draft, furnish


@pytest.fixture
def world(app_context: Flask) -> Flask:
    with transaction() as db:
        furnish(db)
    return app_context


def plan(
    span: Timespan | None = None, *, publish: bool = True, now: datetime = NOW, **changes: Any
) -> UUID:
    """An event of Alberta that was planned while the old rules held."""
    given = {
        "timezone": EDMONTON,
        "span": span or Timespan(NINE_OLD, NINE_OLD + 2 * HOUR),
        **changes,
    }
    with transaction() as db:
        event_id = plan_event(
            db,
            actor=CONVENOR if given.get("groups") is None else ORGANIZER,
            draft=a_draft(**given),
            publish=publish,
            now=now,
        )
        if given["timezone"] == EDMONTON:
            local = [
                instant.astimezone(OLD)
                for instant in (given["span"].starts_at, given["span"].ends_at)
            ]
            walls = [f"{moment:%Y-%m-%dT%H:%M:%S}" for moment in local]
            values = {"wall_starts": walls[0], "wall_ends": walls[1]}
            db.execute(update(Event).where(Event.id == event_id).values(**values))
        db.execute(update(Event).where(Event.id == event_id).values(tzdata_version="2026.2"))
    return event_id


def recompute(now: datetime = NOW + HOUR, zone_of: Callable[[str], tzinfo] = today) -> Recomputed:
    with transaction() as db:
        return recompute_zones(db, now=now, zone_of=zone_of, tzdata="2026.6")


def row(event_id: UUID) -> Event:
    with reading() as db:
        event = db.get_one(Event, event_id)
        db.expunge(event)
        return event


def claimed(event_id: UUID) -> Timespan | None:
    with reading() as db:
        standing = engagement_of(db, holder=holder_of(event_id))
        return standing.span if standing else None


def told(db: Session, event_id: UUID) -> Iterator[JournalEntry]:
    entries = select(JournalEntry).where(
        JournalEntry.subject_id == str(event_id), JournalEntry.fact == "EventMoved"
    )
    yield from db.scalars(entries)


@pytest.mark.both_databases
def test_an_upgrade_moves_what_the_new_rules_move_once_and_tells_it_once(world: Flask) -> None:
    moving = plan()
    costa_rica = plan(
        Timespan(NINE_OLD + 5 * HOUR, NINE_OLD + 6 * HOUR), timezone="America/Costa_Rica"
    )
    done = recompute()
    assert (done.checked, done.moved, done.cases) == (2, (moving,), 0)
    event, other = row(moving), row(costa_rica)
    assert (event.starts_at, event.ends_at) == (NINE_NEW, NINE_NEW + 2 * HOUR)
    assert (event.wall_starts, event.sequence, event.changed_at) == (
        "2027-01-12T09:00:00",
        1,
        NOW + HOUR,
    )
    assert (other.starts_at, other.sequence, other.changed_at) == (NINE_OLD + 5 * HOUR, 0, NOW)
    assert event.tzdata_version == other.tzdata_version == "2026.6"
    assert claimed(moving) == Timespan(NINE_NEW, NINE_NEW + 2 * HOUR)
    with reading() as db:
        (entry,) = told(db, moving)
        assert entry.payload["cause"] == "zone-rules"
        assert entry.payload["previous_starts_at"] == NINE_OLD.isoformat()
        assert list(told(db, costa_rica)) == []
    assert recompute() == Recomputed(0, (), 0)
    assert row(moving).sequence == 1


@pytest.mark.both_databases
def test_a_clash_that_arises_loses_no_event_and_waits_for_the_secretariat(world: Flask) -> None:
    there = plan(
        Timespan(NINE_NEW, NINE_OLD), timezone="America/Costa_Rica", groups=("labour-migration",)
    )
    moving = plan()
    done = recompute()
    assert (done.moved, done.cases) == ((moving,), 1)
    assert claimed(moving) == Timespan(NINE_NEW, NINE_NEW + 2 * HOUR)
    assert claimed(there) == Timespan(NINE_NEW, NINE_OLD)
    with reading() as db:
        (case,) = db.scalars(select(ConflictCase)).all()
        assert {case.holder, case.against} == {holder_of(moving), holder_of(there)}
        assert (case.cause, case.state) == ("zone", "open")
    with pytest.raises(Clash):  # the hour that both hold is nobody else's
        plan(
            Timespan(NINE_OLD, NINE_OLD + HOUR),
            timezone="America/Costa_Rica",
            groups=("border-management",),
        )
    plan(
        Timespan(NINE_OLD + HOUR, NINE_OLD + 2 * HOUR),
        timezone="America/Costa_Rica",
        groups=("border-management",),
    )


@pytest.mark.parametrize("new", ["Etc/GMT+6", "Etc/GMT+8"])
def test_what_moves_together_does_not_clash_on_the_way(world: Flask, new: str) -> None:
    spans = [Timespan(NINE_OLD + n * HOUR, NINE_OLD + (n + 1) * HOUR) for n in range(4)]
    events = [plan(span) for span in (spans[2], spans[0], spans[3], spans[1])]
    done = recompute(zone_of=lambda timezone: ZoneInfo(new))
    assert done.cases == 0
    assert set(done.moved) == set(events)
    with reading() as db:
        assert list(db.scalars(select(ConflictCase))) == []


def test_what_is_over_or_cancelled_stays_as_it_was(world: Flask) -> None:
    over, cancelled = (
        plan(Timespan(NINE_OLD + n * HOUR, NINE_OLD + (n + 1) * HOUR)) for n in (72, 168)
    )
    with transaction() as db:
        cancel_event(db, actor=ORGANIZER, event_id=cancelled, now=NOW)
    assert recompute(now=NINE_OLD + 74 * HOUR) == Recomputed(0, (), 0)
    assert row(over).starts_at == NINE_OLD + 72 * HOUR
    assert row(cancelled).starts_at == NINE_OLD + 168 * HOUR


def test_a_draft_moves_with_its_hold_and_a_lapsed_one_holds_nothing(world: Flask) -> None:
    fresh = plan(publish=False, now=NOW)
    lapsed = plan(
        Timespan(NINE_OLD + 24 * HOUR, NINE_OLD + 25 * HOUR),
        publish=False,
        now=NOW - timedelta(days=20),
    )
    recompute()
    assert claimed(fresh) == Timespan(NINE_NEW, NINE_NEW + 2 * HOUR)
    assert claimed(lapsed) in (None, Timespan(NINE_OLD + 24 * HOUR, NINE_OLD + 25 * HOUR))
    assert row(lapsed).starts_at == NINE_NEW + 24 * HOUR
    plan(Timespan(NINE_NEW + 24 * HOUR, NINE_NEW + 25 * HOUR), timezone="America/Costa_Rica")
    plan(
        timezone="America/Costa_Rica",
        span=Timespan(NINE_NEW, NINE_OLD),
        now=NOW + timedelta(days=15),
    )


def test_rows_without_wall_times_are_taken_as_right_today(world: Flask) -> None:
    event_id = plan()
    with transaction() as db:
        db.execute(update(Event).values(wall_starts="", wall_ends="", tzdata_version=""))
    assert recompute(zone_of=ZoneInfo) == Recomputed(0, (), 0)
    event, zone = row(event_id), ZoneInfo(EDMONTON)
    assert event.wall_starts == f"{NINE_OLD.astimezone(zone):%Y-%m-%dT%H:%M:%S}"
    assert (event.starts_at, event.sequence, event.tzdata_version) == (NINE_OLD, 0, "2026.6")


def test_a_binding_holiday_follows_the_clock_of_its_country(world: Flask) -> None:
    on = date(2027, 4, 14)
    with transaction() as db:
        db.add(CountryHoliday(country_code="HN", on=on, name=LocalizedText(es="Día", en="Day")))
        db.flush()
        set_binding(db, actor=ORGANIZER, country_code="HN", on=on, is_binding=True, now=NOW)
    recompute(zone_of=lambda timezone: ZoneInfo("Etc/GMT+5"))
    with reading() as db:
        standing = engagement_of(db, holder="holiday:HN:2027-04-14")
        assert standing is not None
        assert standing.span.starts_at == datetime(2027, 4, 14, 5, tzinfo=UTC)


def test_the_registered_and_the_owner_are_told_and_nobody_else(world: Flask, app: Flask) -> None:
    with transaction() as db:
        db.get_one(Account, CONVENOR.account_id).person_id = 2
    event_id = plan()
    with transaction() as db:
        db.add(Registration(event_id=event_id, person_id=1, created_at=NOW, changed_at=NOW))
    recompute()
    with time_machine.travel(NOW + HOUR):
        platform(app).jobs.drain()
    with reading() as db:
        letters = {message.person_id: message for message in db.scalars(select(Message))}
        assert set(letters) == {1, 2}
        assert letters[1].subject == "Revise la hora: Seminario de protección"
        assert letters[2].subject == "Cambió la hora oficial: Seminario de protección"
        assert (
            letters[2].recipient == "p2@example.org"
        )  # the work address, before the one of signing in
        assert "09:00–11:00" in letters[2].body
        assert "coincide con otro evento" not in letters[2].body
        assert db.get_one(Person, 2).full_name in letters[2].body


def test_an_owner_outside_the_directory_is_told_of_the_clash_too(world: Flask, app: Flask) -> None:
    plan(Timespan(NINE_NEW, NINE_OLD), timezone="America/Costa_Rica", groups=("labour-migration",))
    plan()
    recompute()
    with time_machine.travel(NOW + HOUR):
        platform(app).jobs.drain()
    with reading() as db:
        letters = [m for m in db.scalars(select(Message)) if m.dedupe.endswith(".owner")]
        assert [message.recipient for message in letters] == ["a3@example.org"]
        assert "coincide con otro evento" in letters[0].body


@time_machine.travel(NOW, tick=False)
def test_the_command_says_what_it_did(world: Flask, app: Flask) -> None:
    event_id = plan(timezone="America/Costa_Rica")
    with transaction() as db:
        plan_event(db, actor=ORGANIZER, draft=a_draft(), publish=True, now=NOW)
    answers = [
        app.test_cli_runner().invoke(args=["events", "recompute-zones"]).output.strip()
        for _ in range(2)
    ]
    assert answers == [
        f"{count} coming events checked, 0 moved, 0 conflict cases found." for count in (1, 0)
    ]
    assert row(event_id).tzdata_version == version("tzdata")
