"""Minutes of whoever reconnects or comes with two devices, against a model that looks at every
second.
"""

import itertools
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.participation.attendance.rules.recording import (
    is_beside,
    minutes_in,
    participants,
    plain_name,
    union,
    within,
)
from app.participation.attendance.values import Span, Stay
from app.planning.events.rules.presence import Presence, presence, present
from tests.participation.attendance.reports import EVENT, STARTS, at

LENGTH = 40
SPANS = st.lists(
    st.tuples(st.integers(-20, 60), st.integers(0, 50)).map(
        lambda pair: (pair[0], pair[0] + pair[1])
    ),
    max_size=8,
)


def span(first: float, last: float) -> Span:
    return Span(STARTS + timedelta(seconds=first), STARTS + timedelta(seconds=last))


@given(SPANS)
def test_the_union_within_the_event_agrees_with_every_moment(pairs: list[tuple[int, int]]) -> None:
    """The unit of the model is 20 seconds, so that minutes really are rounded down."""
    event = span(0, LENGTH * 20)
    merged = union(within([span(first * 20, last * 20) for first, last in pairs], event))
    there = [
        moment for moment in range(LENGTH) if any(first <= moment < last for first, last in pairs)
    ]
    assert minutes_in(merged) == len(there) * 20 // 60
    assert all(one.ends_at < other.starts_at for one, other in itertools.pairwise(merged))
    assert all(event.starts_at <= one.starts_at < one.ends_at <= event.ends_at for one in merged)


@given(SPANS, SPANS)
def test_the_order_and_the_number_of_times_do_not_matter(
    one: list[tuple[int, int]], other: list[tuple[int, int]]
) -> None:
    spans = [span(*pair) for pair in one + other]
    assert union(spans) == union(reversed(spans)) == union([*union(spans), *spans])


@pytest.mark.parametrize(
    ("first", "last", "beside"),
    [
        ((8, 15), (10, 50), False),
        ((8, 0), (11, 30), False),
        ((9, 10), (10, 5), False),
        ((9, 45), (11, 35), True),
        ((7, 45), (9, 40), True),
        ((15, 0), (16, 30), True),
    ],
)
def test_a_report_of_other_hours_lies_beside_the_event(
    first: tuple[int, int], last: tuple[int, int], beside: bool
) -> None:
    assert is_beside(Span(at(*first), at(*last)), EVENT) is beside


def test_two_devices_at_once_count_once_and_waiting_before_the_start_not_at_all() -> None:
    stays = [
        Stay("Ana", "ana@example.org", Span(at(8, 30), at(9, 30))),
        Stay("Ana (móvil)", "ana@example.org", Span(at(9, 10), at(9, 40))),
        Stay("Beto", "", Span(at(8, 0), at(8, 59))),
    ]
    said = {one.name: one.minutes for one in participants(stays, EVENT)}
    assert said == {"Ana (móvil)": 40, "Beto": 0}


def test_names_without_an_address_are_one_person_however_they_are_spelled() -> None:
    stays = [
        Stay("José  Ñáñez", "", Span(at(9, 0), at(9, 10))),
        Stay("JOSE NANEZ (Guest)", "", Span(at(9, 20), at(9, 30))),
        Stay("Ñáñez", "", Span(at(9, 0), at(9, 10))),
    ]
    assert sorted(one.minutes for one in participants(stays, EVENT)) == [10, 20]


def test_a_shared_mailbox_is_one_participant_for_each_name() -> None:
    box = "cancilleria@example.org"
    stays = [
        Stay(name, box, Span(at(9, 0), at(9, 10))) for name in ("Ana Paz", "Beto Luz", "ana paz")
    ]
    assert len(participants(stays, EVENT)) == 1
    assert len(participants(stays, EVENT, shared=frozenset({box}))) == 2


@pytest.mark.parametrize(
    "text", ["María José (HN)", "  maria   jose ", "MARÍA-JOSÉ", "María José [SRE", "maría_josé"]
)
def test_spellings_of_a_name_become_one_plain_name(text: str) -> None:
    assert plain_name(text) == "maria jose"


@pytest.mark.parametrize(
    ("minutes", "length", "expected"),
    [
        (72, 90, True),
        (71, 90, False),
        (0, 0, False),
        (5, 0, False),
        (4, 5, True),
        (240, 300, True),
        (239, 300, False),
    ],
)
def test_present_is_eighty_in_a_hundred_of_a_session_an_event_or_a_series(
    minutes: int, length: int, expected: bool
) -> None:
    assert present(minutes, length) is expected


def test_presence_is_partly_until_four_fifths_of_the_length() -> None:
    assert [presence(minutes, 90) for minutes in (None, 0, 1, 71, 72)] == [
        Presence.ABSENT,
        Presence.ABSENT,
        Presence.PARTLY,
        Presence.PARTLY,
        Presence.PRESENT,
    ]
