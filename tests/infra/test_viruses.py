"""A ClamAV daemon is asked in its own protocol, and whatever else it does is no answer."""

import io
import socket
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from app.infra import viruses as subject
from app.infra.platform import platform
from app.infra.viruses import CHUNK, NotChecked, TooLargeToCheck, virus_in, viruses
from tests.support.clamd import EICAR, Clamd, clamd

ON = "2026-11-30T08:00+00:00"


@pytest.fixture
def daemon() -> Iterator[Clamd]:
    with clamd() as made:
        yield made


def test_file_goes_there_whole_and_stands_at_its_begin_again(daemon: Clamd) -> None:
    clean = io.BytesIO(b"a" * (2 * CHUNK + 1))
    clean.seek(5)
    assert virus_in(clean, daemon.place) == ""
    assert daemon.checked == [clean.getvalue()]
    assert clean.tell() == 0
    assert virus_in(io.BytesIO(b""), daemon.place) == ""
    assert virus_in(io.BytesIO(EICAR), daemon.place) == "Eicar-Test-Signature"


def test_what_is_no_answer_is_told(daemon: Clamd, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TooLargeToCheck):
        virus_in(io.BytesIO(b"a" * 30 * CHUNK), daemon.place)
    monkeypatch.setattr(subject, "CHECKING", 0.2)
    for daemon.mood in ("fails", "closes", "hangs"):
        with pytest.raises(NotChecked):
            virus_in(io.BytesIO(EICAR), daemon.place)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    for place in (f"127.0.0.1:{port}", "/no/such/socket"):
        with pytest.raises(NotChecked):
            virus_in(io.BytesIO(b"x"), place)


def test_status_tells_the_daemon_and_the_day_of_its_list(app: Flask, daemon: Clamd) -> None:
    held = platform(app)

    def state() -> tuple[str, object]:
        held.settings = held.settings.model_copy(update={"clamav": daemon.place})
        with app.app_context():
            check = viruses()
        return check.state, check.details.get("listed_at")

    with time_machine.travel(ON, tick=False):
        assert state() == ("ok", "2026-11-29T09:31:12+00:00")
        daemon.version = "ClamAV 1.4.3/27833/Sun Nov  1 09:31:12 2026"
        assert state() == ("degraded", "2026-11-01T09:31:12+00:00")
        daemon.version = "ClamAV 1.4.3"
        assert state() == ("ok", None)
        daemon.place = "/no/such/socket"
        assert state() == ("degraded", None)
        daemon.place = ""
        assert state() == ("off", None)
