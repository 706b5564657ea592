"""The hidden token of every form: whose page the form stands on, which page that is, and a number
used once.

It is signed, not secret. With it a form that arrives after its session ended can be kept for its
owner and for nobody else, and a form that was sent twice can be told from two forms.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from flask import Flask, g, request
from itsdangerous import BadData
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from app.infra import clock
from app.infra.database import transaction
from app.infra.once import once
from app.infra.platform import platform
from app.web.guards import READING, current_actor

FIELD = "form_token"
SALT = "form-token"
CSRF_FIELD = "csrf_token"
KEPT = "kept"
"""Names the kept form: in the address of the page that shows it again, and as a hidden field of
that form.
"""
NEVER_IN_ADDRESSES = (KEPT, "lang")
LASTS_SECONDS = 7 * 24 * 3600
LONGEST_ADDRESS = 500


@dataclass(frozen=True)
class FormToken:
    """`account_id` is 0 on a page read without an account; `page` is a path with its query."""

    account_id: int
    page: str
    number: str


def init_form_token(app: Flask) -> None:
    app.jinja_env.globals.update(form_token=form_token)


def form_token() -> str:
    """Returns the token for the forms of the page that is being written; the same one for all of
    them.
    """
    if "form_token" not in g:
        g.form_token = (
            platform()
            .keys.timed_serializer(SALT)
            .dumps([current_actor().account_id, page_of_form(), secrets.token_urlsafe(12)])
        )
    token: str = g.form_token
    return token


def sent_token() -> FormToken | None:
    """Returns the token that came with the form of this request; None without one that we
    signed.
    """
    try:
        account_id, page, number = (
            platform()
            .keys.timed_serializer(SALT)
            .loads(request.form.get(FIELD, ""), max_age=LASTS_SECONDS)
        )
    except (BadData, HTTPException):  # the latter: a body that is too large or cannot be read
        return None
    return FormToken(account_id, page, number)


def press_key() -> str:
    """Returns one and the same key for a form that is sent twice just as it is; "" for a form
    without a token.

    What was typed is part of the key: whoever goes back, writes something else and sends again
    means another thing.
    """
    token = sent_token()
    if token is None:
        return ""
    typed = sorted(
        (name, value) for name, value in request.form.items(multi=True) if name != CSRF_FIELD
    )
    files = sorted((name, file.filename or "") for name, file in request.files.items(multi=True))
    return hashlib.sha256(
        repr((request.path, token.number, typed, files)).encode("utf-8", "replace")
    ).hexdigest()


def press_once(act: Callable[[Session, datetime], object]) -> str:
    """Calls `act(db, now)` in a transaction of its own, once for a form that is sent twice.

    Returns the id of what it made, now or at the first press.
    """
    now = clock.now()
    with transaction() as db:
        return once(db, press_key(), lambda: act(db, now), now=now)


def with_query(address: str, name: str, value: str) -> str:
    """Returns the path with one more member of its query."""
    parts = urlsplit(address)
    return f"{parts.path}?{urlencode([*parse_qsl(parts.query, keep_blank_values=True), (name, value)])}"


def page_of_form() -> str:
    """Returns where the form can be read again: a page that answers another form stands where that
    form stood.
    """
    if request.method in READING and not request.headers.get("HX-Request"):
        return asked_address()
    token = None if request.method in READING else sent_token()
    if token is not None:
        return token.page
    told = request.headers.get("HX-Current-URL") or request.headers.get("Referer")
    try:
        shown = urlsplit(told or quote(request.path))
    except ValueError:  # what no browser sends, such as an open bracket
        shown = urlsplit(quote(request.path))
    return _address(quote(shown.path, safe="/%"), shown.query)


def asked_address() -> str:
    """Returns the address of this request, to be asked again."""
    return _address(quote(request.path), request.query_string.decode("ascii", "replace"))


def _address(path: str, query: str) -> str:
    """Returns the address with one leading slash and no backslash: with two, a browser would read
    the name of another site.
    """
    own = "/" + path.lstrip("/")
    kept = [(name, value) for name, value in parse_qsl(query) if name not in NEVER_IN_ADDRESSES]
    address = f"{own}?{urlencode(kept)}" if kept else own
    return address if len(address) <= LONGEST_ADDRESS else own[:LONGEST_ADDRESS]
