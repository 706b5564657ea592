"""The rule book, rule by rule, and against a model that knows nothing but minutes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.timespan import Timespan
from app.planning.scheduling.rules import overlaps, refusals
from app.planning.scheduling.rules import slots as rules_slots
from app.planning.scheduling.rules.book import (
    AS_WRITTEN,
    ORDINARY,
)
from app.planning.scheduling.rules.clock import local_days, within_office_hours
from app.planning.scheduling.rules.slots import Search, free_days, quarters, stretches
from app.planning.scheduling.rules.spec import Overlap, Question
from app.planning.scheduling.values import FreeSlot, Holiday, Party, PartyKind, Rule, Severity
from tests.planning.scheduling import rulings
from tests.planning.scheduling.builders import (
    ANA,
    BEATRIZ,
    CLOSED_REGION,
    COSTA_RICA,
    DOMINICAN_REPUBLIC,
    LABOUR,
    NOW,
    OPEN_REGION,
    PANAMA,
    PROTECTION,
    THE_DAY,
    UNITED_STATES,
    a_standing,
    at,
    minutes,
    span,
)
from tests.planning.scheduling.test_wording import HOLIDAY_NAME

EVERYBODY = (PROTECTION, LABOUR, ANA, BEATRIZ, OPEN_REGION, CLOSED_REGION)


def shared(
    overlap: Overlap, mine: tuple[Party, ...], theirs: tuple[Party, ...]
) -> tuple[Party, ...]:
    return overlap(mine, a_standing(*theirs), ORDINARY)


def test_two_events_share_the_working_groups_of_both() -> None:
    assert shared(overlaps.same_group, (PROTECTION, LABOUR), (LABOUR, ANA)) == (LABOUR,)
    assert shared(overlaps.same_group, (PROTECTION,), (LABOUR,)) == ()


def test_events_of_two_working_groups_overlap() -> None:
    assert shared(overlaps.cross_group, (PROTECTION,), (LABOUR, ANA)) == (LABOUR,)
    assert shared(overlaps.cross_group, (ANA,), (LABOUR,)) == ()
    assert shared(overlaps.cross_group, (PROTECTION,), (ANA, OPEN_REGION)) == ()


def test_two_events_share_the_people_of_both() -> None:
    assert shared(overlaps.same_person, (ANA, PROTECTION), (BEATRIZ, ANA)) == (ANA,)
    assert shared(overlaps.same_person, (ANA,), (BEATRIZ,)) == ()


def test_a_group_and_a_person_of_one_key_are_two() -> None:
    namesake = Party.person(1, "Uno")
    group = Party.working_group("1", HOLIDAY_NAME)
    assert shared(overlaps.same_person, (group,), (namesake,)) == ()
    assert shared(overlaps.same_group, (namesake,), (group,)) == ()


@pytest.mark.parametrize(
    ("mine", "theirs", "spoken_of"),
    [
        (OPEN_REGION, OPEN_REGION, ()),
        (OPEN_REGION, CLOSED_REGION, (CLOSED_REGION,)),
        (CLOSED_REGION, OPEN_REGION, (OPEN_REGION,)),
        (CLOSED_REGION, CLOSED_REGION, (CLOSED_REGION,)),
    ],
)
def test_closed_region_overlaps_every_event_in_it(
    mine: Party, theirs: Party, spoken_of: tuple[Party, ...]
) -> None:
    assert shared(overlaps.blackout, (mine,), (theirs, ANA)) == spoken_of


def test_one_minute_clashes_and_back_to_back_passes() -> None:
    stands = a_standing(ANA, when=minutes(60, 120))
    assert rulings.clashes(minutes(119, 180), (ANA,), [stands])
    assert rulings.clashes(minutes(0, 61), (ANA,), [stands])
    assert rulings.clashes(minutes(80, 81), (ANA,), [stands])
    assert not rulings.clashes(minutes(120, 180), (ANA,), [stands])
    assert not rulings.clashes(minutes(0, 60), (ANA,), [stands])


def test_one_finding_for_each_other_engagement_by_its_first_rule() -> None:
    first = a_standing(ANA, holder="event:1", when=minutes(0, 60))
    second = a_standing(LABOUR, ANA, BEATRIZ, holder="event:2", when=minutes(30, 90))
    third = a_standing(PROTECTION, holder="event:3", when=minutes(30, 90))
    found = rulings.clashes(minutes(0, 120), (PROTECTION, ANA, BEATRIZ), [first, second, third])
    assert [(f.rule, f.other and f.other.holder) for f in found] == [
        (Rule.SAME_GROUP, "event:3"),
        (Rule.CROSS_GROUP, "event:2"),
        (Rule.SAME_PERSON, "event:1"),
    ]
    assert found[1].parties == (LABOUR,)
    assert found[1].also == (ANA, BEATRIZ)
    assert found[2].also == ()


def test_the_book_blocks_whatever_may_not_overlap() -> None:
    """Nothing in it may be lowered silently: the database enforces all of them."""
    assert {
        spec.name: ORDINARY.setting(spec.name, minutes(0, 60)).severity
        for spec in AS_WRITTEN.overlapping
    } == dict.fromkeys(
        (
            Rule.SAME_GROUP,
            Rule.BLACKOUT,
            Rule.GROUP_PAIR,
            Rule.CROSS_GROUP,
            Rule.CONGRESS_CYCLE,
            Rule.SAME_PERSON,
            Rule.LICENCE,
            Rule.BINDING_HOLIDAY,
        ),
        Severity.BLOCK,
    )


def test_warnings_do_not_refuse() -> None:
    warnings = rulings.outside_hours(span("02:00", "03:00"), (COSTA_RICA,))
    assert [w.severity for w in warnings] == [Severity.WARN]
    refusals.require_free(warnings)


DAY = 24 * 60
parties = st.lists(st.sampled_from(EVERYBODY), max_size=4, unique=True)
spans = st.tuples(st.integers(0, DAY), st.integers(1, 180)).map(
    lambda pair: minutes(pair[0], pair[0] + pair[1])
)


def model_says_no(a: Timespan, mine: list[Party], b: Timespan, theirs: list[Party]) -> bool:
    """The same question asked minute by minute and in plain sets."""

    def taken(when: Timespan) -> set[int]:
        start = int((when.starts_at - minutes(0, 1).starts_at).total_seconds() // 60)
        return set(range(start, start + int(when.duration.total_seconds() // 60)))

    if not taken(a) & taken(b):
        return False
    kinds = [{p.kind for p in side} for side in (mine, theirs)]
    people = [{p.key for p in side if p.kind is PartyKind.PERSON} for side in (mine, theirs)]
    regions = [{p.exclusive for p in side if p.kind is PartyKind.REGION} for side in (mine, theirs)]
    both_groups = all(PartyKind.WORKING_GROUP in kind for kind in kinds)
    closed = all(regions) and True in regions[0] | regions[1]
    return both_groups or closed or bool(people[0] & people[1])


@given(spans, parties, spans, parties)
def test_the_book_agrees_with_the_model(
    a: Timespan, mine: list[Party], b: Timespan, theirs: list[Party]
) -> None:
    found = rulings.clashes(a, mine, [a_standing(*theirs, when=b)])
    assert bool(found) == model_says_no(a, mine, b, theirs)


@given(spans, parties, spans, parties)
def test_a_clash_is_mutual(
    a: Timespan, mine: list[Party], b: Timespan, theirs: list[Party]
) -> None:
    there = rulings.clashes(a, mine, [a_standing(*theirs, when=b)])
    back = rulings.clashes(b, theirs, [a_standing(*mine, when=a)])
    assert [finding.rule for finding in there] == [finding.rule for finding in back]


@pytest.mark.parametrize(
    ("starts", "ends", "timezone", "within"),
    [
        ("14:00", "23:00", "America/Costa_Rica", True),
        ("13:59", "15:00", "America/Costa_Rica", False),
        ("22:00", "23:01", "America/Costa_Rica", False),
        ("20:00", "21:00", "America/Santo_Domingo", True),
        ("20:00", "21:01", "America/Santo_Domingo", False),
        ("13:00", "14:00", "America/New_York", True),  # December: five hours behind
        ("12:59", "14:00", "America/New_York", False),
    ],
)
def test_office_hours_on_the_wall(starts: str, ends: str, timezone: str, within: bool) -> None:
    assert within_office_hours(span(starts, ends), timezone) is within


def test_office_hours_follow_summer_time() -> None:
    july = Timespan(datetime(2027, 7, 8, 12, tzinfo=UTC), datetime(2027, 7, 8, 13, tzinfo=UTC))
    assert within_office_hours(july, "America/New_York")
    assert not within_office_hours(july, "America/Panama")


def test_a_night_between_is_outside_unless_it_is_an_event_of_days() -> None:
    zone = "America/Costa_Rica"
    assert not within_office_hours(Timespan(at("22:00"), at("15:00", days=1)), zone)
    assert within_office_hours(Timespan(at("15:00"), at("22:00", days=1)), zone)
    assert not within_office_hours(Timespan(at("15:00"), at("06:00", days=1)), zone)


def test_outside_hours_names_those_countries_only() -> None:
    (finding,) = rulings.outside_hours(
        span("20:30", "21:30"), (COSTA_RICA, PANAMA, DOMINICAN_REPUBLIC)
    )
    assert finding.countries == (DOMINICAN_REPUBLIC,)
    assert (
        rulings.outside_hours(span("15:00", "16:00"), (COSTA_RICA, PANAMA, DOMINICAN_REPUBLIC))
        == ()
    )


def test_a_holiday_counts_on_the_day_it_is_there() -> None:
    feast = Holiday("PA", date(2026, 12, 10), HOLIDAY_NAME)
    late = span(
        "04:30", "05:30"
    )  # 23:30 of the ninth in Panama and half past midnight of the tenth
    (finding,) = rulings.on_holiday(late, (PANAMA, COSTA_RICA), [feast])
    assert (finding.countries, finding.holidays) == ((PANAMA,), (feast,))
    assert rulings.on_holiday(span("04:00", "05:00"), (PANAMA,), [feast]) == ()
    assert rulings.on_holiday(late, (COSTA_RICA,), [feast]) == ()


def test_what_ends_at_midnight_does_not_touch_the_next_day() -> None:
    assert local_days(Timespan(at("23:00"), at("00:00", days=1)), "UTC") == (date(2026, 12, 10),)
    assert local_days(Timespan(at("23:00"), at("00:01", days=1)), "UTC") == (
        date(2026, 12, 10),
        date(2026, 12, 11),
    )


def test_the_common_hours_suit_all_eleven_capitals_all_year() -> None:
    zones = (
        "America/Belize",
        "America/Toronto",
        "America/Costa_Rica",
        "America/Santo_Domingo",
        "America/El_Salvador",
        "America/Guatemala",
        "America/Tegucigalpa",
        "America/Mexico_City",
        "America/Managua",
        "America/Panama",
        "America/New_York",
    )
    for day in range(0, 365, 7):
        common = Timespan(at("14:00", days=day), at("21:00", days=day))
        assert all(within_office_hours(common, zone) for zone in zones)
        later = Timespan(at("14:00", days=day), at("21:15", days=day))
        assert not all(within_office_hours(later, zone) for zone in zones)


def searching(wish: Timespan, *parties: Party, now: datetime = NOW, **more: Any) -> Search:
    def at_span(span: Timespan) -> Question:
        return Question(span=span, parties=parties, now=now, **{"is_timely": False, **more})

    return Search(wish=wish, at=at_span, parties=parties)


def test_the_hours_of_a_day_are_the_common_ones_on_weekdays() -> None:
    thursday = THE_DAY.date()
    slots = list(quarters(thursday, timedelta(minutes=90)))
    assert all(slot.duration == timedelta(minutes=90) for slot in slots)
    assert [slot.starts_at.hour * 60 + slot.starts_at.minute for slot in slots] == list(
        range(14 * 60, 19 * 60 + 31, 15)
    )
    assert [
        len(list(quarters(thursday + timedelta(days=n), timedelta(hours=1)))) for n in range(5)
    ] == [
        25,
        25,
        0,
        0,
        25,
    ]


def test_a_whole_day_starts_with_the_common_hours() -> None:
    [slot] = quarters(THE_DAY.date(), timedelta(hours=8))
    assert slot == span("14:00", "22:00")


def test_an_event_of_three_days_keeps_off_the_weekend() -> None:
    days = [THE_DAY.date() + timedelta(days=n) for n in range(7)]
    offered = [slot for day in days for slot in quarters(day, timedelta(days=2, hours=8))]
    assert {slot.starts_at.weekday() for slot in offered} == {0, 1, 2}


def test_the_past_is_not_searched_and_a_week_before_the_wish_is() -> None:
    wish = span("15:00", "16:00", days=20)
    [first, *_rest] = stretches(searching(wish, ANA, now=at("00:00")), ORDINARY)
    assert min(first) == at("15:00", days=13).date() - timedelta(
        days=0 if at("15:00", days=13).weekday() < 5 else -2
    )
    assert first[0] == at("15:00", days=20).date()
    [later, *_rest] = stretches(searching(wish, ANA, now=at("22:00", days=18)), ORDINARY)
    assert min(later) > at("22:00", days=18).date()


def test_days_that_the_notice_does_not_allow_are_not_searched() -> None:
    wish = span("15:00", "16:00")
    [first, *_rest] = stretches(searching(wish, ANA, is_timely=True), ORDINARY)
    assert min(first) == date(2026, 12, 15), "15 working days after 24 November"
    [in_person, *_rest] = stretches(searching(wish, ANA, is_timely=True, in_person=True), ORDINARY)
    assert min(in_person) == date(2027, 1, 5)


def slots_of(*spans: Timespan, feasts: tuple[Holiday, ...] = ()) -> list[FreeSlot]:
    countries = (COSTA_RICA, DOMINICAN_REPUBLIC, UNITED_STATES)
    return [FreeSlot(span, rulings.remarks(span, countries, feasts)) for span in spans]


def test_holidays_weigh_more_than_hours_and_hours_more_than_nearness() -> None:
    on_a_feast, too_late, far = (
        span("15:00", "16:00"),
        span("21:00", "22:00"),
        span("15:00", "16:00", days=5),
    )
    feasts = (Holiday("CR", date(2026, 12, 10), HOLIDAY_NAME),)
    asked = (on_a_feast, span("21:00", "22:00", days=1), far)
    found = rules_slots.best(slots_of(*asked, feasts=feasts), limit=3)
    assert [slot.span for slot in found] == [far, span("21:00", "22:00", days=1), on_a_feast]
    found = rules_slots.best(slots_of(too_late, far), limit=3)
    assert [slot.span for slot in found] == [far, too_late]


def test_what_is_farther_is_not_weighed_once_enough_suit_everybody() -> None:
    weighed: list[FreeSlot] = []

    def slots() -> Iterator[FreeSlot]:
        for slot in slots_of(*(span("15:00", "16:00", days=day) for day in range(5))):
            weighed.append(slot)
            yield slot

    assert len(rules_slots.best(slots(), limit=2)) == len(weighed) == 2


@given(parties, st.lists(st.tuples(spans, parties), max_size=6))
def test_a_day_is_free_exactly_where_one_of_its_spans_is_not_refused(
    mine: list[Party], others: list[tuple[Timespan, list[Party]]]
) -> None:
    standing = [
        a_standing(*theirs, when=when, holder=f"event:{n}")
        for n, (when, theirs) in enumerate(others)
    ]
    asked = [minutes(start, start + 30) for start in range(0, DAY, 60)]
    search = replace(searching(asked[0], *mine), spans_on=lambda _day: asked)
    found = list(free_days([THE_DAY.date()], search, standing=standing, around=(), terms=ORDINARY))
    allowed = [when for when in asked if not rulings.clashes(when, mine, standing)]
    assert bool(found) == bool(allowed)
    assert all(slot.span in allowed for slot in found)
