"""Each journey begins in a demonstration that nobody has touched: what one test changes no other test sees."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import databases
from tests.support.server import LiveServer, serving


@pytest.fixture
def live_server(tmp_path: Path) -> Iterator[LiveServer]:
    """A server of this test only, over a fresh copy of the demo data; `open_page` opens its pages."""
    data = tmp_path / "live"
    url = databases.sqlite_copy(databases.demo_sqlite(), data / "convoca.sqlite3")
    with serving(url, data, demo=True) as server:
        yield server
