"""Names, searches and what may be said of an appointment."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.people.directory.forms import read_roster
from app.people.directory.rules import people as rules
from app.people.directory.values import EndReason, RosterAnswer

TODAY = date(2026, 11, 24)
BEGAN = date(2025, 1, 1)


def test_an_end_lies_between_the_beginning_and_today() -> None:
    assert rules.end_defect(BEGAN, TODAY, TODAY) is None
    assert rules.end_defect(BEGAN, BEGAN, TODAY) is None
    future = rules.end_defect(BEGAN, TODAY + timedelta(days=1), TODAY)
    early = rules.end_defect(BEGAN, BEGAN - timedelta(days=1), TODAY)
    assert future is not None
    assert early is not None
    assert "future" in future.msgid
    assert early.params == {"on": BEGAN}


def test_ending_twice_is_nothing_or_a_sentence() -> None:
    answer = (TODAY, EndReason.LEFT)
    assert rules.require_consistent_end("Ana", None, "", answer)
    assert not rules.require_consistent_end("Ana", TODAY, "left", answer)
    for ended_on, reason in ((TODAY, "moved"), (BEGAN, "left")):
        with pytest.raises(rules.AlreadyEnded):
            rules.require_consistent_end("Ana", ended_on, reason, answer)


@pytest.mark.parametrize(
    ("typed", "stored"), [("nunez", "Núñez"), ("ÑUÑEZ", "Núñez"), ("güell", "Guell")]
)
def test_search_ignores_accents(typed: str, stored: str) -> None:
    assert rules.plain_key(typed) in rules.plain_key(stored)


def test_what_is_wrong_with_a_newcomer_is_said_by_field() -> None:
    assert not rules.newcomer_defects("María José Ñáñez", "m@example.org", "Cónsul", TODAY, TODAY)
    found = rules.newcomer_defects("X", "nobody", "", TODAY + timedelta(days=1), TODAY)
    assert set(found) == {"full_name", "email", "post_title", "valid_from"}
    assert "full_name" in rules.newcomer_defects(
        "Ana\u202e Paz", "m@example.org", "Cónsul", TODAY, TODAY
    )
    for email in ("a@b\x00c", "ana@ministerio"):
        assert "email" in rules.newcomer_defects("Ana Paz", email, "Cónsul", TODAY, TODAY)


def test_a_page_of_answers() -> None:
    sent = {
        "row-1": "here",
        "on-1": "x",
        "row-2": "left",
        "on-2": "2026-05-01",
        "on-3": "2026-11-24",
        "row-x": "left",
    }
    assert read_roster(sent, TODAY).answers == [
        RosterAnswer(1, None, TODAY),
        RosterAnswer(2, EndReason.LEFT, date(2026, 5, 1)),
    ]
    changes = read_roster({**sent, "row-3": "here", "doubted-3": "1", "changes": "1"}, TODAY)
    assert [(a.appointment_id, a.reason, a.saw_doubt) for a in changes.answers] == [
        (2, EndReason.LEFT, False),
        (3, None, True),
    ]
    other = read_roster({"row-4": "other", "what-4": "unsure", "row-5": "other"}, TODAY)
    assert other.answers == [RosterAnswer(4, None, TODAY, is_unsure=True)]
    assert set(other.errors) == {"row-5"}


@given(
    st.dictionaries(
        st.one_of(st.text(), st.from_regex(r"(row|on|what|doubted)-[0-9]{1,20}", fullmatch=True)),
        st.text(),
    )
)
def test_no_form_breaks_the_reading(sent: dict[str, str]) -> None:
    form = read_roster(sent, TODAY)
    assert set(form.errors) <= {f"{kind}-{n}" for kind in ("row", "on") for n in _numbers(sent)}


def _numbers(sent: dict[str, str]) -> set[int]:
    return {
        int(name.split("-")[1])
        for name in sent
        if name.startswith(("row-", "on-")) and name.split("-")[1].isdecimal()
    }


def test_a_wrong_answer_or_date_is_named_at_its_field() -> None:
    form = read_roster(
        {"row-1": "promoted", "row-2": "left", "on-2": "1 de mayo", "row-3": "left"}, TODAY
    )
    assert set(form.errors) == {"row-1", "on-2", "on-3"}
    assert not form.answers


@pytest.mark.parametrize(
    ("words", "is_theirs"),
    [
        ("Ana Muñoz", True),
        ("munoz ana", True),
        ("ANA PEÑA", True),
        ("Ana Muñoz Peña", True),
        ("Muñoz", False),
        ("Ana", False),
        ("Muñoz Peña", False),
        ("Ana Muñ", False),
        ("Ana Muñoz López", False),
        ("Ana de", False),
        ("", False),
    ],
)
def test_words_are_a_name_when_given_name_and_surname_are_whole(
    words: str, is_theirs: bool
) -> None:
    assert rules.is_name_of("Ana Muñoz de Peña", words) is is_theirs
