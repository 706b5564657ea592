"""Focal points hear that their country answers for an agreement, and a fortnight before it is
due.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import transaction
from app.infra.installation import site_address
from app.infra.journal import JournalEntry
from app.office.notifications.queries.agreements import agreement, coming_due, focal_points
from app.office.notifications.tasks.letters import draft, write
from app.office.notifications.wording.agreements import agreement_coming_due, agreement_recorded
from app.office.outbox.services import queue_messages

AHEAD = timedelta(days=14)


def on_agreement_recorded(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Also of a change: then only the countries that were not named before."""
    one, countries = agreement(db, entry.payload["agreement_id"]), entry.payload["countries"]
    if one is None or not countries:
        return
    url = f"{site_address()}/agreements/{one.id}"
    people = focal_points(db, countries, on=clock.today())
    write(db, entry, [(to, agreement_recorded(to, one, url=url)) for to in people], now=now)


def remind_of_due() -> None:
    """Once for each day it is due on, to each focal point; whoever took office since is told, too.
    A day that was missed is made up for, until the agreement is due.
    """
    today, now = clock.today(), clock.now()
    with transaction() as db:
        drafts = []
        for one in coming_due(db, first=today, last=today + AHEAD):
            url = f"{site_address()}/agreements/{one.id}"
            for to in focal_points(db, one.countries, on=today):
                dedupe = f"agreement-due.{one.id}.{one.due}.{to.person_id}"
                drafts.append(draft(dedupe, to, agreement_coming_due(to, one, url=url)))
        queue_messages(db, drafts, now=now)
