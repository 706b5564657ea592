"""Tables that strangers send: what is read, and the sentence for each thing that is not."""

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from app.infra import sheets
from app.infra import sheets as infra_sheets
from app.infra.sheets import SheetPage, csv_of, harmless, rows_of, workbook
from app.kernel import first_bytes
from app.kernel.refusal import Refusal

TABLE = (("Nombre", "Correo"), ("Ñáñez Güell, María", "maria@example.org"), (), ("Óscar",))
NOON = datetime(2026, 11, 24, 18, tzinfo=UTC)


def lines(separator: str, end: str = "\r\n") -> str:
    quoted = [
        separator.join(f'"{cell}"' if separator in cell else cell for cell in row) for row in TABLE
    ]
    return end.join(quoted) + end


def zipped(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


def a_workbook(*rows: tuple[object, ...], at: tuple[int, int] = (0, 0)) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"default_date_format": "yyyy-mm-dd hh:mm:ss"}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(at[0] + number, at[1], row)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_letters_and_separators_of_all_office_programs_give_the_same_table(
    encoding: str, separator: str
) -> None:
    assert rows_of(lines(separator).encode(encoding)).rows == TABLE


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_ends_of_lines_and_the_separator_that_is_told(end: str) -> None:
    assert rows_of(f"sep=;{end}a;b,c{end}1;2,3".encode()).rows == (("a", "b,c"), ("1", "2,3"))
    assert rows_of(f"sep=\t{end}a\tb{end}".encode()).rows == (("a", "b"),)
    assert rows_of(lines(",", end).encode()).rows == TABLE


def test_a_spreadsheet_is_recognised_by_its_content_and_its_cells_become_text() -> None:
    content = a_workbook(("a", 62.0, 1.5, True), (datetime(2026, 12, 10, 9, 5),))  # noqa: DTZ001 - wall time
    assert rows_of(content, "acta.csv").rows == (
        ("a", "62", "1.5", "TRUE"),
        ("2026-12-10 09:05:00",),
    )


PDF = b"%PDF-1.7\n" + b"1 0 obj\n" * 20
HTML = b"\xef\xbb\xbf<html><body><table><tr><td>Nombre</td></tr></table></body></html>"
OLE = first_bytes.OLE + b"\0" * 2048


def corners() -> bytes:
    """A sheet with its first and its last cell alone."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "a")
        sheet.write(1_048_575, 16_383, "b")
    return buffer.getvalue()


LYING = (b"xl/worksheets/sheet1.xml", b"xl/worksheets/sheet9.xml")
# Made when its test runs: together they take two seconds and 150 MB of each worker.
HOSTILE: dict[str, tuple[Callable[[], bytes], type[Refusal] | tuple[type[Refusal], ...]]] = {
    "nothing": (lambda: b"", sheets.FileEmpty),
    "blanks": (lambda: b"\xef\xbb\xbf \r\n;;;\n", sheets.FileEmpty),
    "nuls": (lambda: b"\0" * 500, sheets.FileEmpty),
    "an empty sheet": (a_workbook, sheets.FileEmpty),
    "a PDF": (lambda: PDF, infra_sheets.NotATable),
    "HTML as xls": (lambda: HTML, infra_sheets.NotATable),
    "NULs within": (lambda: b"a,b\nc\0d,e\n", infra_sheets.NotATable),
    "an archive of photographs": (lambda: zipped(photo=b"x" * 40), infra_sheets.NotATable),
    "control letters": (lambda: b"a,b\n\x01\x02,\x03\n", infra_sheets.WrongEncoding),
    "half of UTF-16": (lambda: "a\tb\n".encode("utf-16")[:-1], infra_sheets.WrongEncoding),
    "halves of pairs": (lambda: b"\xff\xfea\x00\x00\xd8,\x00", infra_sheets.WrongEncoding),
    "an open quote": (lambda: b'a,b\n"' + b"x" * 200_000, infra_sheets.NotATable),
    "an empty OLE": (lambda: OLE, sheets.Damaged),
    "a locked one": (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), sheets.Encrypted),
    "a damaged one": (lambda: a_workbook(("a", "b"))[:-400], sheets.Damaged),
    "one that lies": (lambda: a_workbook(("a",)).replace(*LYING), sheets.Damaged),
    "a bomb": (
        lambda: zipped(xl__workbook_xml=b"<a/>", **{"xl/workbook.xml": b"0" * 30_000_000}),
        sheets.Bomb,
    ),
    "too many parts": (
        lambda: zipped(**{f"part{number}": b"" for number in range(1_001)}),
        sheets.Bomb,
    ),
    "cells at two ends of the world": (
        corners,
        (sheets.Bomb, sheets.Damaged, infra_sheets.TooManyRows),
    ),
    "one cell at the end of the world": (
        lambda: a_workbook(("b",), at=(1_048_575, 16_383)),
        infra_sheets.TooManyRows,
    ),
    "a tall sheet": (lambda: a_workbook(("b",), at=(60_000, 0)), infra_sheets.TooManyRows),
    "a million lines": (lambda: b"a,b\n" * 1_000_000, infra_sheets.TooManyRows),
    "a broad line": (lambda: b"," * 1_000_001 + b"a", infra_sheets.TooManyRows),
    "a hundred megabytes": (lambda: b"a,b\n" * 25_000_000, sheets.FileTooLarge),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_each_hostile_file_has_its_sentence(name: str) -> None:
    content_of, refusal = HOSTILE[name]
    content = content_of()
    with pytest.raises(refusal) as refused:
        rows_of(content, "asistencia.xlsx")
    assert refused.value.sentence.msgid.endswith(".")


@given(
    st.one_of(
        st.binary(max_size=300),
        st.text(max_size=200).map(lambda text: text.encode("utf-16", "replace")),
    )
)
def test_no_bytes_break_the_reading_of_text(content: bytes) -> None:
    if content.startswith((first_bytes.ZIP, first_bytes.OLE)):
        return
    try:
        sheet = rows_of(content)
    except Refusal:
        return
    assert any(sheet.rows)


def test_what_is_written_is_read_again_and_is_no_formula() -> None:
    evil = ("=1+1", "+A1", "-1", "@SUM(A1)", "https://example.org", "\tx")
    page = SheetPage("Lista: [2026]/*?", ("a", "b"), [(*evil, 5, None, date(2026, 11, 24))])
    content = workbook([page, page], made_at=NOON, mark="Exportado & llevado")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = b"".join(archive.read(name) for name in archive.namelist() if "sheet" in name)
    assert b"<f>" not in xml
    assert b"hyperlink" not in xml
    rows = rows_of(content).rows
    assert rows[1] == (*(cell.strip() for cell in evil), "5", "", "2026-11-24")
    assert b"# Exportado &amp; llevado" in xml
    assert b"&amp;LExportado &amp;&amp; llevado" in xml, "at the foot of each printed page"


def _sheet(rows: Sequence[tuple[str, ...]], mark: str) -> bytes:
    content = workbook([SheetPage("Lista", rows[0], rows[1:])], made_at=NOON, mark=mark)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert f"# {mark}".encode() in b"".join(map(archive.read, archive.namelist()))
    return content


@pytest.mark.parametrize("written", [csv_of, _sheet])
def test_a_marked_copy_is_read_without_its_mark(written: Callable[..., bytes]) -> None:
    table = [("Nombre", "Puesto"), ("Ñáñez, Ana", "Cónsul")]
    assert [row for row in rows_of(written(table, mark="Exportado por Laura")).rows if row] == table
    assert rows_of(csv_of([*table, ("# 7", "Oficial")])).rows[-1] == ("# 7", "Oficial")
    assert csv_of(table, mark="x").endswith(b"\r\n# x\r\n")


def test_the_same_pages_give_the_same_bytes() -> None:
    page = SheetPage("Lista", ("a",), [("b",)])
    once, twice = (workbook([page], made_at=NOON, mark="pie") for _ in range(2))
    assert once == twice


def test_an_instant_without_words_is_refused() -> None:
    with pytest.raises(TypeError):
        workbook([SheetPage("Lista", ("a",), [(NOON,)])], made_at=NOON)


@given(st.text(max_size=30))
def test_no_text_begins_a_formula(text: str) -> None:
    cell = harmless(text)
    assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert cell.removeprefix("'") == text.removeprefix("'")


def test_csv_is_what_spreadsheets_expect() -> None:
    content = csv_of([("Nombre", "Puesto"), ("Ñáñez, Ana", '=HYPERLINK("x")')])
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig") == 'Nombre,Puesto\r\n"Ñáñez, Ana","\'=HYPERLINK(""x"")"\r\n'


def test_csv_disarms_formulas_and_leaves_numbers_alone() -> None:
    text = csv_of([("=cmd|'/c calc'!A1", " +1", -5, "@x", "a-b", "＝1")]).decode("utf-8-sig")
    assert text == "'=cmd|'/c calc'!A1,' +1,-5,'@x,a-b,'＝1\r\n"
