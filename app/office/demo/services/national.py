"""Three national pages of invented offices, laws and numbers: two checked lately, one long ago. The
other countries' are empty.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.kernel.actor import SYSTEM
from app.kernel.text import LocalizedText
from app.office.demo.data import demo_data
from app.office.demo.services.body import COUNTRIES
from app.training.national.services import add_line, check_page, write_notes
from app.training.national.values import LineDraft, LineKind

WITH_PLACEHOLDERS = ("url", "address", "telephone")
NO_TEXT = LocalizedText()


def load_national_pages(db: Session, *, now: datetime) -> None:
    data = demo_data("national")
    for page in data["pages"]:
        code, at = page["country"], now - timedelta(days=page["checked_days_ago"])
        for line in data["lines"]:
            draft = _line(line, page, today=at.date())
            add_line(db, actor=SYSTEM, country_code=code, draft=draft, now=at)
        write_notes(db, actor=SYSTEM, country_code=code, notes=data["notes"], now=at)
        check_page(db, actor=SYSTEM, country_code=code, now=at)


def _line(line: Mapping[str, Any], page: Mapping[str, Any], *, today: date) -> LineDraft:
    """Office hours are those of the country, and an office speaks what its page says unless the
    line says otherwise.
    """
    own = {"code": page["country"].lower(), "calling": page["calling"], "capital": page["capital"]}
    texts = {name: line[name].format(**own) for name in WITH_PLACEHOLDERS if name in line}
    days = line.get("adopted_days_ago")
    is_office = line["kind"] == LineKind.OFFICE
    return LineDraft(
        LineKind(line["kind"]),
        line["name"],
        line.get("about", NO_TEXT),
        adopted_on=today - timedelta(days=days) if days else None,
        email=line.get("email", ""),
        hours=line.get("hours", NO_TEXT),
        timezone=COUNTRIES[page["country"]].timezone if "hours" in line else "",
        spoken=line.get("spoken", page["spoken"] if is_office else NO_TEXT),
        **texts,
    )
