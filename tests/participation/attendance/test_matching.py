"""Who is meant by a name or an address, and what is left to a person."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.participation.attendance.rules.matching import DOUBTFUL, SURE, Matcher
from app.participation.attendance.rules.recording import participants
from app.participation.attendance.values import (
    Known,
    MatchProposal,
    ReportParticipant,
    Span,
    Stay,
    Verdict,
)
from tests.participation.attendance.reports import EVENT, STARTS

MARIA, OSCAR, JUAN, JUANA = 1, 2, 3, 4
BOX = "cancilleria@example.org"
PEOPLE = (
    Known(MARIA, "María José Ñáñez Güell", frozenset({"maria@example.org", "m.nanez@example.org"})),
    Known(OSCAR, "Óscar Solórzano de la O", frozenset({BOX})),
    Known(JUAN, "Juan Pérez Gómez", frozenset({BOX})),
    Known(JUANA, "Juan Pérez Díaz", frozenset()),
)
MATCHER = Matcher(PEOPLE)


def proposal(name: str, email: str = "") -> MatchProposal:
    return MATCHER.propose(ReportParticipant(name, email, (), 60))


@pytest.mark.parametrize(
    "email", ["maria@example.org", "M.Nanez@Example.org", "maria+rcm@example.org"]
)
def test_an_address_decides_whatever_the_name(email: str) -> None:
    found = proposal("iPhone", email)
    assert (found.verdict, found.suggestions[0].person_id, found.by_email) == (
        Verdict.SURE,
        MARIA,
        True,
    )


def test_a_shared_mailbox_never_decides_alone() -> None:
    assert proposal("iPhone", BOX).verdict is Verdict.UNMATCHED
    by_name = proposal("Oscar Solorzano de la O", BOX)
    assert (by_name.verdict, by_name.suggestions[0].person_id, by_name.by_email) == (
        Verdict.SURE,
        OSCAR,
        False,
    )


@pytest.mark.parametrize(
    "name",
    [
        "MARIA JOSE NANEZ GUELL",
        "Ñáñez Güell, María José",
        "María José Ñáñez",
        "Majo (María José Ñáñez Güell)",
        "María José Ñáñez Güell (Unverified)",
        "Güell Nañez Maria José [HN]",
    ],
)
def test_names_that_are_sure(name: str) -> None:
    found = proposal(name)
    assert (found.verdict, found.suggestions[0].person_id) == (Verdict.SURE, MARIA)
    assert found.suggestions[0].score >= SURE


@pytest.mark.parametrize("name", ["María Ñáñez", "Oscar Solorsano de O", "Maria Jose Nanes Güel"])
def test_names_that_a_person_must_confirm(name: str) -> None:
    found = proposal(name)
    assert found.verdict is Verdict.DOUBTFUL
    assert DOUBTFUL <= found.suggestions[0].score < 100


@pytest.mark.parametrize(
    ("name", "registered"),
    [
        ("Juana Pérez Gómez", "Juan Pérez Gómez"),
        ("María Fernández González", "Mario Fernández González"),
    ],
)
def test_a_letter_makes_another_person(name: str, registered: str) -> None:
    found = Matcher([Known(1, registered, frozenset())]).propose(
        ReportParticipant(name, "", (), 60)
    )
    assert found.verdict is Verdict.DOUBTFUL
    assert DOUBTFUL <= found.suggestions[0].score < SURE


def test_an_address_and_the_name_of_another_on_the_list_are_left_to_a_person() -> None:
    found = proposal("Óscar Solórzano de la O", "maria@example.org")
    assert (found.verdict, [one.person_id for one in found.suggestions]) == (
        Verdict.DOUBTFUL,
        [MARIA, OSCAR],
    )


def test_an_account_that_was_lent_is_one_participant_for_each_name() -> None:
    span = Span(STARTS, STARTS + timedelta(minutes=30))
    stays = [
        Stay(name, "maria@example.org", span)
        for name in ("María José Ñáñez Güell", "Juan Pérez Gómez", "iPhone")
    ]
    assert MATCHER.shared_in(stays) == {BOX, "maria@example.org"}
    assert MATCHER.shared_in([stays[0], stays[2]]) == {BOX}
    verdicts = [
        MATCHER.propose(one).verdict
        for one in participants(stays, EVENT, shared=MATCHER.shared_in(stays))
    ]
    assert verdicts == [Verdict.SURE, Verdict.DOUBTFUL, Verdict.SURE]


def test_who_did_not_register_is_found_by_the_address_and_never_sure() -> None:
    others = (Known(9, "Inés Castañeda", frozenset({"ines@example.org"})),)
    matcher = Matcher(PEOPLE, others)
    found = matcher.propose(
        ReportParticipant("Óscar Solórzano de la O", "ines+x@example.org", (), 60)
    )
    assert (found.verdict, found.by_email) == (Verdict.DOUBTFUL, True)
    assert {one.person_id for one in found.suggestions} == {9, OSCAR}
    assert (
        matcher.propose(ReportParticipant("Inés Castañeda", "", (), 60)).verdict
        is Verdict.UNMATCHED
    )


def test_two_who_are_equally_like_it_are_left_to_a_person() -> None:
    found = proposal("Juan Pérez")
    assert found.verdict is Verdict.DOUBTFUL
    assert {one.person_id for one in found.suggestions} == {JUAN, JUANA}


def test_two_of_the_same_name_are_never_sure() -> None:
    twins = Matcher([Known(1, "Ana Luz Paz", frozenset()), Known(2, "Ana Luz Paz", frozenset())])
    assert twins.propose(ReportParticipant("Ana Luz Paz", "", (), 1)).verdict is Verdict.DOUBTFUL


@pytest.mark.parametrize(
    "name", ["María", "iPhone", "50522223333", "Fireflies Notetaker", "", "()", "Pedro Almagro"]
)
def test_names_that_say_nothing(name: str) -> None:
    assert proposal(name) == MatchProposal(Verdict.UNMATCHED, ())


@given(st.text(max_size=40), st.text(max_size=20))
def test_no_name_breaks_it_and_scores_are_ordered(name: str, email: str) -> None:
    found = proposal(name, email)
    scores = [one.score for one in found.suggestions]
    assert scores == sorted(scores, reverse=True)
    assert all(DOUBTFUL <= score <= 100 for score in scores)
    assert (found.verdict is Verdict.UNMATCHED) == (not scores)
