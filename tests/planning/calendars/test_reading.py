"""Calendars as others write them, and as they break: what is read, and what is said about the
rest.
"""

import re
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from dateutil.rrule import rrulestr
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.infra.language import both
from app.kernel.timespan import Timespan
from app.planning.calendars.rules import reading as reading_rules
from app.planning.calendars.rules.lines import (
    LARGEST,
    MOST_BEGINNINGS,
    MOST_COMPONENTS,
    NotACalendar,
    NothingInside,
    Packed,
    TooLarge,
    WebPage,
    components_in,
)
from app.planning.calendars.rules.reading import (
    MOST_ENTRIES,
    MOST_PROBLEMS,
    read_calendar,
    window_around,
)
from app.planning.calendars.rules.recurrence import BUDGET, SERIES_BUDGET, Meter, times_of
from app.planning.calendars.rules.zones import wall_time
from app.planning.calendars.values import CalendarReading, SourceKind

CORPUS = Path(__file__).parent / "corpus"
NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
SOUND = ("En orden", "2026-12-10T15:00", "2026-12-10T16:00")

FOREVER = datetime.max  # noqa: DTZ901 - wall times, as in the rule


def read(
    content: bytes | str,
    kind: SourceKind = SourceKind.PROCESS,
    now: datetime = NOW,
    timezone: str = "America/Costa_Rica",
) -> CalendarReading:
    content = content.encode() if isinstance(content, str) else content
    return read_calendar(content, kind=kind, now=now, timezone=timezone)


def entries(reading: CalendarReading) -> list[tuple[str, str, str]]:
    return [
        (e.title, f"{e.span.starts_at:%Y-%m-%dT%H:%M}", f"{e.span.ends_at:%Y-%m-%dT%H:%M}")
        for e in reading.entries
    ]


def problems(reading: CalendarReading) -> list[tuple[str, int | None, str]]:
    return [
        (p.component, p.line, both(p.sentence.msgid, **p.sentence.params)["en"])
        for p in reading.problems
    ]


def an_event(*lines: str, uid: str = "x", title: str = "Reunión") -> str:
    return "\r\n".join(("BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{title}", *lines, "END:VEVENT"))


def a_calendar(*events: str) -> str:
    return "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", *events, "END:VCALENDAR", ""))


WELL_FORMED = {
    "google.ics": [  # a weekly series over the end of DST, one excluded, one moved, one cancelled
        ("Comité técnico, sesión semanal", "2026-10-19T13:00", "2026-10-19T14:00"),
        ("Comité técnico, sesión semanal", "2026-10-26T13:00", "2026-10-26T14:00"),
        ("Comité técnico, sesión semanal", "2026-11-02T14:00", "2026-11-02T15:00"),
        ("Comité técnico, sesión movida", "2026-11-17T19:00", "2026-11-17T20:30"),
        ("Comité técnico, sesión semanal", "2026-11-30T14:00", "2026-11-30T15:00"),
        ("Cumbre", "2026-12-05T06:00", "2026-12-07T06:00"),
        ("Reunión", "2026-12-10T15:00", "2026-12-10T16:00"),
    ],
    "outlook.ics": [
        ("Antes y después del cambio de hora", "2026-10-30T13:00", "2026-10-30T14:00"),
        ("Antes y después del cambio de hora", "2026-11-06T14:00", "2026-11-06T15:00"),
        ("OCAM: reunión mensual", "2026-12-02T15:00", "2026-12-02T16:30"),
        ("Libre", "2026-12-15T16:00", "2026-12-15T17:00"),
        ("OCAM: reunión mensual", "2027-01-06T15:00", "2027-01-06T16:30"),
        ("OCAM: reunión mensual", "2027-02-03T15:00", "2027-02-03T16:30"),
    ],
    # times mean whole days: one moved, one excluded, one cancelled, one an afternoon
    "exchange_all_day.ics": [
        ("Turno de enlace", "2026-12-01T06:00", "2026-12-02T06:00"),
        ("Turno de enlace (se corre un día)", "2026-12-09T06:00", "2026-12-10T06:00"),
        ("Turno de enlace por la tarde", "2026-12-29T19:00", "2026-12-29T23:00"),
        ("Turno de enlace", "2027-01-05T06:00", "2027-01-06T06:00"),
    ],
    "apple.ics": [  # from the third day on everything is in the afternoon
        ("Ensayo", "2026-12-01T15:00", "2026-12-01T16:00"),
        ("Ensayo", "2026-12-02T15:00", "2026-12-02T16:00"),
        ("Ensayo por la tarde", "2026-12-03T21:00", "2026-12-03T23:00"),
        ("Ensayo por la tarde", "2026-12-04T21:00", "2026-12-04T23:00"),
        ("Ensayo por la tarde", "2026-12-05T21:00", "2026-12-05T23:00"),
        ("Hora flotante", "2026-12-08T14:30", "2026-12-08T15:30"),
        ("Aniversario", "2026-12-12T06:00", "2026-12-13T06:00"),
        ("Aniversario", "2027-12-12T06:00", "2027-12-13T06:00"),
    ],
    "zimbra.ics": [
        ("MIRPS; pleno", "2026-12-09T17:00", "2026-12-09T18:00"),
        ("Prefijo de un fabricante", "2026-12-11T15:00", "2026-12-11T16:00"),
    ],
    "lotus.ics": [
        ("Reunión de enlace", "2026-12-01T20:00", "2026-12-01T21:00"),
        ("Reunión de enlace", "2026-12-08T20:00", "2026-12-08T21:00"),
        ("Reunión de enlace", "2026-12-15T20:00", "2026-12-15T21:00"),
    ],
    "latin1.ics": [("Reunión en Bogotá, año 2026", "2026-12-01T09:00", "2026-12-01T10:00"), SOUND],
    "bom_lf.ics": [("Con marca y LF", "2026-12-01T09:00", "2026-12-01T10:00"), SOUND],
    "utf16.ics": [SOUND],
}


@pytest.mark.parametrize("name", WELL_FORMED)
def test_calendars_of_other_programs_are_read_without_a_remark(name: str) -> None:
    reading = read((CORPUS / name).read_bytes())
    assert entries(reading) == WELL_FORMED[name]
    assert problems(reading) == []


def test_a_fold_within_a_letter_and_a_line_that_nobody_folded() -> None:
    reading = read((CORPUS / "fold_within_letter.ics").read_bytes())
    assert reading.entries[0].title.startswith("Reunión del año con un título")
    assert reading.entries[0].title.endswith("la norma permite")


BROKEN = {
    "broken_dates.ics": [
        ("Mes trece", 4, "“20261301T090000Z” is not a date, so it is left out."),
        ("Al revés", 10, "It ends before it starts, so it is left out."),
        ("Sin inicio", 16, "It has no start, so it is left out."),
        ("Palabras", 20, "“tomorrow morning” is not a date, so it is left out."),
        (
            "Exclusión ilegible",
            25,
            "“20261399T090000Z” is not a date, so that date is passed over.",
        ),
        ("Dura medio año", 33, "It lasts longer than 45 days, so it is left out."),
    ],
    "blank_tzid.ics": [
        (
            "Zona en blanco",
            4,
            "Its time zone is blank; its hours are read as those of America/Costa_Rica.",
        ),
        (
            "Zona desconocida",
            10,
            "The time zone “Marte/Olimpo” is not known; its hours are read as those of America/Costa_Rica.",
        ),
    ],
    "no_end.ics": [("Sin final", 4, "It has no end; one hour is assumed.")],
    "endless_rules.ics": [
        (
            "Cada segundo",
            4,
            "It repeats more often than 24 times a day, so only its first time was taken.",
        ),
        (
            "Cada minuto",
            11,
            "It repeats more often than 24 times a day, so only its first time was taken.",
        ),
        (
            "Mil veces al día",
            32,
            "It repeats more often than 24 times a day, so only its first time was taken.",
        ),
        ("Regla rota", 39, "Its repetition cannot be read: FREQ=SOMETIMES;INTERVAL=x."),
        ("Regla vieja", 46, "Its repetition cannot be read: W2 MO 0900 #0."),
        ("Intervalo cero", 53, "Its repetition cannot be read: FREQ=DAILY;INTERVAL=0."),
    ],
    "nested.ics": [
        (
            "Sin cerrar",
            4,
            "It is not closed: the file is damaged or cut off here, so it is left out.",
        ),
    ],
    "cut_off.ics": [
        ("Cortado", 9, "It is not closed: the file is damaged or cut off here, so it is left out.")
    ],
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_bad_component_is_named_and_costs_itself_only(name: str) -> None:
    reading = read((CORPUS / name).read_bytes())
    assert problems(reading) == BROKEN[name]
    assert SOUND in entries(reading)
    for problem in reading.problems:
        words = both(problem.sentence.msgid, **problem.sentence.params)
        assert words["es"] != words["en"]


def test_what_is_assumed_is_still_read() -> None:
    assert entries(read((CORPUS / "blank_tzid.ics").read_bytes()))[0][1] == "2026-12-01T15:00"
    assert entries(read((CORPUS / "no_end.ics").read_bytes()))[:2] == [
        ("Sin final", "2026-12-01T15:00", "2026-12-01T16:00"),
        ("Un día", "2026-12-03T06:00", "2026-12-04T06:00"),
    ]


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("empty.ics", NothingInside),
        ("page.html", WebPage),
        ("calendar.zip", Packed),
        ("noise.bin", NotACalendar),
    ],
)
def test_what_is_no_calendar_is_refused_with_its_reason(
    name: str, refusal: type[NotACalendar]
) -> None:
    with pytest.raises(NotACalendar) as caught:
        read((CORPUS / name).read_bytes())
    assert type(caught.value) is refusal


def test_of_a_person_only_hours_are_kept_and_free_ones_are_not() -> None:
    busy = read((CORPUS / "google.ics").read_bytes(), SourceKind.PERSON)
    assert {entry.title for entry in busy.entries} == {""}
    assert len(busy.entries) == len(WELL_FORMED["google.ics"]) - 1  # the transparent day
    outlook = read((CORPUS / "outlook.ics").read_bytes(), SourceKind.PERSON)
    assert "2026-12-15T16:00" not in [start for _, start, _ in entries(outlook)]
    assert "Comité" not in repr(busy)
    unclosed = read((CORPUS / "broken_dates.ics").read_bytes(), SourceKind.PERSON)
    assert [problem.component for problem in unclosed.problems][:2] == ["thirteen", "backwards"]


def test_a_free_busy_list_of_a_server() -> None:
    reading = read((CORPUS / "exchange_free_busy.ics").read_bytes(), SourceKind.PERSON)
    assert [start for _, start, _ in entries(reading)] == [
        "2026-12-01T14:00",
        "2026-12-02T14:00",
        "2026-12-04T14:00",
    ]
    assert [line for _, line, _ in problems(reading)] == [5]


def test_a_name_that_two_files_use_for_two_zones_stays_within_each() -> None:
    def in_zone(offset: str) -> str:
        zone = (
            "BEGIN:VTIMEZONE",
            "TZID:Ours",
            "BEGIN:STANDARD",
            "DTSTART:19700101T000000",
            f"TZOFFSETFROM:{offset}",
            f"TZOFFSETTO:{offset}",
            "END:STANDARD",
            "END:VTIMEZONE",
        )
        return a_calendar(*zone, an_event("DTSTART;TZID=Ours:20261201T100000", "DURATION:PT1H"))

    assert [entries(read(in_zone(offset)))[0][1] for offset in ("-0300", "+0530", "-0300")] == [
        "2026-12-01T13:00",
        "2026-12-01T04:30",
        "2026-12-01T13:00",
    ]


def test_utc_as_the_files_own_zone_does_not_shift_whole_days() -> None:
    day = an_event("DTSTART;VALUE=DATE:20261205", "DTEND;VALUE=DATE:20261207")
    assert entries(read(a_calendar("X-WR-TIMEZONE:UTC", day)))[0][1] == "2026-12-05T06:00"
    assert entries(read(a_calendar("X-WR-TIMEZONE:America/Lima", day)))[0][1] == "2026-12-05T05:00"


def test_the_window_and_the_names_of_entries_from_one_reading_to_the_next() -> None:
    weekly = a_calendar(
        an_event("DTSTART:20200101T150000Z", "DTEND:20200101T160000Z", "RRULE:FREQ=WEEKLY")
    )
    first, later = read(weekly), read(weekly, now=NOW + timedelta(days=30))
    window = window_around(NOW)
    assert all(entry.span.overlaps(window) for entry in first.entries)
    assert len(first.entries) == 70  # 490 days
    keys, later_keys = (
        {e.key: e.span for e in first.entries},
        {e.key: e.span for e in later.entries},
    )
    shared = keys.keys() & later_keys.keys()
    assert len(shared) == 65
    assert all(keys[key] == later_keys[key] for key in shared)


def test_a_moved_occurrence_keeps_its_name() -> None:
    head = an_event(
        "DTSTART:20261201T150000Z", "DTEND:20261201T160000Z", "RRULE:FREQ=DAILY;COUNT=2"
    )
    moved = an_event(
        "RECURRENCE-ID:20261202T150000Z", "DTSTART:20261204T150000Z", "DTEND:20261204T160000Z"
    )
    before, after = read(a_calendar(head)).entries, read(a_calendar(head, moved)).entries
    assert [entry.key for entry in before] == [entry.key for entry in after]
    assert before[1].span != after[1].span


def test_the_caps_are_said() -> None:
    hourly = read(
        a_calendar(
            an_event("DTSTART:20260101T000000Z", "DTEND:20260101T001000Z", "RRULE:FREQ=HOURLY")
        )
    )
    assert len(hourly.entries) == MOST_ENTRIES
    assert (
        problems(hourly)[-1][2]
        == "The calendar has more than 5000 entries around today; the later ones are left out."
    )
    bad = read(a_calendar(*[an_event("DTSTART:x", uid=str(n)) for n in range(MOST_PROBLEMS + 7)]))
    assert len(bad.problems) == MOST_PROBLEMS + 1
    assert problems(bad)[-1][2] == "There are 7 more problems of this sort."
    with pytest.raises(TooLarge):
        read(b"BEGIN:VCALENDAR\n" + b" " * LARGEST)


def test_five_megabytes_of_the_worst_are_read_within_bounds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What matters is that it ends: rules that never match, from long ago, far more than are
    walked through. A sixth of the budget for looking ends it in a sixth of the time.
    """
    monkeypatch.setattr(reading_rules, "BUDGET", BUDGET // 6)
    rule = an_event(
        "DTSTART:19000101T000000Z",
        "DURATION:PT1M",
        "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        uid="%d",
    )
    content = a_calendar(*[rule % number for number in range(MOST_COMPONENTS // 3)]).encode()
    assert len(content) < LARGEST
    reading = read(content)
    assert reading.entries == ()
    assert len(reading.problems) == MOST_PROBLEMS + 1


def test_reading_stops_at_the_component_that_is_too_many() -> None:
    """Lines after it are not even looked at, whatever they hold."""
    empty = "BEGIN:VEVENT\r\nEND:VEVENT\r\n"
    sound = an_event("DTSTART:20261201T150000Z", "DURATION:PT1H")
    contents = components_in(a_calendar(sound, empty * 100_000).encode())
    assert len(contents.components) == MOST_COMPONENTS
    assert contents.most == MOST_COMPONENTS
    reading = read(a_calendar(sound, empty * MOST_COMPONENTS))
    assert len(reading.entries) == 1
    assert (
        problems(reading)[0][2]
        == "The calendar has more than 12000 components; the rest is not read."
    )


def test_reminders_are_counted_by_themselves() -> None:
    """A year of events with two reminders each is no attack; a file of nothing else is."""
    reminder = "BEGIN:VALARM\r\nTRIGGER:-PT10M\r\nEND:VALARM"
    event = an_event("DTSTART:20261201T150000Z", "DURATION:PT1H", reminder, reminder, uid="%d")
    usual = components_in(a_calendar(*[event % number for number in range(5_000)]).encode())
    assert (len(usual.components), usual.most) == (5_000, None)
    too_many = components_in(a_calendar(*[reminder] * (MOST_BEGINNINGS + 1)).encode())
    assert (too_many.components, too_many.most) == ([], MOST_BEGINNINGS)


def test_endless_series_from_long_ago_do_not_use_up_what_is_near() -> None:
    """Three duties a day since 1990, and a weekly meeting whose identifier comes last."""
    daily = an_event(
        "DTSTART:19900101T150000Z", "DURATION:PT1H", "RRULE:FREQ=HOURLY;INTERVAL=8", uid="a%d"
    )
    weekly = an_event(
        "DTSTART:20190107T150000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY", uid="z", title="Semanal"
    )
    reading = read(a_calendar(*[daily % number for number in range(3)], weekly))
    assert problems(reading) == []
    assert [title for title, _, _ in entries(reading)].count("Semanal") == 70
    assert len(reading.entries) == 3 * 490 * 3 + 70


def test_what_the_budget_leaves_out_is_said_with_its_day() -> None:
    """Rules that count and sift their times have to be walked through from the start."""
    rule = "RRULE:FREQ=HOURLY;COUNT=900000;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12"
    reading = read(a_calendar(an_event("DTSTART:19900101T000000Z", "DURATION:PT10M", rule)))
    assert reading.entries == ()
    ((_, _, sentence),) = problems(reading)
    assert re.fullmatch(
        r"It repeats so many times that its dates after \d+ \w+ 1996 are left out\.", sentence
    )


def test_an_exclusion_newer_than_a_moved_date_takes_it_away() -> None:
    def with_sequences(of_series: int, of_moved: int) -> list[str]:
        head = an_event(
            "DTSTART:20261201T150000Z",
            "DURATION:PT1H",
            "RRULE:FREQ=DAILY;COUNT=3",
            "EXDATE:20261202T150000Z",
            f"SEQUENCE:{of_series}",
        )
        moved = an_event(
            "RECURRENCE-ID:20261202T150000Z",
            "DTSTART:20261202T180000Z",
            "DURATION:PT1H",
            f"SEQUENCE:{of_moved}",
        )
        return [start for _, start, _ in entries(read(a_calendar(head, moved)))]

    both_ends = ["2026-12-01T15:00", "2026-12-03T15:00"]
    assert with_sequences(2, 1) == both_ends
    assert with_sequences(1, 1) == sorted([*both_ends, "2026-12-02T18:00"])
    assert with_sequences(1, 2) == sorted([*both_ends, "2026-12-02T18:00"])


def test_extra_date_that_is_a_period_has_its_own_length() -> None:
    event = an_event(
        "DTSTART;TZID=America/Costa_Rica:20261201T090000",
        "DURATION:PT1H",
        "RDATE;VALUE=PERIOD;TZID=America/Costa_Rica:20261203T090000/PT3H,"
        "20261204T090000/20261204T110000",
        "RDATE;VALUE=PERIOD:20261205T150000Z/20261205T170000Z,20261206T150000Z/unreadable",
    )
    reading = read(a_calendar(event))
    assert [(start, end) for _, start, end in entries(reading)] == [
        ("2026-12-01T15:00", "2026-12-01T16:00"),
        ("2026-12-03T15:00", "2026-12-03T18:00"),
        ("2026-12-04T15:00", "2026-12-04T17:00"),
        ("2026-12-05T15:00", "2026-12-05T17:00"),
    ]
    ((_, _, sentence),) = problems(reading)
    assert sentence == "“20261206T150000Z/unreadable” is not a date, so that date is passed over."


def test_count_below_zero_is_no_count() -> None:
    event = an_event(
        "DTSTART:20261201T150000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=-1;UNTIL=20261203"
    )
    reading = read(a_calendar(event))
    assert [start[:10] for _, start, _ in entries(reading)] == [
        "2026-12-01",
        "2026-12-02",
        "2026-12-03",
    ]
    assert problems(reading) == []


def test_an_evening_is_named_in_utc_by_its_next_day() -> None:
    """Nine in the evening in Costa Rica; the moved one gives its own time in UTC too, in which the
    day is another.
    """
    head = an_event(
        "DTSTART;TZID=America/Costa_Rica:20261201T210000",
        "DTEND;TZID=America/Costa_Rica:20261201T220000",
        "RRULE:FREQ=DAILY;COUNT=3",
    )
    moved = an_event(
        "RECURRENCE-ID:20261203T030000Z", "DTSTART:20261203T010000Z", "DTEND:20261203T020000Z"
    )
    assert [start for _, start, _ in entries(read(a_calendar(head, moved)))] == [
        "2026-12-02T03:00",
        "2026-12-03T01:00",
        "2026-12-04T03:00",
    ]


def test_a_change_for_all_that_follows_outlives_the_window() -> None:
    head = an_event("DTSTART:20260105T150000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY")
    later = an_event(
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20260202T150000Z",
        "DTSTART:20260203T200000Z",
        "DURATION:PT2H",
    )
    reading = read(a_calendar(head, later))
    assert {f"{entry.span.starts_at:%a %H:%M}" for entry in reading.entries} == {"Tue 20:00"}
    assert len(reading.entries) == 70


@pytest.mark.parametrize(
    ("start", "rule", "times"),
    [
        # Weeks 20 and 21 of the year, on the weekday of the start (RFC 5545 §3.3.10), which is a
        # Wednesday.
        (
            "20260513",
            "FREQ=YEARLY;BYWEEKNO=20,21",
            ["2026-05-13", "2026-05-20", "2027-05-19", "2027-05-26"],
        ),
        ("20260513", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO,TU", ["2027-05-17", "2027-05-18"]),
        # The first of Monday, Wednesday and Friday is the Monday, also in the week in which the
        # series begins later.
        ("20260513", "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=1", ["2026-05-18", "2026-05-25"]),
        ("20260513", "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=-1", ["2026-05-15", "2026-05-22"]),
        ("20260513", "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=2;COUNT=2", ["2026-05-13", "2026-05-20"]),
        ("20260513", "FREQ=WEEKLY;WKST=SU;BYDAY=SU,FR;BYSETPOS=1", ["2026-05-17", "2026-05-24"]),
        ("20260513", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1", ["2026-06-01", "2026-07-01"]),
    ],
)
def test_rules_mean_what_the_standard_says(start: str, rule: str, times: list[str]) -> None:
    meter = Meter(10_000)
    at, _, _ = wall_time(f"{start}T090000")
    last = datetime(2027, 12, 31)  # noqa: DTZ001 - a wall time
    found = times_of(rule, at, until=datetime.max, last=last, meter=meter)  # noqa: DTZ901 - a wall time
    assert [wall.date().isoformat() for wall in islice(found, len(times))] == times


def test_a_zone_that_changes_every_second_is_not_believed() -> None:
    zone = (
        "BEGIN:VTIMEZONE",
        "TZID:Bomb",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "RRULE:FREQ=SECONDLY",
        "TZOFFSETFROM:-0600",
        "TZOFFSETTO:-0500",
        "END:STANDARD",
        "END:VTIMEZONE",
    )
    reading = read(
        a_calendar(*zone, an_event("DTSTART;TZID=Bomb:20261201T100000", "DURATION:PT1H"))
    )
    assert "“Bomb” is not known" in problems(reading)[0][2]


FILES = [path.read_bytes() for path in sorted(CORPUS.iterdir()) if path.suffix == ".ics"]
PIECES = (
    b"RRULE:FREQ=YEARLY;BYDAY=9999MO\r\n",
    b"DTSTART:00000000T000000Z\r\n",
    b"TZOFFSETTO:+9999\r\n",
    b"BEGIN:VEVENT\r\n",
    b"DTEND;TZID=America:99991231T235959\r\n",
    b"EXDATE:,,,/\r\n",
    b"\x00",
    b"\xff\xfe",
    b"RDATE:00010101T000000Z/P9999999999D\r\n",
    b"RECURRENCE-ID;RANGE=THISANDFUTURE:00010101\r\n",
    b"DURATION:P99999999999999D\r\n",
    b"END:VCALENDAR\r\n",
    b"DTSTART;VALUE=DATE:99991231\r\n",
    b"RRULE:FREQ=DAILY;UNTIL=99999999\r\n",
    b"UID:\xed\xa0\x80\r\n",
)
CHANGES = st.lists(
    st.tuples(
        st.integers(0, 2000), st.sampled_from(PIECES) | st.binary(max_size=8), st.integers(0, 12)
    ),
    max_size=6,
)


@given(st.sampled_from(FILES), CHANGES, st.sampled_from(list(SourceKind)))
@example(b"BEGIN:VCALENDAR\r\n" + PIECES[3] + PIECES[1], [], SourceKind.PROCESS)
def test_no_bytes_bring_more_than_a_refusal(
    content: bytes, changes: list[tuple[int, bytes, int]], kind: SourceKind
) -> None:
    for at, piece, taken in changes:
        content = content[:at] + piece + content[at + taken :]
    try:
        reading = read(content, kind)
    except NotACalendar:
        return
    window = window_around(NOW)
    assert all(entry.span.overlaps(window) and len(entry.key) <= 40 for entry in reading.entries)
    for problem in reading.problems:
        both(problem.sentence.msgid, **problem.sentence.params)["es"].encode()


NUMBERS = st.lists(st.integers(1, 12), min_size=1, max_size=3, unique=True).map(
    lambda xs: ",".join(map(str, xs))
)
DAYS = st.lists(
    st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1, max_size=3, unique=True
).map(",".join)
RULES = st.one_of(
    st.builds("FREQ=DAILY;INTERVAL={}".format, st.integers(1, 9)),
    st.builds("FREQ=WEEKLY;INTERVAL={};BYDAY={};WKST=SU".format, st.integers(1, 3), DAYS),
    st.builds(
        "FREQ=MONTHLY;BYDAY={}{}".format,
        st.sampled_from(["1", "2", "-1"]),
        st.sampled_from(["MO", "FR"]),
    ),
    st.builds("FREQ=MONTHLY;BYMONTHDAY={}".format, NUMBERS),
    st.builds("FREQ=YEARLY;BYMONTH={};BYDAY=2TU".format, NUMBERS),
    st.builds("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS={}".format, st.sampled_from([1, -1])),
)
ENDS = st.one_of(
    st.just(""),
    st.builds(";COUNT={}".format, st.integers(1, 40)),
    st.just(";UNTIL=20270301T120000Z"),
)


WALKED = st.one_of(
    RULES,
    st.builds("FREQ=HOURLY;INTERVAL={}".format, st.integers(5, 50)),
    st.builds("FREQ=WEEKLY;INTERVAL={}".format, st.integers(1, 5)),
    st.builds("FREQ=WEEKLY;INTERVAL={};BYDAY={};WKST=TH".format, st.integers(1, 3), DAYS),
    st.builds("FREQ=MONTHLY;INTERVAL={}".format, st.integers(1, 14)),
    st.builds("FREQ=YEARLY;INTERVAL={}".format, st.integers(1, 3)),
    st.builds("FREQ=YEARLY;BYWEEKNO={};BYDAY={}".format, st.integers(1, 53), DAYS),
    st.builds("FREQ=DAILY;INTERVAL={};BYMONTH={};BYHOUR=7,20".format, st.integers(1, 9), NUMBERS),
)
COUNTS = st.one_of(st.none(), st.integers(1, 3000))


@given(WALKED, COUNTS, st.integers(0, 9_000), st.integers(0, 86_399))
def test_a_rule_that_begins_near_finds_what_one_from_its_start_finds(
    rule: str, count: int | None, days_before: int, second: int
) -> None:
    first = datetime(2026, 8, 26, 15)  # noqa: DTZ001 - a wall time
    last = first + timedelta(days=490)
    start = first - timedelta(days=days_before, seconds=second)
    rule += f";COUNT={count}" if count else ""
    walked = [
        at for at in takewhile(lambda at: at <= last, rrulestr(rule, dtstart=start)) if at >= first
    ]
    near = times_of(rule, start, until=FOREVER, last=last, meter=Meter(SERIES_BUDGET), first=first)
    assert list(near) == walked


@settings(max_examples=30)
@given(
    RULES,
    ENDS,
    st.integers(0, 400),
    st.sampled_from(["America/New_York", "America/Costa_Rica", "America/Tijuana"]),
)
def test_the_same_instants_as_another_reader(
    rule: str, end: str, days_before: int, zone: str
) -> None:
    """recurring-ical-events reads the same file; where a rule does not match its own start
    (undefined by RFC 5545 §3.8.5.3) both count the start.
    """
    start = datetime(2027, 3, 1, 9) - timedelta(days=days_before)  # noqa: DTZ001 - a wall time
    excluded = start + timedelta(days=7)
    end_of_first = start + timedelta(hours=2)
    text = a_calendar(
        an_event(
            f"DTSTART;TZID={zone}:{start:%Y%m%dT%H%M%S}",
            f"DTEND;TZID={zone}:{end_of_first:%Y%m%dT%H%M%S}",
            f"RRULE:{rule}{end}",
            f"EXDATE;TZID={zone}:{excluded:%Y%m%dT%H%M%S}",
        )
    )
    window = window_around(NOW)
    other = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between(
        window.starts_at, window.ends_at
    )
    theirs = {event.start.astimezone(UTC) for event in other} | {
        start.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    }
    theirs = {at for at in theirs if Timespan(at, at + timedelta(hours=2)).overlaps(window)}
    ours = {entry.span.starts_at for entry in read(text).entries}
    assert ours == theirs
