"""The instant of an hour on the wall: which clocks show it, when it comes twice, when it never
comes.
"""

from datetime import UTC, datetime, timedelta, tzinfo
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from app.infra.database import reading, transaction
from app.kernel.timespan import Timespan
from app.planning.arranging.rules import clock
from app.planning.arranging.rules.clock import (
    Agreed,
    instant_today,
    moved_by_zone_rules,
    span_today,
)
from app.planning.arranging.services.planning import plan_event
from app.planning.events.queries.events import event_of
from tests.planning.events.alberta import EDMONTON, NINE_NEW, NINE_OLD, OLD, today
from tests.planning.events.planning_builders import (
    HOUR,
    NOW,
    ORGANIZER,
    a_draft,
    act_as,
    furnished,
    typed,
)
from tests.support.actors import csrf_token


def before(timezone: str) -> tzinfo:
    return OLD if timezone == EDMONTON else ZoneInfo(timezone)


def wall(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001 - a wall time


def agreed(starts: datetime, ends: datetime, span: Timespan, timezone: str = EDMONTON) -> Agreed:
    return Agreed(UUID(int=1), starts, ends, timezone, span)


# The rule


def test_only_what_the_new_rules_speak_of_moves() -> None:
    nine, eleven = wall(2027, 1, 12, 9), wall(2027, 1, 12, 11)
    moved = agreed(nine, eleven, Timespan(NINE_OLD, NINE_OLD + 2 * HOUR))
    elsewhere = Agreed(
        UUID(int=2), nine, eleven, "America/Costa_Rica", Timespan(NINE_NEW, NINE_NEW + 2 * HOUR)
    )
    july = datetime(2027, 7, 6, 15, tzinfo=UTC)
    summer = Agreed(
        UUID(int=3),
        wall(2027, 7, 6, 9),
        wall(2027, 7, 6, 11),
        EDMONTON,
        Timespan(july, july + 2 * HOUR),
    )
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
    assert instant_today(half_past_one, ZoneInfo("America/Toronto"), near=near) == near.replace(
        hour=new_hour
    )


def test_what_a_jump_swallows_lasts_as_long_as_before() -> None:
    starts, ends = wall(2027, 3, 14, 2, 30), wall(2027, 3, 14, 3, 15)
    before_the_jump = Timespan(
        datetime(2027, 3, 14, 8, 30, tzinfo=UTC), datetime(2027, 3, 14, 9, 15, tzinfo=UTC)
    )
    span = span_today(agreed(starts, ends, before_the_jump, "America/Toronto"), ZoneInfo)
    assert span == Timespan(
        datetime(2027, 3, 14, 7, 30, tzinfo=UTC), datetime(2027, 3, 14, 8, 15, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    "failure", [ZoneInfoNotFoundError("gone"), ValueError("bad"), OSError("unreadable")]
)
def test_a_zone_that_is_gone_leaves_its_events_alone(failure: Exception) -> None:
    def gone(timezone: str) -> tzinfo:
        raise failure

    span = Timespan(NINE_OLD, NINE_OLD + HOUR)
    assert span_today(agreed(wall(2027, 1, 12, 9), wall(2027, 1, 12, 10), span), gone) == span


ZONES = st.sampled_from(
    [
        EDMONTON,
        "America/Toronto",
        "America/Tijuana",
        "America/Costa_Rica",
        "America/Santo_Domingo",
        "America/Havana",
    ]
)
MINUTES = st.datetimes(datetime(2026, 1, 1), datetime(2032, 1, 1)).map(  # noqa: DTZ001
    lambda m: m.replace(second=0, microsecond=0)
)


@given(start=MINUTES, minutes=st.integers(1, 3000), timezone=ZONES)
def test_under_the_same_rules_nothing_ever_moves(
    start: datetime, minutes: int, timezone: str
) -> None:
    span = Timespan(
        start.replace(tzinfo=UTC), start.replace(tzinfo=UTC) + timedelta(minutes=minutes)
    )
    zone = ZoneInfo(timezone)
    walls = [
        instant.astimezone(zone).replace(tzinfo=None) for instant in (span.starts_at, span.ends_at)
    ]
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
        jump = (
            found.astimezone(zone).utcoffset()  # type: ignore[operator]
            - (found - timedelta(hours=2)).astimezone(zone).utcoffset()
        )  # zones have offsets
        assert found.astimezone(zone).replace(tzinfo=None) == agreed_on + jump


# An hour that comes twice, and changing an event in it

SECOND = Timespan(
    datetime(2027, 11, 7, 6, 30, tzinfo=UTC), datetime(2027, 11, 7, 6, 50, tzinfo=UTC)
)
FIRST = Timespan(SECOND.starts_at - HOUR, SECOND.ends_at - HOUR)


@pytest.mark.parametrize(
    ("starts", "ends", "near", "expected"),
    [
        ((1, 30), (1, 50), None, FIRST),
        ((1, 30), (1, 50), FIRST, FIRST),
        ((1, 30), (1, 50), SECOND, SECOND),
        (
            (1, 35),
            (1, 50),
            SECOND,
            Timespan(SECOND.starts_at + timedelta(minutes=5), SECOND.ends_at),
        ),
        (
            (1, 30),
            (1, 55),
            SECOND,
            Timespan(SECOND.starts_at, SECOND.ends_at + timedelta(minutes=5)),
        ),
        ((1, 30), (1, 55), FIRST, Timespan(FIRST.starts_at, FIRST.ends_at + timedelta(minutes=5))),
        ((0, 30), (1, 50), SECOND, Timespan(FIRST.starts_at - HOUR, SECOND.ends_at)),
    ],
)
def test_where_the_event_stood_says_which_of_the_two_is_meant(
    starts: tuple[int, int], ends: tuple[int, int], near: Timespan | None, expected: Timespan
) -> None:
    day = (2027, 11, 7)
    assert (
        clock.span_of_wall(wall(*day, *starts), wall(*day, *ends), "America/Toronto", near=near)
        == expected
    )


def test_editing_other_words_leaves_an_event_in_the_second_of_two_hours(
    app: Flask, client: FlaskClient
) -> None:
    furnished(app)
    act_as(app, ORGANIZER)
    with app.app_context(), transaction() as db:
        event_id = plan_event(
            db,
            actor=ORGANIZER,
            draft=a_draft(span=SECOND, timezone="America/Toronto"),
            publish=False,
            now=NOW,
        )
    path = f"/events/{event_id}/edit"
    answer = client.post(
        path,
        data={
            **typed(
                title_es="Otro",
                on="2027-11-07",
                start="01:30",
                end="01:50",
                timezone="America/Toronto",
            ),
            "action": "save",
            "csrf_token": csrf_token(client),
        },
    )
    assert answer.status_code == 303
    with app.app_context(), reading() as db:
        event = event_of(db, actor=ORGANIZER, event_id=event_id)
        assert (event.title["es"], event.span) == ("Otro", SECOND)
