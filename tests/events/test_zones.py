"""People agree on hours in a place; when its government changes the clocks, the hours stand and the instants follow.

Alberta keeps UTC−6 all year from November 2026 (tzdata 2026f). Zones are given by name, so no test hangs on which
version is installed: `OLD` is Alberta as it was before (tzdata 2026b).
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from importlib.metadata import version
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.directory.models import Person
from app.events import rules
from app.events.models import CountryHoliday, Event, Registration
from app.events.queries.events import event_of
from app.events.rules.zones import Agreed, instant_today, moved_by_zone_rules, span_today
from app.events.services import cancel_event, plan_event
from app.events.services.holidays import set_binding
from app.events.services.zones import Recomputed, recompute_zones
from app.events.values import holder_of
from app.identity.models import Account
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.notifications.models import Message
from app.scheduling.models import ConflictCase
from app.scheduling.queries import engagement_of
from app.scheduling.rules import Clash
from tests.events.planning_builders import (
    CONVENOR,
    HOUR,
    NOW,
    ORGANIZER,
    a_draft,
    act_as,
    csrf_of,
    furnish,
    furnished,
    typed,
)

EDMONTON = "America/Edmonton"
OLD, NEW = ZoneInfo("America/Denver"), ZoneInfo("Etc/GMT+6")
NINE_OLD = datetime(2027, 1, 12, 16, tzinfo=UTC)
"""09:00 in Alberta as it was; 09:00 as it is now comes an hour earlier."""
NINE_NEW = NINE_OLD - HOUR


def before(timezone: str) -> tzinfo:
    return OLD if timezone == EDMONTON else ZoneInfo(timezone)


def today(timezone: str) -> tzinfo:
    return NEW if timezone == EDMONTON else ZoneInfo(timezone)


def wall(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - a wall time


def agreed(starts: datetime, ends: datetime, span: Timespan, timezone: str = EDMONTON) -> Agreed:
    return Agreed(UUID(int=1), starts, ends, timezone, span)


# The rule


def test_only_what_the_new_rules_speak_of_moves() -> None:
    nine, eleven = wall(2027, 1, 12, 9), wall(2027, 1, 12, 11)
    moved = agreed(nine, eleven, Timespan(NINE_OLD, NINE_OLD + 2 * HOUR))
    elsewhere = Agreed(UUID(int=2), nine, eleven, "America/Costa_Rica", Timespan(NINE_NEW, NINE_NEW + 2 * HOUR))
    july = datetime(2027, 7, 6, 15, tzinfo=UTC)
    summer = Agreed(UUID(int=3), wall(2027, 7, 6, 9), wall(2027, 7, 6, 11), EDMONTON, Timespan(july, july + 2 * HOUR))
    assert moved_by_zone_rules([moved, elsewhere, summer], today) == {
        UUID(int=1): Timespan(NINE_NEW, NINE_NEW + 2 * HOUR)
    }
    assert moved_by_zone_rules([moved, elsewhere, summer], before) == {}


def test_an_hour_that_no_longer_exists_moves_on_by_the_jump() -> None:
    half_past_two = wall(2027, 3, 14, 2, 30)
    toronto = ZoneInfo("America/Toronto")
    instant = instant_today(half_past_two, toronto, near=datetime(2027, 3, 14, 8, 30, tzinfo=UTC))
    assert instant.astimezone(toronto).replace(tzinfo=None) == wall(2027, 3, 14, 3, 30)


@pytest.mark.parametrize(("old_hour", "new_hour"), [(5, 5), (6, 6), (7, 6), (3, 5)])
def test_of_an_hour_that_comes_twice_the_nearest_is_kept(old_hour: int, new_hour: int) -> None:
    half_past_one = wall(2027, 11, 7, 1, 30)
    near = datetime(2027, 11, 7, old_hour, 30, tzinfo=UTC)
    assert instant_today(half_past_one, ZoneInfo("America/Toronto"), near=near) == near.replace(hour=new_hour)


def test_what_a_jump_swallows_lasts_as_long_as_before() -> None:
    starts, ends = wall(2027, 3, 14, 2, 30), wall(2027, 3, 14, 3, 15)
    before_the_jump = Timespan(datetime(2027, 3, 14, 8, 30, tzinfo=UTC), datetime(2027, 3, 14, 9, 15, tzinfo=UTC))
    span = span_today(agreed(starts, ends, before_the_jump, "America/Toronto"), ZoneInfo)
    assert span == Timespan(datetime(2027, 3, 14, 7, 30, tzinfo=UTC), datetime(2027, 3, 14, 8, 15, tzinfo=UTC))


@pytest.mark.parametrize("failure", [ZoneInfoNotFoundError("gone"), ValueError("bad"), OSError("unreadable")])
def test_a_zone_that_is_gone_leaves_its_events_alone(failure: Exception) -> None:
    def gone(timezone: str) -> tzinfo:
        raise failure

    span = Timespan(NINE_OLD, NINE_OLD + HOUR)
    assert span_today(agreed(wall(2027, 1, 12, 9), wall(2027, 1, 12, 10), span), gone) == span


ZONES = st.sampled_from(
    [EDMONTON, "America/Toronto", "America/Tijuana", "America/Costa_Rica", "America/Santo_Domingo", "America/Havana"]
)
MINUTES = st.datetimes(datetime(2026, 1, 1), datetime(2032, 1, 1)).map(lambda m: m.replace(second=0, microsecond=0))  # noqa: DTZ001


@given(start=MINUTES, minutes=st.integers(1, 3000), timezone=ZONES)
def test_under_the_same_rules_nothing_ever_moves(start: datetime, minutes: int, timezone: str) -> None:
    span = Timespan(start.replace(tzinfo=UTC), start.replace(tzinfo=UTC) + timedelta(minutes=minutes))
    zone = ZoneInfo(timezone)
    walls = [instant.astimezone(zone).replace(tzinfo=None) for instant in (span.starts_at, span.ends_at)]
    assert moved_by_zone_rules([agreed(walls[0], walls[1], span, timezone)], ZoneInfo) == {}


QUARTERS = st.datetimes(datetime(2026, 3, 1), datetime(2026, 12, 1)).map(  # noqa: DTZ001 - wall times
    lambda m: m.replace(minute=m.minute // 15 * 15, second=0, microsecond=0)
)
NEAR_CHANGES = st.sampled_from([wall(2026, 3, 8), wall(2026, 11, 1)]).flatmap(
    lambda day: st.integers(0, 4 * 30).map(lambda quarters: day + timedelta(minutes=15 * quarters))
)


@given(agreed_on=QUARTERS | NEAR_CHANGES, timezone=ZONES, old_offset=st.integers(-10, -3))
def test_it_agrees_with_looking_at_every_quarter_of_an_hour(
    agreed_on: datetime, timezone: str, old_offset: int
) -> None:
    zone, near = ZoneInfo(timezone), agreed_on.replace(tzinfo=UTC) - timedelta(hours=old_offset)
    quarters = [near + timedelta(minutes=15 * n) for n in range(-40, 41)]
    showing = [q for q in quarters if q.astimezone(zone).replace(tzinfo=None) == agreed_on]
    found = instant_today(agreed_on, zone, near=near)
    if showing:
        assert abs(found - near) == min(abs(q - near) for q in showing)
        assert found in showing
    else:
        jump = found.astimezone(zone).utcoffset() - (found - timedelta(hours=2)).astimezone(zone).utcoffset()  # type: ignore[operator]  # zones have offsets
        assert found.astimezone(zone).replace(tzinfo=None) == agreed_on + jump


# An hour that comes twice, and changing an event in it

SECOND = Timespan(datetime(2027, 11, 7, 6, 30, tzinfo=UTC), datetime(2027, 11, 7, 6, 50, tzinfo=UTC))
FIRST = Timespan(SECOND.starts_at - HOUR, SECOND.ends_at - HOUR)


@pytest.mark.parametrize(
    ("starts", "ends", "near", "expected"),
    [
        ((1, 30), (1, 50), None, FIRST),
        ((1, 30), (1, 50), FIRST, FIRST),
        ((1, 30), (1, 50), SECOND, SECOND),
        ((1, 35), (1, 50), SECOND, Timespan(SECOND.starts_at + timedelta(minutes=5), SECOND.ends_at)),
        ((1, 30), (1, 55), SECOND, Timespan(SECOND.starts_at, SECOND.ends_at + timedelta(minutes=5))),
        ((1, 30), (1, 55), FIRST, Timespan(FIRST.starts_at, FIRST.ends_at + timedelta(minutes=5))),
        ((0, 30), (1, 50), SECOND, Timespan(FIRST.starts_at - HOUR, SECOND.ends_at)),
    ],
)
def test_where_the_event_stood_says_which_of_the_two_is_meant(
    starts: tuple[int, int], ends: tuple[int, int], near: Timespan | None, expected: Timespan
) -> None:
    day = (2027, 11, 7)
    assert rules.span_of_wall(wall(*day, *starts), wall(*day, *ends), "America/Toronto", near=near) == expected


def test_editing_other_words_leaves_an_event_in_the_second_of_two_hours(app: Flask, client: FlaskClient) -> None:
    furnished(app)
    act_as(app, ORGANIZER)
    with app.app_context(), transaction() as db:
        event_id = plan_event(
            db, actor=ORGANIZER, draft=a_draft(span=SECOND, timezone="America/Toronto"), publish=False, now=NOW
        )
    path = f"/events/{event_id}/edit"
    answer = client.post(
        path,
        data={**typed(title_es="Otro", on="2027-11-07", start="01:30", end="01:50", timezone="America/Toronto"),
              "action": "save", "csrf_token": csrf_of(client, path)},
    )  # fmt: skip
    assert answer.status_code == 303
    with app.app_context(), reading() as db:
        event = event_of(db, actor=ORGANIZER, event_id=event_id)
        assert (event.title.es, event.span) == ("Otro", SECOND)


# The service


@pytest.fixture
def world(app_context: Flask) -> Flask:
    with transaction() as db:
        furnish(db)
    return app_context


def plan(
    span: Timespan | None = None, *, publish: bool = True, now: datetime = NOW, **changes: Any
) -> UUID:  # fmt: skip
    """An event of Alberta that was planned while the old rules held."""
    given = {"timezone": EDMONTON, "span": span or Timespan(NINE_OLD, NINE_OLD + 2 * HOUR), **changes}
    with transaction() as db:
        event_id = plan_event(db, actor=CONVENOR if given.get("groups") is None else ORGANIZER,
                              draft=a_draft(**given), publish=publish, now=now)  # fmt: skip
        if given["timezone"] == EDMONTON:
            local = [instant.astimezone(OLD) for instant in (given["span"].starts_at, given["span"].ends_at)]
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
    entries = select(JournalEntry).where(JournalEntry.subject_id == str(event_id), JournalEntry.fact == "EventMoved")
    yield from db.scalars(entries)


@pytest.mark.both_databases
def test_an_upgrade_moves_what_the_new_rules_move_once_and_tells_it_once(world: Flask) -> None:
    moving = plan()
    costa_rica = plan(Timespan(NINE_OLD + 5 * HOUR, NINE_OLD + 6 * HOUR), timezone="America/Costa_Rica")
    done = recompute()
    assert (done.checked, done.moved, done.cases) == (2, (moving,), 0)
    event, other = row(moving), row(costa_rica)
    assert (event.starts_at, event.ends_at) == (NINE_NEW, NINE_NEW + 2 * HOUR)
    assert (event.wall_starts, event.sequence, event.changed_at) == ("2027-01-12T09:00:00", 1, NOW + HOUR)
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
    there = plan(Timespan(NINE_NEW, NINE_OLD), timezone="America/Costa_Rica", groups=("labour-migration",))
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
        plan(Timespan(NINE_OLD, NINE_OLD + HOUR), timezone="America/Costa_Rica", groups=("border-management",))
    plan(Timespan(NINE_OLD + HOUR, NINE_OLD + 2 * HOUR), timezone="America/Costa_Rica", groups=("border-management",))


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
    over, cancelled = (plan(Timespan(NINE_OLD + n * HOUR, NINE_OLD + (n + 1) * HOUR)) for n in (72, 168))
    with transaction() as db:
        cancel_event(db, actor=ORGANIZER, event_id=cancelled, now=NOW)
    assert recompute(now=NINE_OLD + 74 * HOUR) == Recomputed(0, (), 0)
    assert row(over).starts_at == NINE_OLD + 72 * HOUR
    assert row(cancelled).starts_at == NINE_OLD + 168 * HOUR


def test_a_draft_moves_with_its_hold_and_a_lapsed_one_holds_nothing(world: Flask) -> None:
    fresh = plan(publish=False, now=NOW)
    lapsed = plan(Timespan(NINE_OLD + 24 * HOUR, NINE_OLD + 25 * HOUR), publish=False, now=NOW - timedelta(days=20))
    recompute()
    assert claimed(fresh) == Timespan(NINE_NEW, NINE_NEW + 2 * HOUR)
    assert claimed(lapsed) in (None, Timespan(NINE_OLD + 24 * HOUR, NINE_OLD + 25 * HOUR))
    assert row(lapsed).starts_at == NINE_NEW + 24 * HOUR
    plan(Timespan(NINE_NEW + 24 * HOUR, NINE_NEW + 25 * HOUR), timezone="America/Costa_Rica")
    plan(timezone="America/Costa_Rica", span=Timespan(NINE_NEW, NINE_OLD), now=NOW + timedelta(days=15))


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
        db.add(CountryHoliday(country_code="HN", on=on, name=LocalizedText("Día", "Day")))
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
    app.extensions["convoca_jobs"].drain()
    with reading() as db:
        letters = {message.person_id: message for message in db.scalars(select(Message))}
        assert set(letters) == {1, 2}
        assert letters[1].subject == "Revise la hora: Seminario de protección"
        assert letters[2].subject == "Cambió la hora oficial: Seminario de protección"
        assert letters[2].recipient == "p2@example.org"  # the work address, before the one of signing in
        assert "09:00–11:00" in letters[2].body
        assert "coincide con otro evento" not in letters[2].body
        assert db.get_one(Person, 2).full_name in letters[2].body


def test_an_owner_outside_the_directory_is_told_of_the_clash_too(world: Flask, app: Flask) -> None:
    plan(Timespan(NINE_NEW, NINE_OLD), timezone="America/Costa_Rica", groups=("labour-migration",))
    plan()
    recompute()
    app.extensions["convoca_jobs"].drain()
    with reading() as db:
        letters = [m for m in db.scalars(select(Message)) if m.dedupe.endswith(".owner")]
        assert [message.recipient for message in letters] == ["a3@example.org"]
        assert "coincide con otro evento" in letters[0].body


@time_machine.travel(NOW, tick=False)
def test_the_command_says_what_it_did(world: Flask, app: Flask) -> None:
    event_id = plan(timezone="America/Costa_Rica")
    with transaction() as db:
        plan_event(db, actor=ORGANIZER, draft=a_draft(), publish=True, now=NOW)
    answers = [app.test_cli_runner().invoke(args=["events", "recompute-zones"]).output.strip() for _ in range(2)]
    assert answers == [
        f"{count} coming events checked, 0 moved, 0 conflict cases found." for count in (1, 0)
    ]  # fmt: skip
    assert row(event_id).tzdata_version == version("tzdata")
