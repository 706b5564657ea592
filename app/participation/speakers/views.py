"""Pages of speakers from outside. Each module adds its routes to the one blueprint."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, Refusal
from app.participation.invitations.views.edge import count_guest_try, dates_of, quiet
from app.participation.speakers import policy, rules, services, wording
from app.participation.speakers.forms import PHOTO, ChosenNameForm, OwnForm, SpeakerForm
from app.participation.speakers.queries import (
    event_to_name_for,
    photo_by_key,
    photo_of,
    speaker_by_key,
    speaker_page,
    speakers_of,
)
from app.participation.speakers.services import answer_as_speaker
from app.participation.speakers.values import SpeakerPage, SpeakerShown, SpeakerState
from app.planning.events.values import EventDetail
from app.web.bodies import takes_up_to
from app.web.form_token import press_once
from app.web.forms import one_of_many
from app.web.guards import anyone, current_actor, requires
from app.web.locale import has_chosen_language, reader_language
from app.web.mistakes import show_refusal
from app.web.sent import flash_sent
from app.web.undo import MinuteIsOver, flash_undoable, undone
from app.web.uploads import sent_bytes

bp = Blueprint("speakers", __name__)


# Outside speakers of one event, for those who plan it; and their photos for its readers.

Answer = Response | tuple[str, int]
MOST_BYTES = rules.LARGEST_PHOTO + 256 * 1024


@bp.get("/events/<uuid:event_id>/speakers")
@requires(policy.may_name)
def speakers(event_id: UUID) -> str:
    return _page(event_id, SpeakerForm().offer())


@bp.post("/events/<uuid:event_id>/speakers")
@requires(policy.may_name)
@takes_up_to(MOST_BYTES)
def add_speaker(event_id: UUID) -> Answer:
    form, actor = SpeakerForm(request.form).offer(), current_actor()
    if not form.validate():
        return _page(event_id, form), 422
    try:
        draft = form.draft(sent_photo())
        press_once(
            lambda db, now: services.name_speaker(
                db, actor=actor, event_id=event_id, draft=draft, now=now
            )
        )
    except Refusal as refusal:
        status = show_refusal(form, refusal)
        return _page(event_id, form), status
    if draft.is_protected:
        said = _(
            "%(name)s is added under this name only. The event keeps no recording.", name=draft.name
        )
        flash(said, "success")
    else:
        flash_sent(
            _("%(name)s is added, and the letter with the link leaves now.", name=draft.name),
            _("%(name)s is added, and the letter with the link is written.", name=draft.name),
        )
    return _back(event_id)


@bp.post("/events/<uuid:event_id>/speakers/<int:person_id>/letter")
@requires(policy.may_name)
def ask_speaker_again(event_id: UUID, person_id: int) -> Response:
    press_once(
        lambda db, now: services.ask_again(
            db,
            actor=current_actor(),
            event_id=event_id,
            person_id=person_id,
            now=now,
        )
    )
    flash_sent(
        _("The letter goes out again. A link sent before no longer works."),
        _("The letter is written again. A link sent before no longer works."),
    )
    return _back(event_id)


@bp.post("/events/<uuid:event_id>/speakers/<int:person_id>/chosen-name")
@requires(policy.may_name)
def protect_speaker(event_id: UUID, person_id: int) -> Answer:
    form = ChosenNameForm(request.form).of(person_id)
    if not form.validate():
        return _page(event_id, SpeakerForm(None).offer(), refused=(person_id, form)), 422
    name = " ".join((form.name.data or "").split())
    try:
        with transaction() as db:
            services.protect_speaker(
                db,
                actor=current_actor(),
                event_id=event_id,
                person_id=person_id,
                name=name,
                now=clock.now(),
            )
    except InvalidInput as refusal:
        status = show_refusal(form, refusal)
        return _page(event_id, SpeakerForm(None).offer(), refused=(person_id, form)), status
    flash(
        _("%(name)s stands under this name only. The event keeps no recording.", name=name),
        "success",
    )
    return _back(event_id)


@bp.post("/events/<uuid:event_id>/speakers/<int:person_id>/removal")
@requires(policy.may_name)
def take_speaker_out(event_id: UUID, person_id: int) -> Response:
    with transaction() as db:
        services.take_out(
            db, actor=current_actor(), event_id=event_id, person_id=person_id, now=clock.now()
        )
    url = url_for("speakers.put_speaker_back", event_id=event_id, person_id=person_id)
    flash_undoable(_("The speaker is removed. Their link no longer works."), url)
    return _back(event_id)


@bp.post("/events/<uuid:event_id>/speakers/<int:person_id>/removal/undo")
@requires(policy.may_name)
def put_speaker_back(event_id: UUID, person_id: int) -> Response:
    with reading() as db:
        event_to_name_for(db, actor=current_actor(), event_id=event_id)
    try:
        undone()
        with transaction() as db:
            services.put_back(
                db, actor=current_actor(), event_id=event_id, person_id=person_id, now=clock.now()
            )
    except MinuteIsOver as refusal:
        flash(say(reader_language(), refusal.sentence), "warning")
    else:
        flash(_("The speaker is in the event again, as before."), "success")
    return _back(event_id)


@bp.get("/events/<uuid:event_id>/speakers/<int:person_id>/photo")
@requires(anyone)
def speaker_photo(event_id: UUID, person_id: int) -> Response:
    with reading() as db:
        content = photo_of(db, actor=current_actor(), event_id=event_id, person_id=person_id)
    return as_picture(content)


def event_speakers(db: Session, *, event: EventDetail, actor: Actor) -> tuple[SpeakerShown, ...]:
    """Returns those who confirmed, for the page of the event; all of them for its planners."""
    return speakers_of(db, event=event, may_name=policy.may_name_for(actor, event))


def as_picture(content: bytes) -> Response:
    """Returns a photo that nobody on the way keeps: one that its owner took away is gone."""
    response = make_response(content)
    response.headers["Content-Type"] = "image/jpeg"
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.add_etag()
    response.make_conditional(request)
    return response


def sent_photo() -> bytes | None:
    """Returns the bytes of the file that was chosen; one byte more than allowed says that it is too
    much.
    """
    return sent_bytes(PHOTO, rules.LARGEST_PHOTO + 1)


def _back(event_id: UUID) -> Response:
    return redirect(url_for("speakers.speakers", event_id=event_id), 303)


def _page(
    event_id: UUID, form: SpeakerForm, *, refused: tuple[int, ChosenNameForm] | None = None
) -> str:
    """Returns the page. `refused`: whose chosen name was refused, and the form that came back."""
    with reading() as db:
        event = event_to_name_for(db, actor=current_actor(), event_id=event_id)
        speakers_shown = speakers_of(db, event=event, may_name=True)
    is_open = event.ends_at is None or event.ends_at > clock.now()
    chosen_names = {
        one.person_id: _chosen_name_form(event_id, one.person_id)
        for one in speakers_shown
        if not one.is_protected
    } | dict([refused] if refused else [])
    return render_template(
        "participation/speakers/speakers.html",
        event=event,
        speakers=speakers_shown,
        form=form,
        chosen_names=chosen_names,
        refused=refused[1] if refused else form,
        states=wording.STATES,
        looks=wording.LOOKS,
        is_open=is_open,
        page_has_errors=bool(refused or form.errors),
    )


def _chosen_name_form(event_id: UUID, person_id: int) -> ChosenNameForm:
    url = url_for("speakers.protect_speaker", event_id=event_id, person_id=person_id)
    return ChosenNameForm(meta=one_of_many(url)).of(person_id)


# The speaker's own page, behind the key in their letter: confirm or decline, words and photo.


@bp.get("/speaker/<token>")
@requires(anyone)
def own_page(token: str) -> Response:
    """Shows the page in the language of the letter, unless the reader has chosen another."""
    page = _found(token, clock.now())
    if not has_chosen_language() and reader_language() != page.language:
        return redirect(url_for("speakers.own_page", token=token, lang=page.language))
    form = OwnForm(data={f"lines_{code}": text for code, text in page.speaker.lines.items()})
    return quiet(_html(token, page, form))


@bp.post("/speaker/<token>")
@requires(anyone)
@takes_up_to(MOST_BYTES)
def answer(token: str) -> Response:
    now = clock.now()
    count_guest_try(now)
    page, form = _found(token, now), OwnForm(request.form)
    if not form.validate():
        return quiet(_html(token, page, form), 422)
    try:
        said = form.speaker_answer(sent_photo())
        with transaction() as db:
            state = answer_as_speaker(db, token=token, answer=said, now=now)
    except InvalidInput as refusal:
        status = show_refusal(form, refusal)
        return quiet(_html(token, page, form), status)
    flash(
        _("You told the organizers that you will not speak. You may change your mind here.")
        if state is SpeakerState.DECLINED
        else _("Thank you: you are confirmed, and what you wrote is saved.")
        if state is SpeakerState.CONFIRMED
        else _("What you wrote is saved. Please say whether you will speak."),
        "success",
    )
    return redirect(url_for("speakers.own_page", token=token), 303)


@bp.get("/speaker/<token>/photo")
@requires(anyone)
def own_photo(token: str) -> Response:
    with reading() as db:
        content = photo_by_key(db, token, now=clock.now())
    response = as_picture(content)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _found(token: str, now: datetime) -> SpeakerPage:
    with reading() as db:
        return speaker_page(db, speaker_by_key(db, token, now=now))


def _html(token: str, page: SpeakerPage, form: OwnForm) -> str:
    return render_template(
        "participation/speakers/own.html",
        token=token,
        event=page.event,
        speaker=page.speaker,
        form=form,
        states=wording.STATES,
        looks=wording.LOOKS,
        page_has_errors=bool(form.errors),
        **dates_of(page.event),
    )
