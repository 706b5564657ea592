"""What the board and the moving page answer: the sentences, three free times, and the swap that
would do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from flask import render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import reading
from app.infra.language import translate
from app.kernel.refusal import InvalidInput, NotFound, Refusal
from app.kernel.text import date_locale
from app.kernel.timespan import Timespan
from app.people.identity.policy import leads_the_region
from app.planning.arranging import wording
from app.planning.arranging.queries.advice import Advice, advice
from app.planning.arranging.queries.requests import open_request
from app.planning.arranging.rules.requests import can_be_lifted, decide_by
from app.planning.arranging.views.plan_page import (
    heading_of,
    moment_text,
    presidency_shown,
    sentences_of,
)
from app.planning.events import policy
from app.planning.events.queries.events import event_of
from app.planning.events.values import EventDetail, EventStatus
from app.planning.programme.forms import MoveForm, SwapForm, move_form, span_asked
from app.planning.programme.queries.board import Swappable, swappable_events
from app.planning.programme.rules.month import MOMENT
from app.planning.scheduling.rules import Clash
from app.planning.scheduling.values import FreeSlot
from app.web.guards import current_actor
from app.web.locale import reader_language, reader_timezone
from app.web.render import day_text, hours_text, span_text, zone_label

FROM_BOARD = "X-Board"


@dataclass(frozen=True)
class AskedMove:
    """An event, where it stands, and where it is asked to go (in the form, by the reader's
    clock).
    """

    event: EventDetail
    span: Timespan
    form: MoveForm

    def span_asked(self) -> Timespan:
        zone, is_all_day = self.event.timezone, self.event.is_all_day
        return span_asked(
            self.form, self.span, typed_in=reader_timezone(), timezone=zone, is_all_day=is_all_day
        )

    def month(self) -> date:
        """Of the day asked for, or of the day on which it stands."""
        asked: date | None = self.form.on.data
        return (
            asked or self.span.starts_at.astimezone(ZoneInfo(reader_timezone())).date()
        ).replace(day=1)


def place_of(event: EventDetail, span: Timespan) -> AskedMove:
    typed = (
        request.form
        if request.method == "POST" and request.endpoint == "programme.move_submitted"
        else None
    )
    form = move_form(
        typed,
        span,
        typed_in=reader_timezone(),
        timezone=event.timezone,
        is_all_day=event.is_all_day,
    )
    return AskedMove(event, span, form)


def is_from_board() -> bool:
    """Returns True when board.js asks, which shows the answer alone beside the board."""
    return FROM_BOARD in request.headers


def move_page(
    place: AskedMove,
    *,
    status: int = 200,
    sentences: Sequence[str] = (),
    slots: Sequence[dict[str, str]] = (),
    has_no_slots: bool = False,
    swap: EventDetail | None = None,
    swapping: SwapForm | None = None,
    asking: dict[str, Any] | None = None,
    heading: str = "",
) -> tuple[str, int]:
    """Returns the whole page, or for the board the answer alone."""
    swapping = swapping or SwapForm()
    page = {
        "event": place.event,
        "form": place.form,
        "sentences": sentences,
        "slots": slots,
        "has_no_slots": has_no_slots,
        "swap": swap,
        "swapping": swapping,
        "asking": asking,
        "heading": heading,
    }
    if is_from_board():
        return render_template(
            "planning/programme/_move_answer.html", is_from_board=True, **page
        ), status
    with reading() as db:
        others = swappable_events(db, actor=current_actor(), event=place.event, now=clock.now())
    swapping.other.choices = [
        ("", _("Choose one")),
        *((str(other.id), in_words(other)) for other in others),
    ]
    return render_template(
        "planning/programme/move.html",
        **page,
        has_others=bool(others),
        month=place.month(),
        zone=zone_label(reader_timezone(), place.span.starts_at, reader_language()),
        page_has_errors=status >= 400,  # noqa: PLR2004 - HTTP's own border
    ), status


def answer_of(place: AskedMove, refusal: Refusal, *, may_swap: bool) -> dict[str, Any]:
    with reading() as db:
        said = _advice(db, place)
        swap = _other(db, refusal) if may_swap else None
        asking = _asking(db, place, said) if may_swap else None
    return {
        "sentences": sentences_of(refusal),
        "slots": [_slot(slot) for slot in said.slots],
        "has_no_slots": said.is_refused and not said.slots,
        "swap": swap,
        "asking": asking,
        "heading": translate(reader_language(), heading_of(said)) if said.is_refused else "",
    }


def refused_answer(place: AskedMove, *, reason: str, error: str) -> dict[str, Any]:
    """The same answer once more, with what was written to the presidency and what it lacks."""
    with reading() as db:
        said = _advice(db, place)
        asking = _asking(db, place, said)
    found = wording.findings_in_words(
        said,
        reader_timezone=reader_timezone(),
        may_see_title=leads_the_region(current_actor()),
    )
    return {
        "sentences": [
            words.in_(reader_language())
            for _severity, words, finding in found
            if finding is None or finding.is_refused
        ],
        "slots": [_slot(slot) for slot in said.slots],
        "has_no_slots": said.is_refused and not said.slots,
        "asking": {**asking, "typed": reason, "error": error} if asking else None,
        "heading": translate(reader_language(), heading_of(said)) if said.is_refused else "",
    }


def _asking(db: Session, place: AskedMove, said: Advice) -> dict[str, Any] | None:
    """How the presidency can be asked for the time, as on the planning page."""
    if not said.is_refused or said.breach is not None or not can_be_lifted(said.findings):
        return None
    span, language = place.span_asked(), reader_language()
    return {
        **presidency_shown(db, language),
        "decide_by": moment_text(decide_by(clock.now(), span.starts_at), language),
        "standing": open_request(db, place.event.id, now=clock.now()),
        "typed": "",
        "error": "",
    }


def _advice(db: Session, place: AskedMove) -> Advice:
    try:
        span = place.span_asked()
        draft = replace(place.event.as_draft(), span=span)
        return advice(
            db,
            actor=current_actor(),
            draft=draft,
            span=span,
            now=clock.now(),
            event_id=place.event.id,
        )
    except InvalidInput:
        return Advice()


def _other(db: Session, refusal: Refusal) -> EventDetail | None:
    """Returns the one event that stands in the way, if there is one alone and it is the actor's to
    move.
    """
    findings = refusal.findings if isinstance(refusal, Clash) else ()
    in_the_way = {wording.event_id_of(finding) for finding in findings}
    if len(in_the_way) != 1 or None in in_the_way:
        return None
    [other_id] = in_the_way
    assert other_id is not None  # noqa: S101 - asked just now
    try:
        other = event_of(db, actor=current_actor(), event_id=other_id)
    except NotFound:
        return None
    is_mine = policy.may_plan_for(current_actor(), other.group_slugs, other.kind)
    return other if is_mine and other.span and other.status is not EventStatus.CANCELLED else None


def moved_to(event_id: UUID) -> dict[str, str]:
    """Title and time of an event as it stands now, in the reader's words and zone."""
    with reading() as db:
        event = event_of(db, actor=current_actor(), event_id=event_id)
    assert event.span is not None  # noqa: S101 - it was moved to a time
    return {
        "title": f"«{event.title.in_(reader_language())}»",
        "when": when_in_words(event.span, event),
    }


def when_in_words(span: Timespan, event: EventDetail) -> str:
    """By the reader's clock; whole days by the calendar of the place."""
    zone = event.timezone if event.is_all_day else reader_timezone()
    first = span.starts_at.astimezone(ZoneInfo(zone)).date()
    last = (span.ends_at - MOMENT).astimezone(ZoneInfo(zone)).date()
    days = " – ".join(dict.fromkeys(day_text(on, reader_language()) for on in (first, last)))
    if event.is_all_day:
        return days
    hours = hours_text(span.starts_at, span.ends_at, zone)
    return f"{days}, {hours} {zone_label(zone, span.starts_at, reader_language())}"


def in_words(other: Swappable) -> str:
    starts = other.starts_at.astimezone(ZoneInfo(reader_timezone()))
    day = format_skeleton("MMMEd", starts, locale=date_locale(reader_language()))
    return f"{day}, {starts:%H:%M} · {other.title.in_(reader_language())}"


def _slot(slot: FreeSlot) -> dict[str, str]:
    language, zone, span = reader_language(), reader_timezone(), slot.span
    starts = span.starts_at.astimezone(ZoneInfo(zone))
    text = span_text(span, zone, language)
    return {"value": starts.isoformat(), "text": text, "note": zone_label(zone, starts, language)}
