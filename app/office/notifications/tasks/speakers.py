"""Letters to speakers from outside, with the link that is their key."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra.installation import site_address
from app.infra.journal import JournalEntry
from app.office.notifications import queries
from app.office.notifications.tasks.letters import draft, settings
from app.office.notifications.tasks.pages import public_page
from app.office.notifications.wording.letters import about_event, compose
from app.office.outbox import services
from app.participation.invitations.rules import Keyring
from app.participation.speakers.queries import asked_speaker
from app.participation.speakers.values import SpeakerState


def on_speaker_asked(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """None for who was taken out meanwhile, and when there is nothing to speak at any more."""
    event = queries.event_notice(db, UUID(entry.payload["event_id"]))
    row = asked_speaker(db, entry.payload["person_id"])
    to = queries.recipient(db, entry.payload["person_id"])
    is_over = event is not None and event.span is not None and event.span.ends_at <= now
    if event is None or row is None or to is None or event.is_cancelled or is_over:
        return
    key = Keyring(settings().secret).speaker_key(row.bits)
    url = f"{site_address()}/speaker/{key}"
    letter = compose("speaker-asked", to, **about_event(to, event), url=url)
    drafted = draft(f"{entry.id}.{to.person_id}", to, letter, event_id=event.event_id)
    services.queue_messages(db, [drafted], now=now)


def on_speaker_answered(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Whoever planned the event hears of a refusal; a confirmation stands on its page."""
    event = queries.event_notice(db, UUID(entry.payload["event_id"]))
    owner = queries.owner_of(db, event.event_id) if event else None
    who = queries.recipient(db, entry.payload["person_id"])
    is_refusal = entry.payload["state"] == SpeakerState.DECLINED
    if event is None or owner is None or who is None or event.is_cancelled or not is_refusal:
        return
    url = f"{public_page(event.event_id)}/speakers"
    letter = compose(
        "speaker-declined", owner, **about_event(owner, event), person=who.name, url=url
    )
    drafted = draft(f"{entry.id}.owner", owner, letter, event_id=event.event_id)
    services.queue_messages(db, [drafted], now=now)
