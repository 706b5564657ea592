"""Setting the rule book: which decision counts on a day, within which limits, by whom, and what
follows from it.
"""

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import Actor, Grant, Role
from app.kernel.reference import reference_day
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound
from app.kernel.text import LocalizedText
from app.people.directory.services.reference import seed_reference
from app.planning.scheduling.models import ConflictCase, GroupPair, RuleSetting
from app.planning.scheduling.queries import settings as queries
from app.planning.scheduling.rules import refusals
from app.planning.scheduling.rules.book import AS_WRITTEN, BOOK, rule_book, spec_of
from app.planning.scheduling.rules.settings import (
    RuleIsFixed,
)
from app.planning.scheduling.rules.spec import Decision
from app.planning.scheduling.services import settings as book
from app.planning.scheduling.values import Approver, Party, Rule, Severity
from tests.planning.scheduling import rulings
from tests.planning.scheduling.builders import ANA, BEATRIZ, LABOUR, NOW, PROTECTION, a_draft, span

TODAY = reference_day(NOW)
ORGANIZER = Actor(grants=frozenset({Grant(Role.ORGANIZER)}))
PRESIDENCY = Actor(grants=frozenset({Grant(Role.PRESIDENCY, "DO")}))
CONVENOR = Actor(grants=frozenset({Grant(Role.CONVENOR, "protection")}))
WHY = "Decided at the meeting of the troika."
ZOOM = LocalizedText(es="Zoom 500", en="Zoom 500")


def set_rule(
    rule: Rule,
    severity: Severity,
    threshold: int | None = None,
    valid_from: date = TODAY,
    valid_until: date | None = None,
    *,
    actor: Actor = PRESIDENCY,
    reason: str = WHY,
    now: datetime = NOW,
) -> None:
    with transaction() as db:
        book.set_rule(
            db,
            actor=actor,
            rule=rule,
            severity=severity,
            threshold=threshold,
            valid_from=valid_from,
            valid_until=valid_until,
            reason=reason,
            now=now,
        )


def facts(name: str) -> list[dict[str, object]]:
    with reading() as db:
        return list(
            db.scalars(
                select(JournalEntry.payload)
                .where(JournalEntry.fact == name)
                .order_by(JournalEntry.id)
            )
        )


# The book


def test_every_rule_has_a_default_within_its_limits() -> None:
    assert [spec.name for spec in BOOK] == list(Rule)
    for rule, setting in [(spec.name, spec.setting) for spec in BOOK]:
        assert spec_of(rule).limits.allow(setting.severity, setting.threshold), rule
        assert AS_WRITTEN.setting(rule, TODAY) == setting


@pytest.mark.parametrize("rule", [Rule.SAME_PERSON, Rule.LICENCE])
def test_the_same_person_and_the_licence_are_never_lowered(rule: Rule) -> None:
    assert spec_of(rule).limits.severities == (Severity.BLOCK,)
    assert spec_of(rule).limits.is_fixed


def test_what_nobody_may_override_the_presidency_confirms_once_it_is_lowered() -> None:
    assert spec_of(Rule.SAME_GROUP).approver_at(Severity.BLOCK) is Approver.NOBODY
    assert spec_of(Rule.SAME_GROUP).approver_at(Severity.CONFIRM) is Approver.PRESIDENCY
    assert spec_of(Rule.PERSON_LOAD).approver_at(Severity.BLOCK) is Approver.SECRETARIAT


def test_a_row_outside_the_limits_is_passed_over() -> None:
    stray = Decision(Rule.SAME_PERSON, Severity.INFO, None, TODAY, None, NOW)
    assert rule_book([stray]).setting(Rule.SAME_PERSON, TODAY).severity is Severity.BLOCK


def test_the_start_in_costa_rica_decides_the_day() -> None:
    on_the_tenth = Decision(
        Rule.NOTICE, Severity.WARN, 5, date(2026, 12, 10), date(2026, 12, 11), NOW
    )
    one = rule_book((on_the_tenth,))
    assert one.setting_for(Rule.NOTICE, span("06:00", "07:00")).threshold == 5
    assert one.setting_for(Rule.NOTICE, span("05:59", "07:00")).threshold == 15
    assert one.setting_for(Rule.NOTICE, span("05:59", "07:00", days=1)).threshold == 5
    assert one.setting_for(Rule.NOTICE, span("06:00", "07:00", days=1)).threshold == 15


decisions = st.lists(
    st.builds(
        lambda rule, number, first, lasting, decided: Decision(
            rule,
            Severity.WARN,
            number,
            TODAY + timedelta(days=first),
            TODAY + timedelta(days=first + lasting) if lasting else None,
            NOW + timedelta(minutes=decided),
        ),
        st.sampled_from([Rule.GROUP_WEEK, Rule.GROUP_MONTH]),
        st.integers(1, 7),
        st.integers(0, 9),
        st.integers(0, 4),
        st.integers(0, 3),
    ),
    max_size=7,
)


@settings(max_examples=200)
@given(decisions, st.integers(-1, 15))
def test_the_book_agrees_with_a_model(made: list[Decision], ahead: int) -> None:
    """The model writes each decision over the days it is for, in the order in which they were
    made.
    """
    days: dict[tuple[str, int], int | None] = {}
    for decision in sorted(made, key=lambda one: one.decided_at):
        first = (decision.valid_from - TODAY).days
        last = (decision.valid_until - TODAY).days if decision.valid_until else 99
        days.update({(decision.rule, day): decision.threshold for day in range(first, last)})
    for rule in (Rule.GROUP_WEEK, Rule.GROUP_MONTH):
        setting = rule_book(tuple(made)).setting(rule, TODAY + timedelta(days=ahead))
        assert setting.threshold == days.get((rule, ahead), spec_of(rule).setting.threshold)
        assert (setting.severity is Severity.WARN) == ((rule, ahead) in days)


# Who sets what


@pytest.mark.parametrize(
    ("actor", "rule", "allowed"),
    [
        (ORGANIZER, Rule.HOLIDAY, True),
        (ORGANIZER, Rule.GROUP_MONTH, False),
        (ORGANIZER, Rule.SAME_GROUP, False),
        (PRESIDENCY, Rule.GROUP_MONTH, True),
        (PRESIDENCY, Rule.HOLIDAY, True),
        (CONVENOR, Rule.HOLIDAY, False),
        (Actor(), Rule.HOLIDAY, False),
    ],
)
def test_the_presidency_sets_all_and_the_secretariat_what_it_may_override(
    app_context: Flask, actor: Actor, rule: Rule, allowed: bool
) -> None:
    setting = spec_of(rule).setting
    if allowed:
        set_rule(rule, setting.severity, setting.threshold, actor=actor)
        return
    with pytest.raises(NotAllowed):
        set_rule(rule, setting.severity, setting.threshold, actor=actor)


def test_nobody_changes_what_is_fixed(app_context: Flask) -> None:
    with pytest.raises(RuleIsFixed):
        set_rule(Rule.SAME_PERSON, Severity.BLOCK)


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("severity", {"severity": Severity.BLOCK}),
        ("threshold", {"threshold": 0}),
        ("threshold", {"threshold": 13}),
        ("threshold", {"threshold": None}),
        ("valid_from", {"valid_from": TODAY - timedelta(days=1)}),
        ("valid_from", {"valid_from": date(2100, 1, 1)}),
        ("valid_until", {"valid_until": TODAY}),
        ("valid_until", {"valid_until": date.max}),
        ("reason", {"reason": "   too short     "}),
    ],
)
def test_what_is_out_of_bounds_is_named_at_its_field(
    app_context: Flask, field: str, changed: dict[str, object]
) -> None:
    sound: dict[str, object] = {"rule": Rule.HOLIDAY, "severity": Severity.INFO, "threshold": 4}
    with pytest.raises(InvalidInput) as refused:
        set_rule(**{**sound, **changed})  # type: ignore[arg-type]  # the parametrized field
    assert set(refused.value.errors) == {field}
    with reading() as db:
        assert db.scalars(select(RuleSetting)).all() == []


def test_a_decision_is_added_told_and_kept_beside_the_one_before(app_context: Flask) -> None:
    in_march = date(2027, 3, 1)
    set_rule(Rule.GROUP_WEEK, Severity.WARN, 2)
    set_rule(
        Rule.GROUP_WEEK,
        Severity.CONFIRM,
        3,
        in_march,
        date(2027, 4, 1),
        now=NOW + timedelta(minutes=1),
    )
    with reading() as db:
        today, history = queries.rule_line(db, actor=CONVENOR, rule=Rule.GROUP_WEEK, on=TODAY)
        later = {
            line.spec.name: line for line in queries.rule_lines(db, actor=PRESIDENCY, on=in_march)
        }
        assert queries.book_of(db).setting(Rule.GROUP_WEEK, in_march).threshold == 3
    assert (today.setting.severity, today.setting.threshold, today.may_set) == (
        Severity.WARN,
        2,
        False,
    )
    assert [line.threshold for line in history] == [3, 2]
    assert [line.threshold for line in today.coming] == [3]
    assert later[Rule.GROUP_WEEK].decision == history[0]
    assert later[Rule.NOTICE].decision is None
    assert facts("RuleSet")[0] == {
        "rule": "group-week",
        "severity": "warn",
        "threshold": 2,
        "valid_from": "2026-11-24",
        "valid_until": None,
    }


# What follows


def claim(holder: str, *parties: Party) -> None:
    with transaction() as db:
        rulings.claim(db, engagement=a_draft(holder), parties=parties, now=NOW)


@pytest.mark.both_databases
def test_a_softer_rule_lets_go_and_a_harder_one_opens_a_case(app_context: Flask) -> None:
    claim("event:1", PROTECTION)
    with pytest.raises(refusals.Clash):
        claim("event:2", LABOUR)
    set_rule(Rule.CROSS_GROUP, Severity.WARN)
    claim("event:2", LABOUR)
    set_rule(Rule.CROSS_GROUP, Severity.BLOCK, now=NOW + timedelta(minutes=1))
    with reading() as db:
        (case,) = db.scalars(select(ConflictCase)).all()
        assert case.rule == "two-working-groups"
        assert {case.holder, case.against} == {"event:1", "event:2"}


def test_a_pair_once_declared_is_kept_apart_whatever_holds_for_all_groups(
    app_context: Flask,
) -> None:
    with transaction() as db:
        seed_reference(db)
    set_rule(Rule.CROSS_GROUP, Severity.WARN)
    claim("event:1", PROTECTION)
    with transaction() as db:
        book.declare_pair(
            db, actor=ORGANIZER, first="protection", second="labour-migration", now=NOW
        )
    with pytest.raises(refusals.Clash):
        claim("event:2", LABOUR)
    with pytest.raises(NotAllowed), transaction() as db:
        book.withdraw_pair(
            db, actor=ORGANIZER, first="protection", second="labour-migration", now=NOW
        )
    for _ in range(2):  # pressed twice
        with transaction() as db:
            book.withdraw_pair(
                db, actor=PRESIDENCY, first="protection", second="labour-migration", now=NOW
            )
    claim("event:2", LABOUR)
    assert (
        facts("PairDeclared")
        == facts("PairWithdrawn")
        == [{"first": "labour-migration", "second": "protection"}]
    )


@pytest.mark.parametrize(
    ("first", "second", "field"),
    [
        ("protection", "protection", "second"),
        ("protection", "nobody", "second"),
        ("rcgm", "protection", "first"),
        ("protection", "border-management", "second"),
    ],
)
def test_a_pair_is_two_working_groups_declared_once(
    app_context: Flask, first: str, second: str, field: str
) -> None:
    with transaction() as db:
        seed_reference(db)
        book.declare_pair(
            db, actor=ORGANIZER, first="border-management", second="protection", now=NOW
        )
    with pytest.raises(InvalidInput) as refused, transaction() as db:
        book.declare_pair(db, actor=ORGANIZER, first=first, second=second, now=NOW)
    assert set(refused.value.errors) == {field}
    with reading() as db:
        assert len(db.scalars(select(GroupPair)).all()) == 1


def test_a_licence_with_more_places_carries_more_meetings(app_context: Flask) -> None:
    with transaction() as db:
        book.add_licence(db, actor=ORGANIZER, key="zoom-500", label=ZOOM, capacity=1, now=NOW)
    claim("event:1", ANA, Party.licence("zoom-500", ZOOM, 1))
    with pytest.raises(refusals.Clash):
        claim("event:2", BEATRIZ, Party.licence("zoom-500", ZOOM, 1))
    for _ in range(2):
        with transaction() as db:
            book.change_licence(
                db, actor=ORGANIZER, key="zoom-500", label=ZOOM, capacity=2, now=NOW
            )
    claim("event:2", BEATRIZ, Party.licence("zoom-500", ZOOM, 2))
    with reading() as db:
        assert queries.licence_called(db, actor=CONVENOR, key="zoom-500").capacity == 2
    assert [(fact["previous"], fact["capacity"]) for fact in facts("LicenceChanged")] == [
        (None, 1),
        (1, 2),
    ]


def test_a_licence_with_fewer_places_opens_a_case_for_whom_it_no_longer_carries(
    app_context: Flask,
) -> None:
    with transaction() as db:
        book.add_licence(db, actor=ORGANIZER, key="zoom-500", label=ZOOM, capacity=2, now=NOW)
    claim("event:1", ANA, Party.licence("zoom-500", ZOOM, 2))
    claim("event:2", BEATRIZ, Party.licence("zoom-500", ZOOM, 2))
    with transaction() as db:
        book.change_licence(db, actor=ORGANIZER, key="zoom-500", label=ZOOM, capacity=1, now=NOW)
    with reading() as db:
        (case,) = db.scalars(select(ConflictCase)).all()
        assert (case.rule, case.party_key) == ("licence", "zoom-500")


def test_a_licence_that_is_not_kept_cannot_be_changed(app_context: Flask) -> None:
    with pytest.raises(NotFound), transaction() as db:
        book.change_licence(db, actor=ORGANIZER, key="nobodys", label=ZOOM, capacity=2, now=NOW)
