"""The page of the search; its address can be kept, and it works without scripts."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, render_template, request, url_for

from app.infra import clock
from app.infra.database import reading
from app.infra.language import translate
from app.infra.platform import platform
from app.kernel.actor import Role
from app.kernel.text import languages
from app.office.search import rules
from app.office.search.policy import may_search
from app.office.search.queries.finding import SHOWN, found
from app.office.search.values import Hit, HitKind, SearchPage, SearchPages
from app.office.search.wording import KINDS
from app.web.guards import current_actor, requires
from app.web.limits import SEARCH
from app.web.locale import reader_language, reader_timezone
from app.web.render import hours_text, short_day_text, zone_label

bp = Blueprint("search", __name__)
LONGEST = 100


@dataclass(frozen=True)
class FoundLine:
    """A hit as a line of the page."""

    title: str
    url: str
    detail: str = ""


@bp.get("/search")
@requires(may_search, costs=SEARCH)
def search() -> str:
    typed = request.args.get("q", "")[:LONGEST].strip()
    with reading() as db:
        hits = found(db, actor=current_actor(), typed=typed, now=clock.now())
    lines = {HitKind.PAGE: _pages(typed)}
    lines |= {kind: [_line(hit) for hit in some] for kind, some in hits.items()}
    return render_template(
        "office/search/search.html",
        typed=typed,
        is_enough=bool(rules.words_of(typed)),
        groups=[(KINDS[kind], lines[kind]) for kind in HitKind if lines.get(kind)],
    )


def _pages(typed: str) -> list[FoundLine]:
    """Returns pages that the reader may open, by their names in menus."""
    words, actor, language = rules.words_of(typed), current_actor(), reader_language()
    by_name: dict[str, FoundLine] = {}
    by_words: dict[str, FoundLine] = {}
    for page in platform().port(SearchPages).pages:
        if page.endpoint not in current_app.view_functions or not page.policy(actor):
            continue
        name = translate(language, page.title)
        if rules.is_found(words, name):
            lines = by_name
        elif rules.is_found(rules.telling(words), f"{name} {_said(page)}"):
            lines = by_words
        else:
            continue
        codes = sorted(actor.scopes(Role.FOCAL_POINT)) if page.of_country else [None]
        for code in codes:
            parts = dict(page.arguments) | ({"code": code} if code else {})
            url = url_for(page.endpoint, **parts)  # type: ignore[arg-type]  # parts of the path
            lines.setdefault(url, FoundLine(name, url))
    return list((by_name | by_words).values())[:SHOWN]


def _said(page: SearchPage) -> str:
    """Returns what people call a page, in every language, because they do not think in the reader's
    alone.
    """
    if not page.words:
        return ""
    return " ".join(translate(language, page.words) for language in languages())


def _line(hit: Hit) -> FoundLine:
    language = reader_language()
    detail = hit.detail.in_(language) if hit.detail else ""
    if hit.at is not None:
        zone = reader_timezone() if hit.has_hours else hit.timezone
        detail = short_day_text(hit.at.astimezone(ZoneInfo(zone)).date(), "yMMMEd", language)
        if hit.has_hours:
            hour = hours_text(hit.at, hit.at, zone)
            detail += f", {hour} ({zone_label(zone, hit.at, language)})"
    url = url_for(hit.endpoint, **dict(hit.arguments))  # type: ignore[arg-type]  # parts of the path
    return FoundLine(hit.title.in_(language), url, detail)
