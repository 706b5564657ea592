"""A busy machine gets more time, an idle one no less than what is written down."""

import os

import pytest

from tests.support import patience


@pytest.mark.parametrize(("load", "seconds"), [(0.1, 10), (4, 10), (8, 20), (400, 60)])
def test_limits_grow_with_the_load_up_to_six_times(
    monkeypatch: pytest.MonkeyPatch, load: float, seconds: float
) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (load, 0, 0))
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    assert patience.scaled(10) == seconds


def test_limit_of_a_test_is_scaled_and_its_own_mark_is_kept(request: pytest.FixtureRequest) -> None:
    [mark] = request.node.iter_markers("timeout")
    assert mark.args[0] >= float(request.config.getini("timeout"))
