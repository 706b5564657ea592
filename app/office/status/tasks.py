"""Looks at the checks by the clock, and tells organizers by letter; wired in app/wiring."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import transaction
from app.infra.installation import site_address
from app.infra.journal import JournalEntry
from app.infra.language import both
from app.infra.platform import platform
from app.kernel.text import untranslated
from app.office.notifications import queries
from app.office.notifications.tasks.letters import write
from app.office.notifications.wording.letters import compose
from app.office.status.facts import CheckFell
from app.office.status.services import tell_changes
from app.office.status.wording import TITLES


def look() -> None:
    """Asks the checks as `/readyz` does, and writes down what changed."""
    report = platform().health.report()
    with transaction() as db:
        tell_changes(db, report.checks, now=clock.now())


def on_check_changed(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes to every organizer that a check fell, or is well again."""
    name = entry.payload["check"]
    title = both(TITLES[name]) if name in TITLES else untranslated(name)
    kind = "check-fell" if entry.fact == CheckFell.__name__ else "check-recovered"
    url = f"{site_address()}/status"
    letters = [
        (to, compose(kind, to, title=title, url=url))
        for to in queries.organizers(db, on=clock.today())
    ]
    write(db, entry, letters, now=now)
