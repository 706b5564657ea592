"""Browsers in which somebody has signed in before, by a signed cookie. It opens nothing: it only
gives its owner tries to sign in that nobody else can use up.
"""

import secrets
from collections.abc import Mapping
from typing import Any

from flask import after_this_request, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from app.people.identity.queries import digest
from app.people.identity.rules import DEVICE_KNOWN_FOR, normal_email

COOKIE = "known-device"
SALT = "known-device"
MOST_ACCOUNTS = 5
"""On a computer that several people share; the one who signed in longest ago is forgotten first."""


def account_mark(email: str) -> str:
    """Returns what stands for an account in cookies and counters: its address as a digest."""
    return digest(normal_email(email))[:32]


def device_of(account: str) -> str:
    """Returns the mark of this browser when the account's owner has signed in with it; ""
    otherwise.
    """
    return _known().get(account, "")


def know_device(account: str) -> None:
    """Remembers with this answer that the owner of the account signed in with this browser."""
    known = {**_known(), account: device_of(account) or secrets.token_urlsafe(12)}
    latest = dict(
        [*((one, mark) for one, mark in known.items() if one != account), (account, known[account])]
    )
    value = _signer().dumps(dict(list(latest.items())[-MOST_ACCOUNTS:]))

    @after_this_request
    def _keep(response: Response) -> Response:
        response.set_cookie(
            _name(),
            value,
            max_age=DEVICE_KNOWN_FOR,
            httponly=True,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
        return response


def _known() -> Mapping[str, str]:
    try:
        found: Any = _signer().loads(
            request.cookies.get(_name(), ""), max_age=int(DEVICE_KNOWN_FOR.total_seconds())
        )
    except BadData:
        return {}
    return (
        {str(account): str(mark) for account, mark in found.items()}
        if isinstance(found, dict)
        else {}
    )


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt=SALT)


def _name() -> str:
    return f"__Host-{COOKIE}" if current_app.config["SESSION_COOKIE_SECURE"] else COOKIE
