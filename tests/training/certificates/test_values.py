"""The frozen record."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from app.kernel.text import LocalizedText
from app.training.certificates.values import (
    WORDED,
    CertificateKind,
    canonical_json,
    facts_from,
    fingerprint_of,
)
from tests.training.certificates.builders import SAMPLES, sample


@pytest.mark.parametrize("name", SAMPLES)
def test_facts_survive_the_record(name: str) -> None:
    facts = sample(name)
    assert facts_from(canonical_json(facts)) == facts
    assert fingerprint_of(canonical_json(facts_from(canonical_json(facts)))) == fingerprint_of(
        canonical_json(facts)
    )


def test_the_canonical_text_is_pinned() -> None:
    """The hash of certificates already issued must not change with the code that computes it."""
    text = canonical_json(sample())
    assert text.startswith(
        '{"code":"4HMASW9NF6YY093X","completed_on":"2026-11-24","country":{"en":"Costa Rica",'
    )
    assert "Ñáñez" in text
    assert (
        fingerprint_of(canonical_json(sample()))
        == "6787c3a4a05437f2daca4b46c51a6335c1219fab1c97c93f428a603e8e15c2b0"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"holder_name": "Otra Persona"},
        {"hours": "12"},
        {"last_valid_on": None},
        {"completed_on": date(2026, 11, 23)},
        {"issuer_name": "Otra"},
        {"issuer_role": LocalizedText(es="Otro", en="Other")},
    ],
)
def test_the_hash_covers_what_is_printed(change: dict[str, Any]) -> None:
    assert fingerprint_of(canonical_json(sample(**change))) != fingerprint_of(
        canonical_json(sample())
    )


@pytest.mark.parametrize(
    "change",
    [
        {"issued_at": datetime(2026, 11, 25, 3, 10)},  # noqa: DTZ001 - that it is naive is the point
        {"issued_at": datetime(2026, 11, 25, 3, 10, tzinfo=timezone(timedelta(hours=-6)))},
        {"hours": "0"},
        {"hours": "NaN"},
        {"last_valid_on": date(2026, 11, 23)},
        {"course_title": LocalizedText(es="Solo español")},
    ],
)
def test_facts_that_cannot_be_printed_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        sample(**change)


def test_a_record_of_another_shape_is_an_error() -> None:
    plain = json.loads(canonical_json(sample()))
    with pytest.raises(ValueError, match="not the facts"):
        facts_from(json.dumps(plain | {"score": 99}))
    del plain["hours"]
    with pytest.raises(ValueError, match="not the facts"):
        facts_from(json.dumps(plain))


def test_issue_is_an_instant_in_utc() -> None:
    assert sample().issued_at == datetime(2026, 11, 25, 3, 10, tzinfo=UTC)


def test_record_of_a_first_design_keeps_its_shape_and_hash() -> None:
    """Certificates issued before the modules were counted on paper stay, to the byte, what they
    were.
    """
    old = sample("two-surnames")
    text = canonical_json(old)
    assert not {"modules_total", "is_demo"} & set(json.loads(text))
    assert facts_from(text) == old
    assert (
        fingerprint_of(canonical_json(old))
        == "6787c3a4a05437f2daca4b46c51a6335c1219fab1c97c93f428a603e8e15c2b0"
    )


def test_record_of_a_later_design_says_how_many_modules_there_are() -> None:
    plain = json.loads(canonical_json(sample("two-of-eight")))
    assert (plain["modules_total"], plain["is_demo"]) == (8, False)
    del plain["modules_total"]
    with pytest.raises(ValueError, match="not the facts"):
        facts_from(json.dumps(plain))
    with pytest.raises(ValueError, match="more modules"):
        sample("two-of-eight", modules_total=1)


@pytest.mark.parametrize("name", ["speaker", "moderator", "host"])
def test_part_in_an_event_has_no_hours_and_attendance_has(name: str) -> None:
    assert sample(name).hours == ""
    with pytest.raises(ValueError, match="no hours"):
        sample(name, hours="1")
    with pytest.raises(ArithmeticError):
        sample("attended", hours="")


def test_every_kind_is_issued_with_its_words_in_its_facts() -> None:
    """The shapes of the designs before are pinned above."""
    worded = [sample(name) for name in SAMPLES if sample(name).design == WORDED]
    assert {facts.kind for facts in worded} == set(CertificateKind)
    for facts in worded:
        assert "paper" in json.loads(canonical_json(facts))
    for name in ("attended", "module", "host"):
        members = set(json.loads(canonical_json(sample(name))))
        assert {"body_name", "certifier", "modules_total"} <= members
        assert "paper" not in members


def test_words_stand_in_the_facts_or_in_the_design() -> None:
    with pytest.raises(ValueError, match="in the facts or in the design"):
        sample("worded-speaker", paper=None)
    with pytest.raises(ValueError, match="in the facts or in the design"):
        sample("speaker", paper=sample("worded-speaker").paper)


def test_nobody_signs_in_the_design_that_allows_it_alone() -> None:
    nobody = {"issuer_name": "", "issuer_role": LocalizedText()}
    assert sample("worded-speaker", **nobody).issuer_name == ""
    with pytest.raises(ValueError, match="no fallback"):
        sample("speaker", **nobody)
    with pytest.raises(ValueError, match="no fallback"):
        sample("worded-speaker", issuer_role=LocalizedText())
