"""What could not be delivered, to whom and why, and what an organizer does about it."""

from collections.abc import Callable
from datetime import datetime

import wtforms
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.installation import installation
from app.infra.platform import platform
from app.kernel.refusal import InvalidInput, NotFound
from app.office.outbox import services
from app.office.outbox.forms import AddressForm, ReasonForm, event_of, shown_of
from app.office.outbox.policy import may_see_messages
from app.office.outbox.queries import (
    EventWords,
    event_words,
    kept_text,
    outbox_overview,
    outbox_page,
    sending_of,
    waiting_letters,
)
from app.office.outbox.rules import UNSETTLED
from app.office.outbox.values import MessageFilter
from app.office.outbox.wording import SHOWN, STATES, given_up_reason, instant_text, reason_of
from app.web.forms import one_of_many
from app.web.guards import current_actor, requires
from app.web.locale import reader_language, reader_timezone
from app.web.mistakes import show_refusal
from app.web.paging import page_asked
from app.web.sent import flash_sent

bp = Blueprint("outbox", __name__)


# What could not be delivered, to whom and why, and what an organizer does about it.

Answer = Response | tuple[str, int]


@bp.get("/messages")
@requires(may_see_messages)
def messages() -> str:
    """Renders the overview, or with `show` the letters in one state; with `event` those about it."""
    show, event_id = shown_of(request.args), event_of(request.args)
    actor = current_actor()
    mail_fails = show is None and platform().health.mail_fails()
    with reading() as db:
        event = event_words(db, event_id) if event_id is not None else None
        if event_id is not None and event is None:
            raise NotFound
        if show is None:
            return _overview(db, event, mail_fails=mail_fails)
        page = outbox_page(db, actor=actor, show=show, number=page_asked(), event_id=event_id)
    return render_template(
        "office/outbox/list.html",
        page=page,
        show=show,
        event=event,
        shown=MessageFilter,
        words=SHOWN,
        reason_of=_reason,
        given_up=_given_up,
        has_reason=UNSETTLED | {MessageFilter.GIVEN_UP},
        instant=_instant,
        address=lambda number: url_for(
            "outbox.messages", show=show.value, page=number, event=event_id
        ),
    )


def _overview(db: Session, event: EventWords | None, *, mail_fails: bool) -> str:
    overview = outbox_overview(db, actor=current_actor(), event_id=event.id if event else None)
    return render_template(
        "office/outbox/messages.html",
        found=overview,
        event=event,
        mail_fails=mail_fails,
        shown=MessageFilter,
        known=installation(db),
        waiting=waiting_letters(db),
        form_for=lambda message: AddressForm(
            data={"address": message.recipient},
            meta=one_of_many(url_for("outbox.correct_address", message_id=message.id)),
        ),
        reason_of=_reason,
        instant=_instant,
    )


@bp.get("/messages/<int:message_id>")
@requires(may_see_messages)
def message(message_id: int) -> str:
    return _page(message_id)


@bp.post("/messages/<int:message_id>/retry")
@requires(may_see_messages)
def retry_message(message_id: int) -> Answer:
    with transaction() as db:
        services.try_again(db, actor=current_actor(), message_id=message_id, now=clock.now())
    flash_sent(_("The letter is being sent again."), _("It is to be sent again."))
    return redirect(url_for("outbox.messages"), 303)


@bp.post("/messages/retry")
@requires(may_see_messages)
def retry_messages() -> Response:
    with transaction() as db:
        tried = services.try_all_again(db, actor=current_actor(), now=clock.now())
    flash_sent(
        ngettext(
            "%(num)s letter is being sent again.", "%(num)s letters are being sent again.", tried
        ),
        _("It is to be sent again."),
    )
    return redirect(url_for("outbox.messages"), 303)


@bp.post("/messages/<int:message_id>/address")
@requires(may_see_messages)
def correct_address(message_id: int) -> Answer:
    form = AddressForm(request.form)

    def act(db: Session) -> None:
        services.correct_address(
            db,
            actor=current_actor(),
            message_id=message_id,
            address=form.address.data,
            now=clock.now(),
        )

    if not _settled(form, act):
        return _page(message_id, address_form=form), 422
    flash_sent(
        _("The address is corrected, and the letter is being sent again."),
        _("The address is corrected."),
    )
    return redirect(url_for("outbox.messages"), 303)


@bp.post("/messages/<int:message_id>/give-up")
@requires(may_see_messages)
def give_up(message_id: int) -> Answer:
    form = ReasonForm(request.form)

    def act(db: Session) -> None:
        services.give_up(
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
    """Does the act; returns False, with a sentence at the field, when it was refused."""
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
        body = kept_text(db, message_id)
    return render_template(
        "office/outbox/message.html",
        message=message,
        body=body,
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
