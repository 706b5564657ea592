"""What readers of the other language cannot read yet (R42): several events translated side by side
and saved once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.paging import Paging
from app.kernel.text import Language, LocalizedText, languages
from app.planning.arranging.services.several import Translation, translate_several
from app.planning.arranging.views import bp
from app.planning.arranging.views.drafts import reasons_of
from app.planning.events import policy
from app.planning.events.queries.events import missing_translations
from app.planning.events.values import EventDetail
from app.web.guards import current_actor, requires
from app.web.paging import addresses, page_asked

LISTED = 25
LONGEST_TITLE, LONGEST_SUMMARY = 200, 4_000
Answer = Response | tuple[str, int]


@dataclass(frozen=True)
class Box:
    """One text that is missing: where it is typed, beside what stands in another language."""

    name: str
    is_title: bool
    language: Language
    beside: str
    beside_language: Language
    typed: str = ""


@dataclass(frozen=True)
class EventToTranslate:
    event: EventDetail
    boxes: Sequence[Box]
    reasons: Sequence[str] = ()


@bp.get("/events/translations")
@requires(policy.may_translate)
def translations() -> str:
    return _page({})


@bp.post("/events/translations")
@requires(policy.may_translate)
def translate_together() -> Answer:
    """An empty box stays missing. What is refused comes back with what was typed."""
    with reading() as db:
        events = missing_translations(db, actor=current_actor())
    written = {event.id: made for event in events if (made := _written(event)) is not None}
    too_long = {event.id: [_("Shorten the text.")] for event in events if _is_too_long(event)}
    with transaction() as db:
        outcomes = translate_several(
            db,
            actor=current_actor(),
            texts={key: made for key, made in written.items() if key not in too_long},
            now=clock.now(),
        )
    reasons = {**too_long, **reasons_of(outcomes)}
    done = len([one for one in outcomes if one.refusal is None])
    if done:
        words = ngettext("%(num)s event was translated.", "%(num)s events were translated.", done)
        flash(words, "success")
    if reasons:
        return _page(reasons), 409 if not too_long else 422
    if not done:
        flash(_("Nothing was written, so nothing was saved."), "warning")
    return redirect(url_for("events.translations", page=request.args.get("page")), 303)


def _written(event: EventDetail) -> Translation | None:
    title = _typed(event, "title", event.title)
    summary = _typed(event, "summary", event.summary)
    if not title and not summary:
        return None
    return Translation(title, summary, request.form.get(f"seen-{event.id}", ""))


def _typed(event: EventDetail, name: str, standing: LocalizedText) -> LocalizedText:
    texts = {
        language: request.form.get(f"{name}-{event.id}-{language}", "")
        .replace("\r\n", "\n")
        .strip()
        for language in languages()
        if standing.lacks(language)
    }
    return LocalizedText(texts)


def _is_too_long(event: EventDetail) -> bool:
    return any(
        len(text) > longest
        for name, standing, longest in (
            ("title", event.title, LONGEST_TITLE),
            ("summary", event.summary, LONGEST_SUMMARY),
        )
        for text in _typed(event, name, standing).values()
    )


def _boxes(event: EventDetail) -> list[Box]:
    boxes = []
    for name, text in (("title", event.title), ("summary", event.summary)):
        for language in languages():
            if text and text.lacks(language):
                field = f"{name}-{event.id}-{language}"
                shown = text.language_shown(language)
                typed = request.form.get(field, "")
                boxes.append(Box(field, name == "title", language, text[shown], shown, typed))
    return boxes


def _page(reasons: Mapping[UUID, Sequence[str]]) -> str:
    with reading() as db:
        events = _coming_first(missing_translations(db, actor=current_actor()), clock.now())
    paging = Paging(len(events), LISTED, page_asked())
    rows = [
        EventToTranslate(event, _boxes(event), reasons.get(event.id, ()))
        for event in events[paging.offset : paging.last]
    ]
    return render_template(
        "planning/arranging/translations.html",
        rows=rows,
        paging=paging,
        address=addresses(),
        longest_title=LONGEST_TITLE,
        longest_summary=LONGEST_SUMMARY,
        page_has_errors=bool(reasons),
    )


def _coming_first(events: Sequence[EventDetail], now: datetime) -> Sequence[EventDetail]:
    """Soonest first what can still be read in time; then the past, latest first; at last what has
    no date.
    """
    coming = [event for event in events if event.ends_at and event.ends_at > now]
    past = [event for event in events if event.ends_at and event.ends_at <= now]
    return (*coming, *reversed(past), *(event for event in events if not event.ends_at))
