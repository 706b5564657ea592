"""Network addresses."""

import pytest

from app.kernel.network import is_near, is_own, source_of


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("", "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_a_household_is_one_source(address: str, source: str) -> None:
    assert source_of(address) == source


def test_own_and_near_addresses_are_told_from_those_of_strangers() -> None:
    for address, own, near in (
        ("127.0.0.1", True, True),
        ("::ffff:127.0.0.1", True, True),
        ("::1", True, True),
        ("192.168.1.5", False, True),
        ("::ffff:10.0.0.7", False, True),
        ("8.8.8.8", False, False),
        ("::ffff:8.8.8.8", False, False),
        ("2606:4700::1", False, False),
        ("nonsense", False, False),
    ):
        assert (is_own(address), is_near(address)) == (own, near), address
