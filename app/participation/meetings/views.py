"""Pages: the connection to a meeting program, and what it did for one event."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.infra.meetings.choosing import IN_A_REQUEST, opened_keys, program_of, sealed_keys
from app.infra.meetings.port import MeetingFailed
from app.infra.platform import platform
from app.infra.sealing import CannotUnseal
from app.kernel.refusal import NotFound
from app.kernel.text import Language
from app.participation.meetings import policy, queries, services
from app.participation.meetings.forms import KeysForm, keys_form
from app.participation.meetings.values import CONNECTABLE
from app.participation.meetings.wording import NAMES, MeetingPanel, panel_of
from app.planning.events.rules.joining import MeetingProvider
from app.planning.events.values import EventDetail
from app.web.guards import current_actor, require_confirmation, requires
from app.web.locale import reader_language

bp = Blueprint("meetings", __name__)


# The page on which the office connects its account at Zoom or Microsoft Teams. The program is
# asked before anything is kept; no transaction is open meanwhile.

Answer = Response | str | tuple[str, int]
LAST = 4
SHORTEST = 12
"""Of a shorter secret, its last characters would tell too much."""


@bp.get("/meeting-connection")
@requires(policy.may_connect)
def connection() -> Answer:
    return _page()


@bp.post("/meeting-connection/<program>")
@requires(policy.may_connect)
def connect(program: str) -> Answer:
    """Asks the program whether the keys are right; what it answers stands above the form."""
    provider = _provider(program)
    require_confirmation()
    form = keys_form(provider, request.form)
    if not form.validate():
        return _page(form, provider), 422
    keys = form.keys()
    settings = platform().settings
    try:
        program_of(provider.value, keys, settings=settings, patience=IN_A_REQUEST).check()
    except MeetingFailed as failed:
        form.refuse(f"{NAMES[provider]}: {say(reader_language(), failed.sentence)}")
        return _page(form, provider), 422
    with transaction() as db:
        services.connect(
            db,
            actor=current_actor(),
            provider=provider,
            sealed=sealed_keys(keys, own=platform().keys),
            host=keys.host,
            ending=keys.secret[-LAST:] if len(keys.secret) >= SHORTEST else "",
            now=clock.now(),
        )
    flash(
        _(
            "%(program)s is connected. From now on the meeting is created when an event is published.",
            program=NAMES[provider],
        ),
        "success",
    )
    return redirect(url_for("meetings.connection"), 303)


@bp.post("/meeting-connection/remove")
@requires(policy.may_connect)
def disconnect() -> Response:
    require_confirmation()
    with transaction() as db:
        services.disconnect(db, actor=current_actor(), now=clock.now())
    flash(_("The connection is removed. Meetings that exist stay in the program."), "success")
    return redirect(url_for("meetings.connection"), 303)


def _provider(program: str) -> MeetingProvider:
    if program not in CONNECTABLE:
        raise NotFound
    return MeetingProvider(program)


def _page(form: KeysForm | None = None, provider: MeetingProvider | None = None) -> str:
    with reading() as db:
        known = queries.connection(db)
        row = queries.connection_row(db)
        is_readable = row is None or _opens(row.sealed)
    forms = [
        (one, NAMES[one], form if form is not None and one is provider else keys_form(one))
        for one in CONNECTABLE
    ]
    return render_template(
        "participation/meetings/connection.html",
        known=known,
        is_readable=is_readable,
        names=NAMES,
        forms=forms,
        refused=form,
        opened=provider,
        page_has_errors=form is not None,
    )


def _opens(sealed: str) -> bool:
    try:
        opened_keys(sealed, own=platform().keys)
    except CannotUnseal:
        return False
    return True


# What the meeting service did for one event: the line on its page, the button beside it, and the
# hint in the planning form.


@bp.post("/events/<uuid:event_id>/meeting")
@requires(policy.may_ask_for_meetings)
def try_again(event_id: UUID) -> Response:
    with transaction() as db:
        services.ask_again(db, actor=current_actor(), event_id=event_id, now=clock.now())
    flash(_("It is being tried. Load this page again in a moment."), "info")
    return redirect(url_for("events.event", event_id=event_id, _anchor="meeting"), 303)


def meeting_panel(
    db: Session, *, event: EventDetail, language: Language, now: datetime
) -> MeetingPanel | None:
    """Returns the panel for planners of an event; None where there is nothing to say."""
    row = queries.meeting_of(db, event_id=event.id)
    return panel_of(event, queries.connection(db), row, language=language, now=now)


def room_offer(db: Session) -> str:
    """Returns the program in which a room is created on publishing; "" without a connection."""
    known = queries.connection(db)
    return NAMES[known.provider] if known is not None else ""
