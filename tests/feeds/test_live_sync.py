"""A calendar on somebody's computer, over HTTP: vdirsyncer fetches the personal feed, khal shows
the hours.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from app.infra.database import transaction
from app.kernel.timespan import Timespan
from app.people.identity.services.tokens import issue_feed_token
from app.planning.arranging.services.planning import cancel_event, move_event
from tests.planning.events.rows import add_registration, an_event, change_event_row
from tests.support.actors import account_id_of, actor_of
from tests.support.server import LiveServer, serving

SECONDS = 20
HOUR = timedelta(hours=1)
# The server's clock is the real one, so everything happens at a distance of today: on Tuesdays at
# nine in Costa Rica.
FAR_AHEAD = datetime.now(UTC) + timedelta(days=120)
FIRST_DAY = (FAR_AHEAD - timedelta(days=FAR_AHEAD.weekday() - 1)).replace(
    hour=15, minute=0, second=0, microsecond=0
)

VDIRSYNCER = """
[general]
status_path = "{folder}/status/"
[pair convoca]
a = "here"
b = "there"
collections = null
conflict_resolution = "b wins"
[storage here]
type = "filesystem"
path = "{folder}/calendar/"
fileext = ".ics"
[storage there]
type = "http"
url = "{url}"
"""
KHAL = """
[calendars]
[[convoca]]
path = {folder}/calendar/
readonly = True
[locale]
local_timezone = America/Costa_Rica
default_timezone = America/Costa_Rica
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.sqlite3
"""


class Computer:
    """A folder with the two programs' settings and whatever they keep."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        (folder / "calendar").mkdir(parents=True)
        (folder / "vdirsyncer").write_text(VDIRSYNCER.format(folder=folder, url=url))
        (folder / "khal").write_text(KHAL.format(folder=folder))
        self._run("vdirsyncer", "discover")

    def sync(self) -> set[str]:
        """What the calendar shows afterwards, as "day start-end title"."""
        self._run("vdirsyncer", "sync")
        day = FIRST_DAY.strftime("%Y-%m-%d")
        form = "{start-date} {start-time}-{end-time} {title}"
        listed = self._run("khal", "list", "--day-format", "", "--format", form, day, "60d")
        return {line for line in listed.splitlines() if line.strip()}

    def files(self) -> dict[str, float]:
        return {path.name: path.stat().st_mtime_ns for path in (self.folder / "calendar").iterdir()}

    def _run(self, program: str, *words: str) -> str:
        command = [
            str(Path(sys.executable).parent / program),
            "-c",
            str(self.folder / program),
            *words,
        ]
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "PYTHONTZPATH": "",
            "XDG_CACHE_HOME": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder),
            "TZ": "Asia/Tokyo",
        }
        done = subprocess.run(
            command,
            env=env,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            input="",
            cwd=self.folder,
            check=False,
        )
        assert done.returncode == 0, f"{program} {words}: {done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[LiveServer]:
    with serving(database_url, tmp_path / "var") as running:
        yield running


def mine(server: LiveServer, title: str, starts: datetime, timezone: str) -> UUID:
    event_id = an_event(
        server.app,
        starts_at=starts,
        ends_at=starts + HOUR,
        timezone=timezone,
        title=title,
        join_url="https://example.org/join",
    )
    person_id = actor_of(server.app, "official-hn").person_id
    assert person_id
    add_registration(server.app, event_id, person_id)
    return event_id


def shown(starts: datetime, title: str) -> str:
    """Costa Rica is six hours behind UTC all year."""
    here = starts - 6 * HOUR
    return f"{here:%Y-%m-%d %H:%M}-{here + HOUR:%H:%M} {title}"


def test_r57_r46_what_happens_to_an_event_reaches_a_calendar_with_the_right_hours(
    server: LiveServer, tmp_path: Path
) -> None:
    account_id, organizer = (
        account_id_of(server.app, "official-hn"),
        actor_of(server.app, "organizer"),
    )
    with server.app.app_context(), transaction() as db:
        token = issue_feed_token(db, account_id=account_id, now=datetime.now(UTC))
    computer = Computer(tmp_path / "computer", f"{server.url}/calendar/{token}/me.ics")
    second_day, third_day = FIRST_DAY + timedelta(days=7), FIRST_DAY + timedelta(days=14)
    mine(server, "Uno", FIRST_DAY, "America/Costa_Rica")
    assert computer.sync() == {shown(FIRST_DAY, "Uno")}
    before = computer.files()

    other = mine(server, "Dos", second_day, "America/New_York")  # added
    assert computer.sync() == {shown(FIRST_DAY, "Uno"), shown(second_day, "Dos")}
    assert before.items() <= computer.files().items(), (
        "an event that nobody changed was written again"
    )

    with server.app.app_context(), transaction() as db:  # moved
        move_event(
            db,
            actor=organizer,
            event_id=other,
            span=Timespan(third_day, third_day + HOUR),
            now=datetime.now(UTC),
        )
    assert computer.sync() == {shown(FIRST_DAY, "Uno"), shown(third_day, "Dos")}

    with server.app.app_context(), transaction() as db:  # cancelled
        cancel_event(db, actor=organizer, event_id=other, now=datetime.now(UTC))
    assert computer.sync() == {shown(FIRST_DAY, "Uno"), shown(third_day, "Cancelado: Dos")}

    change_event_row(
        server.app, other, cancelled_at=datetime.now(UTC) - timedelta(days=31)
    )  # a month later
    assert computer.sync() == {shown(FIRST_DAY, "Uno")}
