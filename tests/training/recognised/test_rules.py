"""Completion lists as Moodle and E-Campus export them."""

from datetime import date

import pytest

from app.infra.sheets import SheetPage, rows_of, rows_of_text, workbook
from app.training.recognised.rules import (
    NoCompletions,
    TooManyLines,
    hours_in,
    read_list,
    state_of,
    text_of,
)
from app.training.recognised.values import CompletionList, TrainingState
from tests.training.recognised.builders import NOW, TODAY

COURSE_COMPLETION = """\
ID,Name,Email address,"Unit 1","Unit 1 - Completion date","Test","Test - Completion date","Course complete"
17,Ana Mejía,ana@example.org,Completed,"12/03/24, 14:05","Completed","13/03/24, 09:00","13/03/24, 09:01"
18,Luis Paz,luis@example.org,Completed,"12/03/24, 14:05","Not completed",,
"""
ACTIVITY_COMPLETION = """\
,"Email address","Lesson 1","","Final test","2024-05-01 00:00:00"
"Ana Mejía","ana@example.org","Completed","2024-03-12 14:05","Completed (achieved pass grade)","2024-03-14 23:59:59"
"Luis Paz","luis@example.org","Completed","2024-03-12 14:05:33","Not completed",""
"Eva Ruiz","eva@x.org","Completed","2024-03-12 14:05","Completed (did not achieve pass grade)","2024-03-14 10:00"
"""
SPANISH = """\
Nombre completo con enlace;Dirección de correo;Nombre completo del curso;Finalizado;Fecha de finalización;Horas
Ana Mejía;ana@example.org;Género y fronteras;Sí;martes, 12 de marzo de 2024, 14:05;12
Luis Paz;luis@example.org;Género y fronteras;No;;12
"""
FIRST_AND_LAST = """\
Apellido(s)\tNombre(s)\tDirección de correo electrónico\tCurso finalizado
Mejía\tAna\tana@example.org\t2024-03-12
"""


def read(text: str, encoding: str = "utf-8") -> CompletionList:
    return read_list(rows_of(text.encode(encoding)).rows)


def told(completions: CompletionList) -> list[tuple[str, str, bool, date | None]]:
    return [
        (one.name, one.email, one.is_done, completions.day_of(one)) for one in completions.lines
    ]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (COURSE_COMPLETION, "utf-8"),
        (COURSE_COMPLETION, "utf-8-sig"),
        (COURSE_COMPLETION.replace(",", "\t").replace("24\t ", "24, "), "utf-16"),
    ],
)
def test_course_completion_of_moodle(text: str, encoding: str) -> None:
    assert told(read(text, encoding)) == [
        ("Ana Mejía", "ana@example.org", True, date(2024, 3, 13)),
        ("Luis Paz", "luis@example.org", False, None),
    ]


def test_activity_completion_is_done_on_its_last_day_when_all_are_passed() -> None:
    assert told(read(ACTIVITY_COMPLETION)) == [
        ("Ana Mejía", "ana@example.org", True, date(2024, 3, 14)),
        ("Luis Paz", "luis@example.org", False, None),
        ("Eva Ruiz", "eva@x.org", False, None),
    ]


def test_custom_report_in_spanish_with_semicolons() -> None:
    completions = read(SPANISH)
    assert told(completions) == [
        ("Ana Mejía", "ana@example.org", True, date(2024, 3, 12)),
        ("Luis Paz", "luis@example.org", False, None),
    ]
    assert (completions.lines[0].title, completions.lines[0].hours) == ("Género y fronteras", "12")


def test_names_in_two_columns() -> None:
    assert told(read(FIRST_AND_LAST)) == [("Ana Mejía", "ana@example.org", True, date(2024, 3, 12))]


def test_a_workbook_with_real_dates() -> None:
    page = SheetPage(
        "Report", ("Full name", "Email", "Completion date"), [("Ana", "a@example.org", TODAY)]
    )
    content = workbook([page], made_at=NOW)
    assert told(read_list(rows_of(content).rows)) == [("Ana", "a@example.org", True, TODAY)]


@pytest.mark.parametrize(
    ("days", "month_first", "asks"),
    [
        (("03/04/2024", "25/04/2024"), False, False),
        (("03/04/2024", "04/25/2024"), True, False),
        (("03/04/2024", "05/06/2024"), False, True),
        (("25/04/2024", "04/25/2024", "03/04/2024"), False, True),
    ],
)
def test_the_other_rows_say_whether_the_day_comes_first(
    days: tuple[str, ...], month_first: bool, asks: bool
) -> None:
    rows = [("Name", "Email", "Course complete"), *((f"P {d}", "a@b.org", d) for d in days)]
    completions = read_list(rows)
    assert completions.month_first is month_first
    assert (completions.asks is not None) is asks
    assert read_list(rows, order="month").asks is None


def test_what_a_page_carries_is_read_in_the_same_way() -> None:
    for text in (COURSE_COMPLETION, ACTIVITY_COMPLETION, SPANISH):
        completions = read(text)
        carried = read_list(rows_of_text(text_of(completions.lines).encode()))
        assert told(carried) == told(completions)
        assert [one.number for one in carried.lines] == [one.number for one in completions.lines]


def test_what_is_no_list_is_refused() -> None:
    with pytest.raises(NoCompletions):
        read("a,b\n1,2\n")
    with pytest.raises(NoCompletions):
        read("Name,Email address\nAna,ana@example.org\n")
    rows = [("Name", "Course complete"), *(("Ana", "2024-01-01"),) * 1_001]
    with pytest.raises(TooManyLines):
        read_list(rows)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("12", "12"),
        ("12,5", "12.5"),
        ("12 horas", "12"),
        ("", ""),
        ("0", None),
        ("a lot", None),
        ("1e9", None),
        ("nan", None),
    ],
)
def test_hours(text: str, hours: str | None) -> None:
    assert hours_in(text) == hours


def test_states() -> None:
    def state(
        *, is_accepted: bool = True, is_ended: bool = False, last_valid_on: date | None = None
    ) -> TrainingState:
        return state_of(
            is_accepted=is_accepted,
            is_ended=is_ended,
            last_valid_on=last_valid_on,
            today=TODAY,
        )

    assert state() is TrainingState.ACCEPTED
    assert state(last_valid_on=TODAY) is TrainingState.ACCEPTED
    assert state(last_valid_on=date(2026, 11, 23)) is TrainingState.OVER
    assert state(is_accepted=False) is TrainingState.WAITING
    assert state(is_accepted=False, is_ended=True) is TrainingState.DECLINED
    assert state(is_ended=True) is TrainingState.TAKEN_BACK
