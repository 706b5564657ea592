"""Drawing, marking and completing, as functions of values."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.text import LocalizedText
from app.training.learning.rules import progress, quiz
from app.training.learning.values import (
    CoursePosition,
    ItemKind,
    LearnerProgress,
    ModuleOutline,
    ModuleState,
    Outline,
    Seat,
    UnitKind,
    UnitOutline,
    UnitReading,
)

TEXT = LocalizedText(es="x", en="x")
OBJECTIVES = ("O1", "O2", "O3")
BANK = [
    quiz.BankItem(n, OBJECTIVES[n % 3], list(ItemKind)[n % 3], tuple(range(n * 10, n * 10 + 3)))
    for n in range(1, 31)
]
DONE_AT = datetime(2026, 11, 24, 15, tzinfo=UTC)


def an_outline() -> Outline:
    """Two open modules (lesson of 3 screens, case of 2, quiz) and one in preparation."""
    modules = []
    for number in (1, 2, 3):
        base = number * 10
        units = (
            UnitOutline(base + 1, f"L{number}", UnitKind.PAGE, 10, TEXT, 3),
            UnitOutline(base + 2, f"C{number}", UnitKind.CASE, 5, TEXT, 2),
            UnitOutline(base + 3, f"Q{number}", UnitKind.QUIZ, 5, TEXT, 1, 10, Decimal("0.7"), 10),
        )
        modules.append(
            ModuleOutline(
                number,
                number,
                f"m{number}",
                TEXT,
                TEXT,
                20,
                number < 3,
                units if number < 3 else (),
            )
        )
    return Outline(1, "guidelines", "2026.1", TEXT, TEXT, 1, DONE_AT, tuple(modules))


OUTLINE = an_outline()
UNIT_IDS = [unit.id for module in OUTLINE.modules for unit in module.units]
readings = st.dictionaries(
    st.sampled_from(UNIT_IDS), st.builds(UnitReading, st.integers(1, 3), st.booleans())
)
unit_sets = st.frozensets(st.sampled_from(UNIT_IDS))
standings = st.builds(
    LearnerProgress, readings, unit_sets, unit_sets, st.frozensets(st.sampled_from([1, 2]))
)


def whole(*numbers: int) -> LearnerProgress:
    ids = [
        unit.id for module in OUTLINE.modules if module.number in numbers for unit in module.units
    ]
    return LearnerProgress(
        {id_: UnitReading(3, True) for id_ in ids}, frozenset(ids), frozenset(ids)
    )


@given(st.dictionaries(st.sampled_from(OBJECTIVES), st.integers(1, 10), min_size=1), st.integers())
def test_a_quiz_takes_what_the_plan_says_none_twice_and_the_same_seed_the_same_quiz(
    plan: dict[str, int], seed: int
) -> None:
    drawn = quiz.draw(BANK, plan, Random(seed))
    items = {item.id: item for item in BANK}

    assert Counter(items[one.item_id].objective for one in drawn) == plan
    assert len({one.item_id for one in drawn}) == len(drawn)
    for one in drawn:
        assert sorted(one.option_order) == sorted(items[one.item_id].option_ids)
        if items[one.item_id].kind is ItemKind.TRUEFALSE:
            assert one.option_order == items[one.item_id].option_ids
    assert drawn == quiz.draw(BANK, plan, Random(seed))


def test_another_seed_is_another_quiz_and_a_bank_too_small_a_bug() -> None:
    assert len({quiz.draw(BANK, {"O1": 3}, Random(seed)) for seed in range(20)}) > 10
    with pytest.raises(ValueError, match="Sample"):
        quiz.draw(BANK, {"O1": 11}, Random(1))


@given(st.frozensets(st.integers(1, 4)), st.frozensets(st.integers(1, 6)))
def test_only_exactly_the_correct_options_are_right(
    correct: frozenset[int], chosen: frozenset[int]
) -> None:
    assert quiz.is_right(correct, chosen) == (bool(correct) and correct == chosen)


@given(st.integers(1, 40), st.integers(0, 40), st.integers(1, 1000))
def test_more_right_answers_never_turn_a_pass_into_a_fail(
    questions: int, right: int, mark: int
) -> None:
    pass_mark = Decimal(mark) / 1000
    right = min(right, questions)
    assert quiz.is_pass(right, questions, pass_mark) == (Decimal(right) >= pass_mark * questions)
    assert quiz.is_pass(questions, questions, pass_mark)
    assert not quiz.is_pass(0, questions, pass_mark)
    assert 0 <= quiz.score(right, questions) <= 1


@pytest.mark.parametrize(
    ("mark", "questions", "expected"), [("0.7", 10, 7), ("0.75", 10, 8), ("1", 3, 3), ("0.7", 9, 7)]
)
def test_how_many_answers_a_pass_takes(mark: str, questions: int, expected: int) -> None:
    assert quiz.needed(Decimal(mark), questions) == expected


def test_minute_that_is_named_is_true_from_its_first_second() -> None:
    """Handed in at 01:36:47 with a pause of ten minutes: "at 01:46" is so at 01:46:00."""
    handed_in = datetime(2026, 11, 24, 1, 36, 47, 5, tzinfo=UTC)
    named = datetime(2026, 11, 24, 1, 46, tzinfo=UTC)
    assert quiz.next_try_at(handed_in, 10) == named
    quiz.require_pause_over(handed_in, 10, now=named)
    with pytest.raises(quiz.PauseNotOver):
        quiz.require_pause_over(handed_in, 10, now=named - timedelta(seconds=1))


def test_trying_again_asks_what_was_not_asked_yet_then_what_was_longest_ago() -> None:
    items = [item.id for item in BANK if item.objective == "O1"]
    first = [one.item_id for one in quiz.draw(BANK, {"O1": 4}, Random(1))]
    ranks = {item_id: rank for rank, item_id in enumerate(first, start=1)}
    for seed in range(20):
        second = quiz.draw(BANK, {"O1": 4}, Random(seed), ranks)
        assert not {one.item_id for one in second} & set(first)
        most = quiz.draw(BANK, {"O1": len(items) - 1}, Random(seed), ranks)
        assert {one.item_id for one in most} == {*items} - {first[-1]}


def test_the_pause_ends_on_the_minute() -> None:
    quiz.require_pause_over(None, 10, now=DONE_AT)
    quiz.require_pause_over(DONE_AT, 10, now=DONE_AT + timedelta(minutes=10))
    with pytest.raises(quiz.PauseNotOver) as refused:
        quiz.require_pause_over(DONE_AT, 10, now=DONE_AT + timedelta(minutes=9, seconds=59))
    assert refused.value.until == DONE_AT + timedelta(minutes=10)


def test_an_answer_is_among_those_shown_and_single_where_one_is_asked_for() -> None:
    assert quiz.require_answer(ItemKind.MULTIPLE, [3, 1, 2], [2, 3]) == (3, 2)
    assert quiz.require_answer(ItemKind.SINGLE, [1, 2], []) == ()
    with pytest.raises(quiz.UnknownOption):
        quiz.require_answer(ItemKind.SINGLE, [1, 2], [9])
    with pytest.raises(quiz.OneAnswerOnly):
        quiz.require_answer(ItemKind.TRUEFALSE, [1, 2], [1, 2])


@given(standings, readings, unit_sets)
def test_what_was_complete_stays_complete_whatever_is_done_later(
    before: LearnerProgress, read: dict[int, UnitReading], passed: frozenset[int]
) -> None:
    """A later attempt, passed or not, and a later reading only add: a failed attempt is in `tried`
    alone.
    """
    merged = {
        unit: UnitReading(
            max(
                before.reading.get(unit, UnitReading()).screen, read.get(unit, UnitReading()).screen
            ),
            before.reading.get(unit, UnitReading()).is_done
            or read.get(unit, UnitReading()).is_done,
        )
        for unit in {*before.reading, *read}
    }
    after = LearnerProgress(
        merged, before.tried | passed, before.passed | passed, before.completed_modules
    )
    for module in OUTLINE.modules:
        assert progress.module_is_complete(module, before) <= progress.module_is_complete(
            module, after
        )
        assert progress.module_percent(module, before) <= progress.module_percent(module, after)
    assert progress.edition_is_complete(OUTLINE, before) <= progress.edition_is_complete(
        OUTLINE, after
    )


@given(standings)
def test_percent_is_a_hundred_exactly_when_complete(standing: LearnerProgress) -> None:
    for module in OUTLINE.available:
        assert (progress.module_percent(module, standing) == 100) == progress.module_is_complete(
            module, standing
        )


def test_a_module_needs_every_text_and_the_quiz() -> None:
    module, everything = OUTLINE.modules[0], whole(1)
    assert progress.module_is_complete(module, everything)
    assert not progress.module_is_complete(
        module, LearnerProgress(everything.reading, everything.tried, frozenset())
    )
    part = {unit: reading for unit, reading in everything.reading.items() if unit != 12}
    assert not progress.module_is_complete(
        module, LearnerProgress(part, everything.tried, everything.passed)
    )


def test_a_stored_completion_is_enough_whatever_else_is_on_record() -> None:
    stored = LearnerProgress(completed_modules=frozenset({1, 2}))
    assert all(progress.module_is_complete(module, stored) for module in OUTLINE.available)
    assert progress.edition_is_complete(OUTLINE, LearnerProgress(completed_at=DONE_AT))


def test_an_edition_needs_every_available_module_and_no_other() -> None:
    assert not progress.edition_is_complete(OUTLINE, whole(1))
    assert progress.edition_is_complete(OUTLINE, whole(1, 2))
    empty = Outline(
        1, "x", "1", TEXT, TEXT, 1, DONE_AT, tuple(m for m in OUTLINE.modules if not m.is_available)
    )
    assert not progress.edition_is_complete(empty, LearnerProgress())


def test_r47_a_module_opens_when_the_one_before_is_complete() -> None:
    first, second, third = OUTLINE.modules
    progress.require_open(OUTLINE, first, LearnerProgress())
    progress.require_open(OUTLINE, second, whole(1))
    with pytest.raises(progress.ModuleLocked) as refused:
        progress.require_open(OUTLINE, second, LearnerProgress())
    assert refused.value.next_one is first
    last = replace(third, is_available=True, units=second.units)
    whole_course = replace(OUTLINE, modules=(first, second, last))
    with pytest.raises(progress.ModuleLocked) as refused:
        progress.require_open(whole_course, last, LearnerProgress())
    assert refused.value.sentence.params == {"number": 3, "before": 2}
    assert refused.value.next_one is first
    with pytest.raises(progress.ModuleInPreparation):
        progress.require_open(OUTLINE, third, whole(1, 2))


def test_state_of_module_follows_what_was_read_of_it_and_before_it() -> None:
    first, second, third = OUTLINE.modules
    begun = LearnerProgress({11: UnitReading(2)})
    assert progress.module_state(OUTLINE, first, LearnerProgress()) is ModuleState.NOT_STARTED
    assert progress.module_state(OUTLINE, first, begun) is ModuleState.IN_PROGRESS
    assert progress.module_state(OUTLINE, second, begun) is ModuleState.LOCKED
    assert progress.module_state(OUTLINE, second, whole(1)) is ModuleState.NOT_STARTED
    assert progress.module_state(OUTLINE, first, whole(1)) is ModuleState.DONE
    assert progress.module_state(OUTLINE, third, whole(1, 2)) is ModuleState.IN_PREPARATION


@given(st.integers(1, 3), st.booleans(), st.integers(-5, 9))
def test_reading_only_goes_forward_and_one_screen_at_a_time(
    reached: int, done: bool, screen: int
) -> None:
    unit, before = OUTLINE.modules[0].units[0], UnitReading(reached, done)
    if not 1 <= screen <= 3 or (screen > reached and not done):
        with pytest.raises(progress.ScreenNotReached):
            progress.advance(unit, before, screen)
        return
    after = progress.advance(unit, before, screen)
    assert after.screen >= before.screen
    assert after.is_done >= before.is_done
    assert after.is_done == (before.is_done or screen == 3)


def test_places_follow_each_other_both_ways() -> None:
    module = OUTLINE.modules[0]
    lesson, case, quiz_unit = module.units
    assert progress.place_after(module, lesson, 3) == CoursePosition("m1", "C1", 1)
    assert progress.place_after(module, case, 2) == CoursePosition("m1", "Q1", 1, True)
    assert progress.place_after(module, quiz_unit, 1) is None
    assert progress.place_before(module, case, 1) == CoursePosition("m1", "L1", 3)
    assert progress.place_before(module, lesson, 1) is None


def test_continue_leads_to_the_very_screen_and_past_what_is_done() -> None:
    standing = LearnerProgress({11: UnitReading(3, True), 12: UnitReading(2)})
    assert progress.resume_place(Seat(OUTLINE, standing, None, 12, 2)) == CoursePosition(
        "m1", "C1", 2
    )
    assert progress.resume_place(Seat(OUTLINE, standing, None, 11, 1)) == CoursePosition(
        "m1", "C1", 2
    )
    assert progress.resume_place(Seat(OUTLINE, whole(1), None, 13, 1)) == CoursePosition(
        "m2", "L2", 1
    )
    assert progress.resume_place(Seat(OUTLINE, whole(1, 2), None, 23, 1)) is None
