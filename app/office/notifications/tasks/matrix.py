"""Letters about the matrix: a row passed to a colleague, a row that came back, and what a period
brought, what is near to a country's own rows first.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from app.followup.matrix.queries import matrix_row, passed_row
from app.followup.matrix.rules import LinkEndedForRow, row_key
from app.followup.matrix.values import RowView
from app.infra import clock
from app.infra.installation import site_address
from app.infra.journal import JournalEntry
from app.infra.language import date_text
from app.infra.platform import platform
from app.kernel.actor import SYSTEM
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText, in_every_language, languages
from app.office.notifications.queries import focal_points, matrix_digests
from app.office.notifications.tasks.letters import write
from app.office.notifications.values import NOBODY, Recipient
from app.office.notifications.wording.letters import compose
from app.people.directory.queries.roster import country_of


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


def on_row_passed(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes the signed link to the mailbox in the row, in the language of the country's focal
    point; nothing where the row was taken back or passed again meanwhile.
    """
    row_id, number = entry.payload["row_id"], entry.payload["pass_number"]
    try:
        row = passed_row(db, row_id=row_id, pass_number=number, today=clock.today())
    except LinkEndedForRow:
        return
    country = country_of(db, row.country)
    if row.passing is None or not row.passing.to or country is None:
        return
    answering = focal_points(db, [row.country], on=clock.today())
    to = Recipient(
        person_id=NOBODY,
        name="",
        address=row.passing.to,
        language=answering[0].language if answering else languages()[0],
        timezone=country.timezone or REFERENCE_ZONE,
    )
    letter = compose(
        "row-passed",
        to,
        country=country.name,
        text=_text_of(row),
        until=row.passing.until,
        url=f"{site_address()}/matrix-row/{row_key(platform().keys, row_id, number)}",
    )
    write(db, entry, [(to, letter)], now=now)


def on_row_came_back(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Tells the country's focal points that the colleague has answered."""
    try:
        row = matrix_row(db, actor=SYSTEM, row_id=entry.payload["row_id"])
    except NotFound:
        return
    url = f"{site_address()}/countries/{row.country}/matrix?row={row.id}#row-{row.id}"
    people = focal_points(db, [row.country], on=clock.today())
    letters = [(to, compose("row-answered", to, text=_text_of(row), url=url)) for to in people]
    write(db, entry, letters, now=now)


def _text_of(row: RowView) -> LocalizedText:
    return row.agreement.text if row.agreement else row.fact
