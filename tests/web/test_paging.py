"""From what an address says to a number, and back to an address."""

from urllib.parse import quote

import pytest
from flask import Flask

from app.web.paging import FARTHEST, addresses, page_asked

ASKED = {
    "": 1,
    "0": 1,
    "-1": 1,
    "x": 1,
    "\x00": 1,
    "²": 1,
    "1e9": 1,
    "1.5": 1,
    "9" * 5000: 1,
    "1": 1,
    "7": 7,
    "99999999999999999999": FARTHEST,
    "-" + "9" * 30: 1,
}


@pytest.mark.parametrize(("typed", "number"), ASKED.items(), ids=lambda value: repr(value)[:24])
def test_whatever_is_typed_is_a_number_within_reason(app: Flask, typed: str, number: int) -> None:
    with app.test_request_context(f"/good-practices?page={quote(typed)}"):
        assert page_asked() == number
        assert page_asked("another") == 1


def test_an_address_keeps_what_it_is_told_and_changes_its_number(app: Flask) -> None:
    with app.test_request_context(
        "/countries/HN/roster?page=3&search=a%26b&search=c&twin_page=2&endpoint=x&_scheme=x"
    ):
        assert addresses()(4) == "/countries/HN/roster?page=4"
        assert (
            addresses("search", "absent")(2) == "/countries/HN/roster?search=a%26b&search=c&page=2"
        )
        assert (
            addresses("page", "twin_page", name="twin_page")(1)
            == "/countries/HN/roster?page=3&twin_page=1"
        )
