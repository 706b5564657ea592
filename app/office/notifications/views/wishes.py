"""Which letters somebody wants: signed in, or with the key from the foot of a letter."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.platform import platform
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.office.notifications.forms.wishes import WishesForm
from app.office.notifications.queries.wishes import own_wishes
from app.office.notifications.rules.wish_links import person_of_key
from app.office.notifications.services.wishes import bearer_of_key, change_wishes, stop_letters
from app.office.notifications.views import bp
from app.office.outbox.policy import may_wish
from app.web.guards import anyone, current_actor, requires


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
    """Opening it changes nothing: mail programs open links on their own."""
    return _wishes_page(
        _bearer(wish_key), url_for("notifications.save_wishes_by_key", wish_key=wish_key), wish_key
    )


@bp.post("/wishes/<wish_key>")
@requires(anyone)
def stop_reminders(wish_key: str) -> str:
    """The one press of a mail program, which has neither session nor token of a form; the key is
    enough. It must not be answered with a redirect (RFC 8058 §3.1).
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
    person_id = person_of_key(platform().settings.secret, wish_key)
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
