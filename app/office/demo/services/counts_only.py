"""A country of the demo that gives no names, with what its focal point declared in four quarters."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.files import files
from app.infra.platform import platform
from app.kernel.actor import SYSTEM
from app.office.privacy.services import give_up_names
from app.office.privacy.values import PersonalData
from app.participation.attendance.models import AttendanceImport
from app.people.directory.models import Country
from app.training.turnover.models import Declaration, DeclaredCount
from app.training.turnover.queries.declared import open_institutions

COUNTS_ONLY = "CA"
DECLARED = (
    (291, ((12, 10, 2), (10, 10, 3), (9, 8, 2), (9, 9, 4))),
    (198, ((12, 11, 4), (10, 9, 4), (9, 8, 2), (9, 8, 4))),
    (107, ((12, 11, 6), (10, 10, 5), (9, 9, 3), (9, 8, 4))),
    (16, ((12, 12, 5), (10, 9, 5), (9, 8, 4), (9, 8, 5))),
)
"""How many days ago, and by institution: posts, serving, trained."""


def load_counts_only(db: Session, *, today: date, now: datetime) -> None:
    before = _originals(db)
    give_up_names(
        db,
        actor=SYSTEM,
        country_code=COUNTS_ONLY,
        domains=platform().port(PersonalData).domains,
        now=now,
    )
    for key in before - _originals(db):  # elsewhere a listener of the fact does it
        files().delete(key)
    db.get_one(Country, COUNTS_ONLY).counts_only_since = today - timedelta(days=DECLARED[0][0])
    institutions = open_institutions(db, COUNTS_ONLY, today)
    for days, counts in DECLARED:
        row = Declaration(country_code=COUNTS_ONLY, declared_on=today - timedelta(days=days))
        db.add(row)
        db.flush()
        db.add_all(
            DeclaredCount(
                declaration_id=row.id,
                institution_id=place.id,
                posts=posts,
                serving=serving,
                trained=trained,
            )
            for place, (posts, serving, trained) in zip(institutions, counts, strict=False)
        )
    db.flush()


def _originals(db: Session) -> set[str]:
    """Returns the files in which reports of attendance came."""
    return set(db.scalars(select(AttendanceImport.file_key).where(AttendanceImport.file_key != "")))
