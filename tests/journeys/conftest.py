"""Each journey begins in a demonstration that nobody has touched: what one test changes no other
test sees.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import databases
from tests.support.server import LiveServer, serving


@pytest.fixture
def live_server(tmp_path: Path) -> Iterator[LiveServer]:
    """A server of this test only, over a fresh copy of the demo data; `open_page` opens its
    pages.
    """
    data, template = tmp_path / "live", databases.demo_sqlite()
    if databases.demo_data().exists():
        shutil.copytree(databases.demo_data(), data)
    url = databases.sqlite_copy(template, data / "convoca.sqlite3")
    with serving(url, data, demo=True) as server:
        yield server
