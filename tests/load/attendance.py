"""What a participant report of ten thousand rows costs to read, by program, and five hundred names
against as many.
"""

import io
from collections.abc import Iterator

from app.infra.sheets import SheetPage, rows_of, workbook
from app.participation.attendance.rules.matching import Matcher
from app.participation.attendance.rules.readers.reading import read_report
from app.participation.attendance.rules.recording import participants
from app.participation.attendance.values import Known, ReportParticipant
from tests.load import Figure, timed
from tests.participation.attendance.reports import AROUND, EVENT, STARTS, export

ROWS, NAMES = 10_000, 500
FILES = (
    "zoom-meeting-en.csv",
    "zoom-webinar-en.csv",
    "teams-en.csv",
    "meet-en.csv",
    "webex-en.csv",
)
FIRST = (
    "María José",
    "Óscar",
    "Altagracia",
    "Inés",
    "Rodrigo",
    "Dunia",
    "Héctor",
    "Laura",
    "Lucía",
    "Xiomara",
)
LAST = (
    "Ñáñez",
    "Solórzano",
    "Peña",
    "Castañeda",
    "Núñez",
    "Zúñiga",
    "Argüello",
    "Quesada",
    "Ibáñez",
    "Güell",
    "Chacón",
)


def name(number: int) -> str:
    return f"{FIRST[number % 10]} {LAST[number % 11]} {LAST[number // 11 % 11]} {number:x}"


def enlarged(file: str) -> bytes:
    """The export with its last row ten thousand times, each with a name of its own."""
    raw = export(file)
    encoding = "utf-16" if raw.startswith(b"\xff\xfe") else "utf-8-sig"
    lines = raw.decode(encoding).rstrip().split("\r\n")
    if file == "zoom-webinar-en.csv":
        lines = lines[: lines.index("Other Attended") - 1]
    row = lines[-1]
    known = next(
        one
        for one in ("Altagracia Peña", "Peña, Altagracia", "María José Ñáñez Güell", "Altagracia")
        if one in row
    )
    more = (row.replace(known, name(number)).replace("@", f"{number}@") for number in range(ROWS))
    buffer = io.StringIO()
    buffer.write("\r\n".join([*lines, *more]))
    return buffer.getvalue().encode(encoding)


def run() -> Iterator[Figure]:
    for file in FILES:
        yield from measured(file)
    rows = rows_of(enlarged(FILES[0])).rows
    sheet = workbook([SheetPage("Informe", rows[3], rows[4:])], made_at=STARTS)
    yield Figure(
        "XLSX to rows",
        round(1000 * timed(lambda: rows_of(sheet))),
        "ms",
        {"rows": ROWS, "kB": len(sheet) // 1024},
    )
    people = [Known(number, name(number), frozenset()) for number in range(NAMES)]
    spelled = [
        ReportParticipant(name(number).upper().replace("Ñ", "N"), "", (), 60)
        for number in range(NAMES)
    ]
    seconds = timed(lambda: [Matcher(people).propose(spelled[0])])
    yield Figure("people made ready", round(1000 * seconds, 1), "ms", {"people": NAMES})
    matcher = Matcher(people)
    seconds = timed(lambda: [matcher.propose(one) for one in spelled])
    yield Figure("names matched", round(1000 * seconds), "ms", {"names": NAMES, "people": NAMES})


def measured(file: str) -> Iterator[Figure]:
    content = enlarged(file)
    about: dict[str, str | int] = {"rows": ROWS, "file": file, "kB": len(content) // 1024}
    yield Figure("letters to rows", round(1000 * timed(lambda: rows_of(content))), "ms", about)
    rows = rows_of(content).rows
    yield Figure(
        "rows to stays", round(1000 * timed(lambda: read_report(rows, AROUND))), "ms", about
    )
    stays = read_report(rows, AROUND).stays
    seconds = timed(lambda: participants(stays, EVENT))
    yield Figure(
        "stays to participants", round(1000 * seconds), "ms", {**about, "stays": len(stays)}
    )
