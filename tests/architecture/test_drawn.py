"""A run draws equal documents once, and others by themselves."""

from types import SimpleNamespace

import pytest

from app.infra import pdf
from tests.support.drawn import drawn_once


def test_equal_text_is_drawn_once_and_other_text_again(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []

    def draw(html: str) -> bytes:
        drawn.append(html)
        return html.encode()

    printer = SimpleNamespace(print=draw)
    monkeypatch.setattr(pdf, "_printer_of_this_process", lambda: printer)
    for _ in range(2):
        with drawn_once():
            for text in ("one drawn", "another drawn", "one drawn"):
                assert pdf.pdf_of(text) == text.encode()
    assert drawn == ["one drawn", "another drawn"]
    assert pdf.pdf_of("one drawn") == b"one drawn"
    assert len(drawn) == 3
