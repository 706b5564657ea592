"""A last day is written as people say it; what is kept is the first day without."""

from collections.abc import Iterator
from datetime import date

import pytest
import wtforms
from flask import Flask
from werkzeug.datastructures import MultiDict

from app.web.fields import LastDayField


@pytest.fixture(autouse=True)
def _request(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


class OneForm(wtforms.Form):
    until = LastDayField("Last day")


def test_written_last_day_is_kept_as_the_first_day_without_and_shown_as_written() -> None:
    form = OneForm(MultiDict({"until": "2026-12-30"}))
    assert form.until.data == date(2026, 12, 31)
    assert 'value="2026-12-30"' in str(form.until())


def test_first_day_without_is_shown_as_the_last_day() -> None:
    assert 'value="2026-12-30"' in str(OneForm(data={"until": date(2026, 12, 31)}).until())


def test_what_is_no_day_stays_as_it_was_written() -> None:
    form = OneForm(MultiDict({"until": "mañana"}))
    assert not form.validate()
    assert 'value="mañana"' in str(form.until())
