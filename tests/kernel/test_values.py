"""Values every domain shares."""

import pickle
from dataclasses import FrozenInstanceError, dataclass
from datetime import UTC, date, datetime
from typing import ClassVar
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.actor import ANONYMOUS, SYSTEM, Actor, Grant, Role
from app.kernel.fact import Fact
from app.kernel.refusal import InvalidInput, Kind, NotFound, Refusal, Sentence
from app.kernel.text import LocalizedText, as_language, is_one_line

FOCAL = Actor(
    account_id=7, grants=frozenset({Grant(Role.FOCAL_POINT, "HN"), Grant(Role.OFFICIAL, "HN")})
)


def test_nobody_and_the_system_hold_no_role() -> None:
    for actor in (ANONYMOUS, SYSTEM):
        assert not actor.signed_in
        assert not any(actor.holds(role) for role in Role)
    assert SYSTEM.is_system
    assert not ANONYMOUS.is_system


def test_a_role_is_held_for_its_scope_only() -> None:
    assert FOCAL.signed_in
    assert FOCAL.holds(Role.FOCAL_POINT)
    assert FOCAL.holds(Role.FOCAL_POINT, "HN")
    assert not FOCAL.holds(Role.FOCAL_POINT, "GT")
    assert not FOCAL.holds(Role.FOCAL_POINT, "")
    assert not FOCAL.holds(Role.ORGANIZER)
    assert FOCAL.scopes(Role.FOCAL_POINT) == {"HN"}
    assert FOCAL.scopes(Role.CONVENOR) == frozenset()


def test_an_actor_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        FOCAL.country = "GT"  # type: ignore[misc]  # that it is frozen is what is tested


@pytest.mark.parametrize(
    ("code", "language"),
    [("en", "en"), ("EN-us", "en"), ("es", "es"), ("fr", "es"), ("", "es"), (None, "es")],
)
def test_every_code_has_a_language_of_the_house(code: str | None, language: str) -> None:
    assert as_language(code) == language


@given(st.text(), st.text())
def test_a_text_is_shown_in_a_language_it_has(es: str, en: str) -> None:
    value = LocalizedText(es=es, en=en)
    for language in ("es", "en"):
        shown = value.language_shown(language)
        assert value.in_(language) == value[shown]
        assert (shown == language) == (not value.lacks(language)) or not value
        assert bool(value.in_(language)) == bool(es or en)


@dataclass(frozen=True)
class Moved(Fact):
    subject_kind: ClassVar[str] = "thing"
    id: UUID
    on: date
    at: datetime
    roles: tuple[Role, ...]
    by: dict[str, date]

    @property
    def subject_id(self) -> str:
        return str(self.id)


def test_a_fact_becomes_plain_values() -> None:
    fact = Moved(
        UUID(int=1),
        date(2026, 1, 2),
        datetime(2026, 1, 2, 3, tzinfo=UTC),
        (Role.AUTHOR,),
        {"a": date(2026, 1, 1)},
    )
    assert fact.name == "Moved"
    assert fact.payload() == {
        "id": "00000000-0000-0000-0000-000000000001",
        "on": "2026-01-02",
        "at": "2026-01-02T03:00:00+00:00",
        "roles": ["author"],
        "by": {"a": "2026-01-01"},
    }


def test_a_fact_must_say_what_it_is_about() -> None:
    with pytest.raises(TypeError, match="Fact must say"):
        _ = Fact().subject_id


def test_a_refusal_carries_a_sentence_and_no_status() -> None:
    class Full(Refusal):
        rule = "full"
        msgid = "Only %(n)s seats."

    refusal = Full(n=3)
    assert refusal.sentence == Sentence("Only %(n)s seats.", {"n": 3})
    assert refusal.kind is Kind.CONFLICT
    assert str(refusal) == "full"
    assert NotFound().kind is Kind.MISSING
    assert InvalidInput({"a": Sentence("x")}).errors == {"a": Sentence("x")}


@pytest.mark.parametrize("ending", ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_line_break_of_any_kind_makes_several_lines(ending: str) -> None:
    assert is_one_line("Protección y trabajo")
    assert is_one_line("")
    for text in (f"a{ending}b", f"a{ending}", f"{ending}a", ending):
        assert not is_one_line(text)


def test_localized_text_drops_what_is_empty_and_equals_in_any_order() -> None:
    text = LocalizedText(es="Sede", en="", fr="Siège")
    assert dict(text) == {"es": "Sede", "fr": "Siège"}
    assert text["en"] == ""
    assert "en" not in text
    assert text == LocalizedText({"fr": "Siège", "es": "Sede"})
    assert hash(text) == hash(LocalizedText({"fr": "Siège", "es": "Sede"}))
    assert repr(text) == repr(LocalizedText({"fr": "Siège", "es": "Sede"}))
    assert text.in_("en") == "Sede"
    assert text.language_shown("en") == "es"
    assert text.as_dict() == {"es": "Sede", "en": "", "fr": "Siège"}
    assert not LocalizedText(es="")
    assert pickle.loads(pickle.dumps(text)) == text
