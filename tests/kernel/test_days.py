"""Days as people and spreadsheets write them."""

from datetime import date

import pytest

from app.kernel.days import begins_with_month, days_meant, deadlines_meant, month_meant

TODAY = date(2026, 11, 29)
THE_30TH = date(2027, 9, 30)


@pytest.mark.parametrize(
    "text",
    [
        "2027-09-30",
        "2027/9/30",
        "2027-09-30 00:00:00",
        "30/9/2027",
        "9/30/2027",
        "30.09.27",
        "30 sep 2027",
        "30-sep-27",
        "30 de septiembre de 2027",
        "30 de setiembre de 2027",
        "Sept. 30, 2027",
        "September 30th, 2027",
        "jueves 30 de septiembre de 2027",
        "46660",
    ],
)
def test_a_day_is_read_as_it_is_written_in_either_language(text: str) -> None:
    assert days_meant(text) == (THE_30TH,)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("septiembre de 2027", THE_30TH),
        ("sep-27", THE_30TH),
        ("09/2027", THE_30TH),
        ("end of September 2027", THE_30TH),
        ("30 sep", THE_30TH),
        ("diciembre", date(2026, 12, 31)),
        ("Feb 2028", date(2028, 2, 29)),
        ("martes 2 de marzo de 2027", date(2027, 3, 2)),
    ],
)
def test_a_month_means_its_last_day_and_without_a_year_the_next_one(text: str, day: date) -> None:
    assert deadlines_meant(text, today=TODAY) == (day,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mañana",
        "31 feb 2027",
        "31/02/2027",
        "antes de junio de 2027",
        "2027",
        "Q1 2027",
        "martes",
        "99/99/9999",
        "0000-00-00",
        "mayo o junio de 2027",
        "-1",
    ],
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert deadlines_meant(text, today=TODAY) == ()


def test_numbers_that_may_be_day_or_month_are_two_days() -> None:
    assert days_meant("3/4/2027") == (date(2027, 4, 3), date(2027, 3, 4))
    assert days_meant("3.4.2027") == (date(2027, 4, 3),)
    assert [begins_with_month(text) for text in ("5/30/2027", "30/5/2027", "3/4/2027", "mayo")] == [
        True,
        False,
        None,
        None,
    ]


@pytest.mark.parametrize(
    "text", ["2027-09", "09/2027", "9.2027", "sep-27", "septiembre de 2027", "Sept. 2027"]
)
def test_a_month_with_its_year_is_read_as_its_first_day(text: str) -> None:
    assert month_meant(text) == date(2027, 9, 1)


@pytest.mark.parametrize("text", ["", "2027-13", "septiembre", "30 sep 2027", "9/27", "mañana"])
def test_what_is_no_month_of_a_year_is_none(text: str) -> None:
    assert month_meant(text) is None
