"""`./run test faults`: which kinds there are, that each has its test, and what operators read."""

import ast
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from tests.support import faults
from tests.support.databases import ROOT

FEWEST = 20


def marked() -> Iterator[tuple[str, frozenset[str]]]:
    """Yields the kind of each marked test, with its parameters."""
    for path in ROOT.glob("tests/**/test_*.py"):
        text = path.read_text("utf-8")
        if "mark.fault" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            for mark in getattr(node, "decorator_list", ()):
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.fault":
                    assert isinstance(node, ast.FunctionDef)
                    kind = ast.literal_eval(mark.args[0])
                    yield kind, frozenset(argument.arg for argument in node.args.args)


def test_each_kind_has_a_test_that_says_what_came_of_it() -> None:
    tests = list(marked())
    assert {kind for kind, _ in tests} == set(faults.KINDS)
    assert all("fault" in parameters for _, parameters in tests)
    assert len(faults.KINDS) >= FEWEST


def test_operators_read_of_each_kind() -> None:
    page = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    assert faults.documented() in page, "python -m tests.support.faults prints the table"


def test_run_fails_where_a_kind_lost_something_or_was_not_tried() -> None:
    """Each kind is asked for on both databases, and what was lost, doubled or not said fails at once."""
    properties: list[tuple[str, object]] = []
    for kind, one in faults.KINDS.items():
        for engine in faults.ENGINES:
            faults.teller(kind, engine, properties)(lost=0, doubled=0, page=f"<p>{one.says}</p>")
    [(_, first), *rest] = properties
    reports = [SimpleNamespace(when="call", user_properties=rest)]
    outcomes = list(faults.told(reports))
    assert faults.missing(outcomes) == [("web killed", "sqlite")] == [first[:2]]  # type: ignore[index]
    assert "was not tried" in faults.table(outcomes)[1]
    with pytest.raises(AssertionError):
        faults.teller("web killed", "sqlite", [])(lost=1, doubled=0)
    with pytest.raises(AssertionError, match="does not say"):
        faults.teller("disk full", "sqlite", [])(lost=0, doubled=0, page="<p>All is well.</p>")
