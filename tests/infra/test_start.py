"""What a start leaves for later: libraries, schemas, collections of what stays."""

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
from app.web.openapi import spec
app = create_app()
print(json.dumps([sorted(sys.modules), sorted(spec.models), gc.get_freeze_count()]))
"""
HEAVY = (
    *("alembic", "holidays", "openpyxl", "python_calamine", "recurring_ical_events"),
    "weasyprint",
    *LATE_LIBRARIES,
)


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[str], list[str], int]:
    """The modules, the schemas and the number of frozen objects of an application just made."""
    folder: Path = tmp_path_factory.mktemp("start")
    env = {"CONVOCA_DATA": str(folder), "SECRET_KEY": SECRET, "PYTHONTZPATH": "", "JOBS": "off"}
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, cwd=ROOT, env=env, text=True, capture_output=True, check=True)
    found: Any = json.loads(done.stdout)
    return set(found[0]), found[1], found[2]


@pytest.mark.parametrize("library", HEAVY)
def test_start_imports_no_library_that_only_some_requests_need(
    start: tuple[set[str], list[str], int], library: str
) -> None:
    assert library not in start[0]


def test_start_makes_no_schema_of_the_api(start: tuple[set[str], list[str], int]) -> None:
    assert start[1] == []


def test_start_spares_later_collections_what_it_has_made(
    start: tuple[set[str], list[str], int],
) -> None:
    assert start[2] > 100_000
