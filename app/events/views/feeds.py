"""Calendar feeds for programs, and the page that hands out their addresses."""

from collections.abc import Sequence
from uuid import UUID

from flask import Response, render_template, url_for
from flask_babel import gettext as _

from app.events.exports.icalendar import calendar
from app.events.queries import feeds
from app.events.queries.feeds import FeedEntry, FeedState
from app.events.queries.programme import all_groups
from app.events.views import bp
from app.events.views.feed_answer import address, answer, feed_language, host
from app.identity.services.tokens import issue_feed_token, rotate_feed_token
from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import translate
from app.kernel.refusal import NotFound
from app.kernel.text import N_, Language
from app.web.guards import anyone, current_actor, requires, signed_in
from app.web.locale import reader_language

PUBLIC_NAME = N_("RCM programme")
PERSONAL_NAME = N_("My RCM webinars")


@bp.get("/calendar/public.ics")
@requires(anyone)
def public_feed() -> Response:
    return _shared_feed(translate(feed_language(), PUBLIC_NAME), "", "public")


@bp.get("/calendar/groups/<slug>.ics")
@requires(anyone)
def group_feed(slug: str) -> Response:
    with reading() as db:
        group = feeds.group_by_slug(db, slug)
    if group is None:
        raise NotFound
    return _shared_feed(group.name.in_(feed_language()), group.slug, group.slug)


def _shared_feed(name: str, group: str, filename: str) -> Response:
    language = feed_language()
    where = feeds.in_feed(clock.now(), group)

    def write() -> bytes:
        return _written(feeds.feed_entries(db, where), name, language)

    with reading() as db:
        state = feeds.feed_state(db, where)
        return answer(state, write, variant=f"{name}|{language}", filename=f"{filename}.ics")


@bp.get("/calendar/<token>/me.ics")
@requires(anyone)
def personal_feed(token: str) -> Response:
    """The token in the address is the key; its owner's language is the feed's."""
    now = clock.now()
    with reading() as db:
        reader = feeds.subscriber(db, token)
        entries = feeds.personal_entries(db, person_id=reader.person_id, now=now)
        state = feeds.personal_state(entries, feeds.last_registration_change(db, person_id=reader.person_id))
    name = translate(reader.language, PERSONAL_NAME)
    return answer(
        state, lambda: _written(entries, name, reader.language), variant=f"{name}|{reader.language}",
        filename="me.ics", is_public=False,
    )  # fmt: skip


@bp.get("/events/<uuid:event_id>.ics")
@requires(anyone)
def event_file(event_id: UUID) -> Response:
    """One event as a file, for mailboxes that strip attachments: its address goes into every message."""
    with reading() as db:
        entry = feeds.event_entry(db, event_id)
    if entry is None:
        raise NotFound
    language = feed_language()
    name = entry.title.in_(language) or translate(language, PUBLIC_NAME)
    state = FeedState(f"{entry.id}|{entry.sequence}|{entry.changed_at.timestamp()}", entry.changed_at)
    return answer(
        state, lambda: _written([entry], name, language), variant=f"{name}|{language}", filename=f"event-{event_id}.ics"
    )


def _written(entries: Sequence[FeedEntry], name: str, language: Language) -> bytes:
    return calendar(entries, name=name, language=language, address=address(), host=host())


@bp.get("/calendar")
@requires(anyone)
def subscribe() -> str:
    return _subscribe_page()


@bp.post("/calendar/addresses")
@requires(signed_in)
def make_feed_address() -> str:
    """Answers with the page itself, because the address is shown once and kept nowhere."""
    with transaction() as db:
        token = issue_feed_token(db, account_id=current_actor().account_id, now=clock.now())
    return _subscribe_page(token)


@bp.post("/calendar/addresses/replacement")
@requires(signed_in)
def replace_feed_address() -> str:
    with transaction() as db:
        token = rotate_feed_token(db, account_id=current_actor().account_id, now=clock.now())
    return _subscribe_page(token, is_replaced=True)


def _subscribe_page(token: str = "", *, is_replaced: bool = False) -> str:
    with reading() as db:
        groups = all_groups(db)
    mine = address() + url_for("events.personal_feed", token=token) if token else ""
    language = reader_language()
    lang = language if language != "es" else None  # Spanish is what an address without a language gives
    shared = [(_("The whole programme"), address() + url_for("events.public_feed", lang=lang))]
    shared += [
        (group.name.in_(language), address() + url_for("events.group_feed", slug=group.slug, lang=lang))
        for group in groups
    ]
    return render_template("events/subscribe.html", mine=mine, shared=shared, is_replaced=is_replaced)
