"""Reference data of every installation: countries, groups, national holidays, the published course."""

from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.rules import holiday_date, read_holidays
from app.directory.services.reference import seed_reference
from app.events.models import CountryHoliday
from app.kernel.actor import SYSTEM
from app.kernel.text import LocalizedText
from app.learning.forms.content import parse_course
from app.learning.services import publish_edition
from app.learning.values.content import CourseContent

DATA = Path(__file__).parents[1] / "data"
GUIDELINES = Path(__file__).parents[3] / "courses" / "guidelines"
HOLIDAY_SOURCE = "national labour law, general list"


def load_reference(db: Session, *, now: datetime) -> None:
    """Idempotent: adds what is missing, changes nothing that users keep."""
    seed_reference(db)
    _seed_holidays(db, years=range(now.year - 1, now.year + 3))
    publish_edition(db, actor=SYSTEM, content=guidelines_course(), now=now)


def guidelines_course() -> CourseContent:
    """The Guidelines course as its authors wrote it under courses/guidelines."""
    files = {
        str(path.relative_to(GUIDELINES)): path.read_text(encoding="utf-8") for path in sorted(GUIDELINES.rglob("*.*"))
    }
    return parse_course(files)


def _seed_holidays(db: Session, *, years: range) -> None:
    known: set[tuple[str, date]] = {
        (country, on) for country, on in db.execute(select(CountryHoliday.country_code, CountryHoliday.on))
    }
    for rule in read_holidays(DATA / "holidays.csv"):
        for year in years:
            key = (rule.country, holiday_date(rule.rule, year))
            if key not in known:
                known.add(key)
                name = LocalizedText(rule.name_es, rule.name_en)
                db.add(CountryHoliday(country_code=key[0], on=key[1], name=name, source=HOLIDAY_SOURCE))
    db.flush()
