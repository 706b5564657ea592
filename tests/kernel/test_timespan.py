"""Half-open spans."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.timespan import Timespan

BASE = datetime(2026, 12, 10, 15, tzinfo=UTC)
spans = st.tuples(st.integers(0, 30), st.integers(1, 12)).map(
    lambda p: Timespan(BASE + timedelta(hours=p[0]), BASE + timedelta(hours=p[0] + p[1]))
)


def hours(span: Timespan) -> set[datetime]:
    return {
        span.starts_at + timedelta(hours=n)
        for n in range(int(span.duration.total_seconds() // 3600))
    }


@given(spans, spans)
def test_spans_overlap_exactly_when_they_share_an_hour(a: Timespan, b: Timespan) -> None:
    assert a.overlaps(b) == bool(hours(a) & hours(b)) == b.overlaps(a)


@given(spans, st.integers(-50, 50))
def test_moving_keeps_the_length(span: Timespan, by: int) -> None:
    moved = span.moved_to(span.starts_at + timedelta(hours=by))
    assert moved.duration == span.duration
    assert moved.starts_at - span.starts_at == timedelta(hours=by)


def test_an_instant_is_the_same_in_every_zone() -> None:
    local = BASE.astimezone(ZoneInfo("America/Costa_Rica"))
    span = Timespan(local, local + timedelta(hours=1))
    assert span == Timespan(BASE, BASE + timedelta(hours=1))
    assert span.starts_at.tzinfo is UTC


@pytest.mark.parametrize("length", [timedelta(0), timedelta(seconds=-1)])
def test_an_empty_or_reversed_span_is_refused(length: timedelta) -> None:
    with pytest.raises(ValueError, match="must end after"):
        Timespan(BASE, BASE + length)


def test_naive_datetimes_are_refused() -> None:
    naive = BASE.replace(tzinfo=None)
    with pytest.raises(ValueError, match="aware"):
        Timespan(naive, BASE)
    with pytest.raises(ValueError, match="aware"):
        Timespan(BASE, naive)
