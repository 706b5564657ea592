"""Parsers that every form shares, and the ban on others."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import wtforms
from werkzeug.datastructures import MultiDict
from wtforms.fields.choices import SelectChoice

from app.kernel.numbers import LARGEST_ID
from app.web.fields import (
    RadioField,
    SelectField,
    SelectMultipleField,
    day_in,
    instant_in,
    number_in,
    numbers_in,
    uuid_in,
)

ROOT = Path(__file__).parents[2]
EDGES = {"forms", "views", "api", "forms.py", "views.py", "api.py"}
ISO_PARSERS = {"fromisoformat", "strptime"}
OWN_PARSERS = {
    "app/office/inbox/forms.py": 1,  # RFC 5545, not typed
    "app/participation/registrations/views/registering.py": 1,  # our own signed token
    "app/people/identity/views/sign_in.py": 1,  # our own session
    "app/planning/arranging/api.py": 1,  # says whether the text or its offset is wrong
    "app/planning/programme/views/board.py": 1,  # our own signed token
    "app/training/learning/forms/answers.py": 1,
    "app/training/turnover/api.py": 2,
}
"""Calls by file. The list may only shrink."""
READ_BY_HAND = {
    "office": 3,  # buttons of consents
    "participation": 2,  # a table of minutes
    "people": 2,  # a table of answers about officials
    "planning": 9,  # free slots
    "training": 3,  # a passage looked for in a text
}
"""Fields by wing that modules read from what was sent instead of declaring them in a form, at most.
The numbers may only shrink. A view may read two: which button was pressed, and for what.
"""
PRESSES = 2
SENT = {"sent", "typed", "form"}
OWN_BOXES = {"templates/components/forms.html", "templates/training/certificates/verify.html"}
"""Templates with an error summary of their own. The list may only shrink."""


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2027-03-15", date(2027, 3, 15)),
        (" 2027-03-15\n", date(2027, 3, 15)),
        ("2027-02-29", None),
        ("20270315", None),
        ("2027-W11-1", None),
        ("٢٠٢٧-٠٣-١٥", None),
        ("15/03/2027", None),
        ("", None),
    ],
)
def test_day_is_year_month_day(text: str, day: date | None) -> None:
    assert day_in(text) == day


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("7", 7),
        (str(LARGEST_ID), LARGEST_ID),
        (str(LARGEST_ID + 1), None),
        ("9" * 5000, None),
        ("-1", None),
        ("+1", None),
        ("1.0", None),
        ("٣", None),
        ("²", None),
        ("1\n", None),
        ("", None),
    ],
)
def test_number_is_digits_that_a_row_can_have(text: str, number: int | None) -> None:
    assert number_in(text) == number


def test_number_has_a_limit_and_a_list_leaves_the_rest_out() -> None:
    assert [number_in("99", 99), number_in("100", 99)] == [99, None]
    assert numbers_in(["3", "x", "1", "3"]) == [3, 1, 3]


def test_instant_needs_an_offset() -> None:
    assert instant_in("2027-03-15T09:00:00-06:00") == datetime(2027, 3, 15, 15, tzinfo=UTC)
    assert instant_in("2027-03-15T09:00:00") is None
    assert uuid_in("no id") is None


class Offering(wtforms.Form):
    one = SelectField(choices=[("a", "A"), ("b", "B")], default="b")
    few = RadioField(choices=["x", "y"], default="x")
    many = SelectMultipleField(choices=[(1, "One"), (2, "Two")], coerce=int)
    open = SelectField(choices=[("a", "A")], validate_choice=False)


OFFERED = {"one": "a", "few": "y", "many": "2", "open": "z"}


def test_choices_are_pairs_or_texts() -> None:
    form = Offering(MultiDict(OFFERED))
    assert form.validate()
    chosen = {
        field.name: [choice.label for choice in field.iter_choices() if choice.selected]
        for field in form
    }
    assert chosen == {"one": ["A"], "few": ["y"], "many": ["Two"], "open": []}
    assert '<option selected value="a">A</option>' in form.one()


@pytest.mark.parametrize(
    "choices",
    [
        [("a", "A"), SelectChoice("b", "B", optgroup="Others")],
        {"First": [("a", "A")], "Others": [("b", "B")]},
    ],
)
def test_choices_may_stand_in_groups(choices: Any) -> None:
    form = Offering(MultiDict({**OFFERED, "one": "b"}))
    form.one.choices = choices
    assert form.validate()
    assert '<optgroup label="Others"><option selected value="b">B</option></optgroup>' in form.one()


@pytest.mark.parametrize("name", ["one", "few", "many"])
def test_what_was_not_offered_is_refused(name: str) -> None:
    form = Offering(MultiDict({**OFFERED, name: "3"}))
    assert not form.validate()
    assert list(form.errors) == [name]


def test_typed_text_is_parsed_in_fields_alone() -> None:
    calls: dict[str, int] = {}
    for file in sorted((ROOT / "app").rglob("*.py")):
        path = file.relative_to(ROOT)
        if not EDGES & set(path.parts[3:]):
            continue
        tree = ast.parse(file.read_text())
        uses = sum(getattr(node, "attr", "") in ISO_PARSERS for node in ast.walk(tree))
        if uses:
            calls[str(path)] = uses
    assert calls == OWN_PARSERS


def test_typed_text_is_read_by_forms_alone() -> None:
    """In a view nearly nothing is taken from `request.form` by name, in `forms` nothing from what
    was sent: forms of WTForms declare their fields.
    """
    by_hand: dict[str, dict[str, int]] = {}
    for file in sorted((ROOT / "app").rglob("*.py")):
        path = file.relative_to(ROOT)
        rooms = {part.removesuffix(".py") for part in path.parts[3:]} & {"forms", "views"}
        if rooms:
            names = set(names_read(ast.parse(file.read_text()), in_view="views" in rooms))
            if len(names) > (PRESSES if "views" in rooms else 0):
                by_hand.setdefault(path.parts[1], {})[str(path)] = len(names)
    too_many = {
        wing: numbers
        for wing, numbers in by_hand.items()
        if sum(numbers.values()) > READ_BY_HAND.get(wing, 0)
    }
    assert too_many == {}


def names_read(tree: ast.AST, *, in_view: bool) -> Iterator[str]:
    """The field names that a module takes from a mapping: sent.get("name"), sent["name"]."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "get" and node.args:
            source, name = getattr(node.func, "value", None), node.args[0]
        elif isinstance(node, ast.Subscript):
            source, name = node.value, node.slice
        else:
            continue
        is_request = isinstance(source, ast.Attribute) and ast.unparse(source) == "request.form"
        is_text = isinstance(name, ast.JoinedStr) or isinstance(getattr(name, "value", None), str)
        is_sent = is_text and ast.unparse(source or name).rpartition(".")[2] in SENT
        if is_request or (is_sent and not in_view):
            yield ast.unparse(name)


def test_error_summary_stands_in_one_template() -> None:
    own = {
        str(file.relative_to(ROOT))
        for file in (ROOT / "templates").rglob("*.html")
        if 'class="error-summary' in file.read_text()
    }
    assert own == OWN_BOXES


def test_fields_with_choices_are_those_of_the_house() -> None:
    """WTForms' own are to refuse pairs, and warn of them only when a form is made with some."""
    imported = r"from wtforms import (\([^)]*|[^(\n]*)\b(Radio|Select)"
    own = re.compile(rf"{imported}|wtforms\.(Radio|Select)")
    paths = (ROOT / "app").rglob("*.py")
    assert [
        str(path.relative_to(ROOT))
        for path in sorted(paths)
        if own.search(path.read_text(encoding="utf-8"))
    ] == ["app/web/fields.py"]
