"""The row that says that this database holds the demonstration: invented people and figures.

It is written with the demonstration and stays, however the program is started afterwards, so that
no page and no paper shows what is invented as if it were true.
"""

from datetime import datetime

from flask import current_app
from sqlalchemy import exists, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.infra.database import reading
from app.infra.orm import Base, BigId

KNOWN = "convoca_holds_demo"
"""What was found once in this process: the demonstration comes with the first rows or never."""


class DemoMark(Base):
    """The only row has the number 1."""

    __tablename__ = "demo_mark"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    loaded_at: Mapped[datetime]


HOLDS = select(exists(select(DemoMark.id)))


def mark_as_demo(db: Session, *, now: datetime) -> None:
    db.add(DemoMark(id=1, loaded_at=now))
    db.flush()
    current_app.extensions.pop(KNOWN, None)


def holds_demo(db: Session) -> bool:
    return bool(db.scalar(HOLDS))


def is_demonstration() -> bool:
    """True where what pages show is invented: the database holds the demonstration, or the setting
    DEMO lets anybody in as one of its people.
    """
    if current_app.extensions["convoca_settings"].demo:
        return True
    if KNOWN not in current_app.extensions:
        try:
            with reading() as db:
                current_app.extensions[KNOWN] = holds_demo(db)
        except SQLAlchemyError:  # the page that says so must not fail over this
            return False
    return bool(current_app.extensions[KNOWN])
