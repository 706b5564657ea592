"""A status message promises a letter only where letters can leave."""

import ast
import re

import pytest
from flask import Flask, get_flashed_messages

from app.web import sent
from tests.architecture.source import APP

PROMISES = re.compile(
    r"letters? (with the link )?(is|are|goes|go|follows|leaves|comes)\b|by (letter|e-?mail)\b"
    r"|\bgets a letter|\b(is|are) told\b|invitation (is on its way|goes out)"
)


def test_a_letter_that_cannot_leave_is_said_to_wait(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for leaves, expected in (
        (True, ["On its way.", "Told."]),
        (False, ["Written. No letter leaves yet", "Told. No letter leaves yet"]),
    ):
        monkeypatch.setattr(sent, "letters_can_leave", lambda answer=leaves: answer)
        with app.test_request_context("/?lang=en"):
            sent.flash_sent("On its way.", "Written.")
            sent.flash_sent("Told.")
            assert [str(said).split(":")[0] for said in get_flashed_messages()] == expected


def promised_unasked(text: str) -> list[str]:
    """The words of `flash` calls that promise a letter."""
    return [
        said
        for call in ast.walk(ast.parse(text))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "flash"
        for one in ast.walk(call)
        if isinstance(one, ast.Constant) and isinstance(said := one.value, str)
        if PROMISES.search(said)
    ]


def test_every_message_that_promises_a_letter_asks_whether_one_can_leave() -> None:
    assert promised_unasked('flash(_("The person is told."), "success")') == ["The person is told."]
    views = {path: path.read_text() for path in APP.rglob("*.py")}
    told = {str(path): promised_unasked(text) for path, text in views.items() if "flash(" in text}
    assert {path: said for path, said in told.items() if said} == {}
