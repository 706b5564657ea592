"""An application whose meeting programs are the fake ones, and a connection to one of them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.infra import clock
from app.infra.database import transaction
from app.infra.meetings import calling, choosing
from app.infra.meetings.choosing import sealed_keys
from app.infra.meetings.port import MeetingKeys
from app.infra.platform import platform
from app.kernel.actor import SYSTEM
from app.participation.meetings.services import connect
from app.planning.events.rules.joining import MeetingProvider
from config import Settings
from tests.support.databases import settings_for
from tests.support.meeting_programs import (
    ACCOUNT,
    CLIENT,
    HOST,
    SECRET,
    TENANT,
    Programs,
    serving,
)

Connect = Callable[..., None]


@pytest.fixture(scope="session")
def served() -> Iterator[Programs]:
    with serving() as programs:
        yield programs


@pytest.fixture
def programs(served: Programs, monkeypatch: pytest.MonkeyPatch) -> Programs:
    served.reset()
    monkeypatch.setattr(calling, "rest", lambda _seconds: None)
    monkeypatch.setattr(choosing, "TOKENS", calling.Tokens())
    return served


@pytest.fixture
def settings(database_url: str, tmp_path: Path, programs: Programs) -> Settings:
    return settings_for(
        database_url,
        (tmp_path / "var").resolve(),
        zoom_api=programs.zoom,
        zoom_login=f"{programs.base}/zoom/oauth/token",
        graph_api=programs.graph,
        graph_login=f"{programs.base}/login",
        fetch_allow=frozenset({"127.0.0.1"}),
    )


def keys_for(name: str, *, own_links: bool = False) -> MeetingKeys:
    account = ACCOUNT if name == "zoom" else TENANT
    return MeetingKeys(account, CLIENT, SECRET, HOST, own_links)


@pytest.fixture
def connected(app: Flask, settings: Settings) -> Connect:
    """Connects one of the programs with keys that are right."""

    def to(name: str, *, own_links: bool = False) -> None:
        sealed = sealed_keys(keys_for(name, own_links=own_links), own=platform(app).keys)
        with app.app_context(), transaction() as db:
            connect(
                db,
                actor=SYSTEM,
                provider=MeetingProvider(name),
                sealed=sealed,
                host=HOST,
                ending=SECRET[-4:],
                now=clock.now(),
            )

    return to
