"""The programme on other sites: a feed in JSON, a small web component that shows it, and the page
that says how to put both on a site.

The feed and the component are the only answers that other origins may read: nothing in them depends
on who asks.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Response, current_app, g, render_template, request, url_for

from app.infra import clock
from app.infra.body import current_body
from app.infra.database import reading
from app.infra.language import translate
from app.kernel.refusal import NotFound
from app.kernel.text import N_, Language, date_locale, languages
from app.planning.events.values import GroupSummary
from app.planning.programme.queries.programme import all_groups
from app.planning.programme.queries.public import PublicEvent, public_events
from app.planning.programme.views import bp
from app.planning.programme.views.feed_answer import address, feed_language
from app.planning.programme.views.feeds import BETWEEN
from app.planning.programme.views.month import Marks
from app.web.guards import anyone, requires
from app.web.locale import reader_language
from app.web.render import days_text, hours_text, zone_label

MOST, USUAL = 50, 10
LAST_PAGE = 100
BOUNDS = (("limit", USUAL, MOST), ("page", 1, LAST_PAGE))
COUNTS = (3, 5, 10, 20)
FRESH_SECONDS = 300
COMPONENT = "convoca-programme.js"
ALL_DAY = N_("All day")
WHOLE = N_("See the whole programme")
NONE = N_("No events to come")
NOT_A_NUMBER = N_("“limit” is a number from 1 to %(most)s, “page” one from 1 to %(last)s.")


@bp.get("/programme/public/events.json")
@requires(anyone)
def public_json() -> Response:
    """A page of what is public and still to come; texts in the language asked for."""
    g.stateless = True  # a feed sets no cookie
    language = feed_language()
    limit, page = (_number(name, usual, most) for name, usual, most in BOUNDS)
    if limit is None or page is None:
        sentence = translate(language, NOT_A_NUMBER, most=MOST, last=LAST_PAGE)
        return _for_everybody(_json({"error": sentence}), 422)
    with reading() as db:
        groups = _asked_groups(all_groups(db))
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
    return _for_everybody(_json(body))


@bp.get(f"/programme/public/{COMPONENT}")
@requires(anyone)
def component() -> Response:
    """The web component: browsers fetch a module of another origin only where its answer allows
    it.
    """
    g.stateless = True
    script = (Path(current_app.static_folder or "") / COMPONENT).read_bytes()
    return _for_everybody(Response(script, content_type="text/javascript; charset=utf-8"))


@bp.get("/programme/embed")
@requires(anyone)
def embed() -> str:
    with reading() as db:
        groups = all_groups(db)
    wanted, language = set(request.args.getlist("group")), reader_language()
    chosen = [group.slug for group in groups if group.slug in wanted]
    asked = request.args.get("limit", type=int)
    limit = asked if asked in COUNTS else COUNTS[1]
    tongue = request.args.get("language", "")
    tongue = tongue if tongue in languages() else language
    return render_template(
        "planning/programme/embed.html",
        marks=Marks(groups).legend,
        chosen=chosen,
        limit=limit,
        counts=COUNTS,
        tongue=tongue,
        tongues=languages(),
        feed=address() + url_for("programme.public_json"),
        script=address() + url_for("programme.component"),
        own_feed=url_for("programme.public_json"),
        page=address() + url_for("programme.programme"),
        groups=BETWEEN.join(chosen),
        name=current_body().programme.in_(tongue),
        origin=address(),
    )


def _number(name: str, usual: int, most: int) -> int | None:
    """As asked; `usual` when not asked, None for what is no number within the bounds."""
    text = request.args.get(name)
    if text is None:
        return usual
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(most))
    return int(text) if is_number and 1 <= int(text) <= most else None


def _asked_groups(known: Sequence[GroupSummary]) -> list[GroupSummary]:
    """Raises NotFound for a group that there is not."""
    text = request.args.get("groups", "")
    wanted = set(text.split(BETWEEN)) if text else set()
    found = [group for group in known if group.slug in wanted]
    if len(found) != len(wanted):
        raise NotFound
    return found


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
    """ "08:30–10:00 Costa Rica, UTC−6", or the days of an event that has no hours."""
    if event.is_all_day:
        days = days_text(event.starts_at, event.ends_at, event.timezone, language)
        return f"{days} ({translate(language, ALL_DAY)})"
    zone = zone_label(event.timezone, event.starts_at, language)
    return f"{hours_text(event.starts_at, event.ends_at, event.timezone)} {zone}"


def _json(body: dict[str, Any]) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, content_type="application/json; charset=utf-8")


def _for_everybody(response: Response, status: int = 200) -> Response:
    """May be read by the script of any site, and is kept by caches for five minutes."""
    response.status_code = status
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    if status == HTTPStatus.OK:
        response.headers["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
        response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32], weak=True)
        response.make_conditional(request)
    return response
