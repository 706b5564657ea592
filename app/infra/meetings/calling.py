"""Asking a program's interface: a token that is renewed, patience with limits and faults, and
answers of JSON.
"""

import hashlib
import json
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from app.infra.fetching import Answered, FetchFailed, speak_to
from app.infra.meetings.port import BROKEN, BUSY, UNREADABLE, WRONG_KEYS, MeetingFailed, MeetingKeys
from app.infra.shallow import is_shallow_json
from app.kernel.text import is_web_address

LARGEST = 4 * 1024 * 1024
TRIES = 3
LONGEST_WAIT = 5.0
"""In seconds; who is to wait longer is asked again by the background later."""
MARGIN = 60.0
"""Seconds before its end from which a token counts as lapsed."""
MOST_PAGES = 100
OK, UNAUTHORIZED, TOO_MANY, FAULT = 200, 401, 429, 500
REFUSED = 400
Answer = tuple[int, dict[str, Any]]


@dataclass(frozen=True)
class Token:
    """`until` is on this machine's monotonic clock, in seconds. `scopes` "" where none are said."""

    text: str = field(repr=False)
    until: float
    scopes: str = ""


class Tokens:
    """Tokens of this process, by the keys that they were got with; nothing of them is stored."""

    def __init__(self) -> None:
        self._kept: dict[str, Token] = {}
        self._lock = threading.Lock()

    def of(self, keys: MeetingKeys, renew: Callable[[], Token]) -> Token:
        name = _fingerprint(keys)
        with self._lock:
            kept = self._kept.get(name)
        if kept is None or kept.until <= time.monotonic():
            kept = renew()
            with self._lock:
                self._kept[name] = kept
        return kept

    def forget(self, keys: MeetingKeys) -> None:
        with self._lock:
            self._kept.pop(_fingerprint(keys), None)


@dataclass(frozen=True)
class Reach:
    """How a program is reached: hosts in `allow` need no TLS and may be private; `timeout` in
    seconds.
    """

    allow: Collection[str] = ()
    timeout: float = 15.0
    tries: int = TRIES


class Interface:
    """One program's interface at one address."""

    def __init__(
        self,
        base: str,
        keys: MeetingKeys,
        *,
        tokens: Tokens,
        renew: Callable[[], Token],
        line: Reach,
    ) -> None:
        self._base, self._keys, self._tokens = base.rstrip("/"), keys, tokens
        self._renew, self._line = renew, line

    @property
    def base(self) -> str:
        return self._base

    def token(self) -> Token:
        return self._tokens.of(self._keys, self._renew)

    def ask(
        self, method: str, path: str, body: object = None, *, may_repeat: bool = True
    ) -> Answer:
        """Returns code and JSON of an answer below 500, whatever it says. `may_repeat`: a request
        that met a fault may be sent again at once, because twice is as good as once.
        """
        is_renewed = False
        tried = 0
        while True:
            tried += 1
            answered = self._once(method, path, body)
            if answered.status == UNAUTHORIZED and not is_renewed:
                self._tokens.forget(self._keys)
                is_renewed = True
                continue
            is_fault = answered.status >= FAULT
            if answered.status != TOO_MANY and not is_fault:
                return answered.status, json_of(answered)
            pause = _pause(answered, tried)
            if tried >= self._line.tries or pause > LONGEST_WAIT or (is_fault and not may_repeat):
                raise _tired(answered)
            rest(pause)

    def _once(self, method: str, path: str, body: object) -> Answered:
        headers = {"Authorization": f"Bearer {self.token().text}", "Accept": "application/json"}
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body).encode()
        return spoken(method, self._base + path, headers, content, self._line)


def rest(seconds: float) -> None:
    """Waits between two tries."""
    time.sleep(seconds)


def spoken(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None, line: Reach
) -> Answered:
    try:
        return speak_to(
            method,
            url,
            headers=headers,
            body=body,
            limit_bytes=LARGEST,
            timeout=line.timeout,
            allow=line.allow,
        )
    except FetchFailed as failed:
        raise MeetingFailed(failed.msgid, is_passing=True, **failed.params) from None


def token_of(url: str, form: bytes, headers: Mapping[str, str], line: Reach) -> Answered:
    """Returns the answer of an address that gives tokens; limits and faults are raised as
    MeetingFailed.
    """
    tried = 0
    sent = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    while True:
        tried += 1
        answered = spoken("POST", url, sent, form, line)
        if answered.status != TOO_MANY and answered.status < FAULT:
            return answered
        pause = _pause(answered, tried)
        if tried >= line.tries or pause > LONGEST_WAIT:
            raise _tired(answered)
        rest(pause)


def token_in(answered: Answered) -> Token:
    """Returns the token of a good answer; raises MeetingFailed when there is none in it."""
    found = json_of(answered)
    text, lasts = found.get("access_token"), found.get("expires_in", 0)
    if not isinstance(text, str) or not text.isascii() or not text.isprintable():
        raise MeetingFailed(WRONG_KEYS)
    seconds = float(lasts) if isinstance(lasts, int | float) else 0.0
    return Token(text, time.monotonic() + seconds - MARGIN, str(found.get("scope", "")))


def json_of(answered: Answered) -> dict[str, Any]:
    """Returns the object in an answer; {} for an empty one, and for a refusal in another form."""
    if not answered.content:
        return {}
    try:
        found = json.loads(answered.content) if is_shallow_json(answered.content) else None
    except ValueError:
        found = None
    if isinstance(found, dict):
        return found
    if answered.status >= REFUSED:
        return {}
    raise MeetingFailed(UNREADABLE, is_passing=True)


def text_in(found: Mapping[str, Any], name: str) -> str:
    """Returns a text or number that must be there; raises MeetingFailed for anything else."""
    value = found.get(name)
    if not isinstance(value, str | int) or isinstance(value, bool) or not str(value):
        raise MeetingFailed(UNREADABLE, is_passing=True)
    return str(value)


def address_in(found: Mapping[str, Any], name: str) -> str:
    """Returns a whole https address that must be there, because pages and letters link to it.

    Raises MeetingFailed for anything else.
    """
    address = text_in(found, name)
    if not is_web_address(address):
        raise MeetingFailed(UNREADABLE, is_passing=True)
    return address


def rows_in(found: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    rows = found.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise MeetingFailed(UNREADABLE, is_passing=True)
    return rows


def instant_in(row: Mapping[str, Any], name: str) -> datetime | None:
    """Returns an instant in UTC; None for what is no time."""
    try:
        found = datetime.fromisoformat(str(row.get(name) or "").replace("Z", "+00:00"))
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _pause(answered: Answered, tried: int) -> float:
    """Returns the seconds to wait: as the program says, else doubling from one."""
    said = answered.headers.get("Retry-After", "")
    return float(said) if said.isascii() and said.isdigit() else float(2 ** (tried - 1))


def _tired(answered: Answered) -> MeetingFailed:
    if answered.status == TOO_MANY:
        return MeetingFailed(BUSY, is_passing=True)
    return MeetingFailed(BROKEN, is_passing=True, status=str(answered.status))


def _fingerprint(keys: MeetingKeys) -> str:
    parts = (keys.account, keys.client_id, keys.secret)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
