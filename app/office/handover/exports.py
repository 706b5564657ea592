"""The journal as a table for a spreadsheet, and what it says of one person."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.infra.language import translate
from app.infra.platform import platform
from app.infra.sheets import SheetPage, workbook
from app.kernel.text import N_, Language, as_language
from app.office.handover.queries.journal import JournalPage, journal_of_person
from app.office.handover.values import JournalPort
from app.office.handover.wording import told
from app.people.directory.queries.people import person_of
from app.people.identity.queries import accounts_of_person


def spoken(page: JournalPage) -> JournalPage:
    """Returns the page with the words of packages above this one."""
    words = platform().port(JournalPort).words
    return replace(page, names=replace(page.names, words=words))


def journal_workbook(
    page: JournalPage, *, language: Language, timezone: str, made_at: datetime, mark: str
) -> bytes:
    """Returns the journal as XLSX. Instants are in the reader's zone, which the heading names;
    `mark` says who exported it and when.
    """
    zone = ZoneInfo(timezone)
    when = translate(language, "When (%(zone)s)", zone=timezone)
    heading = (
        when,
        translate(language, "Who"),
        translate(language, "What"),
        translate(language, "Fact"),
        translate(language, "About"),
    )
    rows = [
        (
            f"{one.at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
            one.by or "Convoca",
            told(language, one, page.names),
            one.fact,
            one.subject,
        )
        for one in page.entries
    ]
    title = translate(language, "Journal")
    return workbook(
        [
            SheetPage(title=title, heading=heading, rows=rows, widths=(20, 28, 80, 24, 30)),
        ],
        made_at=made_at,
        mark=mark,
    )


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns what the journal says of a person, in their language; who else did it is not named."""
    person = person_of(db, person_id)
    language = as_language(person.language if person else None)
    who = dict.fromkeys(accounts_of_person(db, person_id), translate(language, N_("you")))
    who[0], another = "Convoca", translate(language, N_("somebody else"))
    page = spoken(journal_of_person(db, person_id))
    return {
        "entries": [
            {
                "at": one.at.isoformat(),
                "by": who.get(one.account_id, another),
                "what": told(language, one, page.names),
            }
            for one in page.entries
        ]
    }
