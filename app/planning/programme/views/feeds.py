"""Calendar feeds for programs, the page that hands out their addresses, and the programme on other sites."""

import gzip
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Response, g, render_template, request, url_for
from werkzeug.http import is_resource_modified

from app.infra import clock
from app.infra.body import current_body
from app.infra.database import reading, transaction
from app.infra.installation import site_address
from app.infra.language import translate
from app.infra.platform import platform
from app.kernel.refusal import NotFound
from app.kernel.text import N_, Language, as_language, date_locale, languages
from app.people.identity.queries import feed_addresses, is_feed_use_told
from app.people.identity.rules import calendar_program
from app.people.identity.services.tokens import issue_feed_token, rotate_feed_token, tell_feed_use
from app.people.identity.values import FeedAddress, FeedKey
from app.planning.events.values import GroupSummary
from app.planning.programme.exports.icalendar import RENDERER, calendar
from app.planning.programme.queries import feeds
from app.planning.programme.queries.feeds import FeedEntry, FeedState
from app.planning.programme.queries.programme import PublicEvent, all_groups, public_events
from app.planning.programme.views import bp
from app.planning.programme.views.month import Marks
from app.web.assets import content_of
from app.web.downloads import name_file
from app.web.form_token import press_key
from app.web.guards import anyone, current_actor, requires, signed_in
from app.web.headers import for_everybody
from app.web.limits import API
from app.web.locale import reader_language, reader_timezone
from app.web.render import days_text, hours_text, zone_label

# How a calendar feed answers: its ETag is worked out before anything is written, so that most
# polls cost one query.
#
# Only the ETag says whether a reader has the latest. There is no Last-Modified: when an event leaves
# the feed, the last change of those that remain is as old as before, and a reader that asks by date
# would keep what is gone.

POLLS_SECONDS = 300
ZIP_LEVEL = 2
"""A tenth more octets than at level 4 for less than two thirds of its time: most polls are a 304 anyway."""


def address() -> str:
    """Returns the site's public address; never what a request's Host header says."""
    return site_address()


def host() -> str:
    """Returns the name in the UIDs of events: what it was when the first calendar was given out, or
    as it is set.
    """
    return platform().settings.domain


def feed_language() -> Language:
    """Returns the language of a feed of no account: Spanish unless its address asks for English."""
    return as_language(request.args.get("lang"))


def answer(
    state: FeedState,
    write: Callable[[], bytes],
    *,
    variant: str,
    filename: str,
    is_public: bool = True,
) -> Response:
    """Returns 304 when the reader has it already, else the file. `variant`: what else it depends on
    (name, language).
    """
    g.stateless = True  # a feed sets no cookie
    zipped = request.accept_encodings.quality("gzip") > 0
    mark = hashlib.sha256(
        f"{state.mark}|{variant}|{address()}|{RENDERER}|{zipped}".encode()
    ).hexdigest()[:32]
    if not is_resource_modified(request.environ, etag=mark):
        response = Response(status=304)
    else:
        body = write()
        response = Response(
            zipped_body(body) if zipped else body, content_type="text/calendar; charset=utf-8"
        )
        name_file(response, filename, inline=True)
        if zipped:
            response.headers["Content-Encoding"] = "gzip"
    response.set_etag(mark)
    response.headers["Cache-Control"] = (
        f"{'public' if is_public else 'private'}, max-age={POLLS_SECONDS}"
    )
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.vary.add("Accept-Encoding")
    return response


@lru_cache(maxsize=8)
def zipped_body(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=ZIP_LEVEL, mtime=0)


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
@requires(anyone, costs=API)
def public_feed() -> Response:
    language = feed_language()
    return _shared_feed(
        Guise(current_body().programme.in_(language), COLOR_OF_ALL, language), (), "public"
    )


@bp.get("/calendar/groups/<slug>.ics")
@requires(anyone, costs=API)
def group_feed(slug: str) -> Response:
    """Returns one group's events, or those of several whose slugs stand with commas between them."""
    with reading() as db:
        known = all_groups(db)
    groups = _groups_named(slug, known)
    slugs = [group.slug for group in groups]
    return _shared_feed(_guise_of(groups, known), slugs, slugs[0] if len(slugs) == 1 else "groups")


def _groups_named(text: str, known: Sequence[GroupSummary]) -> list[GroupSummary]:
    """Returns the groups whose slugs stand in the text with commas between them. Raises NotFound
    where one of them is none.
    """
    slugs = set(text.split(BETWEEN))
    groups = [group for group in known if group.slug in slugs]
    if len(groups) != len(slugs):
        raise NotFound
    return groups


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
@requires(anyone, costs=API)
def personal_feed(token: str) -> Response:
    """Returns the feed of the person whose token stands in the address, in their language; the
    token is the key.
    """
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
@requires(anyone, costs=API)
def event_file(event_id: UUID) -> Response:
    """Returns one event as a file, for mailboxes that strip attachments: its address goes into
    every message.
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


# The page that hands out the addresses of calendars: the programme's, by the groups one wants, and
# one's own.

PROGRAMS = (
    (
        "Google Calendar",
        N_("8 to 24 hours"),
        N_("On a computer: Other calendars, +, From URL; paste the address."),
    ),
    (
        N_("Outlook on the web"),
        N_("about 3 hours"),
        N_("Add calendar, Subscribe from web; paste the address."),
    ),
    (
        N_("Outlook on the desktop"),
        N_("up to 24 hours"),
        N_("Add calendar, From internet; paste the address."),
    ),
    ("Apple", N_("5 minutes to 1 week, as you set it"), N_("Press “Open in my calendar”.")),
    (
        "Thunderbird",
        N_("30 minutes, as you set it"),
        N_("New calendar, On the network; paste the address."),
    ),
)
"""Program, how long it waits before it looks again, how one subscribes in it."""


@bp.get("/calendar")
@requires(anyone)
def subscribe() -> str:
    return _subscribe_page()


@bp.post("/calendar/addresses")
@requires(signed_in)
def make_feed_address() -> str:
    """Answers with the page itself, because the address is shown once and kept nowhere."""
    with transaction() as db:
        token = issue_feed_token(
            db, account_id=current_actor().account_id, now=clock.now(), press=press_key()
        )
    return _subscribe_page(token)


@bp.post("/calendar/addresses/replacement")
@requires(signed_in)
def replace_feed_address() -> str:
    with transaction() as db:
        token = rotate_feed_token(
            db, account_id=current_actor().account_id, now=clock.now(), press=press_key()
        )
    return _subscribe_page(token, is_replaced=True)


def _subscribe_page(token: str = "", *, is_replaced: bool = False) -> str:
    actor = current_actor()
    with reading() as db:
        groups = all_groups(db)
        own_feeds = (
            [_in_days(one) for one in feed_addresses(db, actor=actor)] if actor.signed_in else []
        )
    slugs = set(request.args.getlist("group"))
    chosen = [group for group in groups if group.slug in slugs]
    return render_template(
        "planning/programme/subscribe.html",
        marks=Marks(groups).legend,
        chosen=[group.slug for group in chosen],
        programme_url=_programme_url(chosen),
        addresses=own_feeds,
        is_replaced=is_replaced,
        programs=PROGRAMS,
        made_url=address() + url_for("programme.personal_feed", token=token) if token else "",
    )


def _in_days(one: FeedAddress) -> dict[str, Any]:
    """Returns when an address was made and last used, in days of the reader's own calendar."""
    zone = ZoneInfo(reader_timezone())
    used_on = one.used_at.astimezone(zone).date() if one.used_at else None
    return {
        "made_on": one.made_at.astimezone(zone).date(),
        "used_on": used_on,
        "client": one.client,
    }


def _programme_url(groups: Sequence[GroupSummary]) -> str:
    """Returns the address of the programme's feed; without a language it is in Spanish."""
    language = reader_language()
    lang = language if language != languages()[0] else None
    if not groups:
        return address() + url_for("programme.public_feed", lang=lang)
    slugs = BETWEEN.join(group.slug for group in groups)
    return address() + url_for("programme.group_feed", slug=slugs, lang=lang)


# The programme on other sites: a feed in JSON, a small web component that shows it, and the page
# that says how to put both on a site.
#
# The feed and the component are the only answers that other origins may read: nothing in them depends
# on who asks.

MOST, USUAL = 50, 10
LAST_PAGE = 100
BOUNDS = (("limit", USUAL, MOST), ("page", 1, LAST_PAGE))
COUNTS = (3, 5, 10, 20)
COMPONENT = "convoca-programme.js"
ALL_DAY = N_("All day")
WHOLE = N_("See the whole programme")
NONE = N_("No events to come")
NOT_A_NUMBER = N_("“limit” is a number from 1 to %(most)s, “page” one from 1 to %(last)s.")


@bp.get("/programme/public/events.json")
@requires(anyone, costs=API)
def public_json() -> Response:
    """Returns a page of what is public and still to come; texts in the language asked for."""
    g.stateless = True  # a feed sets no cookie
    language = feed_language()
    limit, page = (_number(name, usual, most) for name, usual, most in BOUNDS)
    if limit is None or page is None:
        sentence = translate(language, NOT_A_NUMBER, most=MOST, last=LAST_PAGE)
        return for_everybody(_json({"error": sentence}), 422)
    with reading() as db:
        text = request.args.get("groups", "")
        groups = _groups_named(text, all_groups(db)) if text else []
        events, total = public_events(
            db,
            now=clock.now(),
            groups=[group.slug for group in groups],
            limit=limit,
            offset=(page - 1) * limit,
        )
    has_more = page * limit < total and page < LAST_PAGE
    chosen = BETWEEN.join(group.slug for group in groups) or None
    body = {
        "programme": current_body().programme.in_(language),
        "language": language,
        "url": address() + url_for("programme.programme", lang=language, group=_slugs(groups)),
        "page": page,
        "total": total,
        "next": _feed_url(language, chosen, limit, page + 1) if has_more else None,
        "words": {"whole": translate(language, WHOLE), "none": translate(language, NONE)},
        "events": [_event(one, language) for one in events],
    }
    return for_everybody(_json(body))


@bp.get(f"/programme/public/{COMPONENT}")
@requires(anyone)
def component() -> Response:
    """Returns the web component: browsers fetch a module of another origin only where its answer
    allows it.
    """
    g.stateless = True
    return for_everybody(
        Response(content_of(COMPONENT), content_type="text/javascript; charset=utf-8")
    )


@bp.get("/programme/embed")
@requires(anyone)
def embed() -> str:
    with reading() as db:
        groups = all_groups(db)
    slugs = set(request.args.getlist("group"))
    chosen = [group.slug for group in groups if group.slug in slugs]
    limit = request.args.get("limit", type=int)
    if limit not in COUNTS:
        limit = COUNTS[1]
    language = request.args.get("language", "")
    if language not in languages():
        language = reader_language()
    return render_template(
        "planning/programme/embed.html",
        marks=Marks(groups).legend,
        chosen=chosen,
        limit=limit,
        counts=COUNTS,
        shown_language=language,
        offered_languages=languages(),
        feed=address() + url_for("programme.public_json"),
        script=address() + url_for("programme.component"),
        own_feed=url_for("programme.public_json"),
        page=address() + url_for("programme.programme"),
        groups=BETWEEN.join(chosen),
        name=current_body().programme.in_(language),
        origin=address(),
    )


def _number(name: str, usual: int, most: int) -> int | None:
    """Returns the number asked for; `usual` when none was, None for what is no number within the
    bounds.
    """
    text = request.args.get(name)
    if text is None:
        return usual
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(most))
    return int(text) if is_number and 1 <= int(text) <= most else None


def _slugs(groups: Sequence[GroupSummary]) -> list[str]:
    return [group.slug for group in groups]


def _feed_url(language: Language, groups: str | None, limit: int, page: int) -> str:
    return address() + url_for(
        "programme.public_json", lang=language, groups=groups, limit=limit, page=page
    )


def _event(event: PublicEvent, language: Language) -> dict[str, Any]:
    zone = ZoneInfo(event.timezone)
    starts, ends = (at.astimezone(zone) for at in (event.starts_at, event.ends_at))
    short = current_body().short_names_by_code
    return {
        "id": str(event.id),
        "title": event.title.in_(language),
        "title_language": event.title.language_shown(language),
        "url": address() + url_for("events.event", event_id=event.id, lang=language),
        "starts_at": starts.isoformat(),
        "ends_at": ends.isoformat(),
        "timezone": event.timezone,
        "is_all_day": event.is_all_day,
        "when": _when(event, language),
        "day": _day(starts.date(), language),
        "place": event.place,
        "groups": [
            {"code": code, "name": short.get(code, name).in_(language)}
            for code, name in event.groups
        ],
    }


def _day(on: date, language: Language) -> str:
    return str(format_date(on, "EEEE d MMM y", locale=date_locale(language)))


def _when(event: PublicEvent, language: Language) -> str:
    """Returns "08:30–10:00 Costa Rica, UTC−6", or the days of an event that has no hours."""
    if event.is_all_day:
        days = days_text(event.starts_at, event.ends_at, event.timezone, language)
        return f"{days} ({translate(language, ALL_DAY)})"
    zone = zone_label(event.timezone, event.starts_at, language)
    return f"{hours_text(event.starts_at, event.ends_at, event.timezone)} {zone}"


def _json(body: dict[str, Any]) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, content_type="application/json; charset=utf-8")
