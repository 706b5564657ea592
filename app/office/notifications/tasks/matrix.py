"""Focal points hear once what a period of the matrix brought, what is near to their own rows first."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.installation import site_address
from app.infra.journal import JournalEntry
from app.infra.language import date_text
from app.kernel.text import in_every_language
from app.office.notifications.queries import focal_points, matrix_digests
from app.office.notifications.tasks.letters import write
from app.office.notifications.wording.letters import compose


def on_matrix_published(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes to the focal points of every country, each in their language (R17). The entry said
    again sends nothing twice.
    """
    today = clock.today()
    period, digests = matrix_digests(db, period_id=entry.payload["period_id"], today=today)
    days = in_every_language(
        lambda language: " – ".join(
            date_text(language, day) for day in (period.covers_from, period.closes_on)
        )
    )
    url = f"{site_address()}/matrix?period={period.id}"
    letters = [
        (
            to,
            compose(
                "matrix-digest",
                to,
                period=days,
                near=digest.near,
                others=digest.others,
                url=url,
            ),
        )
        for digest in digests
        for to in focal_points(db, [digest.country], on=today)
    ]
    write(db, entry, letters, now=now)
