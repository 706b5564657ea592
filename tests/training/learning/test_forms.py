"""Course files become values, or every problem is named with its file and field."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app.kernel.refusal import InvalidInput
from app.training.learning.cli import read_folder
from app.training.learning.forms.answers import position_after, read_answer
from app.training.learning.forms.folder import parse_course
from app.training.learning.rules.quiz import UnknownOption
from app.training.learning.values import UnitKind
from tests.training.learning.builders import some_content, some_files

COURSE = Path(__file__).parents[3] / "courses" / "guidelines"


def problems_of(files: dict[str, str]) -> set[str]:
    with pytest.raises(InvalidInput) as refused:
        parse_course(files)
    return set(refused.value.errors)


def changed(name: str, change: Callable[[Any], object]) -> dict[str, str]:
    files = some_files()
    document = yaml.safe_load(files[name])
    change(document)
    return {**files, name: yaml.safe_dump(document)}


def test_the_real_course_is_read_whole() -> None:
    course = parse_course(read_folder(COURSE))

    assert [module.number for module in course.modules] == list(range(1, 9))
    assert [module.is_available for module in course.modules] == [True] * 8
    for module in course.modules:
        assert [unit.kind for unit in module.units].count(UnitKind.QUIZ) == 1
        assert all(
            len(unit.screens["es"]) >= 4 for unit in module.units if unit.kind is not UnitKind.QUIZ
        )
    assert len(course.modules[0].items) == 39
    assert course.guidelines.label == "2019"


def test_the_fingerprint_changes_with_one_word_and_not_with_the_order_of_keys() -> None:
    other = changed(
        "two/bank.yaml", lambda bank: bank["items"][0]["stem"].update(en="Another word")
    )

    assert parse_course(some_files()).fingerprint == some_content().fingerprint
    assert parse_course(other).fingerprint != some_content().fingerprint


@pytest.mark.parametrize(
    ("name", "change", "place"),
    [
        ("course.yaml", lambda d: d.update(edition=2026.1), "course.yaml: edition"),
        ("course.yaml", lambda d: d.update(slug="Not a slug"), "course.yaml: slug"),
        ("course.yaml", lambda d: d.update(modules="none"), "course.yaml: modules"),
        ("course.yaml", lambda d: d["modules"][1].update(number=1), "course.yaml: modules"),
        ("course.yaml", lambda d: d["modules"].append("loose text"), "course.yaml: modules[3]"),
        (
            "course.yaml",
            lambda d: d["modules"][0].update(minutes=True),
            "course.yaml: modules[0].minutes",
        ),
        (
            "course.yaml",
            lambda d: d["modules"][0].update(minutes=10**30),
            "course.yaml: modules[0].minutes",
        ),
        ("course.yaml", lambda d: d["title"].update(es="a\x00b"), "course.yaml: title.es"),
        ("course.yaml", lambda d: d["title"].update(es="x" * 8001), "course.yaml: title.es"),
        ("course.yaml", lambda d: d.update(title="only one"), "course.yaml: title"),
        (
            "sections.yaml",
            lambda d: d["sections"].append(d["sections"][0]),
            "sections.yaml: sections",
        ),
        ("one/module.yaml", lambda d: d["units"].pop(), "one/module.yaml: units"),
        (
            "one/module.yaml",
            lambda d: d["units"][0].update(kind="film"),
            "one/module.yaml: units[0].kind",
        ),
        (
            "one/module.yaml",
            lambda d: d["units"][1].update(pass_mark=70),
            "one/module.yaml: units[1].pass_mark",
        ),
        (
            "one/module.yaml",
            lambda d: d["units"][1].update(draw={}),
            "one/module.yaml: units[1].draw",
        ),
        (
            "one/module.yaml",
            lambda d: d["units"][1]["draw"].update({"A-O2": 9}),
            "one/module.yaml: units[1].draw.A-O2",
        ),
        (
            "one/bank.yaml",
            lambda d: d["items"][0].update(section="XX"),
            "one/bank.yaml: items[0].section",
        ),
        (
            "one/bank.yaml",
            lambda d: d["items"][0]["options"].pop(),
            "one/bank.yaml: items[0].options",
        ),
        ("one/bank.yaml", lambda d: d["items"][1].update(code="A-001"), "one/bank.yaml: items"),
    ],
)
def test_a_problem_is_named_by_file_and_field(
    name: str, change: Callable[[Any], object], place: str
) -> None:
    assert place in problems_of(changed(name, change))


def test_files_that_are_missing_broken_or_unequal_are_named() -> None:
    assert problems_of(
        {name: text for name, text in some_files().items() if name != "one/bank.yaml"}
    ) >= {"one/bank.yaml"}
    assert "course.yaml" in problems_of({**some_files(), "course.yaml": "a: [1"})
    assert "course.yaml" in problems_of({**some_files(), "course.yaml": "a: 2026-13-45"})
    assert "one/A-L1.en.md" in problems_of({**some_files(), "one/A-L1.en.md": "## Only one screen"})
    without = {name: text for name, text in some_files().items() if not name.startswith("one/A-L1")}
    assert "one/A-L1.es.md" in problems_of(without)


def test_all_problems_are_told_at_once() -> None:
    files = changed(
        "one/bank.yaml", lambda bank: [item.update(section="?") for item in bank["items"]]
    )
    assert len(problems_of({**files, "sections.yaml": "[]"})) > 5


loose = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
documents = st.recursive(
    loose,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
)


@hypothesis_settings(max_examples=40)
@given(documents)
def test_no_document_is_a_crash(document: Any) -> None:
    text = yaml.safe_dump(document)
    with pytest.raises(InvalidInput):
        parse_course(dict.fromkeys(some_files(), text))


@given(st.lists(st.text(max_size=25), max_size=4), st.text(max_size=25))
def test_whatever_a_form_sends_is_ids_or_a_refusal(values: list[str], step: str) -> None:
    try:
        answer = read_answer(values, step)
    except UnknownOption:
        return
    assert all(0 <= option < 2**63 for option in answer.option_ids)
    following = position_after(3, answer.step)
    assert following is None or following >= 0


def test_steps_lead_where_their_buttons_say() -> None:
    assert position_after(3, "next") == 4
    assert position_after(3, "previous") == 2
    assert position_after(1, "previous") == 1
    assert position_after(3, "7") == 7
    assert position_after(3, "review") is None
