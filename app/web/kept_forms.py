"""Nothing typed is lost: a form that cannot be accepted now is kept for its owner and shown again,
filled.

The bases in `app/web/forms.py` read it on the page that is asked to show it. What no form of that
page takes is listed above the page. The `Shelf` stores it. It is bound to the account whose page the form
stood on, it is never sent by itself, and passwords and files are not kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from flask import Flask, Response, current_app, g, has_request_context, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from wtforms import FieldList, FormField
from wtforms.form import BaseForm

from app.kernel.text import storable
from app.web.form_token import CSRF_FIELD, FIELD, KEPT, sent_token, with_query
from app.web.guards import READING, current_actor
from app.web.site import site

SECRET_WORDS = ("password", "secret")
MOST_CHARACTERS = 200_000
MACHINE_MADE = ("_id", "_key", "_at", "action", "seen")
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

    def drop(self, key: str, account_id: int, *, action: str) -> None: ...


def init_kept_forms(app: Flask) -> None:
    app.jinja_env.globals.update(kept_key=kept_key, kept_notice=kept_notice)
    app.after_request(_drop_when_sent)


def keep_form() -> str:
    """Keeps the form of this request; returns the address that shows it again, "" when there is
    nothing to keep.
    """
    if request.method in READING or request.headers.get("HX-Request") or request.endpoint is None:
        return ""
    _let_through()
    token = sent_token()
    if token is None or not token.account_id:
        return ""
    try:
        typed = [pair for pair in request.form.items(multi=True) if _may_be_kept(*pair)]
        had_files = any(file.filename for file in request.files.values())
    except HTTPException:  # too large, or not a form at all
        return ""
    if not any(value.strip() for _, value in typed) or _length(typed) > MOST_CHARACTERS:
        return ""
    key = _shelf().put(TypedForm(token.account_id, token.page, request.path, typed, had_files))
    return with_query(token.page, KEPT, key)


@dataclass(frozen=True)
class SentFields:
    """`typed` by name as it came, tokens too; `files` by name how the files are called."""

    typed: Sequence[tuple[str, str]] = ()
    files: Sequence[tuple[str, str]] = ()


def fields_to_send_again() -> SentFields:
    """Returns the fields of this request, for the page that stands in where nothing can be kept and
    asks for the files once more; none where that page could not send all of them: with a password,
    or more than MOST_CHARACTERS.
    """
    if request.method in READING or request.endpoint is None:
        return SentFields()
    _let_through()
    try:
        typed = list(request.form.items(multi=True))
        files = [(name, file.filename or "") for name, file in request.files.items(multi=True)]
    except HTTPException:
        return SentFields()
    if any(_is_secret(name) for name, _ in typed) or _length(typed) > MOST_CHARACTERS:
        return SentFields()
    return SentFields(typed, [one for one in files if one[1]])


def _let_through() -> None:
    """Lets the body be as large as the view takes it, where what fails did so before that was said."""
    view = current_app.view_functions[request.endpoint or ""]
    if most_bytes := getattr(view, "most_bytes", None):
        request.max_content_length = most_bytes


def owner_is_another() -> bool:
    """Returns True when the form of this request stood on a page of another account than the one
    signed in now.
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
    if form is None:
        return None
    _shown().update(name for name, _ in form.typed)
    return MultiDict(form.typed)


def typed_fields(action: str = "") -> MultiDict[str, str]:
    """Returns what was sent, or on the page that shows a kept form again what had been typed: for
    forms written by hand. Empty without. With `action`, only what was meant for that address: for
    pages whose forms share names.
    """
    if action and not is_typed_for(action):
        return MultiDict()
    return kept_fields() or request.form


def is_typed_for(action: str) -> bool:
    """Returns True when what was sent, or had been typed, was meant for this address without a
    query.
    """
    form = kept_form()
    path = form.action if form is not None else request.path
    return action == request.script_root + path


def typed_for(form: BaseForm) -> MultiDict[str, str] | None:
    """Returns what was typed for the form to show it again; None unless at least half of what was
    sent, or half of the form's own fields, belong to the other.
    """
    kept = kept_form() if has_request_context() else None
    if kept is None:
        return None
    names = {name for name, _ in kept.typed}
    own = {name for name in names if _is_of(form, name)}
    if not own or 2 * len(own) < min(len(names), len(form._fields)):
        return None
    _shown().update(own)
    return MultiDict(kept.typed)


def kept_key() -> str:
    """Returns the key of the kept form that this page shows, or whose form was sent; "" without."""
    if request.method in READING:
        return request.args[KEPT] if kept_form() is not None else ""
    try:
        return request.form.get(KEPT, "")
    except HTTPException:  # a body that is too large, or not a form at all
        return ""


@dataclass(frozen=True)
class KeptNotice:
    """What stands above a page that shows a form again. `left`: texts that no form of it took."""

    is_filled: bool
    left: Sequence[str]
    had_files: bool


def kept_notice() -> KeptNotice | None:
    form = kept_form()
    if form is None:
        return None
    left = [
        value
        for name, value in form.typed
        if name not in _shown() and not name.endswith(MACHINE_MADE) and _is_text(value)
    ]
    return KeptNotice(bool(_shown()), left, form.had_files)


def _shown() -> set[str]:
    """Returns the names of what was typed that forms of this page show."""
    names: set[str] = g.setdefault("kept_names", set())
    return names


def _is_of(form: BaseForm, name: str) -> bool:
    return any(
        name.startswith(f"{field.name}-")
        if isinstance(field, FormField | FieldList)
        else name == field.name
        for field in form
    )


def _is_text(value: str) -> bool:
    """Returns False for what a person has not written: marks, numbers and keys."""
    return any(letter.isalpha() for letter in value) and len(value.strip()) > len("on")


def _may_be_kept(name: str, value: str) -> bool:
    return (
        name not in (FIELD, CSRF_FIELD, KEPT)
        and not _is_secret(name)
        and storable(name)
        and storable(value)
    )


def _is_secret(name: str) -> bool:
    return any(word in name.casefold() for word in SECRET_WORDS)


def _length(typed: Sequence[tuple[str, str]]) -> int:
    return sum(len(name) + len(value) for name, value in typed)


def _shelf() -> Shelf:
    return site().kept_forms


def _drop_when_sent(response: Response) -> Response:
    """Forgets a kept form once its owner has sent it and it was accepted."""
    is_accepted = request.method not in READING and response.status_code in REDIRECTS
    if is_accepted and (key := kept_key()) and current_actor().signed_in:
        _shelf().drop(key, current_actor().account_id, action=request.path)
    return response
