"""Participant reports of four programs in two languages say the same of the same meeting."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.infra.language import say
from app.infra.sheets import SheetPage, rows_of, workbook
from app.kernel.refusal import Refusal
from app.kernel.text import languages
from app.participation.attendance.rules.readers import meet, teams, webex, zoom
from app.participation.attendance.rules.readers.reading import (
    NobodyIn,
    OtherMeeting,
    UnknownReport,
    WithoutTimes,
    read_report,
)
from app.participation.attendance.rules.readers.tables import (
    Around,
    DuplicateColumn,
    instants,
    length_of,
)
from app.participation.attendance.rules.recording import participants
from app.participation.attendance.values import ReportProvider
from tests.participation.attendance.reports import (
    AROUND,
    EVENT,
    EXPORTS,
    at,
    export,
    minutes,
    report,
)

MARIA, OSCAR = "María José Ñáñez Güell", "Óscar Solórzano de la O"
SAME = {
    "zoom-meeting-en.csv": ReportProvider.ZOOM,
    "zoom-meeting-es.csv": ReportProvider.ZOOM,
    "zoom-webinar-en.csv": ReportProvider.ZOOM,
    "zoom-webinar-es.csv": ReportProvider.ZOOM,
    "teams-en.csv": ReportProvider.TEAMS,
    "teams-es.csv": ReportProvider.TEAMS,
    "teams-one-table-en.csv": ReportProvider.TEAMS,
    "teams-log-en.csv": ReportProvider.TEAMS,
    "webex-en.csv": ReportProvider.WEBEX,
    "webex-es.csv": ReportProvider.WEBEX,
    "webex-event-en.csv": ReportProvider.WEBEX,
    "zoom-history-en.csv": ReportProvider.ZOOM,
    "teams-first-table-en.csv": ReportProvider.TEAMS,
    "teams-commas-en.csv": ReportProvider.TEAMS,
    "teams-bare-commas-en.csv": ReportProvider.TEAMS,
    "teams-no-address-es.csv": ReportProvider.TEAMS,
    "zoom-two-names-en.csv": ReportProvider.ZOOM,
    "zoom-two-names-es.csv": ReportProvider.ZOOM,
}


@pytest.mark.parametrize("name", SAME)
def test_each_program_is_recognised_and_gives_the_same_minutes(name: str) -> None:
    found = report(name)
    assert found.provider is SAME[name]
    said = minutes(found)
    assert said[MARIA] == 85
    assert next(spent for who, spent in said.items() if "Solórzano" in who) == 30
    assert all(spent == 90 for who, spent in said.items() if "Altagracia" in who)


@pytest.mark.parametrize(
    "name",
    [
        "meet-en.csv",
        "meet-es.csv",
        "meet-one-name-en.csv",
        "meet-first-seen-en.csv",
        "meet-first-seen-es.csv",
    ],
)
def test_google_meet_gives_a_length_that_counts(name: str) -> None:
    found = report(name)
    assert found.provider is ReportProvider.MEET
    assert minutes(found) == {MARIA: 85, OSCAR: 30, "Altagracia Peña": 90}


def test_waiting_rooms_and_absent_registrants_are_no_attendance() -> None:
    assert min(stay.span.starts_at for stay in report("zoom-meeting-en.csv").stays) == at(8, 50)
    assert "Inés Castañeda" not in minutes(report("zoom-webinar-en.csv"))
    assert minutes(report("zoom-webinar-en.csv"))["50522223333"] == 10


def test_the_history_of_many_meetings_names_no_host_and_nobody_of_another_day() -> None:
    found = report("zoom-history-en.csv")
    assert {stay.name for stay in found.stays} == {MARIA, OSCAR, "Peña, Altagracia"}
    assert found.skipped == 1


def test_the_lengths_of_teams_in_spanish_count_where_the_connections_are_missing() -> None:
    text = export("teams-es.csv").decode("utf-16").partition("3. Actividades")[0]
    said = minutes(read_report(rows_of(text.encode("utf-16")).rows, AROUND))
    assert (said[MARIA], said["Altagracia Peña"]) == (90, 90)


def test_a_list_of_totals_cannot_be_clipped_and_is_refused() -> None:
    with pytest.raises(zoom.TotalsOnly):
        report("zoom-unique-users-en.csv")


@pytest.mark.parametrize(
    ("came", "left"),
    [("Se unió", "Salió"), ("Unido antes", "Abandonó"), ("Se conectó", "Se desconectó")],
)
def test_the_log_of_teams_in_spanish(came: str, left: str) -> None:
    told = (
        ("Ana Paz", came, "9:00"),
        ("Ana Paz", "Levantó la mano", "9:10"),
        ("Ana Paz", left, "9:40"),
        ("Beto Luz", came, "9:30"),
    )
    lines = ["Nombre completo\tAcción del usuario\tMarca de tiempo"]
    lines += [f"{name}\t{action}\t10/12/2026, {hour}:00 a. m." for name, action, hour in told]
    found = read_report(rows_of("\n".join(lines).encode("utf-16")).rows, AROUND)
    assert (minutes(found), found.skipped) == ({"Ana Paz": 40, "Beto Luz": 60}, 1)


def test_addresses_are_read_and_the_id_of_teams_stands_in() -> None:
    by_name = {stay.name: stay.email for stay in report("teams-one-table-en.csv").stays}
    assert by_name == {
        MARIA: "official-hn@example.org",
        f"{OSCAR} (Guest)": "",
        "Altagracia Peña": "presidency@example.org",
    }


def test_the_first_join_and_the_last_leave_of_teams_embrace_an_absence() -> None:
    text = export("teams-en.csv").decode("utf-16")
    said = minutes(
        read_report(rows_of(text.partition("3. In-Meeting")[0].encode("utf-16")).rows, AROUND)
    )
    assert said[MARIA] == 90  # 100 minutes from 08:50: until 10:30 at most, and not until 10:35


def test_the_same_report_as_a_spreadsheet() -> None:
    rows = rows_of(export("zoom-meeting-en.csv")).rows
    again = workbook(
        [SheetPage("Informe", rows[0], rows[1:])], made_at=datetime(2026, 12, 11, tzinfo=UTC)
    )
    assert read_report(rows_of(again).rows, AROUND) == report("zoom-meeting-en.csv")


@pytest.mark.parametrize("days", [-2, 2, 400])
def test_a_report_of_another_day_is_refused_with_both_days(days: int) -> None:
    moved = Around(
        AROUND.starts_at + timedelta(days=days), AROUND.ends_at + timedelta(days=days), AROUND.zone
    )
    with pytest.raises(OtherMeeting) as refused:
        read_report(rows_of(export("zoom-meeting-en.csv")).rows, moved)
    event = moved.starts_at.astimezone(AROUND.zone).date()
    assert refused.value.sentence.params == {"found": date(2026, 12, 10), "event": event}
    assert "sus horas son del 10 de diciembre de 2026 y" in say("es", refused.value.sentence)
    assert "its times are from 10 December 2026, and" in say("en", refused.value.sentence)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("Título,Lugar\nReunión,San José\n", UnknownReport),
        ("Nombre,Correo\nAna,ana@example.org\n", WithoutTimes),
        ("Participants\nAna Paz\nBeto Luz\n", WithoutTimes),
        ("2. Participants\nName\tEmail\tAttended\nAna\tana@example.org\tYes\n", WithoutTimes),
        ("Full Name,Time in Call\nAna Paz,30 min\n", WithoutTimes),
        ("First Name,Last Name,Total Duration (Minutes)\nAna,Paz,30\n", zoom.TotalsOnly),
        ("Name,Join Time,Leave Time,Duration (Minutes)\nAna,mañana,tarde,x\n", NobodyIn),
        (
            "Name,User Email,User Email,Join Time,Leave Time,Duration (Minutes)\nAna,a,b,c,d,1\n",
            DuplicateColumn,
        ),
    ],
)
def test_what_is_no_report_has_its_sentence(text: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as refused:
        read_report(rows_of(text.encode()).rows, AROUND)
    assert say("es", refused.value.sentence) != say("en", refused.value.sentence)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12/10/2026 09:00:12 AM", (9, 0, 12)),
        ("12/10/26, 9:00:12 AM", (9, 0, 12)),
        ("10/12/2026 9:00:12", (9, 0, 12)),
        ("10/12/2026, 1:00:12 p. m.", (13, 0, 12)),
        ("10/12/2026, 12:05 a.m.", (0, 5, 0)),
        ("2026-12-10T15:00:12Z", (9, 0, 12)),
        ("2026-12-10 09:00:12 GMT-06:00", (9, 0, 12)),
        ("2026-12-10 17:00:12+02:00", (9, 0, 12)),
        ("10.12.2026 09:00", (9, 0, 0)),
        ("10 de diciembre de 2026, 9:00", (9, 0, 0)),
        ("Dec 10, 2026 09:00 AM", (9, 0, 0)),
        ("9:05 p.\u202fm.", (21, 5, 0)),
    ],
)
def test_times_in_the_ways_of_both_languages(text: str, expected: tuple[int, int, int]) -> None:
    assert instants([text], AROUND) == [at(*expected)]


def test_a_zone_in_the_heading_holds_for_the_column() -> None:
    assert instants(["12/10/2026, 3:00:00 PM"], AROUND, heading="First Join (UTC)") == [at(9, 0)]


def test_bare_hours_of_a_meeting_past_midnight_are_of_the_day_that_is_near() -> None:
    start = datetime(2026, 12, 11, 5, 30, tzinfo=UTC)  # 23:30 in Costa Rica
    around = Around(start, start + timedelta(minutes=90), AROUND.zone)
    told = instants(["11:20 PM", "12:10 AM", "1:05 AM", "5:40 AM UTC"], around)
    assert [int((at - start) / timedelta(minutes=1)) for at in told if at] == [-10, 40, 95, 10]


def test_a_place_that_ends_in_z_is_no_zone() -> None:
    assert instants(["12/10/2026 09:00 AM"], AROUND, heading="Join Time (America/La_Paz)") == [
        at(9, 0)
    ]


def test_the_order_of_day_and_month_is_told_by_the_event_for_the_whole_file() -> None:
    event = datetime(2027, 3, 4, 15, tzinfo=UTC)
    around = Around(event, event + timedelta(hours=1), ZoneInfo("America/Costa_Rica"))
    assert instants(["04/03/2027 09:00", "13/02/2027 09:00"], around)[0] == event
    assert instants(["03/04/2027 09:00"], around)[0] == event


@pytest.mark.parametrize(
    ("text", "minutes_long"),
    [
        ("1h 2m 3s", 62.05),
        ("1 h 2 min", 62),
        ("62", 62),
        ("62 mins", 62),
        ("1:02:03", 62.05),
        ("45s", 0.75),
        ("1 hora 2 minutos", 62),
        ("1,5 h", 90),
        ("", None),
        ("--", None),
        ("9" * 30, None),
        ("99999 h", None),
    ],
)
def test_length_is_read_from_clocks_and_units_and_nothing_else(
    text: str, minutes_long: float | None
) -> None:
    found = length_of(text)
    assert (found and found / timedelta(minutes=1)) == minutes_long


WORDS = st.sampled_from(
    sorted(
        {
            *(
                name
                for reader in (zoom, meet, webex)
                for names in reader.COLUMNS.values()
                for name in names
            ),
            *(
                name
                for columns in (teams.TOTALS, teams.ACTIVITIES, teams.LOG)
                for names in columns.values()
                for name in names
            ),
            *teams.SECTIONS,
            "12/10/2026 09:00:00 AM",
            "10/12/2026 25:61",
            "31/02/2026 09:00",
            "00/00/0000 00:00:00 PM",
            "1h",
            "2026-12-10 99:99 UTC+99",
            "ana@example.org",
            "=1+1",
            "-",
            "Joined",
            "9999-12-31 23:59:59 -14:00",
        }
    )
)
DAYS = st.sampled_from(
    [f"12/{day}/2026 09:{minute}:00 AM" for day in ("05", "09", "10", "15") for minute in (10, 50)]
)


def sound_or_refused(rows: list[list[str]]) -> None:
    """Times in order, minutes within the event and nobody told twice; or a sentence that is there
    in both languages.
    """
    try:
        found = read_report(rows, AROUND)
    except Refusal as refused:
        spanish, english = (say(language, refused.sentence) for language in languages())
        assert spanish != english
        return
    assert 1 <= len(found.stays) <= len(rows) - found.skipped
    assert all(stay.span.starts_at <= stay.span.ends_at for stay in found.stays)
    assert all(stay.span.starts_at.utcoffset() == timedelta() for stay in found.stays)
    assert all(0 <= one.minutes <= 90 for one in participants(found.stays, EVENT))


@given(st.lists(st.lists(st.one_of(WORDS, st.text(max_size=20)), max_size=8), max_size=12))
def test_no_rows_break_the_readers(rows: list[list[str]]) -> None:
    sound_or_refused(rows)


@given(st.sampled_from(sorted(path.name for path in EXPORTS.glob("*.csv"))), st.data())
def test_no_damage_to_a_report_breaks_the_readers(name: str, data: st.DataObject) -> None:
    rows = [list(row) for row in rows_of(export(name)).rows]
    for _ in range(data.draw(st.integers(1, 6))):
        row = rows[data.draw(st.integers(0, len(rows) - 1))]
        if row:
            row[data.draw(st.integers(0, len(row) - 1))] = data.draw(
                st.one_of(WORDS, DAYS, st.text(max_size=12))
            )
    sound_or_refused(rows)
