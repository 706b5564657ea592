"""What stands, and what is free."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from flask.ctx import AppContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from app.infra.database import database, reading, transaction
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.scheduling.models import Engagement
from app.planning.scheduling.queries import calendar
from app.planning.scheduling.rules import refusals
from app.planning.scheduling.rules.slots import Search
from app.planning.scheduling.rules.spec import Question
from app.planning.scheduling.values import Holiday, Party, Rule, Severity
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
    a_draft,
    at,
    minutes,
    span,
)

both = pytest.mark.both_databases
EVERYBODY = (PROTECTION, LABOUR, ANA, BEATRIZ, OPEN_REGION, CLOSED_REGION)


def claim(holder: str, when: Timespan, *parties: Party) -> None:
    with transaction() as db:
        rulings.claim(db, engagement=a_draft(holder, when=when), parties=parties, now=NOW)


@contextmanager
def statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(*given: Any) -> None:
        if str(given[2]).startswith(("SELECT", "WITH")):
            seen.append(given[2])

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


@both
def test_findings_take_four_statements_whatever_stands(app_context: AppContext) -> None:
    for count, asked in ((1, 1), (3, 4)):
        for number in range(count):
            claim(
                f"event:{number}",
                minutes(number * 10, number * 10 + 10),
                PROTECTION,
                ANA,
                OPEN_REGION,
            )
        parties = (LABOUR, ANA, BEATRIZ, OPEN_REGION)[:asked]
        with reading() as db, statements() as seen:
            found = rulings.findings_for(db, span=minutes(0, 60), parties=parties, now=NOW)
        assert len(found) == count
        assert len(seen) == 4


@both
def test_findings_name_rule_event_and_everybody_shared(app_context: AppContext) -> None:
    claim("event:1", span("15:00", "17:00"), PROTECTION, ANA, BEATRIZ, OPEN_REGION)
    with reading() as db:
        (finding,) = rulings.findings_for(
            db,
            span=span("16:59", "18:00"),
            parties=(LABOUR, ANA, OPEN_REGION),
            now=NOW,
            countries=(COSTA_RICA,),
        )
    assert (finding.rule, finding.parties, finding.also) == (
        Rule.CROSS_GROUP,
        (PROTECTION,),
        (ANA,),
    )
    assert finding.other is not None
    assert finding.other.holder == "event:1"
    assert finding.other.timezone == "America/Costa_Rica"


@both
def test_an_event_does_not_clash_with_itself(app_context: AppContext) -> None:
    claim("event:1", minutes(0, 60), PROTECTION)
    with reading() as db:
        asked = {"span": minutes(30, 90), "parties": (PROTECTION,), "now": NOW}
        assert rulings.findings_for(db, **asked)  # type: ignore[arg-type]  # a dict of several sorts
        assert not rulings.findings_for(db, **asked, ignoring_holder="event:1")  # type: ignore[arg-type]  # the same


@both
def test_nobody_needed_is_nothing_asked(app_context: AppContext) -> None:
    claim("event:1", minutes(0, 60), CLOSED_REGION)
    with reading() as db:
        assert rulings.findings_for(db, span=minutes(0, 60), parties=(), now=NOW) == ()
        assert calendar.engagement_of(db, holder="event:2") is None


@both
def test_warnings_come_after_what_is_refused(app_context: AppContext) -> None:
    claim("event:1", span("20:00", "22:00"), ANA)
    feast = Holiday("PA", date(2026, 12, 10), LocalizedText(es="Feriado", en="Holiday"))
    with reading() as db:
        found = rulings.findings_for(
            db,
            span=span("21:00", "22:30"),
            parties=(ANA,),
            now=NOW,
            countries=(PANAMA, COSTA_RICA),
            holidays=(feast,),
        )
    assert [(f.rule, f.severity) for f in found] == [
        (Rule.SAME_PERSON, Severity.BLOCK),
        (Rule.HOLIDAY, Severity.WARN),
        (Rule.OUTSIDE_HOURS, Severity.WARN),
    ]


starts = st.integers(0, 600)
asked = st.tuples(
    starts,
    st.integers(1, 120),
    st.lists(st.sampled_from(EVERYBODY), min_size=1, max_size=4, unique=True),
)


@given(st.lists(asked, min_size=2, max_size=12))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_agrees_with_the_rule_book(
    app_context: AppContext, todo: list[tuple[int, int, list[Party]]]
) -> None:
    """Claim after claim is accepted exactly when brute force over everything accepted before says
    so.
    """
    accepted: list[tuple[Timespan, list[Party]]] = []
    with transaction() as db:
        db.query(Engagement).delete()
        for number, (start, length, parties) in enumerate(todo):
            when = minutes(start, start + length)
            free = not any(
                when.overlaps(other) and forbids(parties, theirs) for other, theirs in accepted
            )
            draft = a_draft(f"event:{number}", when=when)
            try:
                rulings.claim(db, engagement=draft, parties=parties, now=NOW)
            except refusals.Clash:
                assert not free
            else:
                assert free
                accepted.append((when, parties))


def forbids(mine: list[Party], theirs: list[Party]) -> bool:
    groups = [PROTECTION, LABOUR]
    both_meet = any(g in mine for g in groups) and any(g in theirs for g in groups)
    people = any(person in mine and person in theirs for person in (ANA, BEATRIZ))
    regions = [{CLOSED_REGION, OPEN_REGION} & set(side) for side in (mine, theirs)]
    return both_meet or people or (all(regions) and CLOSED_REGION in regions[0] | regions[1])


def searching(wish: Timespan, *parties: Party, **more: Any) -> Search:
    """A search in which nothing is asked about notice."""
    question = {"parties": parties, "now": NOW, "is_timely": False, **more}

    def at_span(span: Timespan) -> Question:
        return Question(span=span, **question)

    return Search(wish=wish, at=at_span, parties=parties)


def free(wish: Timespan, *parties: Party, limit: int = 3, **more: Any) -> tuple[Timespan, ...]:
    with reading() as db:
        found = calendar.slots(db, searching(wish, *parties, **more), limit=limit)
        return tuple(slot.span for slot in found)


@both
def test_free_slots_take_five_statements_and_none_would_be_refused(app_context: AppContext) -> None:
    claim("event:1", span("14:00", "16:00"), PROTECTION)
    claim("event:2", span("16:30", "21:00"), ANA)
    claim("event:3", span("14:00", "23:00", days=1), CLOSED_REGION)
    wish = span("15:00", "16:00")
    with statements() as seen:
        slots = free(wish, LABOUR, ANA, OPEN_REGION, limit=10)
    assert len(seen) == 5
    assert slots[0] == span("15:00", "16:00", days=-1), "the nearest day, at the hour wished for"
    assert len({slot.starts_at.date() for slot in slots}) == len(slots) == 10
    assert not [
        slot
        for slot in slots
        if slot.starts_at.date() in (at("00:00").date(), at("00:00", days=1).date())
    ]
    with transaction() as db:
        for number, slot in enumerate(slots):
            rulings.claim(
                db,
                engagement=a_draft(f"event:s{number}", when=slot),
                parties=(LABOUR, ANA),
                now=NOW,
            )


def test_the_hour_wished_for_comes_first_on_the_nearest_days(app_context: AppContext) -> None:
    wish = span("15:00", "16:30")
    next_day, day_before = span("15:00", "16:30", days=1), span("15:00", "16:30", days=-1)
    assert free(wish, PROTECTION) == (wish, day_before, next_day)
    claim("event:1", span("15:00", "17:00"), LABOUR)
    assert free(wish, PROTECTION)[0] == span("17:00", "18:30")
    assert free(wish, ANA)[0] == wish


def test_search_goes_on_until_enough_are_found(app_context: AppContext) -> None:
    wish = span("15:00", "16:00")
    claim(
        "event:1",
        Timespan(wish.starts_at - timedelta(days=14), wish.starts_at + timedelta(days=30)),
        CLOSED_REGION,
    )
    slots = free(wish, ANA, OPEN_REGION)
    assert len({slot.starts_at.date() for slot in slots}) == 3
    assert all(slot.starts_at > wish.starts_at + timedelta(days=29) for slot in slots)


def test_nothing_is_offered_where_nothing_is_free_within_the_horizon(
    app_context: AppContext,
) -> None:
    wish = span("15:00", "16:00")
    start = wish.starts_at - timedelta(days=30)
    for number in range(9):
        block = Timespan(
            start + timedelta(days=30 * number), start + timedelta(days=30 * (number + 1))
        )
        claim(f"event:{number}", block, CLOSED_REGION)
    assert free(wish, ANA, OPEN_REGION) == ()


def test_a_lapsed_hold_is_free(app_context: AppContext) -> None:
    wish = span("15:00", "16:30")
    with transaction() as db:
        draft = a_draft(when=wish, tentative_until=NOW + timedelta(minutes=30))
        rulings.claim(db, engagement=draft, parties=(ANA,), now=NOW)
    assert free(wish, ANA)[0] != wish
    assert free(wish, ANA, now=NOW + timedelta(minutes=30))[0] == wish


def test_no_slot_lies_in_the_past(app_context: AppContext) -> None:
    wish = span("15:00", "16:30")
    later = at("16:40")
    assert all(slot.starts_at >= later for slot in free(wish, ANA, now=later, limit=40))


def test_a_holiday_and_early_capitals_come_last(app_context: AppContext) -> None:
    feast = Holiday("DO", date(2026, 12, 10), LocalizedText(es="Feriado", en="Holiday"))
    wish = span("15:00", "16:00")
    with reading() as db:
        slots = calendar.slots(
            db,
            searching(wish, ANA, countries=(COSTA_RICA, DOMINICAN_REPUBLIC), holidays=(feast,)),
            limit=3,
        )
        assert all(slot.span.starts_at.date() != feast.on and slot.findings == () for slot in slots)
        only_day = calendar.slots(
            db,
            searching(
                wish, ANA, now=at("00:00"), countries=(DOMINICAN_REPUBLIC,), holidays=(feast,)
            ),
            horizon=2,
        )
    last = only_day[-1]
    assert [
        finding.rule for slot in only_day if slot.span == wish for finding in slot.findings
    ] == [Rule.HOLIDAY]
    assert last.span == wish, "after the day that is no holiday"


def test_an_own_event_does_not_stand_in_its_own_way(app_context: AppContext) -> None:
    wish = span("15:00", "16:00")
    claim("event:1", wish, PROTECTION)
    assert free(wish, PROTECTION, holder="event:1")[0] == wish
