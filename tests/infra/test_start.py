"""What a start leaves for later: libraries, collections of what stays."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.infra.worker import LATE_LIBRARIES
from tests.support.databases import ROOT, SECRET

SCRIPT = """
import gc, json, sys
from app import create_app
app = create_app()
print(json.dumps([sorted(sys.modules), gc.get_freeze_count()]))
"""
HEAVY = (
    *("alembic", "holidays", "openpyxl", "python_calamine", "recurring_ical_events"),
    "weasyprint",
    *LATE_LIBRARIES,
)


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[str], int]:
    """The modules and the number of frozen objects of an application just made."""
    folder: Path = tmp_path_factory.mktemp("start")
    env = {"CONVOCA_DATA": str(folder), "SECRET_KEY": SECRET, "PYTHONTZPATH": "", "JOBS": "off"}
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, cwd=ROOT, env=env, text=True, capture_output=True, check=True)
    found: Any = json.loads(done.stdout)
    return set(found[0]), found[1]


@pytest.mark.parametrize("library", HEAVY)
def test_start_imports_no_library_that_only_some_requests_need(
    start: tuple[set[str], int], library: str
) -> None:
    assert library not in start[0]


def test_start_spares_later_collections_what_it_has_made(
    start: tuple[set[str], int],
) -> None:
    assert start[1] > 100_000
