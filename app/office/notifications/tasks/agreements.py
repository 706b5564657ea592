"""Focal points hear that their country answers for an agreement, and a fortnight before it is
due.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.followup.agreements.values import AgreementView
from app.infra import clock
from app.infra.database import transaction
from app.infra.installation import site_address
from app.infra.journal import JournalEntry
from app.office.notifications.queries import agreement, coming_due, focal_points
from app.office.notifications.tasks.letters import draft, write
from app.office.notifications.values import Recipient
from app.office.notifications.wording.letters import compose
from app.office.outbox.services import queue_messages
from app.office.outbox.values import Letter

AHEAD = timedelta(days=14)


def on_agreement_recorded(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes to the focal points of the countries that answer for an agreement. After a change only
    to the countries that were not named before.
    """
    one, countries = agreement(db, entry.payload["agreement_id"]), entry.payload["countries"]
    if one is None or not countries:
        return
    people = focal_points(db, countries, on=clock.today())
    write(db, entry, [(to, _letter("agreement", to, one)) for to in people], now=now)


def remind_of_due() -> None:
    """Writes to each focal point once for each day an agreement is due on, also to people who took
    office since. A day that was missed is made up for until the agreement is due.
    """
    today, now = clock.today(), clock.now()
    with transaction() as db:
        drafts = []
        for one in coming_due(db, first=today, last=today + AHEAD):
            for to in focal_points(db, one.countries, on=today):
                dedupe = f"agreement-due.{one.id}.{one.due}.{to.person_id}"
                drafts.append(draft(dedupe, to, _letter("agreement-due", to, one)))
        queue_messages(db, drafts, now=now)


def _letter(kind: str, to: Recipient, one: AgreementView) -> Letter:
    return compose(
        kind,
        to,
        title=one.event_title,
        paragraph=str(one.paragraph),
        text=one.text,
        due=one.due,
        url=f"{site_address()}/agreements/{one.id}",
    )
