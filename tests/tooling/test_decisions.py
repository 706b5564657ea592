"""Decisions have one format, a number each without gaps, and the ones they name are there."""

import re
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

RECORDS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
PARTS = ["Context", "Decision", "Price"]
WITHOUT_GAPS = 75
"""Up to here. Numbers are given out before decisions are written, so later ones arrive in any
order; raise it when they have.
"""


def number_of(path: Path) -> int:
    return int(path.name.partition("-")[0])


def test_each_number_is_given_once_and_none_is_left_out() -> None:
    numbers = [number_of(path) for path in RECORDS]
    assert len(numbers) == len(set(numbers))
    assert numbers[:WITHOUT_GAPS] == list(range(1, WITHOUT_GAPS + 1))


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_decision_says_its_context_then_the_decision_then_its_price(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# {number_of(path)}. ")
    assert [part for part in re.findall(r"^\*\*(\w+)\.\*\*", text, re.M) if part in PARTS] == PARTS


def test_decisions_that_code_and_documents_name_are_there() -> None:
    known = {number_of(path) for path in RECORDS}
    named = re.compile(r"\bdecisions?[ /](?:00)?(\d{1,2})\b")
    for folder in ("app", "docs", "tests", "tooling"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".md", ".sh") and path != Path(__file__):
                text = path.read_text(encoding="utf-8")
                assert {int(number) for number in named.findall(text)} <= known, path
