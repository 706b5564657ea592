"""Titles are cut at a word and say so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.planning.programme.rules import MORE, clipped


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Unidad familiar", "Unidad familiar"),
        ("Registro de llegada y trato digno", "Registro de llegada y trato digno"),
        ("Consentimiento informado en la referencia de casos", "Consentimiento informado…"),
        ("Caravanas: coordinación entre países", "Caravanas: coordinación entre…"),
        (
            "Violencia basada en género: qué hacer ante una revelación",
            "Violencia basada en género: qué hacer…",
        ),
        ("Desinstitucionalización progresiva", "Desinstitucionalización progresiva"),
    ],
)
def test_title_is_cut_after_two_lines_and_not_inside_a_word(title: str, shown: str) -> None:
    assert clipped(title, width=19) == shown


@given(st.text("abcdefgh ", max_size=80), st.integers(1, 30), st.integers(1, 3))
def test_what_is_shown_begins_the_title_and_fits(text: str, width: int, lines: int) -> None:
    shown = clipped(text, width=width, lines=lines)
    words = text.split()
    assert shown == " ".join(words) or words[: len(shown.split())] == shown[: -len(MORE)].split()
    longest = max(map(len, words), default=0)
    assert len(shown) <= lines * max(width, longest + len(MORE)) + lines - 1
