"""Rules of signing in."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.kernel.actor import Role
from app.kernel.refusal import InvalidInput
from app.people.identity.rules import (
    PER_ACCOUNT_AND_ADDRESS,
    may_send_link,
    may_skip_old_password,
    normal_email,
    password_fault,
    require_preferences,
    require_role_fits,
    safe_next,
    wait_for,
)
from app.people.identity.values import Limit, SignInWay

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
HOSTILE = (
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    "javascript:alert(1)",
    "http:evil.example",
    "evil.example",
    " /programme",
    "/\x00/evil.example",
    "/ok\r\nSet-Cookie: a=b",
    "/" + "a" * 3000,
    "",
    None,
)


@pytest.mark.parametrize("target", HOSTILE)
def test_next_refuses_what_a_browser_could_read_as_another_site(target: str | None) -> None:
    assert safe_next(target) == ""


@pytest.mark.parametrize(
    "target", ["/", "/programme?month=2026-12&group=protection", "/courses/guidelines#a", "/a//b"]
)
def test_next_keeps_a_path_of_our_own(target: str) -> None:
    assert safe_next(target) == target


@given(
    st.one_of(
        st.text(max_size=40),
        st.text(alphabet="/\\.:@\t\n evil", max_size=12).map(lambda s: "/" + s),
    )
)
@example("/\\/evil.example")
def test_whatever_next_says_the_browser_stays_here(target: str) -> None:
    accepted = safe_next(target)
    if accepted:
        # Browsers drop tabs and newlines and read a backslash as a slash before they resolve an
        # address.
        as_read = "".join(c for c in accepted if c not in "\t\r\n").replace("\\", "/")
        assert urlsplit(urljoin("https://here.example/sign-in", as_read)).netloc == "here.example"


@given(st.lists(st.integers(0, 600), max_size=30), st.integers(1, 12))
def test_the_wait_ends_exactly_when_one_more_try_fits(seconds: list[int], count: int) -> None:
    limit = Limit(count, timedelta(seconds=300))
    tries = [NOW - timedelta(seconds=s) for s in seconds]
    wait = wait_for(tries, limit, NOW)
    recent = sum(s < 300 for s in seconds)
    assert (wait is None) == (recent < count)
    if wait is not None:
        assert timedelta(0) < wait <= limit.span
        assert wait_for(tries, limit, NOW + wait) is None
        assert wait_for(tries, limit, NOW + wait - timedelta(microseconds=1)) is not None


def test_ten_tries_of_one_account_from_one_address_in_five_minutes() -> None:
    assert Limit(10, timedelta(minutes=5)) == PER_ACCOUNT_AND_ADDRESS


def test_tries_counted_while_the_clock_was_ahead_keep_nobody_waiting() -> None:
    ahead = [NOW + timedelta(days=3)] * 20
    assert wait_for(ahead, PER_ACCOUNT_AND_ADDRESS, NOW) is None


def test_sixth_link_within_an_hour_waits_until_the_last_is_ten_minutes_old() -> None:
    sent = [NOW + timedelta(minutes=n) for n in range(5)]
    assert may_send_link(sent[:4], NOW + timedelta(minutes=4))
    assert not may_send_link(sent, NOW + timedelta(minutes=13))
    assert may_send_link(sent, NOW + timedelta(minutes=14))


@pytest.mark.parametrize(
    ("password", "fits"),
    [
        ("corto", False),
        ("x" * 14, False),
        ("aaaaaaaaaaaaaaaaaaaa", False),
        ("abcdefgabcdefgabcdefg", False),
        ("contraseña123456", False),
        ("Password1234Password", False),
        ("Dunia Zúñiga Mejía 1", False),
        ("dunia.zuniga@example.org", False),
        ("qwerty123456789", False),  # fifteen characters, and on every list
        ("2024!!guatemala!!2024", False),  # a word of the lists with padding
        ("B1env3nid0-2026-01-15", False),  # with letters written as figures
        ("dragondragondragondragon77", False),
        ("mango lluvia tren sello", True),
        ("пароль из пяти слов здесь", True),
        ("n" * 20 + "qué lejos el mar azul", True),
        ("z9" * 129, False),
    ],
)
def test_new_passwords_are_long_and_not_the_first_guess(password: str, fits: bool) -> None:
    fault = password_fault(password, ("dunia.zuniga@example.org", "Dunia Zúñiga Mejía"))
    assert (fault is None) is fits


def test_an_address_is_the_same_however_typed() -> None:
    assert normal_email("  Dunia@Example.ORG\n") == "dunia@example.org"


@pytest.mark.parametrize(
    ("role", "scope", "fits"),
    [
        (Role.ORGANIZER, "", True),
        (Role.ORGANIZER, "HN", False),
        (Role.FOCAL_POINT, "HN", True),
        (Role.FOCAL_POINT, "protection", False),
        (Role.CONVENOR, "protection", True),
        (Role.CONVENOR, "HN", False),
        (Role.OFFICIAL, "", False),
    ],
)
def test_each_role_has_its_kind_of_scope(role: Role, scope: str, fits: bool) -> None:
    if fits:
        require_role_fits(role, scope, ["HN"], ["protection"])
    else:
        with pytest.raises(InvalidInput):
            require_role_fits(role, scope, ["HN"], ["protection"])


def test_only_a_fresh_link_replaces_a_forgotten_password() -> None:
    assert may_skip_old_password(SignInWay.LINK, NOW - timedelta(minutes=15), NOW)
    assert not may_skip_old_password(SignInWay.LINK, NOW - timedelta(minutes=16), NOW)
    assert not may_skip_old_password(SignInWay.PASSWORD, NOW, NOW)
    assert not may_skip_old_password(SignInWay.DEMO, NOW, NOW)


def test_preferences_name_every_field_that_is_wrong() -> None:
    require_preferences("en", "America/Tegucigalpa")
    with pytest.raises(InvalidInput) as refused:
        require_preferences("fr", "../../etc/passwd")
    assert set(refused.value.errors) == {"language", "timezone"}
