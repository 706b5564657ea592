"""Days and hours of a span in words: one day, several, and a single instant."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.render import days_text, hours_text

ZONE = "America/Costa_Rica"
MORNING = datetime(2027, 7, 7, 14, tzinfo=UTC)  # 08:00 in Costa Rica


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (1, "Wednesday, 7 July 2027"),
        (16, "Wednesday, 7 July 2027"),  # to midnight, which belongs to the day that ends with it
        (17, "Wednesday, 7 July 2027 – Thursday, 8 July 2027"),
        (33, "Wednesday, 7 July 2027 – Thursday, 8 July 2027"),
    ],
)
def test_a_congress_of_two_days_names_both(hours: int, words: str) -> None:
    assert days_text(MORNING, MORNING + timedelta(hours=hours), ZONE, "en") == words


def test_an_instant_is_one_hour_and_not_from_to() -> None:
    assert hours_text(MORNING, MORNING, ZONE) == "08:00"
    assert hours_text(MORNING, MORNING + timedelta(minutes=90), ZONE) == "08:00–09:30"


@given(st.integers(0, 60 * 24 * 10))
def test_the_first_day_always_stands_first(minutes: int) -> None:
    assert days_text(MORNING, MORNING + timedelta(minutes=minutes), ZONE, "en").startswith(
        "Wednesday, 7 July 2027"
    )
