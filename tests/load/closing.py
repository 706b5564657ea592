"""The certificates of an event of two thousand from its closing on: how long the request takes, what
each certificate costs from fact to sealed file and letter, and whether memory grows. One of two
workers is killed forty times meanwhile, and none may be lost, doubled or torn.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.load import Figure
from tests.support import databases
from tests.training.certificates.closing import (
    assert_one_each,
    close_by_page,
    event_of_many,
    sealing_app,
    settled,
    worked,
)

PEOPLE, KILLS = 2000, 40
ENGINES = ("sqlite", "postgresql")


def run() -> Iterator[Figure]:
    for engine in ENGINES:
        with TemporaryDirectory() as folder, ExitStack() as stack:
            if engine == "postgresql":
                url = stack.enter_context(databases.postgresql_copy("closing"))
            else:
                url = databases.sqlite_copy(
                    databases.migrated_sqlite(), Path(folder) / "bench.sqlite3"
                )
            app = stack.enter_context(sealing_app(url, Path(folder)))
            about: dict[str, str | int] = {"database": engine, "people": PEOPLE}
            event_id = event_of_many(app, PEOPLE)
            request = close_by_page(app, event_id)
            yield Figure("closing, the request", round(request * 1000), "ms", about)
            run = worked(app, expected=PEOPLE, kills=KILLS)
            settled(app)
            assert_one_each(app, event_id, PEOPLE)
            about |= {"kills": run.kills, "workers": 2}
            yield Figure("lost, doubled or torn", 0, "", about)
            each = round(run.cpu / PEOPLE * 1000, 1)
            yield Figure("fact to sealed file and letter, CPU each", each, "ms", about)
            yield Figure("until nothing was due", round(run.seconds), "s", about)
            for part, share in (("a quarter", 0.25), ("half", 0.5), ("the end", 1.0)):
                memory = run.memory[round((len(run.memory) - 1) * share)]
                yield Figure(f"worker that lived, RSS at {part}", memory, "MiB", about)
