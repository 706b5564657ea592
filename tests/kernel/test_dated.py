"""What is dated holds from its first day until the day before its end."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Date, literal, select

from app.infra import orm
from app.infra.database import reading
from app.kernel import dated

FIRST, END = date(2026, 1, 1), date(2026, 2, 1)


def test_in_force_from_the_first_day_until_the_day_before_the_end() -> None:
    assert not dated.in_force(FIRST, END, date(2025, 12, 31))
    assert dated.in_force(FIRST, END, FIRST)
    assert dated.in_force(FIRST, END, date(2026, 1, 31))
    assert not dated.in_force(FIRST, END, END)
    assert dated.in_force(FIRST, None, date(2099, 1, 1))


def test_people_read_the_last_day_that_counts() -> None:
    assert dated.last_day(END) == date(2026, 1, 31)
    assert dated.last_day(None) is None


days = st.dates(date(2026, 1, 1), date(2026, 1, 20))
spans = st.tuples(days, st.none() | days)


@given(spans, spans)
def test_spans_overlap_exactly_when_both_are_in_force_on_some_day(
    one: dated.Days, other: dated.Days
) -> None:
    january = [date(2026, 1, 1) + timedelta(days=n) for n in range(40)]
    both = any(dated.in_force(*one, day) and dated.in_force(*other, day) for day in january)
    assert dated.overlap(one, other) == both


@pytest.mark.both_databases
@pytest.mark.usefixtures("app_context")
@pytest.mark.parametrize("until", [END, FIRST, None])
def test_a_statement_says_the_same_as_the_rule(until: date | None) -> None:
    row = select(
        literal(FIRST, Date()).label("valid_from"),
        literal(until, Date()).label("valid_until"),
    ).subquery()
    for on in (date(2025, 12, 31), FIRST, date(2026, 1, 31), END, date(2026, 2, 2)):
        with reading() as db:
            asked = select(orm.in_force(row.c, on), orm.not_over(row.c, on))
            holds, lasts = db.execute(asked).one()
        assert bool(holds) is dated.in_force(FIRST, until, on)
        assert bool(lasts) is dated.not_over(until, on)
