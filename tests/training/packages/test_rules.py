"""Issue 12: what the platform makes of what a package says; conditions, times, keys of addresses."""

from collections.abc import Mapping
from uuid import UUID

import pytest

from app.infra.secret_keys import SecretKeys
from app.training.packages.rules import addresses, runtime
from app.training.packages.rules import runtime as rules_runtime
from app.training.packages.rules.addresses import KeyPurpose
from app.training.packages.rules.archive import media_type
from app.training.packages.rules.words import slug_for
from app.training.packages.values import (
    PackageItem,
    PartKind,
    PlayStatus,
    Standard,
    VisitEntry,
    VisitMode,
)
from tests.support.databases import KEYS

V12, V2004 = Standard.SCORM_12, Standard.SCORM_2004
PLAIN = PackageItem("I", "I", PartKind.SCO)
MASTERED = PackageItem("I", "I", PartKind.SCO, mastery="80")
SCALED = PackageItem("I", "I", PartKind.SCO, mastery="0.8", completion_threshold="0.9")


def core(**values: str) -> dict[str, str]:
    names = {"status": "lesson_status", "raw": "score.raw"}
    return {f"cmi.core.{names.get(name, name)}": value for name, value in values.items()}


@pytest.mark.parametrize(
    ("item", "standard", "state", "ended", "outcome"),
    [
        (PLAIN, V12, {}, False, (PlayStatus.INCOMPLETE, None)),
        (PLAIN, V12, {}, True, (PlayStatus.COMPLETED, None)),
        (PLAIN, V12, core(status="not attempted"), True, (PlayStatus.COMPLETED, None)),
        (PLAIN, V12, core(exit="suspend"), True, (PlayStatus.INCOMPLETE, None)),
        (PLAIN, V12, core(status="incomplete"), True, (PlayStatus.INCOMPLETE, None)),
        (PLAIN, V12, core(status="completed"), False, (PlayStatus.COMPLETED, None)),
        (PLAIN, V12, core(status="passed", raw="77"), True, (PlayStatus.PASSED, 77)),
        (PLAIN, V12, core(status="failed", raw="7"), True, (PlayStatus.FAILED, 7)),
        (PLAIN, V12, core(status="browsed"), True, (PlayStatus.BROWSED, None)),
        (MASTERED, V12, {}, True, (PlayStatus.INCOMPLETE, None)),
        (MASTERED, V12, core(status="completed", raw="79.9"), True, (PlayStatus.FAILED, 79.9)),
        (MASTERED, V12, core(status="incomplete", raw="80"), True, (PlayStatus.PASSED, 80)),
        (MASTERED, V12, core(status="incomplete", raw="90"), False, (PlayStatus.INCOMPLETE, 90)),
        (PLAIN, V2004, {}, True, (PlayStatus.COMPLETED, None)),
        (PLAIN, V2004, {"cmi.exit": "suspend"}, True, (PlayStatus.INCOMPLETE, None)),
        (PLAIN, V2004, {"cmi.completion_status": "completed"}, False, (PlayStatus.COMPLETED, None)),
        (PLAIN, V2004, {"cmi.success_status": "passed"}, False, (PlayStatus.PASSED, None)),
        (
            PLAIN,
            V2004,
            {"cmi.completion_status": "completed", "cmi.success_status": "failed"},
            True,
            (PlayStatus.FAILED, None),
        ),
        (
            PLAIN,
            V2004,
            {"cmi.completion_status": "incomplete"},
            True,
            (PlayStatus.INCOMPLETE, None),
        ),
        (SCALED, V2004, {"cmi.score.scaled": "0.85"}, False, (PlayStatus.PASSED, 85)),
        (SCALED, V2004, {"cmi.score.scaled": "-0.2"}, True, (PlayStatus.FAILED, 0)),
        (SCALED, V2004, {"cmi.progress_measure": "0.9"}, False, (PlayStatus.COMPLETED, None)),
        (
            SCALED,
            V2004,
            {"cmi.progress_measure": "0.5", "cmi.completion_status": "completed"},
            True,
            (PlayStatus.INCOMPLETE, None),
        ),
    ],
)
def test_status_is_derived_on_the_server(
    item: PackageItem,
    standard: Standard,
    state: Mapping[str, str],
    ended: bool,
    outcome: tuple[PlayStatus, float | None],
) -> None:
    """What others got wrong: `completed` is ignored and only `passed` counts (Frappe)."""
    derived = runtime.outcome(item, standard, state, ended=ended)
    assert (derived.status, derived.score) == outcome


def test_what_was_reached_is_not_lost() -> None:
    order = list(PlayStatus)
    for before in (PlayStatus.COMPLETED, PlayStatus.PASSED):
        assert all(runtime.later(before, now) in (before, PlayStatus.PASSED) for now in order)
    assert runtime.later(PlayStatus.COMPLETED, PlayStatus.PASSED) is PlayStatus.PASSED
    assert runtime.later(PlayStatus.FAILED, PlayStatus.INCOMPLETE) is PlayStatus.FAILED
    assert runtime.later(PlayStatus.FAILED, PlayStatus.PASSED) is PlayStatus.PASSED
    assert runtime.later(PlayStatus.INCOMPLETE, PlayStatus.NOT_ATTEMPTED) is PlayStatus.INCOMPLETE
    assert (runtime.best(None, None), runtime.best(3, None), runtime.best(3, 7)) == (None, 3, 7)


@pytest.mark.parametrize(
    ("status", "state", "ended", "mode"),
    [
        (PlayStatus.FAILED, {}, True, VisitMode.NORMAL),
        (PlayStatus.PASSED, {}, True, VisitMode.REVIEW),
        (PlayStatus.COMPLETED, core(exit="suspend"), True, VisitMode.NORMAL),
        (PlayStatus.COMPLETED, core(lesson_location="9"), False, VisitMode.NORMAL),
        (PlayStatus.COMPLETED, core(lesson_location="9"), True, VisitMode.REVIEW),
    ],
)
def test_attempt_counts_until_it_is_over(
    status: PlayStatus, state: dict[str, str], ended: bool, mode: VisitMode
) -> None:
    before = runtime.Before(state, ended)
    assert runtime.begins_with(V12, before, status).mode is mode
    reviewed = runtime.Before(state, ended, VisitMode.REVIEW)
    assert runtime.begins_with(V12, reviewed, PlayStatus.PASSED).mode is VisitMode.REVIEW
    anew = runtime.begins_with(V12, before, status, is_anew=True)
    assert anew == runtime.Beginning(VisitMode.NORMAL, VisitEntry.FIRST, {})


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0001:02:03.50", 3723),
        ("00:00:09", 9),
        ("PT1H2M3.5S", 3723),
        ("P1DT1S", 86_401),
        ("PT0S", 0),
        ("P", None),
        ("PT", None),
        ("1:2:3", None),
        ("-PT5S", None),
        ("five", None),
        ("PT99999999999S", None),
    ],
)
def test_time_spans_of_both_standards(text: str, seconds: int | None) -> None:
    assert runtime.seconds_of(text) == seconds


def test_time_is_believed_up_to_what_passed() -> None:
    state = core(session_time="9999:00:00")
    assert runtime.session_seconds(V12, state, passed=100) == 160
    assert runtime.session_seconds(V12, core(session_time="x"), passed=100) == 0
    assert runtime.session_seconds(V2004, {"cmi.session_time": "PT90S"}, passed=100) == 90
    assert runtime.time_text(V12, 3723) == "0001:02:03.00"
    assert runtime.time_text(V2004, 3723) == "PT3723S"


def test_only_what_a_package_may_set_is_kept() -> None:
    sent = {
        **core(status="passed", raw="80", lesson_location="p3", exit="suspend"),
        **core(total_time="9999:00:00", student_id="me", credit="credit", entry="resume"),
        "cmi.suspend_data": "x" * 64_000,
        "cmi.interactions.0.student_response": "a",
        "cmi.interactions.0.objectives.1.id": "o",
        "cmi.interactions.1000.id": "far",
        "cmi.objectives.0.score.raw": "3",
        "cmi.student_data.mastery_score": "1",
        "__proto__": "x",
        "cmi.core.score.max": "250",
        "cmi.comments": 7,
    }
    kept = runtime.kept_values(V12, sent.items())
    assert set(kept) == {
        *core(status="", raw="", lesson_location="", exit=""),
        "cmi.suspend_data",
        "cmi.interactions.0.student_response",
        "cmi.interactions.0.objectives.1.id",
        "cmi.objectives.0.score.raw",
    }
    forged = core(status="master", raw="1e9", exit="now")
    assert runtime.kept_values(V12, forged.items()) == {}
    assert runtime.kept_values(V2004, {"cmi.score.scaled": "1.01"}.items()) == {}
    assert runtime.kept_values(V2004, core(status="passed").items()) == {}
    assert runtime.suspend_is_too_long({"cmi.suspend_data": "x" * 64_001})


@pytest.mark.parametrize(
    ("standard", "state", "ended", "status", "found"),
    [
        (V12, core(lesson_location="3"), False, PlayStatus.INCOMPLETE, (VisitEntry.RESUME, True)),
        (
            V12,
            core(lesson_location="3", exit="suspend"),
            True,
            PlayStatus.INCOMPLETE,
            (VisitEntry.RESUME, True),
        ),
        (
            V12,
            core(lesson_location="3", exit=""),
            True,
            PlayStatus.INCOMPLETE,
            (VisitEntry.NEITHER, True),
        ),
        (V12, {}, False, PlayStatus.NOT_ATTEMPTED, (VisitEntry.FIRST, False)),
        (V2004, {"cmi.location": "3"}, False, PlayStatus.INCOMPLETE, (VisitEntry.RESUME, True)),
        (
            V2004,
            {"cmi.location": "3", "cmi.exit": "normal"},
            True,
            PlayStatus.INCOMPLETE,
            (VisitEntry.FIRST, False),
        ),
        (V2004, {"cmi.location": "3"}, True, PlayStatus.PASSED, (VisitEntry.NEITHER, True)),
    ],
)
def test_relaunch_takes_up_what_was_left(
    standard: Standard,
    state: Mapping[str, str],
    ended: bool,
    status: PlayStatus,
    found: tuple[VisitEntry, bool],
) -> None:
    entry, keeps = found
    before = runtime.Before(state, ended)
    begins = runtime.begins_with(standard, before, status)
    carried = {e: value for e, value in state.items() if e not in runtime.NOT_CARRIED}
    assert (begins.entry, begins.kept) == (entry, carried if keeps else {})
    first = runtime.begins_with(standard, None, PlayStatus.NOT_ATTEMPTED)
    assert (first.entry, first.kept) == (VisitEntry.FIRST, {})


def test_data_model_has_what_the_standard_asks_and_nothing_empty() -> None:
    item = PackageItem("I", "I", PartKind.SCO, launch_data="a=1", mastery="80")
    made = runtime.data_model(
        item,
        V12,
        learner=("abc", "Ñáñez"),
        entry=VisitEntry.RESUME,
        mode=VisitMode.REVIEW,
        seconds=61,
        kept=core(lesson_location="3", student_name="forged"),
    )
    assert made == {
        **core(
            student_id="abc",
            student_name="Ñáñez",
            credit="no-credit",
            entry="resume",
            lesson_mode="review",
            total_time="0000:01:01.00",
            lesson_location="3",
        ),
        "cmi.launch_data": "a=1",
        "cmi.student_data.mastery_score": "80",
    }


@pytest.mark.parametrize(
    ("script", "holds"),
    [
        ("", True),
        ("A", True),
        ("B", False),
        ("A&B", False),
        ("A | B", True),
        ("~B", True),
        ("A AND NOT B", True),
        ("A&(B|~C)", True),
        ('C="incomplete"', True),
        ('C<>"i"', False),
        ("B OR C", False),
    ],
)
def test_conditions_in_the_script_of_aicc(script: str, holds: bool) -> None:
    statuses = {"A": PlayStatus.PASSED, "B": PlayStatus.NOT_ATTEMPTED, "C": PlayStatus.INCOMPLETE}
    assert rules_runtime.holds(script, statuses) is holds


@pytest.mark.parametrize(
    "script", ["A &", "nobody", "(A", 'A="perhaps"', "A A", "2*{A,B}", "~" * 300]
)
def test_conditions_that_cannot_be_read(script: str) -> None:
    assert not rules_runtime.is_readable(script, {"A", "B"})


def test_key_opens_for_its_purpose_and_host_only() -> None:
    one, host = UUID(int=7), "content.example.org"
    key = addresses.key_of(one, KeyPurpose.LAUNCH, keys=KEYS, host=host)

    def opened(
        key: str = key,
        purpose: KeyPurpose = KeyPurpose.LAUNCH,
        keys: SecretKeys = KEYS,
        host: str = host,
    ) -> UUID | None:
        return addresses.id_of(key, purpose, keys=keys, host=host)

    assert opened() == one
    assert opened(host="Content.Example.org") == one
    assert opened(keys=SecretKeys("t", (KEYS.current,))) == one
    for wrong in (
        opened(purpose=KeyPurpose.FILES),
        opened(host="convoca.example.org"),
        opened(keys=SecretKeys("t")),
        opened(key[:-2]),
        opened("ñ"),
        opened("A" * 43),
    ):
        assert wrong is None


def test_names_of_addresses_and_types_of_files() -> None:
    assert slug_for("Ética: ¡básica!", set()) == "etica-basica"
    assert slug_for("Curso", {"curso", "curso-2"}) == "curso-3"
    assert slug_for("日本", set()) == "package"
    assert [media_type(path) for path in ("a.HTML", "b/c.js", "x.php", "none")] == [
        "text/html",
        "text/javascript",
        "application/octet-stream",
        "application/octet-stream",
    ]
