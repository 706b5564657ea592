"""Zoom and Microsoft Graph as far as Convoca speaks with them, on a free port: with tokens that
lapse, limits, faults, lost and damaged answers, and pages.

with serving() as programs: …    programs.zoom, programs.graph: addresses; programs.meetings: what
stands there; programs.asked: (method, path) in order.
"""

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

ACCOUNT, CLIENT, SECRET = "cuenta-1", "cliente-1", "clave-muy-secreta-9876"
TENANT = "11111111-2222-3333-4444-555555555555"
HOST = "reuniones@example.org"
ZOOM_SCOPES = (
    "meeting:write:meeting:admin meeting:update:meeting:admin meeting:delete:meeting:admin "
    "meeting:read:list_meetings:admin meeting:read:list_past_instances:admin "
    "report:read:list_meeting_participants:admin meeting:write:registrant:admin "
    "meeting:delete:registrant:admin meeting:read:list_registrants:admin"
)


@dataclass
class Trouble:
    """What happens instead of the right answer, once. `is_done`: the request is carried out all the
    same; `is_lost`: the line is cut without an answer.
    """

    method: str
    path: str
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b"{}"
    is_done: bool = False
    is_lost: bool = False


@dataclass
class Programs:
    base: str = ""
    secret: str = SECRET
    scopes: str = ZOOM_SCOPES
    lasts: int = 3600
    page: int = 300
    may: bool = True
    meetings: dict[str, dict[str, Any]] = field(default_factory=dict)
    registrants: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    people: list[dict[str, Any]] = field(default_factory=list)
    sittings: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    given: int = 0

    def reset(self) -> None:
        fresh = Programs(base=self.base, given=self.given)
        self.__dict__.update(fresh.__dict__)

    @property
    def zoom(self) -> str:
        return f"{self.base}/zoom/v2"

    @property
    def graph(self) -> str:
        return f"{self.base}/graph/v1.0"

    def times(self, method: str, path: str) -> int:
        return sum(
            one == method and re.search(path, where) is not None for one, where in self.asked
        )

    def trouble(self, method: str, path: str, **more: Any) -> None:
        self.troubles.append(Trouble(method, path, **more))


Said = tuple[int, dict[str, Any]]
NO_TOKEN: Said = (401, {"code": 124, "message": "Invalid access token."})


def _token(programs: Programs, is_good: bool, refusal: dict[str, Any]) -> Said:
    if not is_good:
        return 400, refusal
    programs.given += 1
    token = f"token-{programs.given}"
    programs.tokens.add(token)
    return 200, {
        "access_token": token,
        "expires_in": programs.lasts,
        "scope": programs.scopes,
        "token_type": "bearer",
    }


def _zoom(programs: Programs, method: str, path: str, query: dict[str, str], body: Any) -> Said:
    if not programs.may:
        said = "Invalid access token, does not contain scopes:[meeting:write:meeting:admin]."
        return 400, {"code": 4711, "message": said}
    if found := re.fullmatch(r"/users/([^/]+)/meetings", path):
        if unquote(found[1]) != HOST:
            return 404, {"code": 1001, "message": f"User does not exist: {found[1]}."}
        if method == "POST":
            number = str(90000000000 + len(programs.meetings))
            programs.meetings[number] = {
                **body,
                "id": int(number),
                "join_url": f"https://us02web.zoom.us/j/{number}?pwd=abc",
            }
            return 201, programs.meetings[number]
        return _paged(programs, "meetings", list(programs.meetings.values()), query)
    if found := re.fullmatch(r"/meetings/(\d+)", path):
        if found[1] not in programs.meetings:
            return 404, {"code": 3001, "message": "Meeting does not exist."}
        if method == "PATCH":
            programs.meetings[found[1]].update(body)
        else:
            del programs.meetings[found[1]]
        return 204, {}
    if found := re.fullmatch(r"/meetings/(\d+)/registrants(?:/(\S+))?", path):
        return _registrants(programs, method, (found[1], found[2] or ""), query, body)
    if re.fullmatch(r"/past_meetings/(\d+)/instances", path):
        return 200, {"meetings": programs.sittings}
    if found := re.fullmatch(r"/report/meetings/([^/]+)/participants", path):
        uuid = unquote(unquote(found[1]))
        rows = [one for one in programs.people if one.get("uuid", uuid) == uuid]
        return _paged(programs, "participants", rows, query)
    return 404, {"code": 300, "message": "not here"}


def _registrants(
    programs: Programs, method: str, path: tuple[str, str], query: dict[str, str], body: Any
) -> Said:
    """The same address twice is one registrant; none without registration in the settings."""
    number, ref = path
    settings = programs.meetings.get(number, {}).get("settings", {})
    if number not in programs.meetings or settings.get("approval_type") != 0:
        return 404, {"code": 3001, "message": "Meeting does not exist or takes no registration."}
    rows = programs.registrants.setdefault(number, [])
    if method == "GET":
        return _paged(programs, "registrants", rows, query)
    if method == "DELETE":
        rows[:] = [row for row in rows if row["id"] != ref]
        return 204, {}
    if not body["email"].endswith("@example.org"):
        return 400, {"code": 300, "message": "Validation Failed."}
    known = next((row for row in rows if row["email"] == body["email"]), None)
    if known is None:
        programs.given += 1
        ref = f"persona-{programs.given}"
        url = f"https://us02web.zoom.us/w/{number}?tk={ref}"
        known = {**body, "id": ref, "join_url": url}
        rows.append(known)
    return 201, {"registrant_id": known["id"], "join_url": known["join_url"]}


def _paged(programs: Programs, name: str, rows: list[Any], query: dict[str, str]) -> Said:
    start = int(query.get("next_page_token", "0"))
    ends = start + programs.page
    return 200, {name: rows[start:ends], "next_page_token": str(ends) if ends < len(rows) else ""}


def _graph(programs: Programs, method: str, path: str, query: dict[str, str], body: Any) -> Said:
    found = re.fullmatch(r"/users/([^/]+)/onlineMeetings(/.*)?", path)
    if not programs.may:
        return 403, {"error": {"code": "Forbidden", "message": "No application access policy"}}
    if found is None or unquote(found[1]) != HOST:
        return 404, {"error": {"code": "ResourceNotFound", "message": "no such user"}}
    rest = unquote(found[2] or "")
    if method == "GET" and not rest:
        return 404, {"error": {"code": "NotFound", "message": "no such meeting"}}
    if rest == "/createOrGet":
        number = f"MSo{body['externalId']}"
        known = number in programs.meetings
        programs.meetings.setdefault(
            number,
            {
                **body,
                "id": number,
                "joinWebUrl": f"https://teams.microsoft.com/l/meetup-join/{number}",
            },
        )
        return (200 if known else 201), programs.meetings[number]
    number, _slash, below = rest.removeprefix("/").partition("/")
    if number not in programs.meetings:
        return 404, {"error": {"code": "NotFound", "message": "no such meeting"}}
    if method == "PATCH":
        programs.meetings[number].update(body)
        return 200, programs.meetings[number]
    if method == "DELETE":
        del programs.meetings[number]
        return 204, {}
    rows = programs.sittings if below == "attendanceReports" else programs.people
    start = int(query.get("$skip", "0"))
    ends = start + programs.page
    onward = {"@odata.nextLink": f"{programs.graph}{path}?$skip={ends}"} if ends < len(rows) else {}
    return 200, {"value": rows[start:ends], **onward}


def _answer(programs: Programs, method: str, url: str, headers: Any, content: bytes) -> Said:
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if parts.path == "/zoom/oauth/token":
        form = {name: values[0] for name, values in parse_qs(content.decode()).items()}
        keys = base64.b64encode(f"{CLIENT}:{programs.secret}".encode()).decode()
        is_good = headers.get("Authorization") == f"Basic {keys}"
        is_good = is_good and form.get("account_id") == ACCOUNT
        return _token(programs, is_good, {"reason": "Invalid client_id or client_secret"})
    if parts.path.startswith("/login/"):
        form = {name: values[0] for name, values in parse_qs(content.decode()).items()}
        if not parts.path.startswith(f"/login/{TENANT}/"):
            return 400, {"error_description": "AADSTS90002: Tenant not found."}
        is_good = (form.get("client_id"), form.get("client_secret")) == (CLIENT, programs.secret)
        return _token(programs, is_good, {"error_description": "AADSTS7000215: Invalid secret."})
    if headers.get("Authorization", "").removeprefix("Bearer ") not in programs.tokens:
        return NO_TOKEN
    body = json.loads(content) if content else None
    if parts.path.startswith("/zoom/v2"):
        return _zoom(programs, method, parts.path.removeprefix("/zoom/v2"), query, body)
    return _graph(programs, method, parts.path.removeprefix("/graph/v1.0"), query, body)


def _handler(programs: Programs) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            method, path = self.command, self.path
            programs.asked.append((method, path))
            trouble = next(
                (t for t in programs.troubles if t.method == method and re.search(t.path, path)),
                None,
            )
            if trouble is not None:
                programs.troubles.remove(trouble)
                if trouble.is_done:
                    _answer(programs, method, path, self.headers, content)
                if trouble.is_lost:
                    self.close_connection = True
                    return
                self._send(trouble.status, trouble.content, trouble.headers)
                return
            status, said = _answer(programs, method, path, self.headers, content)
            self._send(status, json.dumps(said).encode() if said else b"", {})

        def _send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def __getattr__(self, name: str) -> Any:
            if name.startswith("do_"):
                return self._serve
            raise AttributeError(name)

        def log_message(self, *_args: Any) -> None:
            """Says nothing."""

    return Handler


@contextmanager
def serving() -> Iterator[Programs]:
    programs = Programs()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(programs))
    programs.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield programs
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
