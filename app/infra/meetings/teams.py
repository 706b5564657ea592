"""Microsoft Teams, through Microsoft Graph with an application's own permissions.

Sources: Microsoft's reference of onlineMeeting (createOrGet, update, delete), attendanceReports and
attendanceRecords. `createOrGet` takes the order's key, so asking twice makes one meeting.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from app.infra.meetings.calling import (
    MOST_PAGES,
    OK,
    REFUSED,
    UNAUTHORIZED,
    Interface,
    Reach,
    Token,
    Tokens,
    address_in,
    instant_in,
    json_of,
    rows_in,
    text_in,
    token_in,
    token_of,
)
from app.infra.meetings.port import (
    NO_OWN_LINKS,
    NO_PERMISSION,
    NO_REPORT_YET,
    TOLD_NO,
    UNREADABLE,
    WRONG_ACCOUNT,
    WRONG_HOST,
    WRONG_KEYS,
    MeetingFailed,
    MeetingKeys,
    MeetingMade,
    MeetingMissing,
    MeetingOrder,
    OwnLink,
    Registrant,
    Stayed,
)

NEAR = timedelta(hours=12)
FORBIDDEN, MISSING = 403, 404
NEEDED = "OnlineMeetings.ReadWrite.All, OnlineMeetingArtifact.Read.All"
NO_TENANT = ("AADSTS90002", "AADSTS900023")
NOWHERE = "https://teams.microsoft.com/l/meetup-join/convoca"
"""A link that no meeting has: asking for it shows whether asking is allowed."""


class Teams:
    """`graph` and `login` are the addresses of the interface and of its tokens."""

    def __init__(
        self, keys: MeetingKeys, *, graph: str, login: str, tokens: Tokens, line: Reach
    ) -> None:
        self._keys, self._login, self._line = keys, login.rstrip("/"), line
        self._scope = graph.rstrip("/").removesuffix("/v1.0") + "/.default"
        self._graph = Interface(graph, keys, tokens=tokens, renew=self._renew, line=line)

    def check(self) -> None:
        query = urlencode({"$filter": f"JoinWebUrl eq '{NOWHERE}'"}, quote_via=quote)
        status, found = self._graph.ask("GET", f"{self._meetings}?{query}")
        if status == MISSING and _code(found) not in ("ResourceNotFound", "UserNotFound"):
            return  # no such meeting, as expected
        self._require(status, found)

    def create(self, order: MeetingOrder, *, may_exist: bool) -> MeetingMade:
        found = self._ask(
            "POST", f"{self._meetings}/createOrGet", {**_body(order), "externalId": order.key}
        )
        return MeetingMade(text_in(found, "id"), address_in(found, "joinWebUrl"))

    def move(self, external_id: str, order: MeetingOrder) -> None:
        self._ask("PATCH", self._meeting(external_id), _body(order))

    def cancel(self, external_id: str) -> None:
        try:
            self._ask("DELETE", self._meeting(external_id))
        except MeetingMissing:
            return

    def report(self, external_id: str, order: MeetingOrder) -> tuple[Stayed, ...]:
        path = f"{self._meeting(external_id)}/attendanceReports"
        near = [
            text_in(one, "id")
            for one in self._pages(path)
            if (at := instant_in(one, "meetingStartDateTime")) is not None
            and order.starts_at - NEAR <= at <= order.ends_at + NEAR
        ]
        if not near:
            raise MeetingFailed(NO_REPORT_YET, is_passing=True)
        return tuple(
            stayed
            for report in near
            for row in self._pages(f"{path}/{quote(report, safe='')}/attendanceRecords")
            for stayed in _stays(row)
        )

    def own_links(self, external_id: str) -> tuple[OwnLink, ...]:
        """Raises MeetingFailed: Graph gives everybody of a meeting the one link."""
        raise MeetingFailed(NO_OWN_LINKS)

    def admit(self, external_id: str, registrant: Registrant) -> OwnLink:
        raise MeetingFailed(NO_OWN_LINKS)

    def dismiss(self, external_id: str, ref: str) -> None:
        raise MeetingFailed(NO_OWN_LINKS)

    def _pages(self, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for _ in range(MOST_PAGES):
            answer = self._ask("GET", path)
            found.extend(rows_in(answer, "value"))
            onward = str(answer.get("@odata.nextLink") or "")
            if not onward:
                return found
            if not onward.startswith(self._graph.base + "/"):
                break  # the token goes to no other address
            path = onward.removeprefix(self._graph.base)
        raise MeetingFailed(UNREADABLE, is_passing=True)

    @property
    def _meetings(self) -> str:
        return f"/users/{quote(self._keys.host, safe='@')}/onlineMeetings"

    def _meeting(self, external_id: str) -> str:
        return f"{self._meetings}/{quote(external_id, safe='')}"

    def _ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        status, found = self._graph.ask(method, path, body)
        self._require(status, found)
        return found

    def _require(self, status: int, found: dict[str, Any]) -> None:
        if status < REFUSED:
            return
        if status == UNAUTHORIZED:
            raise MeetingFailed(WRONG_KEYS)
        if status == FORBIDDEN:
            raise MeetingFailed(NO_PERMISSION, scopes=NEEDED)
        if status == MISSING and _code(found) in ("ResourceNotFound", "UserNotFound"):
            raise MeetingFailed(WRONG_HOST)
        if status == MISSING:
            raise MeetingMissing(NO_REPORT_YET, is_passing=True)
        raise MeetingFailed(TOLD_NO, status=str(status))

    def _renew(self) -> Token:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._keys.client_id,
            "client_secret": self._keys.secret,
            "scope": self._scope,
        }
        url = f"{self._login}/{quote(self._keys.account, safe='')}/oauth2/v2.0/token"
        answered = token_of(url, urlencode(form).encode(), {}, self._line)
        found = json_of(answered)
        said = str(found.get("error_description", ""))
        if said.startswith(NO_TENANT):
            raise MeetingFailed(WRONG_ACCOUNT)
        if answered.status != OK or "access_token" not in found:
            raise MeetingFailed(WRONG_KEYS)
        return token_in(answered)


def _body(order: MeetingOrder) -> dict[str, Any]:
    return {
        "subject": order.topic,
        "startDateTime": _written(order.starts_at),
        "endDateTime": _written(order.ends_at),
    }


def _written(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _code(found: dict[str, Any]) -> str:
    error = found.get("error")
    return str(error.get("code", "")) if isinstance(error, dict) else ""


def _stays(row: dict[str, Any]) -> list[Stayed]:
    identity = row.get("identity")
    name = str(identity.get("displayName") or "") if isinstance(identity, dict) else ""
    email = str(row.get("emailAddress") or "")
    found = []
    for one in rows_in(row, "attendanceIntervals"):
        joined, left = instant_in(one, "joinDateTime"), instant_in(one, "leaveDateTime")
        if joined is not None and left is not None:
            found.append(Stayed(name, email, joined, left))
    return found
