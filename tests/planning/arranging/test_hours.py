"""Hours as people type them."""

from datetime import time

import pytest

from app.planning.arranging.forms import hours_in


@pytest.mark.parametrize(
    ("typed", "starts", "ends"),
    [
        ("9", time(9), None),
        ("09:00", time(9), None),
        ("9.30", time(9, 30), None),
        ("14h", time(14), None),
        ("14h30", time(14, 30), None),
        ("6pm", time(18), None),
        ("6 p. m.", time(18), None),
        ("12 a.m.", time(0), None),
        ("12pm", time(12), None),
        ("9-11", time(9), time(11)),
        ("9:00–10:30", time(9), time(10, 30)),
        ("de 1 a 3 pm", time(13), time(15)),
        ("11-1pm", time(11), time(13)),
        ("9am to 11am", time(9), time(11)),
        (" 13 hasta 14 ", time(13), time(14)),
    ],
)
def test_hour_is_read_as_people_write_it(typed: str, starts: time, ends: time | None) -> None:
    assert hours_in(typed) == (starts, ends)


@pytest.mark.parametrize(
    "typed", ["25:00", "9:75", "noon", "9-", "13pm", "0 am", "9-11-12", "٩", "-9", "9:5"]
)
def test_what_is_no_hour_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # the form says it in the reader's words
        hours_in(typed)
