"""Undo: for a minute after an act that frightens, the message about it carries a button.

The button is a form with a signed token that says what was done, for whom and when; it works
without scripts. Undoing is a service call like any other, under the same rules. Letters about the
act wait a little longer than the minute (journal.let_wait), so that an act undone was never told.
"""

from datetime import datetime, timedelta
from typing import Any

from flask import flash, request
from itsdangerous import BadData, SignatureExpired
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.platform import platform
from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_
from app.web.guards import current_actor

FIELD = "undo"
LASTS_SECONDS = 60
LETTERS_WAIT = timedelta(seconds=75)


class MinuteIsOver(Refusal):
    kind = Kind.GONE
    rule = "minute-is-over"
    msgid = N_("A minute has passed, so this can no longer be undone here. Change it by hand.")


def let_letters_wait(db: Session, now: datetime) -> None:
    """Holds back the letters of an act for the minute. Called in the transaction of an act that
    `flash_undoable` is said about.
    """
    journal.let_wait(db, until=now + LETTERS_WAIT)


def flash_undoable(words: str, url: str, *what: Any) -> None:
    """Says what was done, with a button that posts to `url` for a minute. `what`: JSON values that
    `undone` gives back there.
    """
    flash({"words": words, "url": url, "token": undo_token(url, *what)}, "success")  # type: ignore[arg-type]


def undo_token(url: str, *what: Any) -> str:
    return platform().keys.timed_serializer(FIELD).dumps([current_actor().account_id, url, *what])


def undone() -> list[Any]:
    """Returns what was done, as it was told to `flash_undoable`. Raises MinuteIsOver after the
    minute, and for what is not the actor's or not of this address.
    """
    try:
        account_id, url, *what = (
            platform()
            .keys.timed_serializer(FIELD)
            .loads(request.form.get(FIELD, ""), max_age=LASTS_SECONDS)
        )
    except (SignatureExpired, BadData):
        raise MinuteIsOver from None
    if account_id != current_actor().account_id or url != request.path:
        raise MinuteIsOver
    return list(what)
