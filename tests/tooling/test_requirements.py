"""The numbers in test names are explained in docs/requirements.md, each once."""

from collections import Counter
from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tooling import requirements
from tooling.requirements import DOCUMENT, MARK

TEXT = (ROOT / DOCUMENT).read_text(encoding="utf-8")
LAST = 81
SAMPLE = f"- **R1** One.\n- **R2** Two.{MARK}\n- **R3** Three.\n"


def test_every_requirement_stands_in_the_document_once() -> None:
    """Those after the last without gaps are written when they are built, in any order."""
    numbers = Counter(number for number, _ in requirements.requirements(TEXT))
    assert set(numbers.values()) == {1}
    assert sorted(numbers)[:LAST] == list(range(1, LAST + 1))


def test_every_number_in_a_test_name_is_in_the_document() -> None:
    known = {number for number, _ in requirements.requirements(TEXT)}
    tests = requirements.tests_by_number(ROOT)
    assert tests, "no test names a requirement: the search is broken"
    assert {number: names for number, names in tests.items() if number not in known} == {}


def test_marks_of_what_is_not_built_are_up_to_date() -> None:
    """Mended by `python -m tooling.requirements`."""
    assert requirements.marked(TEXT, requirements.tests_by_number(ROOT)) == TEXT


def test_mark_is_set_and_taken_away() -> None:
    tests = {2: ["tests/test_a.py::test_r2_works"], 3: ["tests/test_a.py::test_r3_works"]}
    assert requirements.marked(SAMPLE, tests) == (
        f"- **R1** One.{MARK}\n- **R2** Two.\n- **R3** Three.\n"
    )


def test_name_with_two_numbers_counts_for_both(tmp_path: Path) -> None:
    (tmp_path / "tests" / "planning").mkdir(parents=True)
    path = tmp_path / "tests" / "planning" / "test_a.py"
    test = "test_r22_r29_checklist"
    path.write_text(f"def {test}() -> None: ...\ndef test_rows() -> None: ...\n")
    name = f"tests/planning/test_a.py::{test}"
    assert requirements.tests_by_number(tmp_path) == {22: [name], 29: [name]}


def test_tests_of_a_requirement_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    requirements.main(["R43"])
    output = capsys.readouterr().out
    assert output.startswith("R43 A new installation has its countries")
    assert "::test_r43_" in output
