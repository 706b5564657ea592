"""Letters about courses and certificates."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.installation import site_address
from app.infra.journal import JournalEntry
from app.office.notifications import queries
from app.office.notifications.queries.learning import course_taken
from app.office.notifications.tasks.letters import write
from app.office.notifications.wording.letters import compose
from app.training.certificates.queries import public_certificate
from app.training.certificates.rules import verify_path
from app.training.certificates.wording import taken_text


def on_official_enrolled(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    to = queries.recipient(db, entry.payload["person_id"])
    if to is None:
        return
    slug, title = course_taken(db, entry.payload["edition_id"])
    letter = compose("course-enrolled", to, course=title, url=f"{site_address()}/courses/{slug}")
    write(db, entry, [(to, letter)], now=now)


def on_certificate_issued(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    to = queries.recipient(db, entry.payload["person_id"])
    record = public_certificate(db, entry.subject_id, today=clock.today())
    if to is None or record.facts is None:
        return
    letter = compose(
        "certificate",
        to,
        course=record.facts.course_title,
        taken=taken_text(record.facts, record.modules_announced, to.language),
        url=f"{site_address()}/certificates",
        verify_url=site_address() + verify_path(record.code),
    )
    write(db, entry, [(to, letter)], now=now)
