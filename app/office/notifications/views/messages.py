"""What could not be delivered, to whom and why, and what an organizer does about it."""

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.refusal import InvalidInput
from app.office.notifications.forms.listing import shown_of
from app.office.notifications.policy import may_see_messages
from app.office.notifications.queries.outbox import outbox_page, sending_of
from app.office.notifications.rules.outbox import UNSETTLED
from app.office.notifications.services import settling
from app.office.notifications.values import MessageFilter
from app.office.notifications.views import bp
from app.office.notifications.wording.messages import (
    SHOWN,
    STATES,
    given_up_reason,
    instant_text,
    reason_of,
)
from app.web.guards import current_actor, requires
from app.web.locale import reader_language, reader_timezone
from app.web.paging import page_asked

Answer = Response | tuple[str, int]
NOTHING: Mapping[str, str] = {}


@bp.get("/messages")
@requires(may_see_messages)
def messages() -> str:
    show = shown_of(request.args)
    with reading() as db:
        page = outbox_page(db, actor=current_actor(), show=show, number=page_asked())
    return render_template(
        "office/notifications/messages.html",
        page=page,
        show=show,
        shown=MessageFilter,
        words=SHOWN,
        reason_of=_reason,
        given_up=_given_up,
        unsettled=UNSETTLED,
        instant=_instant,
        address=lambda number: url_for("notifications.messages", show=show.value, page=number),
    )


@bp.get("/messages/<int:message_id>")
@requires(may_see_messages)
def message(message_id: int) -> str:
    return _page(message_id)


@bp.post("/messages/<int:message_id>/retry")
@requires(may_see_messages)
def retry_message(message_id: int) -> Answer:
    with transaction() as db:
        settling.try_again(db, actor=current_actor(), message_id=message_id, now=clock.now())
    flash(_("The message is being sent again."), "success")
    return redirect(url_for("notifications.messages"), 303)


@bp.post("/messages/retry")
@requires(may_see_messages)
def retry_messages() -> Response:
    with transaction() as db:
        tried = settling.try_all_again(db, actor=current_actor(), now=clock.now())
    flash(
        ngettext(
            "%(num)s message is being sent again.", "%(num)s messages are being sent again.", tried
        ),
        "success",
    )
    return redirect(url_for("notifications.messages"), 303)


@bp.post("/messages/<int:message_id>/address")
@requires(may_see_messages)
def correct_address(message_id: int) -> Answer:
    address = request.form.get("address", "")

    def act(db: Session) -> None:
        settling.correct_address(
            db, actor=current_actor(), message_id=message_id, address=address, now=clock.now()
        )

    return _settle(
        message_id, act, _("The address is corrected, and the message is being sent again.")
    )


@bp.post("/messages/<int:message_id>/give-up")
@requires(may_see_messages)
def give_up(message_id: int) -> Answer:
    reason = request.form.get("reason", "")

    def act(db: Session) -> None:
        settling.give_up(
            db, actor=current_actor(), message_id=message_id, reason=reason, now=clock.now()
        )

    return _settle(message_id, act, _("No more attempts will be made; your reason is on record."))


def _settle(message_id: int, act: Callable[[Session], None], done: str) -> Answer:
    """Back to the list; or the page again, with what was typed and what is wrong with it."""
    try:
        with transaction() as db:
            act(db)
    except InvalidInput as refusal:
        errors = {
            name: say(reader_language(), sentence) for name, sentence in refusal.errors.items()
        }
        return _page(message_id, typed=request.form, errors=errors), 422
    flash(done, "success")
    return redirect(url_for("notifications.messages"), 303)


def _page(
    message_id: int, *, typed: Mapping[str, str] = NOTHING, errors: Mapping[str, str] = NOTHING
) -> str:
    with reading() as db:
        found = sending_of(db, actor=current_actor(), message_id=message_id)
    return render_template(
        "office/notifications/message.html",
        message=found,
        words=STATES,
        reason_of=_reason,
        typed=typed,
        given_up=_given_up,
        errors=errors,
        is_unsettled=found.state in UNSETTLED,
        instant=_instant,
    )


def _reason(reason: str) -> str:
    return reason_of(reader_language(), reason)


def _given_up(reason: str) -> str:
    return given_up_reason(reader_language(), reason)


def _instant(at: datetime) -> str:
    return instant_text(reader_language(), at, reader_timezone())
