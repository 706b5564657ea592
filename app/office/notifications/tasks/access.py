"""Letters about requests for access: to whoever decides, and to whoever is declined."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.installation import site_address
from app.infra.journal import JournalEntry
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.text import as_language
from app.office.notifications import queries
from app.office.notifications.tasks.letters import write
from app.office.notifications.values import NOBODY, Recipient
from app.office.notifications.wording.letters import compose
from app.office.outbox import services
from app.people.access.queries import focal_points_of, request_of
from app.people.access.values import RequestDecision
from app.people.directory.queries.people import request_by_id
from app.people.directory.values import CorrectionDecision


def on_access_requested(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """To the focal point of the country; to the organizers where there is none."""
    row = request_of(db, entry.payload["request_id"])
    if row is None or row.decision:
        return
    on = clock.today()
    people = focal_points_of(db, row.country_code, on) if row.country_code else ()
    found = [to for number in people if (to := queries.recipient(db, number)) is not None]
    url = f"{site_address()}/people-and-access/requests/{row.id}"
    letters = [
        (
            to,
            compose(
                "access-requested",
                to,
                person=row.full_name,
                institution=row.institution,
                url=url,
            ),
        )
        for to in found or queries.organizers(db, on=on)
    ]
    write(db, entry, letters, now=now)


def on_access_request_settled(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Whoever is let in gets an invitation; whoever is declined a short letter without reasons."""
    row = request_of(db, entry.payload["request_id"])
    if row is None or entry.payload["decision"] != RequestDecision.DECLINED:
        return
    to = Recipient(
        person_id=NOBODY,
        name=row.full_name,
        address=row.email,
        language=as_language(row.language),
        timezone=REFERENCE_ZONE,
    )
    services.queue_message(
        db,
        dedupe=f"access-declined.{row.id}",
        address=to.address,
        language=to.language,
        letter=compose("access-declined", to, url=f"{site_address()}/programme"),
        now=now,
    )


def on_correction_asked(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """To the focal point of the country; to the organizers where there is none."""
    row = request_by_id(db, entry.payload["request_id"])
    if row is None or row.decision:
        return
    on, code = clock.today(), entry.payload["country_code"]
    people = focal_points_of(db, code, on) if code else ()
    found = [
        to
        for number in people
        if number != row.person_id and (to := queries.recipient(db, number)) is not None
    ]
    url = f"{site_address()}/people/{row.person_id}"
    letters = [
        (to, compose("correction-asked", to, person=row.name_on_record, url=url))
        for to in found or queries.organizers(db, on=on)
    ]
    write(db, entry, letters, now=now)


def on_correction_settled(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """To whoever asked."""
    row = request_by_id(db, entry.payload["request_id"])
    to = queries.recipient(db, entry.payload["person_id"])
    if row is None or to is None:
        return
    letter = compose(
        "correction-settled",
        to,
        is_corrected=entry.payload["decision"] == CorrectionDecision.CORRECTED,
        reason=row.reason,
        url=f"{site_address()}/account/correction",
    )
    write(db, entry, [(to, letter)], now=now)
