"""Zoom, by an application of the kind Server-to-Server OAuth.

Sources: Zoom's reference of the interface (Meetings, Reports) and its page on Server-to-Server
OAuth. Zoom has no key that makes creating repeatable, so the order's key stands in the agenda,
where it is looked for.
"""

import base64
import re
from collections.abc import Iterator
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
    NO_LICENCE,
    NO_PERMISSION,
    NO_REPORT_YET,
    TOLD_NO,
    UNREADABLE,
    WRONG_HOST,
    WRONG_KEYS,
    AddressRefused,
    MeetingFailed,
    MeetingKeys,
    MeetingMade,
    MeetingMissing,
    MeetingOrder,
    OwnLink,
    Registrant,
    Stayed,
)

SCHEDULED = 2
NEAR = timedelta(hours=12)
INVALID, FORBIDDEN, MISSING = 400, 403, 404
NO_SUCH_USER, NO_SUCH_MEETING, NO_SCOPE = 1001, 3001, 4711
NEEDED = (
    ("meeting:write:meeting:admin", "meeting:write:admin"),
    ("meeting:update:meeting:admin", "meeting:write:admin"),
    ("meeting:delete:meeting:admin", "meeting:write:admin"),
    ("meeting:read:list_meetings:admin", "meeting:read:admin"),
    ("meeting:read:list_past_instances:admin", "meeting:read:admin"),
    ("report:read:list_meeting_participants:admin", "report:read:admin"),
)
"""Each permission by its name of today and by that of older applications."""
NEEDED_FOR_OWN_LINKS = (
    ("meeting:write:registrant:admin", "meeting:write:admin"),
    ("meeting:delete:registrant:admin", "meeting:write:admin"),
    ("meeting:read:list_registrants:admin", "meeting:read:admin"),
)
AUTOMATICALLY, ONCE = 0, 1
"""Zoom's numbers: who registers is let in, and for all sittings of the meeting."""
OWN_LINKS = {
    "approval_type": AUTOMATICALLY,
    "registration_type": ONCE,
    "registrants_confirmation_email": False,
    "registrants_email_notification": False,
}
SCOPE = re.compile(r"[a-z_]+(?::[a-z_]+)+")


class Zoom:
    """`api` and `door` are the addresses of the interface and of its tokens."""

    def __init__(
        self, keys: MeetingKeys, *, api: str, door: str, tokens: Tokens, line: Reach
    ) -> None:
        self._keys, self._door, self._line = keys, door, line
        self._api = Interface(api, keys, tokens=tokens, renew=self._renew, line=line)

    def check(self) -> None:
        granted = set(SCOPE.findall(self._api.token().scopes))
        needed = (*NEEDED, *NEEDED_FOR_OWN_LINKS) if self._keys.has_own_links else NEEDED
        lacking = [new for new, old in needed if granted and not {new, old} & granted]
        if lacking:
            raise MeetingFailed(NO_PERMISSION, scopes=", ".join(lacking))
        self._ask("GET", f"/users/{self._host}/meetings?type=upcoming&page_size=1")

    def create(self, order: MeetingOrder, *, may_exist: bool) -> MeetingMade:
        made = self._found(order) if may_exist else None
        if made is not None:
            return made
        settings = {"join_before_host": True, **(OWN_LINKS if self._keys.has_own_links else {})}
        body = {**_body(order), "type": SCHEDULED, "settings": settings}
        found = self._ask("POST", f"/users/{self._host}/meetings", body, may_repeat=False)
        return self._made(found)

    def move(self, external_id: str, order: MeetingOrder) -> None:
        self._ask("PATCH", f"/meetings/{quote(external_id, safe='')}", _body(order))

    def cancel(self, external_id: str) -> None:
        try:
            self._ask("DELETE", f"/meetings/{quote(external_id, safe='')}")
        except MeetingMissing:
            return

    def report(self, external_id: str, order: MeetingOrder) -> tuple[Stayed, ...]:
        """Returns who was there, from every sitting near the hour.

        A host whose connection broke holds the same meeting twice, so there may be several.
        """
        sittings = self._ask("GET", f"/past_meetings/{quote(external_id, safe='')}/instances")
        near = [
            text_in(one, "uuid")
            for one in rows_in(sittings, "meetings")
            if (at := instant_in(one, "start_time")) is not None
            and order.starts_at - NEAR <= at <= order.ends_at + NEAR
        ]
        if not near:
            raise MeetingFailed(NO_REPORT_YET, is_passing=True)
        return tuple(stayed for uuid in near for stayed in self._sitting(uuid))

    def own_links(self, external_id: str) -> tuple[OwnLink, ...]:
        path = f"/meetings/{quote(external_id, safe='')}/registrants"
        query = {"status": "approved", "page_size": "300"}
        return tuple(
            OwnLink(text_in(row, "email"), text_in(row, "id"), address_in(row, "join_url"))
            for row in self._rows(path, "registrants", query)
        )

    def admit(self, external_id: str, registrant: Registrant) -> OwnLink:
        first, _space, rest = registrant.name.partition(" ")
        body = {"email": registrant.email, "first_name": first[:64], "last_name": rest[:64] or "-"}
        path = f"/meetings/{quote(external_id, safe='')}/registrants"
        try:
            found = self._ask("POST", path, body)
        except MeetingFailed as failed:
            if failed.sentence.params.get("status") == str(INVALID):
                raise AddressRefused(TOLD_NO, status=str(INVALID)) from None
            raise
        return OwnLink(
            registrant.email, text_in(found, "registrant_id"), address_in(found, "join_url")
        )

    def dismiss(self, external_id: str, ref: str) -> None:
        meeting = quote(external_id, safe="")
        try:
            self._ask("DELETE", f"/meetings/{meeting}/registrants/{quote(ref, safe='')}")
        except MeetingMissing:
            return

    def _sitting(self, uuid: str) -> list[Stayed]:
        # Zoom wants a number that holds a slash to be written for addresses twice.
        path = f"/report/meetings/{quote(quote(uuid, safe=''), safe='')}/participants"
        query = {"page_size": "300", "include_fields": "registrant_id"}
        return list(filter(None, map(_stayed, self._rows(path, "participants", query))))

    def _rows(self, path: str, name: str, query: dict[str, str]) -> Iterator[dict[str, Any]]:
        """Yields the rows of all pages of an answer."""
        page = ""
        for _ in range(MOST_PAGES):
            asked = query | ({"next_page_token": page} if page else {})
            answer = self._ask("GET", f"{path}?{urlencode(asked)}")
            yield from rows_in(answer, name)
            page = str(answer.get("next_page_token") or "")
            if not page:
                return
        raise MeetingFailed(UNREADABLE, is_passing=True)

    def _found(self, order: MeetingOrder) -> MeetingMade | None:
        query = {"type": "scheduled", "page_size": "300"}
        for row in self._rows(f"/users/{self._host}/meetings", "meetings", query):
            if _mark(order.key) in str(row.get("agenda", "")):
                return self._made(row)
        return None

    def _made(self, found: dict[str, Any]) -> MeetingMade:
        has_own_links = self._keys.has_own_links
        return MeetingMade(text_in(found, "id"), address_in(found, "join_url"), has_own_links)

    @property
    def _host(self) -> str:
        return quote(self._keys.host, safe="@")

    def _ask(
        self, method: str, path: str, body: object = None, *, may_repeat: bool = True
    ) -> dict[str, Any]:
        status, found = self._api.ask(method, path, body, may_repeat=may_repeat)
        if status < REFUSED:
            return found
        code, said = found.get("code"), str(found.get("message", ""))
        if code == NO_SCOPE:
            named = ", ".join(dict.fromkeys(SCOPE.findall(said))) or "meeting, report"
            raise MeetingFailed(NO_PERMISSION, scopes=named)
        if status == UNAUTHORIZED:
            raise MeetingFailed(WRONG_KEYS)
        if code == NO_SUCH_USER:
            raise MeetingFailed(WRONG_HOST)
        if status == MISSING or code == NO_SUCH_MEETING:
            raise MeetingMissing(NO_REPORT_YET, is_passing=True)
        if status == FORBIDDEN:
            raise MeetingFailed(NO_LICENCE)
        raise MeetingFailed(TOLD_NO, status=str(status))

    def _renew(self) -> Token:
        keys = f"{self._keys.client_id}:{self._keys.secret}"
        headers = {"Authorization": "Basic " + base64.b64encode(keys.encode()).decode("ascii")}
        form = {"grant_type": "account_credentials", "account_id": self._keys.account}
        answered = token_of(self._door, urlencode(form).encode(), headers, self._line)
        if answered.status != OK or "access_token" not in json_of(answered):
            raise MeetingFailed(WRONG_KEYS)
        return token_in(answered)


def _mark(key: str) -> str:
    return f"convoca:{key}"


def _body(order: MeetingOrder) -> dict[str, Any]:
    minutes = -(-(order.ends_at - order.starts_at) // timedelta(minutes=1))
    return {
        "topic": order.topic,
        "start_time": f"{order.starts_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "duration": minutes,
        "timezone": order.timezone,
        "agenda": _mark(order.key),
    }


def _stayed(row: dict[str, Any]) -> Stayed | None:
    """Returns when somebody was there; None for a waiting room and for a row without times."""
    joined, left = instant_in(row, "join_time"), instant_in(row, "leave_time")
    if joined is None or left is None or row.get("status") == "in_waiting_room":
        return None
    return _as_stayed(row, joined, left)


def _as_stayed(row: dict[str, Any], joined: datetime, left: datetime) -> Stayed:
    name, email, ref = (str(row.get(key) or "") for key in ("name", "user_email", "registrant_id"))
    return Stayed(name, email, joined, left, ref)
