"""Calendar feeds for programs; the page that hands out their addresses is views/subscribe.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Response, request

from app.infra import clock
from app.infra.body import current_body
from app.infra.database import reading, transaction
from app.kernel.refusal import NotFound
from app.kernel.text import Language
from app.people.identity.queries import is_feed_use_told
from app.people.identity.rules import calendar_program
from app.people.identity.services import tell_feed_use
from app.people.identity.values import FeedKey
from app.planning.events.values import GroupSummary
from app.planning.programme.exports.icalendar import calendar
from app.planning.programme.queries import feeds
from app.planning.programme.queries.feeds import FeedEntry, FeedState
from app.planning.programme.queries.programme import all_groups
from app.planning.programme.views import bp
from app.planning.programme.views.feed_answer import address, answer, feed_language, host
from app.planning.programme.views.month import Marks
from app.web.guards import anyone, requires

BETWEEN = ","
"""Stands between the groups of one address."""

COLORS = {
    "g1": "saddlebrown",
    "g2": "steelblue",
    "g3": "forestgreen",
    "g4": "mediumvioletred",
    "gg": "dimgray",
}
"""As in the programme (app/web/static/programme.css), in the names that calendars know."""
COLOR_OF_ALL, COLOR_OF_MINE = "darkslateblue", "teal"


@dataclass(frozen=True)
class Guise:
    """How a calendar shows itself: its name, its colour, in which language it speaks."""

    name: str
    color: str
    language: Language

    @property
    def variant(self) -> str:
        return f"{self.name}|{self.color}|{self.language}"


@bp.get("/calendar/public.ics")
@requires(anyone)
def public_feed() -> Response:
    language = feed_language()
    return _shared_feed(
        Guise(current_body().programme.in_(language), COLOR_OF_ALL, language), (), "public"
    )


@bp.get("/calendar/groups/<slug>.ics")
@requires(anyone)
def group_feed(slug: str) -> Response:
    """One group's events, or of several whose slugs stand with commas between them."""
    with reading() as db:
        known = all_groups(db)
    wanted = set(slug.split(BETWEEN))
    groups = [group for group in known if group.slug in wanted]
    if len(groups) != len(wanted):
        raise NotFound
    slugs = [group.slug for group in groups]
    return _shared_feed(_guise_of(groups, known), slugs, slugs[0] if len(slugs) == 1 else "groups")


def _guise_of(groups: Sequence[GroupSummary], known: Sequence[GroupSummary]) -> Guise:
    language = feed_language()
    if len(groups) == 1:
        looks = {mark.slug: mark.look for mark in Marks(known).legend}
        return Guise(
            groups[0].name.in_(language), COLORS.get(looks[groups[0].slug], COLOR_OF_ALL), language
        )
    codes = ", ".join(group.code for group in groups)
    return Guise(f"{current_body().programme.in_(language)}: {codes}", COLOR_OF_ALL, language)


def _shared_feed(guise: Guise, groups: Sequence[str], filename: str) -> Response:
    now = clock.now()

    def write() -> bytes:
        return _written(feeds.feed_entries(db, now, groups), guise)

    with reading() as db:
        state = feeds.feed_state(db, now, groups)
        return answer(state, write, variant=guise.variant, filename=f"{filename}.ics")


@bp.get("/calendar/<token>/me.ics")
@requires(anyone)
def personal_feed(token: str) -> Response:
    """The token in the address is the key; its owner's language is the feed's."""
    with reading() as db:
        reader = feeds.subscriber(db, token)
        entries = feeds.personal_entries(db, person_id=reader.person_id, now=clock.now())
        state = feeds.personal_state(entries)
    _tell_use(reader.key)
    guise = Guise(current_body().own_webinars.in_(reader.language), COLOR_OF_MINE, reader.language)
    return answer(
        state,
        lambda: _written(entries, guise),
        variant=guise.variant,
        filename="me.ics",
        is_public=False,
    )


def _tell_use(key: FeedKey) -> None:
    """Writes at the first poll of the day only, so that the others stay as cheap as they are."""
    now, client = clock.now(), calendar_program(request.user_agent.string)
    with reading() as db:
        is_told = is_feed_use_told(db, key=key, client=client, now=now)
    if not is_told:
        with transaction() as db:
            tell_feed_use(db, key=key, client=client, now=now)


@bp.get("/events/<uuid:event_id>.ics")
@requires(anyone)
def event_file(event_id: UUID) -> Response:
    """One event as a file, for mailboxes that strip attachments: its address goes into every
    message.
    """
    with reading() as db:
        entry = feeds.event_entry(db, event_id)
    if entry is None:
        raise NotFound
    language = feed_language()
    guise = Guise(
        entry.title.in_(language) or current_body().programme.in_(language), COLOR_OF_ALL, language
    )
    state = FeedState(f"{entry.id}|{entry.sequence}|{entry.changed_at.timestamp()}")
    return answer(
        state,
        lambda: _written([entry], guise),
        variant=guise.variant,
        filename=f"event-{event_id}.ics",
    )


def _written(entries: Sequence[FeedEntry], guise: Guise) -> bytes:
    return calendar(
        entries,
        name=guise.name,
        color=guise.color,
        language=guise.language,
        address=address(),
        host=host(),
    )
