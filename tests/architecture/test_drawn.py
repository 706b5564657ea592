"""A run draws equal documents once, and others by themselves."""

import pytest

from app.infra import pdf
from app.infra.pdf import DrawingPress
from tests.support.drawn import drawn_once


def test_equal_text_is_drawn_once_and_other_text_again(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[bytes] = []

    def draw(_press: DrawingPress, _recipe: str, content: bytes) -> bytes:
        drawn.append(content)
        return content

    monkeypatch.setattr(DrawingPress, "draw", draw)
    for _ in range(2):
        monkeypatch.setattr(pdf, "_press", DrawingPress())  # as in another worker
        with drawn_once():
            for text in ("one drawn", "another drawn", "one drawn"):
                assert pdf.pdf_of(text) == text.encode()
    assert drawn == [b"one drawn", b"another drawn"]
    monkeypatch.setattr(pdf, "_press", DrawingPress())
    assert pdf.pdf_of("one drawn") == b"one drawn"
    assert len(drawn) == 3
