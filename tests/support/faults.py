"""The faults that Convoca is tried with, on both databases: `./run test faults`.

A test marked `@pytest.mark.fault("…")` brings one kind about and says what came of it by the fixture
`fault`: how much was lost and doubled, and the page that people read meanwhile. With `long=True` it
runs under that command alone. The same kinds are a table of docs/deploy.md.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypedDict

PROPERTY = "fault"
ENGINES = ("sqlite", "postgresql")
HEAD = (
    "| what happens | what still works, and what people read | what to do |\n| --- | --- | --- |\n"
)
NOTHING = "nothing: it mends itself"


@dataclass(frozen=True)
class FaultKind:
    """`works`: what goes on; `says`: words of the page or the command on which people read it, ""
    where they need not know; `do`: what the operator does.
    """

    happens: str
    works: str
    says: str = ""
    do: str = NOTHING

    def row(self) -> str:
        read = f" They read “{self.says}”." if self.says else ""
        return f"| {self.happens} | {self.works}{read} | {self.do} |\n"


KINDS = {
    "web killed": FaultKind(
        "A process that serves is killed in the middle of requests",
        "The others answer; answers to a quiz that got none are sent again by the page.",
        do="nothing: gunicorn or systemd starts another",
    ),
    "worker killed": FaultKind(
        "A process of background work is killed",
        "Everything. What it had begun is done by the next one after ten minutes.",
        do="nothing: systemd starts another",
    ),
    "sender killed": FaultKind(
        "… between the mail server's OK and its own note",
        "Everything. That letter goes out once more, with the same Message-ID.",
    ),
    "process stopped": FaultKind(
        "A process stands still (SIGSTOP, a dead disk) while it holds the database",
        "Pages are read. What is saved waits for 30 seconds.",
        "The database does not answer",
        "restart the service",
    ),
    "printer killed": FaultKind(
        "The process that draws PDF files is killed",
        "Everything: another one is started and draws the file.",
    ),
    "no PDF engine": FaultKind(
        "Pango is not installed, or cannot be loaded",
        "Everything but papers.",
        "PDF files cannot be made on this server",
        "`./run doctor` names what is missing",
    ),
    "database restarted": FaultKind(
        "The database is stopped at once, and starts again",
        "Pages and what was sent get 503; what was typed is in the page, to be sent again by one press.",
        "The database does not answer",
    ),
    "database locked": FaultKind(
        "Another program keeps the database locked",
        "Pages are read. What is saved waits for ten seconds, then as above.",
        "The database does not answer",
        "end that program",
    ),
    "connections used up": FaultKind(
        "The database, or the machine, has no connection left",
        "Whoever has one goes on; others get 503 with what they typed.",
        "The database does not answer",
        "raise the limit, or look for who holds them",
    ),
    "database read-only": FaultKind(
        "The database takes nothing that is written (a disk mounted read-only, a standby)",
        "Pages are read.",
        "The database does not answer",
        "`/readyz` says `down` of the database: look at its log",
    ),
    "disk full": FaultKind(
        "The disk is full",
        "Pages are read. What was typed is in the page, to be sent again by one press.",
        "our storage is full or does not answer",
        "make room",
    ),
    "disk nearly full": FaultKind(
        "Less than 5 % of the disk, and less than 1,000 MB, are free",
        "Everything but files: they are refused first, and what was typed beside them is kept.",
        "Files are not accepted just now",
        "make room; `/status` says so, and a letter",
    ),
    "store refuses": FaultKind(
        "The folder or bucket of stored files takes none, or does not answer",
        "Everything without a file. The page holds what was typed and asks for the file again.",
        "our storage is full or does not answer",
        "`/readyz` says `down` of the files: look at the address, the keys, the rights",
    ),
    "upload torn": FaultKind(
        "A line breaks in the middle of an upload",
        "Everything. Nothing of the file is kept, and it is sent again.",
    ),
    "mail slow": FaultKind(
        "The mail server takes longer than 20 seconds to answer",
        "Everything; letters wait and are tried again.",
        "leave by themselves once it takes them",
    ),
    "mail refuses": FaultKind(
        "The mail server refuses, for now (4xx) or for good (5xx)",
        "Everything. What is refused for now is tried for 15 hours and is “on its way”; the rest “needs you”.",
        do="read the answer at `/messages`",
    ),
    "mail hangs up": FaultKind(
        "The mail server hangs up before its OK",
        "Everything; that letter goes out once more, with the same Message-ID.",
        "leave by themselves once it takes them",
    ),
    "queue gone": FaultKind(
        "Valkey is gone",
        "Everything; letters and certificates come up to a minute later than usual once it is back.",
        "Jobs wait",
        "start it again; nothing that was in it is needed",
    ),
    "two schedulers": FaultKind(
        "Several processes do what is due by the clock in the same minute",
        "Everything: each thing is done once.",
    ),
    "clock jumps": FaultKind(
        "The clock jumps by an hour or a day, ahead or back",
        "Everything. People sign in once more; each letter leaves once.",
        do="keep it right; `/readyz` compares it with the database's",
    ),
    "migration killed": FaultKind(
        "A migration is killed half way",
        "Nothing of it stays: the version before works on, the next start makes it whole.",
        "stands at version",
        "give `flask db upgrade`, or the update, again",
    ),
    "backup damaged": FaultKind(
        "A backup is cut off, changed or incomplete",
        "Everything; it is found and never restored, the one before it is.",
        "its bytes are not those that were written",
        "`flask backup make`",
    ),
    "authority silent": FaultKind(
        "Time stamps (TSA) or answers about certificates (OCSP, lists) do not come",
        "Certificates are issued, sealed with what there is.",
        "what the newest file lacks",
    ),
    "meetings refuse": FaultKind(
        "The program of meetings refuses, limits or answers nonsense",
        "Everything; the meeting is made later, once.",
        "It is too busy right now",
    ),
    "planning killed": FaultKind(
        "The planning of a season is killed",
        "Everything; it begins again after ten minutes.",
    ),
    "publishing killed": FaultKind(
        "A process is killed while it publishes a course",
        "Nothing of the edition is there; the next press completes it.",
    ),
    "closing killed": FaultKind(
        "Processes are killed while an event's certificates are issued",
        "Everything; each person gets one certificate, one file and one letter.",
    ),
}


class Figures(TypedDict):
    lost: int
    doubled: int


def compared(kept: Iterable[Hashable], due: Iterable[Hashable]) -> Figures:
    """Returns how many of what is due are not kept, and how many are kept beside them or again."""
    had, wanted = Counter(kept), Counter(due)
    return {"lost": (wanted - had).total(), "doubled": (had - wanted).total()}


class Tell(Protocol):
    def __call__(self, *, lost: int, doubled: int, page: str = "") -> None: ...


def teller(kind: str, engine: str, properties: list[tuple[str, Any]]) -> Tell:
    """Returns what the fixture `fault` is: it notes what came of this kind on this database, for
    the table at the end, and fails where anything was lost or doubled or the page does not say it.
    """

    def tell(*, lost: int, doubled: int, page: str = "") -> None:
        says = KINDS[kind].says
        assert says in page, f"the page does not say “{says}”:\n{page[:3000]}"
        properties.append((PROPERTY, (kind, engine, lost, doubled, says)))
        assert (lost, doubled) == (0, 0)

    return tell


def told(reports: Iterable[Any]) -> Iterator[tuple[str, str, int, int, str]]:
    """Yields what tests told, from the reports of a run."""
    for report in reports:
        for name, value in getattr(report, "user_properties", ()):
            if name == PROPERTY and report.when == "call":
                yield tuple(value)


def table(outcomes: Sequence[tuple[str, str, int, int, str]]) -> list[str]:
    """Returns a line for each kind and database, with what was lost and doubled in all its tests."""
    lines = [f"{'kind':22}{'database':12}{'lost':>5}{'doubled':>9}  people read"]
    for kind in KINDS:
        for engine in ENGINES:
            rows = [row for row in outcomes if row[:2] == (kind, engine)]
            lost, doubled = sum(row[2] for row in rows), sum(row[3] for row in rows)
            says = next((row[4] for row in rows if row[4]), "–")
            figures = f"{lost:>5}{doubled:>9}  {says}" if rows else "  was not tried"
            lines.append(f"{kind:22}{engine:12}{figures}")
    return lines


def missing(outcomes: Iterable[tuple[str, str, int, int, str]]) -> list[tuple[str, str]]:
    """Returns the kinds that were not tried on one of the databases, or did not hold there."""
    held = {(kind, engine) for kind, engine, lost, doubled, _ in outcomes if not lost + doubled}
    return [(kind, engine) for kind in KINDS for engine in ENGINES if (kind, engine) not in held]


def documented() -> str:
    """Returns the table of docs/deploy.md."""
    return HEAD + "".join(kind.row() for kind in KINDS.values())


if __name__ == "__main__":
    print(documented())
