"""Codes, and the day on which a second factor is due."""

from datetime import UTC, date, datetime, timedelta

import pyotp
import pytest

from app.people.factors.rules import (
    ALPHABET,
    due_on,
    matching_step,
    new_recovery_code,
    normal_code,
    step_of,
)
from tests.people.factors.office import SECRET

NOW = datetime(2026, 12, 1, 15, 0, 7, tzinfo=UTC)
DAY = date(2026, 12, 1)


def shown(later: int) -> str:
    return pyotp.TOTP(SECRET).generate_otp(step_of(NOW) + later)


@pytest.mark.parametrize(
    ("later", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_code_of_the_step_beside_is_accepted(later: int, fits: bool) -> None:
    step = matching_step(SECRET, shown(later), now=NOW, last_step=0)
    assert (step == step_of(NOW) + later) is fits


@pytest.mark.parametrize(
    "typed", ["{}", " {} ", "{0:.3} {0:.3}", "{}\n", "{}\N{NO-BREAK SPACE}", "-{}"]
)
def test_code_that_was_used_is_refused_however_it_is_spaced(typed: str) -> None:
    text = typed.format(shown(0))
    if "{0" in typed:
        text = f"{shown(0)[:3]} {shown(0)[3:]}"
    assert matching_step(SECRET, text, now=NOW, last_step=step_of(NOW) - 1) == step_of(NOW)
    assert matching_step(SECRET, text, now=NOW, last_step=step_of(NOW)) is None


def test_earlier_code_is_refused_after_a_later_one() -> None:
    assert matching_step(SECRET, shown(-1), now=NOW, last_step=step_of(NOW)) is None


@pytest.mark.parametrize("typed", ["", "12345", "0000000", "abcdef", "１２３４５６７", "é" * 6])
def test_what_is_no_code_is_refused(typed: str) -> None:
    assert matching_step(SECRET, typed, now=NOW, last_step=0) is None


def test_recovery_codes_have_120_bits_and_no_sign_that_is_misread() -> None:
    codes = {new_recovery_code() for _ in range(200)}
    assert len(codes) == 200
    assert {len(normal_code(one)) for one in codes} == {24}
    assert len(set(ALPHABET)) == 32
    assert not set("01IO") & set(ALPHABET)
    assert {normal_code(f" {one.lower()} ") for one in codes} == {normal_code(one) for one in codes}


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([], None),
        ([DAY - timedelta(days=900)], DAY + timedelta(days=30)),
        ([DAY + timedelta(days=9)], DAY + timedelta(days=39)),
        ([DAY + timedelta(days=9), DAY - timedelta(days=9)], DAY + timedelta(days=30)),
    ],
)
def test_days_count_from_the_role_or_from_when_it_was_demanded(
    days: list[date], expected: date | None
) -> None:
    assert due_on(days, since=DAY, grace_days=30) == expected
