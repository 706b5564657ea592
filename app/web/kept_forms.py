"""Nothing typed is lost: a form that cannot be accepted now is kept for its owner and shown again,
filled.

The `Shelf` stores it. It is bound to the account whose page the form
stood on, it is never sent by itself, and passwords and files are not kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from flask import Flask, Response, current_app, g, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from app.kernel.text import storable
from app.web.form_token import CSRF_FIELD, FIELD, KEPT, sent_token, with_query
from app.web.guards import READING, current_actor
from app.web.refilling import refill
from app.web.site import site

SECRET_WORDS = ("password", "secret")
MOST_CHARACTERS = 200_000
BEFORE_NOTICE = '<div id="messages" role="status">'
REDIRECTS = range(300, 400)


@dataclass(frozen=True)
class TypedForm:
    """`page` shows the form and `action` takes it; `typed` holds its fields in the order in which
    they were sent.
    """

    account_id: int
    page: str
    action: str
    typed: Sequence[tuple[str, str]]
    had_files: bool


class Shelf(Protocol):
    """Where kept forms lie. Each opens its own transaction."""

    def put(self, form: TypedForm) -> str: ...

    def take(self, key: str, account_id: int) -> TypedForm | None: ...

    def drop(self, key: str, account_id: int) -> None: ...


def init_kept_forms(app: Flask) -> None:
    app.after_request(_finish)


def keep_form() -> str:
    """Keeps the form of this request; returns the address that shows it again, "" when there is
    nothing to keep.
    """
    if request.method in READING or request.headers.get("HX-Request") or request.endpoint is None:
        return ""
    view = current_app.view_functions[request.endpoint]
    if most_bytes := getattr(view, "most_bytes", None):
        request.max_content_length = most_bytes
    token = sent_token()
    if token is None or not token.account_id:
        return ""
    try:
        typed = [pair for pair in request.form.items(multi=True) if _may_be_kept(*pair)]
        had_files = any(file.filename for file in request.files.values())
    except HTTPException:  # too large, or not a form at all
        return ""
    if (
        not any(value.strip() for _, value in typed)
        or sum(len(a) + len(b) for a, b in typed) > MOST_CHARACTERS
    ):
        return ""
    key = _shelf().put(TypedForm(token.account_id, token.page, request.path, typed, had_files))
    return with_query(token.page, KEPT, key)


def owner_is_another() -> bool:
    """True when the form of this request stood on a page of another account than the one signed in
    now.
    """
    token, actor = sent_token(), current_actor()
    return (
        token is not None
        and token.account_id != 0
        and actor.signed_in
        and token.account_id != actor.account_id
    )


def kept_form() -> TypedForm | None:
    """Returns the form that this page is asked to show again; None for anybody but its owner."""
    if "kept_form" not in g:
        key, actor = request.args.get(KEPT, ""), current_actor()
        is_asked = bool(key) and request.method == "GET" and actor.signed_in
        g.kept_form = _shelf().take(key, actor.account_id) if is_asked else None
    form: TypedForm | None = g.kept_form
    return form


def kept_fields() -> MultiDict[str, str] | None:
    """Returns the fields as a view reads them from a request, for pages whose controls depend on
    what was typed.
    """
    form = kept_form()
    return MultiDict(form.typed) if form is not None else None


def _may_be_kept(name: str, value: str) -> bool:
    is_secret = any(word in name.casefold() for word in SECRET_WORDS)
    return (
        name not in (FIELD, CSRF_FIELD, KEPT)
        and not is_secret
        and storable(name)
        and storable(value)
    )


def _shelf() -> Shelf:
    return site().kept_forms


def _finish(response: Response) -> Response:
    if request.endpoint == "static" or request.path.startswith("/api/"):
        return response
    if request.method == "GET" and KEPT in request.args:
        return _refilled(response)
    if request.method not in READING and response.status_code in REDIRECTS:
        key, actor = request.form.get(KEPT, ""), current_actor()
        if key and actor.signed_in:
            _shelf().drop(key, actor.account_id)
    return response


def _refilled(response: Response) -> Response:
    """Fills the page that was asked for. Where it has no such form any more, it lists what was
    typed.
    """
    if (
        response.mimetype != "text/html"
        or response.is_streamed
        or response.status_code in REDIRECTS
    ):
        return response
    form = kept_form()
    if form is None:
        return response
    key = request.args[KEPT]
    filled = refill(
        response.get_data(as_text=True),
        page=request.path,
        action=form.action,
        typed=form.typed,
        extra=[(KEPT, key)],
    )
    notice = render_template("components/kept_form.html", form=form, filled=filled)
    response.set_data(filled.html.replace(BEFORE_NOTICE, BEFORE_NOTICE + notice, 1))
    return response
