"""The speaker's own page, behind the key in their letter: confirm or decline, words and photo."""

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.refusal import InvalidInput
from app.participation.invitations.views.edge import count_guest_try, dates_of, quiet
from app.participation.speakers import wording
from app.participation.speakers.forms import OwnForm
from app.participation.speakers.queries.speakers import photo_by_key, speaker_by_key, speaker_page
from app.participation.speakers.services.speakers import answer_as_speaker
from app.participation.speakers.values import SpeakerPage, SpeakerState
from app.participation.speakers.views import bp
from app.participation.speakers.views.naming import MOST_BYTES, as_picture, sent_photo
from app.web.bodies import takes_up_to
from app.web.guards import anyone, requires
from app.web.locale import LANGUAGE_COOKIE, reader_language
from app.web.mistakes import show_refusal


@bp.get("/speaker/<token>")
@requires(anyone)
def own_page(token: str) -> Response:
    """Shows the page in the language of the letter, unless the reader has chosen another."""
    page = _found(token, clock.now())
    has_chosen = "lang" in request.args or LANGUAGE_COOKIE in request.cookies
    if not has_chosen and reader_language() != page.language:
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
        with transaction() as db:
            state = answer_as_speaker(
                db,
                token=token,
                answer=form.speaker_answer(sent_photo()),
                now=now,
            )
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
