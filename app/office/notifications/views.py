"""Pages about letters: what each kind says, and which ones somebody wants."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say
from app.infra.platform import platform
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotFound, Refusal
from app.kernel.text import Language, languages
from app.office.notifications.forms import TextsForm, WishesForm, as_typed
from app.office.notifications.queries import own_wishes
from app.office.notifications.services import bearer_of_key, change_wishes, stop_letters
from app.office.notifications.tasks.letters import draft
from app.office.notifications.tasks.requests import letters_about_successors
from app.office.notifications.wording.kinds import (
    KIND_OF,
    KINDS,
    TITLE,
    LetterKind,
    Sample,
    sample_in,
)
from app.office.outbox.forms import shown_placeholders
from app.office.outbox.policy import may_see_messages, may_wish
from app.office.outbox.queries import changed_texts
from app.office.outbox.rules import OurTexts, person_of_key, require_texts, reworded
from app.office.outbox.services import as_they_leave, change_texts, reset_texts
from app.office.outbox.values import OUR_TEXTS, Letter, LetterTexts
from app.training.requests.policy import may_ask_for_some
from app.training.requests.queries import NOT_SENT, letter_to_ask
from app.web.guards import anyone, current_actor, requires
from app.web.locale import reader_language
from app.web.render import short_day_text

bp = Blueprint("notifications", __name__)


# The texts of all letters: what each says, when it leaves, and the office's own words for it.

Answer = Response | str | tuple[str, int]


@bp.get("/letter-texts")
@requires(may_see_messages)
def letter_texts() -> str:
    language = reader_language()
    with reading() as db:
        changed = changed_texts(db, actor=current_actor())
    sample = sample_in(language, clock.now())
    title = TITLE.in_(language)
    rows = [
        (kind, reworded(kind.sample(sample), changed.get(kind.key, OUR_TEXTS), language).subject)
        for kind in KINDS
    ]
    rows = [(kind, subject.replace(title, "…")) for kind, subject in rows]
    return render_template("office/notifications/texts.html", rows=rows, changed=changed)


@bp.get("/letter-texts/<kind>")
@requires(may_see_messages)
def letter_text(kind: str) -> str:
    letter_kind = _kind(kind)
    with reading() as db:
        texts = changed_texts(db, actor=current_actor()).get(kind, OUR_TEXTS)
    ours = letter_kind.ours(_samples())
    form = TextsForm(data=as_typed(texts, ours, reader_language()))
    return _texts_page(letter_kind, ours, form, texts)


@bp.post("/letter-texts/<kind>")
@requires(may_see_messages)
def save_letter_text(kind: str) -> Answer:
    """Saves, or with the button "preview" only shows the letter with what was typed."""
    letter_kind = _kind(kind)
    ours = letter_kind.ours(_samples())
    form = TextsForm(request.form)
    texts = form.texts(ours)
    is_valid = form.validate()
    try:
        require_texts(texts, ours)
        if not is_valid:
            return _texts_page(letter_kind, ours, form, OUR_TEXTS), 422
        if "preview" in request.form:
            return _texts_page(letter_kind, ours, form, texts), 200
        with transaction() as db:
            change_texts(
                db, actor=current_actor(), kind=kind, texts=texts, ours=ours, now=clock.now()
            )
    except InvalidInput as refusal:
        form.show_errors(refusal.errors)
        return _texts_page(letter_kind, ours, form, OUR_TEXTS), 422
    flash(_("The text is saved. It is used from the next letter on."), "success")
    return redirect(url_for("notifications.letter_text", kind=kind), 303)


@bp.post("/letter-texts/<kind>/reset")
@requires(may_see_messages)
def reset_letter_text(kind: str) -> Response:
    _kind(kind)
    with transaction() as db:
        reset_texts(db, actor=current_actor(), kind=kind, now=clock.now())
    flash(_("The letter has the platform's own text again."), "success")
    return redirect(url_for("notifications.letter_text", kind=kind), 303)


def _kind(key: str) -> LetterKind:
    if key not in KIND_OF:
        raise NotFound
    return KIND_OF[key]


def _samples() -> Mapping[Language, Sample]:
    now = clock.now()
    return {language: sample_in(language, now) for language in languages()}


def _texts_page(kind: LetterKind, ours: OurTexts, form: TextsForm, texts: LetterTexts) -> str:
    """Renders the texts of one kind of letter. `texts`: what its letters are shown with."""
    shown: list[tuple[Language, Letter]] = [
        (language, reworded(kind.sample(sample), texts, language))
        for language, sample in _samples().items()
    ]
    with reading() as db:
        is_changed = kind.key in changed_texts(db, actor=current_actor())
    return render_template(
        "office/notifications/text.html",
        kind=kind,
        ours=ours,
        form=form,
        shown=shown,
        is_changed=is_changed,
        placeholders=shown_placeholders(ours.known),
        has_introduction=bool(ours.introduction),
    )


# The letter about successors, before it is sent.


@bp.get("/countries/<code>/offices/<int:institution_id>/successors")
@requires(may_ask_for_some)
def successors_letter(code: str, institution_id: int) -> Answer:
    """Shows what would go out, to whom and in which language, or what went out lately where nothing
    may now; sends nothing.
    """
    actor = current_actor()
    on = clock.today(actor.timezone)
    back = url_for("offices.institution", code=code, institution_id=institution_id)
    try:
        with reading() as db:
            asked = letter_to_ask(
                db, actor=actor, country_code=code, institution_id=institution_id, on=on
            )
            drafts = as_they_leave(
                db, [draft("", *one) for one in letters_about_successors(db, asked, on=on)]
            )
    except NotFound:
        raise
    except Refusal as refusal:
        flash(say(reader_language(), refusal.sentence), "warning")
        return redirect(back, 303)
    shown = {one.language: one.letter for one in drafts}
    return render_template(
        "office/notifications/successors.html",
        code=code,
        asked=asked,
        shown=shown,
        readers=len(drafts),
        is_sent=asked.id != NOT_SENT,
        sent_on=short_day_text(asked.asked_on, "yMMMd", reader_language()),
        back=back,
    )


# Which letters somebody wants: signed in, or with the key from the foot of a letter.


@bp.get("/messages/wishes")
@requires(may_wish)
def wishes() -> str:
    return _wishes_page(current_actor(), url_for("notifications.save_wishes"))


@bp.post("/messages/wishes")
@requires(may_wish)
def save_wishes() -> Response:
    with transaction() as db:
        change_wishes(
            db, actor=current_actor(), wishes=WishesForm(request.form).wishes(), now=clock.now()
        )
    flash(_("Your choices are saved."), "success")
    return redirect(url_for("notifications.wishes"), 303)


@bp.get("/wishes/<wish_key>")
@requires(anyone)
def wishes_by_key(wish_key: str) -> str:
    """Renders the wishes of a key's owner. Opening the page changes nothing, because mail programs
    open links on their own.
    """
    return _wishes_page(
        _bearer(wish_key), url_for("notifications.save_wishes_by_key", wish_key=wish_key), wish_key
    )


@bp.post("/wishes/<wish_key>")
@requires(anyone)
def stop_reminders(wish_key: str) -> str:
    """Stops letters at the one press of a mail program, which has neither session nor token of a
    form; the key is enough. It must not be answered with a redirect (RFC 8058 §3.1).
    """
    actor = _bearer(wish_key)
    with transaction() as db:
        stop_letters(db, actor=actor, now=clock.now())
    flash(
        _(
            "You will get no more reminders and no letters to many. Letters about what you are "
            "registered for still come."
        ),
        "success",
    )
    return _wishes_page(
        actor, url_for("notifications.save_wishes_by_key", wish_key=wish_key), wish_key
    )


@bp.post("/wishes/<wish_key>/choice")
@requires(anyone)
def save_wishes_by_key(wish_key: str) -> Response:
    with transaction() as db:
        change_wishes(
            db,
            actor=_bearer(wish_key),
            wishes=WishesForm(request.form).wishes(),
            now=clock.now(),
        )
    flash(_("Your choices are saved."), "success")
    return redirect(url_for("notifications.wishes_by_key", wish_key=wish_key), 303)


def _bearer(wish_key: str) -> Actor:
    person_id = person_of_key(platform().keys, wish_key)
    if person_id is None:
        raise NotFound
    return bearer_of_key(person_id)


def _wishes_page(actor: Actor, action: str, wish_key: str = "") -> str:
    if actor.person_id is None:
        raise NotFound
    with reading() as db:
        wishes = own_wishes(db, actor.person_id)
    return render_template(
        "office/notifications/wishes.html",
        form=WishesForm(obj=wishes),
        action=action,
        wish_key=wish_key,
    )
