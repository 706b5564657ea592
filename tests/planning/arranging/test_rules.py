"""Rules of time and of a congress cycle; pure."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.refusal import InvalidInput
from app.kernel.text import LocalizedText, is_web_address
from app.kernel.timespan import Timespan
from app.planning.arranging.rules import clock, cycle
from app.planning.arranging.rules.clock import DayPart
from app.planning.arranging.rules.cycle import CycleEvent
from app.planning.events.values import EditionLink, LinkRole
from tests.planning.events.planning_builders import NINE

ZONES = (
    "America/Costa_Rica",
    "America/New_York",
    "America/Toronto",
    "America/Mexico_City",
    "America/Santo_Domingo",
)
WALLS = st.datetimes(min_value=datetime(1990, 1, 2), max_value=datetime(2100, 12, 30))  # noqa: DTZ001 - wall times
MINUTES = WALLS.map(lambda wall: wall.replace(second=0, microsecond=0))


@given(MINUTES, st.sampled_from(ZONES))
def test_a_wall_time_comes_back_or_does_not_exist(wall: datetime, zone: str) -> None:
    try:
        instant = clock.instant_of(wall, zone)
    except ValueError:
        around = [wall + timedelta(hours=h) for h in (-2, 2)]
        offsets = {moment.replace(tzinfo=ZoneInfo(zone)).utcoffset() for moment in around}
        assert len(offsets) == 2, "only a change of offset makes an hour vanish"
    else:
        assert instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall


def test_the_first_of_an_hour_that_comes_twice() -> None:
    wall = datetime(2027, 11, 7, 1, 30)  # noqa: DTZ001 - a wall time
    assert clock.instant_of(wall, "America/New_York") == datetime(2027, 11, 7, 5, 30, tzinfo=UTC)


def test_a_span_over_the_change_of_clocks_has_its_true_length() -> None:
    span = clock.span_of_wall(datetime(2027, 3, 14, 1), datetime(2027, 3, 14, 4), "America/Toronto")  # noqa: DTZ001
    assert span.duration == timedelta(hours=2)


@pytest.mark.parametrize(
    ("starts", "ends", "zone", "field"),
    [
        ((2027, 3, 14, 2, 30), (2027, 3, 14, 4), "America/New_York", "starts_at"),
        ((2027, 3, 9, 9), (2027, 3, 9, 9), "America/Costa_Rica", "ends_at"),
        ((2027, 3, 9, 9), (2027, 4, 23, 9, 1), "America/Costa_Rica", "ends_at"),
        ((1989, 3, 9, 9), (1989, 3, 9, 10), "America/Costa_Rica", "starts_at"),
        ((2027, 3, 9, 9), (2101, 3, 9, 10), "America/Costa_Rica", "ends_at"),
        ((2027, 3, 9, 9), (2027, 3, 9, 10), "Nowhere", "timezone"),
        ((2027, 3, 9, 9, 0, 1), (2027, 3, 9, 10), "America/Costa_Rica", "starts_at"),
    ],
)
def test_what_is_no_span_is_refused_at_its_field(
    starts: tuple[int, ...], ends: tuple[int, ...], zone: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        clock.span_of_wall(datetime(*starts), datetime(*ends), zone)  # type: ignore[arg-type]  # noqa: DTZ001
    assert refused.value.errors.keys() == {field}


def standing(role: LinkRole, starts: int, ends: int, edition: str = "iii") -> CycleEvent:
    span = Timespan(NINE + timedelta(hours=starts), NINE + timedelta(hours=ends))
    return CycleEvent(
        UUID(int=1), LocalizedText(es="Otro", en="Other"), edition, edition.upper(), role, span
    )


HOURS = st.integers(-50, 50)


@given(
    HOURS,
    st.integers(1, 20),
    HOURS,
    st.integers(1, 20),
    st.sampled_from([LinkRole.PREPARATORY, LinkRole.FOLLOW_UP]),
)
def test_r45_the_order_holds_whichever_of_the_two_is_moved(
    start: int, length: int, congress: int, days: int, role: LinkRole
) -> None:
    def span(at: int, lasts: int) -> Timespan:
        return Timespan(NINE + timedelta(hours=at), NINE + timedelta(hours=at + lasts))

    is_lawful = (
        start + length <= congress if role is LinkRole.PREPARATORY else start >= congress + days
    )
    around = (standing(LinkRole.CONGRESS, congress, congress + days),)
    of_webinar = cycle.breach_of(span(start, length), (EditionLink("iii", role),), around)
    others = (standing(role, start, start + length),)
    of_congress = cycle.breach_of(
        span(congress, days), (EditionLink("iii", LinkRole.CONGRESS),), others
    )
    assert (of_webinar is None) is is_lawful
    assert (of_congress is None) is is_lawful
    assert cycle.breach_of(span(start, length), (EditionLink("iv", role),), around) is None


def test_an_edition_has_one_congress_and_its_own_dates_do_not_count_as_one() -> None:
    link = (EditionLink("iii", LinkRole.CONGRESS),)
    taken = cycle.breach_of(
        Timespan(NINE, NINE + timedelta(1)), link, (standing(LinkRole.CONGRESS, 500, 510),)
    )
    assert isinstance(taken, cycle.EditionTaken)
    dates = cycle.days_of_edition("2023-07-06", "2023-07-07")
    assert dates == Timespan(
        datetime(2023, 7, 6, 6, tzinfo=UTC), datetime(2023, 7, 8, 6, tzinfo=UTC)
    )
    own = CycleEvent(None, LocalizedText(es="Tema"), "iii", "III", LinkRole.CONGRESS, dates)
    assert cycle.breach_of(dates, link, (own,)) is None
    assert cycle.days_of_edition("2021-09", "") is None
    undated = CycleEvent(
        uuid4(), LocalizedText(es="Por fechar"), "iii", "III", LinkRole.CONGRESS, None
    )
    assert isinstance(cycle.breach_of(dates, link, (undated,)), cycle.EditionTaken)
    assert cycle.breach_of(dates, (EditionLink("iii", LinkRole.PREPARATORY),), (undated,)) is None


@pytest.mark.parametrize(
    ("starts", "hours", "zone", "holiday", "part"),
    [
        (0, 2, "America/Costa_Rica", False, DayPart.OPEN),
        (-1, 2, "America/Costa_Rica", False, DayPart.OPEN),
        (-2, 2, "America/Costa_Rica", False, DayPart.EARLY),
        (6, 2, "America/Costa_Rica", False, DayPart.OPEN),
        (6, 2, "America/Santo_Domingo", False, DayPart.LATE),
        (0, 20, "America/Costa_Rica", False, DayPart.LATE),
        (0, 32, "America/Costa_Rica", False, DayPart.OPEN),
        (0, 32, "America/Panama", False, DayPart.LATE),
        (0, 2, "America/Costa_Rica", True, DayPart.HOLIDAY),
    ],
)
def test_what_the_office_clock_says(
    starts: int, hours: int, zone: str, *, holiday: bool, part: DayPart
) -> None:
    at = NINE + timedelta(hours=starts)
    assert clock.day_part(Timespan(at, at + timedelta(hours=hours)), zone, holiday) is part


def test_the_link_to_join_opens_half_an_hour_before_and_closes_at_the_end() -> None:
    span, minute = Timespan(NINE, NINE + timedelta(hours=1)), timedelta(minutes=1)
    due = [NINE - 31 * minute, NINE - 30 * minute, NINE + 59 * minute, NINE + 60 * minute]
    assert [clock.join_link_is_due(span, now) for now in due] == [False, True, True, False]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("https://meet.example.org/j/1?pwd=ñ", True),
        ("http://meet.example.org", False),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("https://[bad", False),
        ("https://a b.example.org", False),
        ("meet.example.org", False),
    ],
)
def test_only_whole_web_addresses_are_accepted(text: str, *, is_one: bool) -> None:
    assert is_web_address(text) is is_one
