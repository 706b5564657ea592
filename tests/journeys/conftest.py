"""Each journey begins in a demonstration that nobody has touched: what one test changes no other
test sees.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import apps, databases
from tests.support.server import LiveServer, serving_lent


@pytest.fixture
def live_server(tmp_path: Path) -> Iterator[LiveServer]:
    """A server over a copy of the demo data that is this test's only; `open_page` opens its pages."""
    data, template = apps.empty_folder("journey", tmp_path / "live"), databases.demo_sqlite()
    if databases.demo_data().exists():
        shutil.copytree(databases.demo_data(), data, dirs_exist_ok=True)
    url = databases.sqlite_copy(template, data / "convoca.sqlite3")
    with serving_lent(url, data, demo=True) as server:
        yield server
