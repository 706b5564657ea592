"""The rules about overlap that depend on the book, each against a model that looks at every single
minute.
"""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.scheduling.rules.book import rule_book
from app.planning.scheduling.rules.spec import Decision, Terms
from app.planning.scheduling.values import Party, Rule, Severity, Standing
from tests.planning.scheduling import rulings
from tests.planning.scheduling.builders import (
    ANA,
    BEATRIZ,
    LABOUR,
    PROTECTION,
    THE_DAY,
    a_standing,
    minutes,
)

BORDER = Party.working_group("border-management", LocalizedText(es="Fronteras", en="Borders"))
GROUPS = (PROTECTION, LABOUR, BORDER)
HONDURAS = Party.country("HN", LocalizedText(es="Honduras"))
PANAMA = Party.country("PA", LocalizedText(es="Panamá"))
LONG_AGO = date(2020, 1, 1)
spans = st.tuples(st.integers(0, 120), st.integers(1, 60)).map(
    lambda pair: minutes(pair[0], pair[0] + pair[1])
)


def set_to(rule: Rule, severity: Severity, threshold: int | None = None) -> Decision:
    return Decision(rule, severity, threshold, LONG_AGO, None, datetime(2020, 1, 1, tzinfo=UTC))


def taken(span: Timespan, after: int = 0) -> set[int]:
    start = int((span.starts_at - THE_DAY).total_seconds() // 60)
    return set(range(start, start + int(span.duration.total_seconds() // 60) + after))


pairs = st.sets(
    st.sampled_from([("border-management", "protection"), ("labour-migration", "protection")])
)
groups = st.lists(st.sampled_from(GROUPS), max_size=2, unique=True)


@given(spans, groups, spans, groups, pairs)
def test_a_declared_pair_never_meets_at_once_however_lenient_the_book(
    a: Timespan, mine: list[Party], b: Timespan, theirs: list[Party], declared: set[tuple[str, str]]
) -> None:
    book = rule_book((set_to(Rule.CROSS_GROUP, Severity.WARN),))
    found = rulings.clashes(
        a, mine, [a_standing(*theirs, when=b)], Terms(book, frozenset(declared))
    )
    wanted = any(
        tuple(sorted((one.key, other.key))) in declared for one in mine for other in theirs
    )
    same = bool({one.key for one in mine} & {other.key for other in theirs})
    refused = [finding.rule for finding in found if finding.is_refused]
    assert bool(refused) == (bool(taken(a) & taken(b)) and (wanted or same))
    assert not refused or refused == [Rule.SAME_GROUP if same else Rule.GROUP_PAIR]


people = st.lists(st.sampled_from((ANA, BEATRIZ, PROTECTION)), max_size=3, unique=True)


@given(spans, people, spans, people, st.integers(0, 45))
def test_quiet_time_is_kept_on_the_trailing_side_and_not_twice(
    a: Timespan, mine: list[Party], b: Timespan, theirs: list[Party], quiet: int
) -> None:
    terms = Terms(rule_book((set_to(Rule.QUIET_BUFFER, Severity.CONFIRM, quiet),)))
    found = rulings.clashes(a, mine, [a_standing(*theirs, when=b)], terms)
    shared = {party.key for party in mine} & {party.key for party in theirs}
    overlap = bool(taken(a) & taken(b))
    first, second = sorted((a, b))
    near = bool(taken(first, quiet) & taken(second)) and not overlap
    assert bool([f for f in found if f.rule is Rule.QUIET_BUFFER]) == (near and bool(shared))
    assert bool([f for f in found if f.rule is not Rule.QUIET_BUFFER]) == (overlap and bool(shared))


@given(spans, st.lists(spans, max_size=6), st.integers(1, 3))
def test_a_licence_is_full_exactly_when_no_lane_is_free_for_the_whole_time(
    asked: Timespan, wishes: list[Timespan], capacity: int
) -> None:
    """Lanes are given as they come, the lowest that is free; who found none was refused and stands
    nowhere.
    """
    zoom = Party.licence("zoom", LocalizedText(es="Zoom"), capacity)
    lanes: dict[int, set[int]] = {lane: set() for lane in range(capacity)}
    standing: list[Standing] = []
    for number, wish in enumerate(wishes):
        free = [lane for lane, minutes_held in lanes.items() if not minutes_held & taken(wish)]
        assert bool(free) == (not rulings.clashes(wish, (zoom,), standing))
        if free:
            lanes[free[0]] |= taken(wish)
            held = Party(
                zoom.kind, zoom.key, zoom.label, exclusive=False, capacity=capacity, lane=free[0]
            )
            standing.append(a_standing(held, holder=f"event:{number}", when=wish))
    full = all(minutes_held & taken(asked) for minutes_held in lanes.values())
    assert bool(rulings.clashes(asked, (zoom,), standing)) == full


countries = st.lists(st.sampled_from((HONDURAS, PANAMA)), max_size=2, unique=True)


@given(spans, countries, spans, countries)
def test_a_binding_holiday_closes_its_country_and_no_other(
    a: Timespan, invited: list[Party], day: Timespan, resting: list[Party]
) -> None:
    closed = [Party.country(party.key, party.label, exclusive=True) for party in resting]
    found = rulings.clashes(
        a, invited, [a_standing(*closed, holder="holiday:HN:2026-12-10", when=day)]
    )
    hit = {party.key for party in invited} & {party.key for party in resting}
    assert bool(found) == (bool(taken(a) & taken(day)) and bool(hit))
    assert all(finding.rule is Rule.BINDING_HOLIDAY for finding in found)
    assert {party.key for finding in found for party in finding.parties} == (
        hit if found else set()
    )
