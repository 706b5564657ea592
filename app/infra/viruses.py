"""Asks a ClamAV daemon whether a file holds a virus (its command INSTREAM, clamd(8)).

CLAMAV says where the daemon listens: the path of a socket, or host:port. Without it no file is
checked, and pages say so.
"""

import re
import socket
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import IO

from app.infra import clock
from app.infra.health import HealthCheck, moment
from app.infra.platform import platform

CHUNK = 256 * 1024
CONNECTING, CHECKING = 5.0, 60.0
"""Seconds: to reach the daemon, and for one file as a whole."""
LONGEST_ANSWER = 1_000
TOO_LARGE = "INSTREAM size limit exceeded"
FRESH_FOR = timedelta(days=7)
"""How old the daemon's list of viruses may be; freshclam asks for a new one several times a day."""


class NotChecked(OSError):
    """The daemon does not answer, or says that it failed."""


class TooLargeToCheck(NotChecked):
    """The file has more bytes than the daemon takes (its StreamMaxLength)."""


def virus_in(content: IO[bytes], place: str) -> str:
    """Returns the name of the virus that the file holds, "" for none; the file stands at its begin
    afterwards. Raises NotChecked and TooLargeToCheck.
    """
    content.seek(0)
    told = _asked(place, b"zINSTREAM\0", content, seconds=CHECKING)
    content.seek(0)
    if told == "stream: OK":
        return ""
    if told.startswith("stream: ") and told.endswith(" FOUND"):
        return told.removeprefix("stream: ").removesuffix(" FOUND")
    raise (TooLargeToCheck if told.startswith(TOO_LARGE) else NotChecked)(told)


def _asked(
    place: str, command: bytes, content: IO[bytes] | None = None, *, seconds: float = CONNECTING
) -> str:
    """Returns what the daemon answers to a command and the bytes behind it. Raises NotChecked."""
    until = time.monotonic() + seconds
    try:
        with _connected(place) as daemon:
            # It answers and hangs up in the midst of a file that is too large.
            with suppress(BrokenPipeError, ConnectionResetError):
                daemon.sendall(command)
                while content is not None and (chunk := content.read(CHUNK)):
                    daemon.settimeout(max(0.01, until - time.monotonic()))
                    daemon.sendall(len(chunk).to_bytes(4, "big") + chunk)
                if content is not None:
                    daemon.sendall(bytes(4))
            answer = b""
            while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
                daemon.settimeout(max(0.01, until - time.monotonic()))
                if not (part := daemon.recv(LONGEST_ANSWER)):
                    break
                answer += part
    except OSError as error:
        raise NotChecked(type(error).__name__) from error
    if not answer.endswith(b"\0"):
        raise NotChecked("half an answer" if answer else "no answer")
    return answer[:-1].decode("utf-8", "replace")


def _connected(place: str) -> socket.socket:
    if not place.startswith("/"):
        host, _colon, port = place.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECTING)
    daemon = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    daemon.settimeout(CONNECTING)
    try:
        daemon.connect(place)
    except OSError:
        daemon.close()
        raise
    return daemon


def viruses() -> HealthCheck:
    """Says whether the daemon answers, and of when its list of viruses is."""
    place = platform().settings.clamav
    if not place:
        return HealthCheck("viruses", "off", {"set": "CLAMAV"})
    try:
        told = _asked(place, b"zVERSION\0")
    except NotChecked as silent:
        return HealthCheck("viruses", "degraded", {"error": str(silent)})
    listed_at = _day_of_list(told)
    is_old = listed_at is not None and clock.now() - listed_at > FRESH_FOR
    details = {"scanner": told.partition("/")[0], "listed_at": moment(listed_at)}
    return HealthCheck("viruses", "degraded" if is_old else "ok", details)


def _day_of_list(version: str) -> datetime | None:
    """Returns the instant (UTC) in such as "ClamAV 1.4.3/27833/Sun Nov 29 09:31:12 2026"; None
    before the daemon has read a list.
    """
    told = re.search(r"/\w{3} (\w{3} +\d+ [\d:]{8} \d{4})$", version)
    return datetime.strptime(told[1], "%b %d %H:%M:%S %Y").replace(tzinfo=UTC) if told else None
