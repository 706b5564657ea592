"""Reference data of every installation: countries, groups, national holidays, the published
course.
"""

from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from app.kernel.actor import SYSTEM
from app.office.demo.services.holidays import seed_holidays
from app.people.directory.services.reference import seed_reference
from app.training.learning.forms.content import parse_course
from app.training.learning.services import publish_edition
from app.training.learning.values.content import CourseContent

GUIDELINES = Path(__file__).parents[4] / "courses" / "guidelines"


def load_reference(db: Session, *, now: datetime) -> None:
    """Idempotent: adds what is missing, changes nothing that users keep."""
    seed_reference(db)
    seed_holidays(db, years=range(now.year - 1, now.year + 3))
    publish_edition(db, actor=SYSTEM, content=guidelines_course(), now=now)


def guidelines_course() -> CourseContent:
    """The Guidelines course as its authors wrote it under courses/guidelines."""
    files = {
        str(path.relative_to(GUIDELINES)): path.read_text(encoding="utf-8")
        for path in sorted(GUIDELINES.rglob("*.*"))
    }
    return parse_course(files)
