"""The mutation run: which changes it makes, and that a change reaches who has imported the name."""

import pytest

from tooling import mutate

SOURCE = """
OLDEST = 5

def may_read(actor: Actor, *, now: datetime | None = None) -> bool:
    require_signed_in(actor)
    if not actor.names and now < END:
        raise NotAllowed
    return actor.acts_as(Role.ORGANIZER)

def rows(db):
    return db.scalars(select(Row).where(Row.at <= NOW, Row.is_guest.is_(False)))

def own(actor):
    return Row.event == 3, Row.person.in_(actor.people)
"""


def changes(function: str) -> list[str]:
    found = mutate.mutants("app/x/policy.py", SOURCE.encode())
    return [mutant.after for mutant in found if mutant.function == function]


def test_checks_refusals_conditions_and_answers_are_changed() -> None:
    assert changes("may_read") == [
        "pass",
        "(now < END)",
        "(not actor.names)",
        "(actor.names)",
        "(now <= END)",
        "pass",
        "True",
        "False",
        "(actor.holds(Role.ORGANIZER))",
    ]


def test_each_condition_of_a_statement_is_left_out_once() -> None:
    assert changes("rows") == [
        "(select(Row).where(Row.is_guest.is_(False)))",
        "(select(Row).where(Row.at <= NOW))",
        "(Row.at < NOW)",
        "(True)",
    ]
    assert "((Row.event == 3,))" in changes("own")


def test_number_of_a_module_is_raised_by_one() -> None:
    assert changes("") == ["(6)"]


def test_a_change_replaces_exactly_its_own_text() -> None:
    source = SOURCE.encode()
    (mutant,) = [one for one in mutate.mutants("x", source) if one.after == "(now <= END)"]
    assert (mutant.before, mutant.line) == ("now < END", 6)
    assert source[mutant.start : mutant.end] == b"now < END"


def test_package_has_mutants_of_its_three_rooms_and_words_choose() -> None:
    package = "participation/surveys"
    assert {mutant.path.rpartition("/")[2] for mutant in mutate.chosen(package, [])} == {
        "policy.py",
        "rules.py",
        "queries.py",
    }
    assert {mutant.function for mutant in mutate.chosen(package, ["require_open"])} == {
        "require_open"
    }


def test_package_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert mutate.main(["participation/nothing"]) == 2
    assert "A package is a wing and a name" in capsys.readouterr().out
