"""What a kind of question needs: an entry in KINDS and a sample here; the rest asks the entry."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from app.kernel.text import LocalizedText
from app.training.authoring.rules.assembly import question_node
from app.training.authoring.values import CoursePart, CoursePartKind
from app.training.learning.forms.document import FOLDER_WORDS, Node, Problems
from app.training.learning.forms.folder import item_of
from app.training.learning.rules.kinds import KINDS, key_from, mark_of
from app.training.learning.rules.quiz import Given, answer_from
from app.training.learning.values import Answering, ItemContent, ItemKind, plain
from tests.training.learning.builders import both

Options = list[dict[str, Any]]


@dataclass(frozen=True)
class Sample:
    """Options as a folder has them, with an answer that is wholly right and one that is not; ids of
    options count from 1.
    """

    options: Options
    right: Given
    wrong: Given


def option(number: int, *, correct: bool) -> dict[str, Any]:
    words = {"text": both(f"Option {number}"), "feedback": both(f"Because {number}")}
    return {"correct": correct, **words}


THREE = [option(number, correct=number == 2) for number in (1, 2, 3)]
SAMPLES = {
    ItemKind.SINGLE: Sample(THREE, Given(frozenset({2})), Given(frozenset({3}))),
    ItemKind.MULTIPLE: Sample(
        [option(1, correct=True), *THREE[1:]], Given(frozenset({1, 2})), Given(frozenset({1}))
    ),
    ItemKind.TRUEFALSE: Sample(THREE[:2], Given(frozenset({2})), Given(frozenset({1}))),
    ItemKind.ORDERING: Sample(
        [{"text": both(f"Step {number}")} for number in (1, 2, 3)],
        Given(rows=(1, 2, 3)),
        Given(rows=(2, 1, 3)),
    ),
    ItemKind.SHORT: Sample(
        [{"text": both("Refugio"), "correct": True}],
        Given(text="refugio (es)"),
        Given(text="asilo"),
    ),
    ItemKind.NUMERICAL: Sample(
        [{"number": "3.5", "tolerance": "0.1", "correct": True}],
        Given(text="3,45"),
        Given(text="4"),
    ),
    ItemKind.MATCHING: Sample(
        [{"text": both(f"Line {one}"), "match": both(f"Match {one}")} for one in "AB"],
        Given(pairs=(1, 2)),
        Given(pairs=(2, 2)),
    ),
}
every_kind = pytest.mark.parametrize("kind", ItemKind)


def document(kind: ItemKind, options: Options) -> dict[str, Any]:
    return {
        "code": "A-001",
        "objective": "A-O1",
        "kind": kind.value,
        "section": "I",
        "stem": both("Question"),
        "options": options,
        "feedback": both("Explanation"),
    }


def read(given: dict[str, Any]) -> tuple[ItemContent, Problems]:
    problems = Problems()
    return item_of(Node(given, "bank.yaml", "items[0]", problems), ["A-O1"], ["I"]), problems


def as_typed(option: dict[str, Any]) -> dict[str, Any]:
    """Returns an option of a folder in the words of a draft."""
    words = {word: name for name, word in FOLDER_WORDS.items() if name != "explanation"}
    return {words.get(word, word): value for word, value in option.items()}


def read_typed(data: dict[str, Any]) -> tuple[ItemContent, Problems]:
    """Reads a question of a draft that names its objective by the number 7."""
    part, problems = CoursePart(1, None, CoursePartKind.QUESTION, 1, data), Problems()
    return item_of(question_node(part, {7: "A-O1"}, problems), ["A-O1"], ["I"]), problems


def test_every_kind_has_an_entry_and_a_sample() -> None:
    assert set(KINDS) == set(SAMPLES) == set(ItemKind)


@every_kind
def test_kind_is_read_from_a_folder_and_marked(kind: ItemKind) -> None:
    sample = SAMPLES[kind]
    item, problems = read(document(kind, sample.options))
    assert problems.found == {}
    assert all(
        bool(given.get(FOLDER_WORDS.get(name, name))) == bool(getattr(one, name))
        for given, one in zip(sample.options, item.options, strict=True)
        for name in KINDS[kind].members
    )
    key = key_from(item)
    ids = [option.id for option in key.options]
    shown = () if KINDS[kind].answering is Answering.WRITING else ids
    marks = [
        mark_of(key, answer_from(kind, shown, given, ids), shown)
        for given in (sample.right, sample.wrong, Given())
    ]
    assert marks[0] == 1
    assert marks[1] < 1
    assert marks[2] == 0


@every_kind
def test_kind_with_too_few_options_says_what_it_needs(kind: ItemKind) -> None:
    _item, problems = read(document(kind, SAMPLES[kind].options[:0]))
    [(place, sentence)] = problems.found.items()
    assert place == "bank.yaml: items[0].options"
    assert sentence.params["wanted"].msgid == KINDS[kind].needs


@every_kind
def test_question_of_a_draft_says_what_its_folder_says(kind: ItemKind) -> None:
    """Members that were typed for another kind before are left out."""
    leftover = {"text": both("x"), "number": "7", "tolerance": "1", "match": both("y")}
    given = document(kind, SAMPLES[kind].options)
    spec = KINDS[kind]
    options = [
        {
            "key": str(number),
            **{name: value for name, value in leftover.items() if not spec.has(name)},
            **as_typed(one),
        }
        for number, one in enumerate(given["options"])
    ]
    item, problems = read_typed(
        {**given, "explanation": given["feedback"], "options": options, "objective": 7}
    )
    assert problems.found == {}
    assert item == read(given)[0]


@every_kind
def test_guessing_among_three_options_is_seldom_right(kind: ItemKind) -> None:
    assert 0 <= KINDS[kind].chance(3) <= 1 / 3


def test_weight_of_a_draft_is_a_number_again() -> None:
    weighed = [option(1, correct=True), option(2, correct=True), option(3, correct=False)]
    halves = [{**one, "weight": "50"} for one in weighed[:2]]
    options = [{"key": "a", **as_typed(one)} for one in (*halves, weighed[2])]
    item, problems = read_typed({**document(ItemKind.MULTIPLE, options), "objective": 7})
    assert problems.found == {}
    assert [one.weight for one in item.options] == [Decimal(50), Decimal(50), Decimal(0)]
    assert plain(item)["options"][0]["weight"] == "50"
    assert LocalizedText(both("Option 1")) == item.options[0].text
