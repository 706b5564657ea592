"""The rules that count, one by one, against models that count on their fingers, and on the clashes
of real years.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kernel.text import LocalizedText, untranslated
from app.kernel.timespan import Timespan
from app.planning.scheduling import wording
from app.planning.scheduling.rules import judging, limits
from app.planning.scheduling.rules.book import rule_book
from app.planning.scheduling.rules.spec import Decision
from app.planning.scheduling.values import (
    Approver,
    Finding,
    Holiday,
    InvitedCountry,
    Nature,
    Party,
    PartyKind,
    Rule,
    Severity,
    Standing,
)
from tests.planning.scheduling import rulings
from tests.planning.scheduling.builders import (
    ANA,
    BEATRIZ,
    COSTA_RICA,
    LABOUR,
    NOW,
    PANAMA,
    PROTECTION,
)

SIX_BEHIND = timezone(
    timedelta(hours=-6)
)  # Costa Rica keeps no summer time: a zone that needs no table
PANAMA_TIME = ZoneInfo("America/Panama")
PANAMA_INVITED, COSTA_RICA_INVITED = (Party.country(c.code, c.name) for c in (PANAMA, COSTA_RICA))
COUNTED = (
    Rule.GROUP_WEEK,
    Rule.GROUP_MONTH,
    Rule.COUNTRY_WEEK,
    Rule.PERSON_LOAD,
    Rule.COUNTRY_LOAD,
)
HUNDRED = settings(max_examples=100)


def day(
    on: date, *, hour: int = 9, lasting: int = 1, zone: ZoneInfo | timezone = SIX_BEHIND
) -> Timespan:
    """From an hour of one day to the same hour and a half of the last."""
    starts_at = datetime(on.year, on.month, on.day, hour, tzinfo=zone)
    return Timespan(starts_at, starts_at + timedelta(days=lasting - 1, minutes=90))


def held(title: str, when: Timespan, *parties: Party, nature: Nature = Nature.EVENT) -> Standing:
    return Standing(
        f"event:{title}",
        untranslated(title),
        when,
        "America/Panama",
        False,
        parties,
        nature,
    )


def named(finding: Finding) -> list[str]:
    return [other.title["es"] for other in finding.others]


def said(found: Sequence[Finding]) -> set[str]:
    return {finding.rule for finding in found}


# Notice


@pytest.mark.parametrize(
    ("today", "on", "left"),
    [
        (date(2026, 11, 24), date(2026, 11, 24), 0),
        (date(2026, 11, 24), date(2026, 11, 23), 0),
        (date(2026, 11, 24), date(2026, 11, 25), 1),
        (date(2026, 11, 27), date(2026, 11, 30), 1),  # a Friday, for Monday
        (date(2026, 11, 28), date(2026, 11, 30), 1),  # a Saturday, for Monday
        (date(2026, 11, 24), date(2026, 12, 15), 15),
    ],
)
def test_working_days_are_counted_from_tomorrow_to_the_day_itself(
    today: date, on: date, left: int
) -> None:
    assert limits.working_days_until(today, on) == left


@HUNDRED
@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(-5, 200))
def test_working_days_agree_with_a_walk_through_the_calendar(today: date, ahead: int) -> None:
    walked = [today + timedelta(days=n) for n in range(1, ahead + 1)]
    assert limits.working_days_until(today, today + timedelta(days=ahead)) == sum(
        d.isoweekday() <= 5 for d in walked
    )


def test_the_day_is_costa_ricas() -> None:
    late = datetime(2026, 11, 25, 5, 30, tzinfo=UTC)  # half past eleven at night on the 24th
    (finding,) = rulings.notice(day(date(2026, 11, 26)), now=late, in_person=False)
    assert finding.count == 2


def test_who_travels_needs_twice_the_notice() -> None:
    in_three_weeks, in_six = day(date(2026, 12, 15)), day(date(2027, 1, 5))
    assert rulings.notice(in_three_weeks, now=NOW, in_person=False) == ()
    (finding,) = rulings.notice(in_three_weeks, now=NOW, in_person=True)
    assert (finding.count, finding.limit) == (15, 30)
    assert rulings.notice(in_six, now=NOW, in_person=True) == ()


def test_r37_nine_working_days_of_notice_need_the_presidency_and_a_reason() -> None:
    (finding,) = rulings.notice(day(date(2026, 12, 7)), now=NOW, in_person=False)
    assert (finding.rule, finding.count, finding.limit) == (Rule.NOTICE, 9, 15)
    assert finding.severity is Severity.CONFIRM
    assert finding.is_refused
    assert finding.approver is Approver.PRESIDENCY
    assert "9 working days" in wording.sentence(finding, reader_timezone="America/Panama")["en"]
    (confirmed,) = judging.with_overrides([finding], permitted={(Rule.NOTICE.value, "")})
    assert not confirmed.is_refused


# Caps and loads


def test_r38_a_fourth_event_in_the_month_is_refused_with_the_three_named() -> None:
    three = [
        held(title, day(date(2027, 3, on)), PROTECTION)
        for title, on in (("A", 1), ("B", 10), ("C", 31))
    ]
    found = rulings.group_caps(day(date(2027, 3, 17)), (PROTECTION,), reversed(three))
    assert said(found) == {Rule.GROUP_MONTH}
    assert named(found[0]) == ["A", "B", "C"]
    assert (found[0].count, found[0].limit, found[0].parties) == (4, 3, (PROTECTION,))
    assert found[0].is_refused
    assert found[0].approver is Approver.PRESIDENCY
    assert rulings.group_caps(day(date(2027, 4, 14)), (PROTECTION,), three) == ()
    assert rulings.group_caps(day(date(2027, 3, 17)), (LABOUR,), three) == ()
    assert rulings.group_caps(day(date(2027, 3, 17)), (PROTECTION,), three[:2]) == ()


def test_a_second_event_in_the_week_is_too_many_for_a_group_and_a_third_for_a_country() -> None:
    monday = held("Monday", day(date(2027, 3, 15)), PROTECTION, PANAMA_INVITED)
    friday = held("Friday", day(date(2027, 3, 19)), LABOUR, PANAMA_INVITED)
    sunday, next_monday = day(date(2027, 3, 21)), day(date(2027, 3, 22))
    (finding,) = rulings.group_caps(sunday, (PROTECTION,), [monday, friday])
    assert (finding.rule, named(finding)) == (Rule.GROUP_WEEK, ["Monday"])
    assert rulings.group_caps(next_monday, (PROTECTION,), [monday, friday]) == ()
    (finding,) = rulings.country_caps(
        sunday, (PANAMA_INVITED, COSTA_RICA_INVITED), [monday, friday]
    )
    assert (finding.parties, named(finding), finding.count) == (
        (PANAMA_INVITED,),
        ["Monday", "Friday"],
        3,
    )
    assert rulings.country_caps(sunday, (PANAMA_INVITED,), [monday]) == ()


def test_a_week_reaches_over_the_end_of_the_year() -> None:
    monday = held("Monday", day(date(2026, 12, 28)), PROTECTION)
    (finding,) = rulings.group_caps(day(date(2027, 1, 1)), (PROTECTION,), [monday])
    assert finding.rule is Rule.GROUP_WEEK


def test_the_same_week_and_month_of_another_year_count_for_nothing() -> None:
    year_before = [
        held(title, day(date(2026, 3, on)), PROTECTION)
        for title, on in (("A", 9), ("B", 10), ("C", 11))
    ]
    assert rulings.group_caps(day(date(2027, 3, 17)), (PROTECTION,), year_before) == ()


def test_the_same_events_are_told_once_for_all_whom_they_concern() -> None:
    both = [
        held(title, day(date(2027, 3, on)), PANAMA_INVITED, COSTA_RICA_INVITED)
        for title, on in (("A", 15), ("B", 16))
    ]
    (finding,) = rulings.country_caps(
        day(date(2027, 3, 17)), (PANAMA_INVITED, COSTA_RICA_INVITED), both
    )
    assert finding.parties == (PANAMA_INVITED, COSTA_RICA_INVITED)


def test_other_peoples_calendars_count_for_nothing() -> None:
    external = held("SACM", day(date(2027, 3, 15)), PROTECTION, ANA, nature=Nature.EXTERNAL)
    assert rulings.group_caps(day(date(2027, 3, 16)), (PROTECTION,), [external]) == ()


def test_a_fourth_role_in_the_month_names_the_three() -> None:
    three = [
        held(title, day(date(2027, 3, on)), ANA) for title, on in (("A", 1), ("B", 10), ("C", 31))
    ]
    (finding,) = rulings.loads(day(date(2027, 3, 17)), (ANA, BEATRIZ), three)
    assert (finding.rule, finding.parties, named(finding)) == (
        Rule.PERSON_LOAD,
        (ANA,),
        ["A", "B", "C"],
    )
    assert finding.approver is Approver.SECRETARIAT


def test_a_raised_cap_lets_the_second_of_the_week_pass() -> None:
    book = rule_book((Decision(Rule.GROUP_WEEK, Severity.WARN, 2, date(2027, 1, 1), None, NOW),))
    monday = held("Monday", day(date(2027, 3, 15)), PROTECTION)
    assert rulings.group_caps(day(date(2027, 3, 17)), (PROTECTION,), [monday], book) == ()
    tuesday = held("Tuesday", day(date(2027, 3, 16)), PROTECTION)
    (finding,) = rulings.group_caps(day(date(2027, 3, 17)), (PROTECTION,), [monday, tuesday], book)
    assert (finding.severity, finding.limit, finding.is_refused) == (Severity.WARN, 2, False)


parties = st.lists(
    st.sampled_from([PROTECTION, LABOUR, ANA, BEATRIZ, PANAMA_INVITED, COSTA_RICA_INVITED]),
    unique=True,
    max_size=4,
)
spans = st.builds(
    lambda n, hour, lasting: day(date(2027, 3, 1) + timedelta(days=n), hour=hour, lasting=lasting),
    st.integers(0, 45),
    st.integers(0, 23),
    st.sampled_from([1, 1, 2, 3]),
)


def counted_on_fingers(rule: Rule, asked: Timespan, party: Party, others: list[Standing]) -> int:
    """How many there would be with the one asked for, told without the rules' own words for weeks
    and windows.
    """
    hers = [
        other.span
        for other in others
        if any(p.kind is party.kind and p.key == party.key for p in other.parties)
    ]
    starts = [span.starts_at.astimezone(SIX_BEHIND).date() for span in hers]
    start = asked.starts_at.astimezone(SIX_BEHIND).date()
    if rule in (Rule.GROUP_WEEK, Rule.COUNTRY_WEEK):
        return 1 + sum(one.strftime("%G-%V") == start.strftime("%G-%V") for one in starts)
    if rule in (Rule.GROUP_MONTH, Rule.PERSON_LOAD):
        return 1 + sum(one.strftime("%Y-%m") == start.strftime("%Y-%m") for one in starts)
    long = [
        on
        for on, span in zip(starts, hers, strict=True)
        if span.ends_at - span.starts_at > timedelta(hours=24)
    ]
    windows = [{start - timedelta(days=back - n) for n in range(21)} for back in range(21)]
    return 1 + max(sum(on in window for on in long) for window in windows)


KINDS = {
    Rule.GROUP_WEEK: PartyKind.WORKING_GROUP,
    Rule.GROUP_MONTH: PartyKind.WORKING_GROUP,
    Rule.COUNTRY_WEEK: PartyKind.COUNTRY,
    Rule.COUNTRY_LOAD: PartyKind.COUNTRY,
    Rule.PERSON_LOAD: PartyKind.PERSON,
}


@settings(max_examples=200)
@given(spans, parties, st.lists(st.tuples(spans, parties), max_size=9), st.integers(1, 3))
def test_every_cap_agrees_with_the_model(
    asked: Timespan, mine: list[Party], others: list[tuple[Timespan, list[Party]]], most: int
) -> None:
    book = rule_book(
        tuple(
            Decision(rule, Severity.CONFIRM, most, date(2020, 1, 1), None, NOW) for rule in COUNTED
        )
    )
    around = [held(str(n), when, *theirs) for n, (when, theirs) in enumerate(others)]
    found = rulings.all_limits(asked, parties=mine, around=around, book=book)
    told = {
        (finding.rule, party.key): finding.count for finding in found for party in finding.parties
    }
    expected = {
        (rule, party.key): count
        for rule, kind in KINDS.items()
        for party in mine
        if party.kind is kind
        and (rule is not Rule.COUNTRY_LOAD or asked.duration > timedelta(hours=24))
        if (count := counted_on_fingers(rule, asked, party, around)) > most
    }
    assert told == expected
    assert all(len(finding.others) + 1 == finding.count for finding in found)


def strictly(asked: Timespan, mine: list[Party], around: list[Standing]) -> tuple[Finding, ...]:
    """Every second one is one too many."""
    book = rule_book(
        tuple(Decision(rule, Severity.CONFIRM, 1, date(2020, 1, 1), None, NOW) for rule in COUNTED)
    )
    return rulings.all_limits(asked, parties=mine, around=around, book=book)


@HUNDRED
@given(spans, parties, st.lists(st.tuples(spans, parties), max_size=6))
def test_what_lies_out_of_reach_changes_nothing(
    asked: Timespan, mine: list[Party], others: list[tuple[Timespan, list[Party]]]
) -> None:
    around = [held(str(n), when, *theirs) for n, (when, theirs) in enumerate(others)]
    near = [other for other in around if other.span.overlaps(limits.reach(asked))]
    assert strictly(asked, mine, near) == strictly(asked, mine, around)


# Holidays


def feast(
    code: str, *, scope: str = "national", is_binding: bool = False, on: date = date(2027, 3, 17)
) -> Holiday:
    return Holiday(
        code, on, LocalizedText(es=f"Fiesta {code}", en=f"Feast {code}"), scope, is_binding
    )


REGION = tuple(InvitedCountry(code, untranslated(code), "America/Costa_Rica") for code in "ABCDE")


def test_a_quorum_of_countries_on_holiday_has_to_be_confirmed() -> None:
    (two,) = rulings.on_holiday(day(date(2027, 3, 17)), REGION, [feast("A"), feast("B")])
    assert (two.severity, two.count, two.is_refused) == (Severity.WARN, 2, False)
    (three,) = rulings.on_holiday(
        day(date(2027, 3, 17)), REGION, [feast("A"), feast("B"), feast("E")]
    )
    assert (three.severity, three.count, three.limit) == (Severity.CONFIRM, 3, 3)
    assert three.approver is Approver.SECRETARIAT
    assert [country.code for country in three.countries] == ["A", "B", "E"]


def test_a_binding_holiday_blocks_and_a_regional_one_is_only_mentioned() -> None:
    feasts = [feast("A", is_binding=True), feast("A"), feast("B", scope="regional")]
    binding, regional = rulings.on_holiday(day(date(2027, 3, 17)), REGION, feasts)
    assert (binding.rule, binding.severity, binding.approver) == (
        Rule.BINDING_HOLIDAY,
        Severity.BLOCK,
        Approver.PRESIDENCY,
    )
    assert [country.code for country in binding.countries] == ["A"]
    assert (regional.rule, regional.severity) == (Rule.REGIONAL_HOLIDAY, Severity.INFO)


feasts = st.lists(
    st.builds(
        feast,
        st.sampled_from("ABCDE"),
        scope=st.sampled_from(["national", "regional"]),
        is_binding=st.booleans(),
        on=st.dates(date(2027, 3, 15), date(2027, 3, 19)),
    ),
    max_size=8,
    unique_by=lambda holiday: (holiday.country_code, holiday.on),
)


@HUNDRED
@given(st.integers(0, 4), st.integers(1, 3), feasts)
def test_holidays_agree_with_the_model(start: int, lasting: int, closed: list[Holiday]) -> None:
    asked = day(date(2027, 3, 15) + timedelta(days=start), lasting=lasting)
    touched = {date(2027, 3, 15) + timedelta(days=start + n) for n in range(lasting)}
    weights: dict[str, set[str]] = {}
    for holiday in closed:
        if holiday.on in touched:
            weight = "binding" if holiday.is_binding else holiday.scope
            weights.setdefault(holiday.country_code, set()).add(weight)
    expected: dict[Rule, list[str]] = {}
    for code, found in sorted(weights.items()):
        rule = (
            Rule.BINDING_HOLIDAY
            if "binding" in found
            else Rule.HOLIDAY
            if "national" in found
            else Rule.REGIONAL_HOLIDAY
        )
        expected.setdefault(rule, []).append(code)
    told = rulings.on_holiday(asked, REGION, closed)
    assert {
        finding.rule: [country.code for country in finding.countries] for finding in told
    } == expected
    for finding in told:
        if finding.rule is Rule.HOLIDAY:
            assert finding.is_refused == (len(finding.countries) >= 3)
