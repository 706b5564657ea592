"""Letters that follow from refreshers: the questions' link, and that they pause."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.infra.installation import site_address
from app.infra.journal import JournalEntry
from app.kernel.refusal import NotFound
from app.office.notifications import queries
from app.office.notifications.tasks.letters import draft, settings
from app.office.notifications.values import Recipient
from app.office.notifications.wording.letters import compose
from app.office.outbox import services
from app.office.outbox.values import Letter, LetterDraft
from app.training.refreshers.facts import RefresherReady
from app.training.refreshers.queries import refresher_by_id
from app.training.refreshers.rules import choice_key, refresher_key
from app.web.render import days_text


def on_refresher_ready(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """One letter for each refresher, however often the fact is delivered."""
    found = refresher_by_id(db, entry.payload["refresher_id"])
    to = queries.recipient(db, found.person_id)
    if to is None or found.ends_at <= now:
        return
    key = refresher_key(settings().secret, str(found.id))
    last = found.ends_at - timedelta(seconds=1)
    letter = compose(
        "refresher",
        to,
        count=len(found.questions),
        url=f"{site_address()}/refreshers/by-letter/{key}?lang={to.language}",
        last_day=days_text(last, last, to.timezone, to.language),
        stop_url=f"{choice_address(to)}?lang={to.language}",
    )
    services.queue_messages(db, [_optional(entry, to, letter)], now=now)


def on_refreshers_paused(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    to = queries.recipient(db, entry.payload["person_id"])
    if to is not None:
        url = f"{choice_address(to)}?lang={to.language}"
        letter = compose("refreshers-paused", to, url=url)
        services.queue_messages(db, [_optional(entry, to, letter)], now=now)


def is_refresher(entry: JournalEntry) -> bool:
    return entry.fact == RefresherReady.__name__


def has_ended(db: Session, entry: JournalEntry, *, now: datetime) -> bool:
    """Returns True when a letter that waited would bring a link that works no more."""
    try:
        return refresher_by_id(db, entry.payload["refresher_id"]).ends_at <= now
    except NotFound:
        return True


def choice_address(to: Recipient) -> str:
    return f"{site_address()}/refreshers/choice/{choice_key(settings().secret, to.person_id)}"


def _optional(entry: JournalEntry, to: Recipient, letter: Letter) -> LetterDraft:
    """The button of a mail program stops refreshers and nothing else (RFC 8058)."""
    written = draft(f"{entry.id}.{to.person_id}", to, letter)
    return replace(written, unsubscribe_url=choice_address(to))
