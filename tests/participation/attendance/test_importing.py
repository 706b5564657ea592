"""From a report to minutes: once however often it is sent, by hand where names are doubtful,
corrections win.
"""

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.infra.files import files
from app.infra.platform import platform
from app.infra.sheets import rows_of
from app.kernel.refusal import InvalidInput, NotAllowed
from app.participation.attendance import tasks
from app.participation.attendance.models import (
    AttendanceChange,
    AttendanceImport,
    AttendanceInterval,
    AttendanceParticipant,
)
from app.participation.attendance.queries.sheet import personal_data
from app.participation.attendance.rules.readers.reading import read_report
from app.participation.attendance.rules.recording import IsClosed, NotStarted
from app.participation.attendance.services.importing import StillReading, upload_report
from app.participation.attendance.services.recording import erase_person, record, record_attendance
from app.participation.attendance.values import MatchDecision, RowChoice
from app.people.directory.models import Person
from tests.participation.attendance.held import (
    AFTER,
    applied,
    decisions,
    drain,
    facts,
    held,
    intervals,
    is_person,
    minutes_in,
    person,
    read_again,
    rows_in,
    uploaded,
    zoom,
)
from tests.participation.attendance.reports import AROUND, export
from tests.planning.events.rows import STARTS, change_event_row
from tests.support.actors import actor_of, an_account

pytestmark = pytest.mark.at(AFTER)
HN, GT = "official-hn", "official-gt"


def by_hand(app: Flask, event_id: object, person_id: int, minutes: int, reason: str = "") -> int:
    actor = actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        return record(
            db,
            actor=actor,
            event_id=event_id,  # type: ignore[arg-type]
            minutes={person_id: minutes},
            reason=reason,
            source="manual",
            now=AFTER,
        )


@pytest.mark.both_databases
def test_a_teams_report_becomes_minutes_once(app: Flask) -> None:
    event_id, content = held(app, HN, GT), export("teams-en.csv")
    import_id = uploaded(app, event_id, content)
    assert decisions(app, import_id) == {
        "María José Ñáñez Güell": ("sure", "person"),
        "Óscar Solórzano de la O (Unverified)": ("sure", "person"),
        "Altagracia Peña": ("unmatched", "open"),
    }
    done = applied(app, import_id)
    hn, gt = person(app, HN), person(app, GT)
    assert (done.changed, minutes_in(app, event_id)) == (2, {hn: 85, gt: 30})
    assert sorted(intervals(app, event_id)) == sorted(
        [(hn, 40, "import"), (hn, 45, "import"), (gt, 30, "import")]
    )
    assert uploaded(app, event_id, content) == import_id
    read_again(app, import_id)
    assert applied(app, import_id).changed == 0
    assert (len(facts(app, "ImportUploaded")), len(facts(app, "ImportApplied"))) == (1, 1)
    assert rows_in(app, AttendanceParticipant) == 3
    assert [fact["source"] for fact in facts(app, "AttendanceRecorded")] == ["import"]


def test_a_doubtful_name_counts_when_somebody_says_who_it_is(app: Flask) -> None:
    event_id = held(app, HN, GT)
    content = zoom(("Maria Nanez", "", "09:00", "09:30"), ("Bot de notas", "", "09:00", "10:30"))
    import_id = uploaded(app, event_id, content)
    assert decisions(app, import_id)["Maria Nanez"] == ("doubtful", "open")
    assert applied(app, import_id).changed == 0
    said = {
        "Maria Nanez": is_person(person(app, HN)),
        "Bot de notas": RowChoice(MatchDecision.IGNORED),
    }
    assert applied(app, import_id, said).changed == 1
    assert minutes_in(app, event_id) == {person(app, HN): 30}
    assert decisions(app, import_id)["Bot de notas"] == ("unmatched", "ignored")


def test_a_choice_that_was_wrong_is_taken_back(app: Flask) -> None:
    event_id = held(app, HN, GT)
    import_id = uploaded(app, event_id, zoom(("Maria Nanez", "", "09:00", "09:30")))
    applied(app, import_id, {"Maria Nanez": is_person(person(app, GT))})
    applied(app, import_id, {"Maria Nanez": is_person(person(app, HN))})
    assert minutes_in(app, event_id) == {person(app, HN): 30, person(app, GT): 0}
    assert intervals(app, event_id) == [(person(app, HN), 30, "import")]


@pytest.mark.parametrize(
    "words", ["Óscar Solórzano de la O", "oscar solorzano de la o", "Official-GT@example.org"]
)
def test_somebody_is_matched_by_hand_by_name_or_address(app: Flask, words: str) -> None:
    event_id = held(app, HN, GT)
    import_id = uploaded(app, event_id, zoom(("iPhone", "", "09:00", "09:30")))
    applied(app, import_id, {"iPhone": RowChoice(MatchDecision.PERSON, words=words)})
    assert minutes_in(app, event_id) == {person(app, GT): 30}


def test_who_came_without_registering_is_proposed_by_the_address_and_named_by_it(
    app: Flask,
) -> None:
    event_id, gt = held(app, HN), person(app, GT)
    rows = (
        ("Oscar S.", "Official-GT@example.org", "09:00", "09:30"),
        ("iPad", "", "10:00", "10:30"),
    )
    import_id = uploaded(app, event_id, zoom(*rows), who="convenor-protection")
    assert decisions(app, import_id)["Oscar S."] == ("doubtful", "open")
    assert (
        applied(app, import_id, {"Oscar S.": is_person(gt)}, who="convenor-protection").changed == 1
    )
    assert minutes_in(app, event_id) == {gt: 30}
    applied(
        app, import_id, {"iPad": RowChoice(MatchDecision.PERSON, words="official-gt@example.org")}
    )
    assert minutes_in(app, event_id) == {gt: 60}


def test_a_convenor_looks_nobody_up_who_is_not_in_the_report(app: Flask) -> None:
    event_id = held(app, HN)
    import_id = uploaded(app, event_id, zoom(("iPad", "", "10:00", "10:30")))
    for choice in (
        RowChoice(MatchDecision.PERSON, words="official-gt@example.org"),
        is_person(person(app, GT)),
    ):
        with pytest.raises(InvalidInput):
            applied(app, import_id, {"iPad": choice}, who="convenor-protection")
    assert minutes_in(app, event_id) == {}


@pytest.mark.parametrize(
    "choice",
    [RowChoice(MatchDecision.PERSON, words="Nadie"), RowChoice(MatchDecision.PERSON, 999_999)],
)
def test_who_is_not_on_the_list_cannot_be_chosen(app: Flask, choice: RowChoice) -> None:
    import_id = uploaded(app, held(app, HN), zoom(("iPhone", "", "09:00", "09:30")))
    with pytest.raises(InvalidInput):
        applied(app, import_id, {"iPhone": choice})
    assert decisions(app, import_id) == {"iPhone": ("unmatched", "open")}


def test_a_longer_report_of_the_same_meeting_adds_its_time_and_an_earlier_one_takes_none_away(
    app: Flask,
) -> None:
    event_id, hn = held(app, HN), person(app, HN)
    name = "María José Ñáñez Güell"
    first = uploaded(app, event_id, zoom((name, "", "09:00", "09:30")))
    applied(app, first)
    longer = uploaded(
        app, event_id, zoom((name, "", "09:00", "10:00"), (name, "", "10:10", "10:30"))
    )
    assert longer != first
    applied(app, longer)
    assert minutes_in(app, event_id) == {hn: 80}
    applied(app, first)
    assert minutes_in(app, event_id) == {hn: 80}
    with app.app_context(), reading() as db:
        change = db.scalars(select(AttendanceChange)).one()
        assert (change.before, change.after, change.source) == (30, 80, "import")


def test_two_in_a_report_who_are_one_person_count_once(app: Flask) -> None:
    event_id, hn = held(app, HN), person(app, HN)
    rows = (
        ("María José Ñáñez Güell", "", "09:00", "09:30"),
        ("iPhone", "official-hn@example.org", "09:20", "09:40"),
    )
    applied(app, uploaded(app, event_id, zoom(*rows)))
    assert minutes_in(app, event_id) == {hn: 40}


def test_minutes_by_hand_win_unless_somebody_says_otherwise(app: Flask) -> None:
    event_id, hn = held(app, HN, GT), person(app, HN)
    by_hand(app, event_id, hn, 77)
    import_id = uploaded(app, event_id, export("teams-en.csv"))
    done = applied(app, import_id)
    assert (done.changed, done.kept) == (1, 1)
    assert minutes_in(app, event_id)[hn] == 77
    applied(app, import_id, overwrite={hn})
    assert minutes_in(app, event_id)[hn] == 85


def test_a_shared_mailbox_is_never_enough(app: Flask) -> None:
    event_id = held(app, HN, GT)
    with app.app_context(), transaction() as db:
        for who in (HN, GT):
            db.get_one(Person, person(app, who)).email = "cancilleria@example.org"
    rows = (
        ("Sala de juntas", "cancilleria@example.org", "09:00", "10:00"),
        ("Óscar Solórzano de la O", "cancilleria@example.org", "09:00", "09:10"),
    )
    import_id = uploaded(app, event_id, zoom(*rows))
    assert decisions(app, import_id) == {
        "Sala de juntas": ("unmatched", "open"),
        "Óscar Solórzano de la O": ("sure", "person"),
    }


def test_r59_a_correction_of_recorded_minutes_needs_a_reason_and_is_in_the_trail(
    app: Flask,
) -> None:
    event_id, hn = held(app, HN), person(app, HN)
    assert by_hand(app, event_id, hn, 60) == 1
    for reason in ("", "corto", "x" * 501, "   a   b   "):
        with pytest.raises(InvalidInput) as refused:
            by_hand(app, event_id, hn, 80, reason)
        assert list(refused.value.errors) == ["reason"]
    assert minutes_in(app, event_id) == {hn: 60}
    assert by_hand(app, event_id, hn, 80, "Se cortó la luz  en Tegucigalpa") == 1
    with app.app_context(), reading() as db:
        change = db.scalars(select(AttendanceChange)).one()
    assert (change.before, change.after, change.reason) == (
        60,
        80,
        "Se cortó la luz en Tegucigalpa",
    )
    corrected = facts(app, "AttendanceCorrected")
    assert [(fact["person_ids"], fact["by"]) for fact in corrected] == [
        ([hn], actor_of(app, "organizer").account_id)
    ]
    assert "Tegucigalpa" not in str(corrected)


def test_a_closed_event_takes_no_report_no_decision_and_no_minutes(app: Flask) -> None:
    event_id, hn = held(app, HN), person(app, HN)
    import_id = uploaded(app, event_id, zoom(("iPhone", "", "09:00", "09:30")))
    change_event_row(app, event_id, closed_at=AFTER)
    with pytest.raises(IsClosed):
        uploaded(app, event_id, zoom(("Otra", "", "09:00", "09:30")))
    with pytest.raises(IsClosed):
        applied(app, import_id, {"iPhone": is_person(hn)})
    with pytest.raises(IsClosed):
        by_hand(app, event_id, hn, 5)
    with app.app_context(), transaction() as db, pytest.raises(IsClosed):
        record_attendance(
            db, actor=actor_of(app, "organizer"), event_id=event_id, minutes={hn: 5}, now=AFTER
        )


@pytest.mark.parametrize("who", ["convenor-labour", "official-hn", "focal-point-hn"])
def test_who_does_not_keep_the_list_uploads_and_applies_nothing(app: Flask, who: str) -> None:
    event_id = held(app, HN)
    with pytest.raises(NotAllowed):
        uploaded(app, event_id, export("teams-en.csv"), who=who)
    import_id = uploaded(app, event_id, export("teams-en.csv"))
    with pytest.raises(NotAllowed):
        applied(app, import_id, who=who)
    assert minutes_in(app, event_id) == {}


def test_before_the_event_there_is_no_report_and_before_it_is_read_no_decision(app: Flask) -> None:
    event_id, organizer = held(app, HN), actor_of(app, "organizer")
    content = export("meet-en.csv")
    report = read_report(rows_of(content).rows, AROUND)
    with app.app_context(), transaction() as db, pytest.raises(NotStarted):
        upload_report(
            db,
            actor=organizer,
            event_id=event_id,
            content=content,
            filename="x",
            report=report,
            now=STARTS.replace(hour=1),
        )
    with app.app_context(), transaction() as db:
        made = upload_report(
            db,
            actor=organizer,
            event_id=event_id,
            content=content,
            filename="x",
            report=report,
            now=AFTER,
        )
    with pytest.raises(StillReading):
        applied(app, made.import_id)
    drain(app)
    assert applied(app, made.import_id).changed == 1


def test_the_original_is_kept_and_gone_when_somebody_in_it_is_erased(app: Flask) -> None:
    event_id, hn, content = held(app, HN, GT), person(app, HN), export("teams-en.csv")
    import_id = uploaded(app, event_id, content)
    applied(app, import_id)
    with app.app_context():
        with reading() as db:
            key = db.get_one(AttendanceImport, import_id).file_key
            kept = personal_data(db, hn)
        assert files().get(key) == content
        assert [len(kept[name]) for name in ("intervals", "corrections", "reports")] == [2, 0, 1]
        with transaction() as db:
            erase_person(db, person_id=hn, now=AFTER)
        platform(app).jobs.drain()
        with pytest.raises(FileNotFoundError):
            files().get(key)
        with reading() as db:
            assert personal_data(db, hn) == {"intervals": [], "corrections": [], "reports": []}
            assert "Ñáñez" not in str(
                [one.name for one in db.scalars(select(AttendanceParticipant))]
            )
            assert db.scalars(select(AttendanceInterval.person_id)).all() == [person(app, GT)]


def test_who_is_erased_is_gone_from_rows_that_nobody_matched_too(app: Flask) -> None:
    event_id, gt = held(app, HN), person(app, GT)
    rows = (
        ("Oscar S.", "official-gt@example.org", "09:00", "09:30"),
        ("Otra", "otra@example.org", "09:00", "09:30"),
    )
    import_id = uploaded(app, event_id, zoom(*rows))
    with app.app_context(), transaction() as db:
        erase_person(db, person_id=gt, now=AFTER)
    assert set(decisions(app, import_id)) == {"", "Otra"}
    with app.app_context(), reading() as db:
        assert db.get_one(AttendanceImport, import_id).file_key == ""


def test_a_worker_that_is_killed_half_way_begins_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    event_id = held(app, HN)
    an_account(app, "someone@example.org")

    def killed(*_args: object, **_more: object) -> None:
        raise OSError("killed")

    monkeypatch.setattr(tasks, "keep_participants", killed)
    import_id = uploaded(app, event_id, export("teams-en.csv"))
    assert decisions(app, import_id) == {}
    monkeypatch.undo()
    with time_machine.travel(AFTER.replace(hour=23), tick=False):
        drain(app)
    assert len(decisions(app, import_id)) == 3
