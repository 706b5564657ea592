"""Letters about the course."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.infra.installation import site_address
from app.infra.journal import JournalEntry
from app.office.notifications import queries
from app.office.notifications.queries.learning import course_taken
from app.office.notifications.tasks.letters import write
from app.office.notifications.wording.letters import compose


def on_official_enrolled(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    to = queries.recipient(db, entry.payload["person_id"])
    if to is None:
        return
    slug, title = course_taken(db, entry.payload["edition_id"])
    letter = compose("course-enrolled", to, course=title, url=f"{site_address()}/courses/{slug}")
    write(db, entry, [(to, letter)], now=now)
