"""What a failed browser test leaves behind, so that nobody has to see it fail again to know why.

For each page that was open: a picture and the HTML; beside them the trace of the test (each page,
answer and message of the console with its time) and what the servers logged. The folder is named in
the failure's output. It lies in `.failures/`, which each run empties. `TRACE=full` adds Playwright's
trace with pictures of every step (`playwright show-trace <file>`); recording it takes a fifth of a
journey's time, so it is not on in every run.
"""

import os
import re
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

PLACE = "CONVOCA_FAILURES"
ROOT = Path(os.environ.get(PLACE) or Path(__file__).resolve().parents[2] / ".failures")
SECTION = "evidence"
VARIABLE = "TRACE"
LONGEST_NAME = 120
WAIT_MS = 5_000
watched: "list[BrowserContext]" = []
"""The browser profiles of the test that is running."""
steps: list[str] = []
"""What its pages did, one line each, oldest first."""


def is_full() -> bool:
    return os.environ.get(VARIABLE) == "full"


def note(what: str) -> None:
    """Adds a line to the trace of the test that is running."""
    # The clock of a test may be set to another day; what counts is the time between two lines.
    steps.append(f"{time.perf_counter():.3f} {what}")


def forget_earlier() -> None:
    shutil.rmtree(ROOT, ignore_errors=True)


def keep(nodeid: str, report: pytest.TestReport, data: Path | None) -> Path:
    """Saves what can be had and names the folder in the report. A browser that has gone leaves no
    pictures.
    """
    folder = keep_pages(nodeid)
    logged = "\n".join(text for title, text in report.sections if title.startswith("Captured"))
    (folder / f"server-{report.when}.log").write_text(logged, encoding="utf-8")
    for log in data.rglob("*.log") if data is not None else ():
        with suppress(OSError):
            shutil.copy(log, folder / log.name)
    report.sections.append((SECTION, f"Screenshots, traces and server logs: {folder}"))
    return folder


def keep_pages(nodeid: str) -> Path:
    """Saves what the open pages show; called before they are closed."""
    folder = ROOT / re.sub(r"[^\w.-]+", "-", nodeid.removeprefix("tests/"))[-LONGEST_NAME:]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "trace.txt").write_text("\n".join(steps), encoding="utf-8")
    for number, context in enumerate(watched):
        with suppress(Exception):  # evidence of a failure must not become another failure
            _keep_context(folder, number, context)
    return folder


def _keep_context(folder: Path, number: int, context: "BrowserContext") -> None:
    for place, page in enumerate(context.pages):
        page.screenshot(path=folder / f"{number}-{place}.png", full_page=True, timeout=WAIT_MS)
        (folder / f"{number}-{place}.html").write_text(
            f"<!-- {page.url} -->\n{page.content()}", encoding="utf-8"
        )
    if is_full():
        context.tracing.stop(path=folder / f"{number}-trace.zip")
