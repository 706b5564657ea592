"""The part of an event's page that says whether one may come, and how to keep it in one's calendar."""

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from app.events.exports.icalendar import when
from app.events.queries.participation import Places, places
from app.events.rules.participation import require_not_over, require_open
from app.events.values import EventDetail
from app.events.views.feed_answer import address
from app.infra.language import ntranslate, say, translate
from app.kernel.actor import Actor
from app.kernel.refusal import Refusal
from app.kernel.text import N_, Language

NO_LIMIT = N_("There is a place for everybody.")


@dataclass(frozen=True)
class RegistrationPanel:
    """As `events/_registration.html` wants it. `obstacle`: why nobody may register now, "" when one may."""

    is_registered: bool
    may_cancel: bool
    obstacle: str
    places_text: str
    in_words: str
    file_url: str
    webcal_url: str


def registration_panel(
    db: Session, *, event: EventDetail, actor: Actor, now: datetime, language: Language
) -> RegistrationPanel | None:
    """None for an event without an exact date, of which there is nothing to say yet."""
    if event.starts_at is None or event.ends_at is None:
        return None
    known = places(db, actor=actor, event_id=event.id)
    obstacle = _obstacle(event, known, now, language)
    file_url = address() + url_for("events.event_file", event_id=event.id, lang=language if language != "es" else None)
    return RegistrationPanel(
        is_registered=known.is_registered,
        may_cancel=event.starts_at > now,
        obstacle=obstacle,
        places_text=_places_text(known, language),
        in_words=when(
            event.starts_at, event.ends_at, timezone=event.timezone, is_all_day=event.is_all_day, language=language
        ),
        file_url=file_url,
        webcal_url="webcal://" + file_url.partition("://")[2],
    )


def _obstacle(event: EventDetail, known: Places, now: datetime, language: Language) -> str:
    try:
        require_not_over(event.status, event.ends_at, now)
        require_open(event.kind, event.status, event.starts_at, now)
    except Refusal as refusal:
        return say(language, refusal.sentence)
    return ""


def _places_text(known: Places, language: Language) -> str:
    if known.free is None:
        return translate(language, NO_LIMIT)
    return ntranslate(
        language, "%(n)s place of %(all)s is free.", "%(n)s places of %(all)s are free.", known.free, all=known.capacity
    )
