"""What could not be delivered, to whom and why, and what an organizer does about it."""

from collections.abc import Callable
from datetime import datetime

import wtforms
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.refusal import InvalidInput
from app.office.outbox.forms.listing import shown_of
from app.office.outbox.forms.settling import AddressForm, ReasonForm
from app.office.outbox.policy import may_see_messages
from app.office.outbox.queries.outbox import outbox_page, sending_of
from app.office.outbox.rules.outbox import UNSETTLED
from app.office.outbox.services import settling
from app.office.outbox.values import MessageFilter
from app.office.outbox.views import bp
from app.office.outbox.wording.messages import (
    SHOWN,
    STATES,
    given_up_reason,
    instant_text,
    reason_of,
)
from app.web.guards import current_actor, requires
from app.web.locale import reader_language, reader_timezone
from app.web.mistakes import show_refusal
from app.web.paging import page_asked

Answer = Response | tuple[str, int]


@bp.get("/messages")
@requires(may_see_messages)
def messages() -> str:
    show = shown_of(request.args)
    with reading() as db:
        page = outbox_page(db, actor=current_actor(), show=show, number=page_asked())
    return render_template(
        "office/outbox/messages.html",
        page=page,
        show=show,
        shown=MessageFilter,
        words=SHOWN,
        reason_of=_reason,
        given_up=_given_up,
        unsettled=UNSETTLED,
        instant=_instant,
        address=lambda number: url_for("outbox.messages", show=show.value, page=number),
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
    return redirect(url_for("outbox.messages"), 303)


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
    return redirect(url_for("outbox.messages"), 303)


@bp.post("/messages/<int:message_id>/address")
@requires(may_see_messages)
def correct_address(message_id: int) -> Answer:
    form = AddressForm(request.form)

    def act(db: Session) -> None:
        settling.correct_address(
            db,
            actor=current_actor(),
            message_id=message_id,
            address=form.address.data,
            now=clock.now(),
        )

    if not _settled(form, act):
        return _page(message_id, address_form=form), 422
    flash(_("The address is corrected, and the message is being sent again."), "success")
    return redirect(url_for("outbox.messages"), 303)


@bp.post("/messages/<int:message_id>/give-up")
@requires(may_see_messages)
def give_up(message_id: int) -> Answer:
    form = ReasonForm(request.form)

    def act(db: Session) -> None:
        settling.give_up(
            db,
            actor=current_actor(),
            message_id=message_id,
            reason=form.reason.data,
            now=clock.now(),
        )

    if not _settled(form, act):
        return _page(message_id, reason_form=form), 422
    flash(_("No more attempts will be made; your reason is on record."), "success")
    return redirect(url_for("outbox.messages"), 303)


def _settled(form: wtforms.Form, act: Callable[[Session], None]) -> bool:
    """False with a sentence at the field of the form when it was refused."""
    if not form.validate():
        return False
    try:
        with transaction() as db:
            act(db)
    except InvalidInput as refusal:
        show_refusal(form, refusal)
        return False
    return True


def _page(
    message_id: int,
    *,
    address_form: AddressForm | None = None,
    reason_form: ReasonForm | None = None,
) -> str:
    with reading() as db:
        message = sending_of(db, actor=current_actor(), message_id=message_id)
    return render_template(
        "office/outbox/message.html",
        message=message,
        words=STATES,
        reason_of=_reason,
        given_up=_given_up,
        address_form=address_form or AddressForm(data={"address": message.recipient}),
        reason_form=reason_form or ReasonForm(),
        is_unsettled=message.state in UNSETTLED,
        instant=_instant,
    )


def _reason(reason: str) -> str:
    return reason_of(reader_language(), reason)


def _given_up(reason: str) -> str:
    return given_up_reason(reader_language(), reason)


def _instant(at: datetime) -> str:
    return instant_text(reader_language(), at, reader_timezone())
