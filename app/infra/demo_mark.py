"""The row that says that this database holds the demonstration: invented people and figures.

It is written with the demonstration and stays, however the program is started afterwards, so that
no page and no paper shows what is invented as if it were true.
"""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.infra.database import reading
from app.infra.orm import Base, BigId
from app.infra.platform import platform


class DemoMark(Base):
    """The only row has the number 1."""

    __tablename__ = "demo_mark"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    loaded_at: Mapped[datetime]


HOLDS = select(exists(select(DemoMark.id)))


def mark_as_demo(db: Session, *, now: datetime) -> None:
    db.add(DemoMark(id=1, loaded_at=now))
    db.flush()
    platform().holds_demo = None


def holds_demo(db: Session) -> bool:
    return bool(db.scalar(HOLDS))


def is_demonstration() -> bool:
    """Returns True where what pages show is invented.

    That is when the database holds the demonstration, or the setting DEMO lets anybody in as one of
    its people.
    """
    held = platform()
    if held.settings.demo:
        return True
    if held.holds_demo is None:
        try:
            with reading() as db:
                held.holds_demo = holds_demo(db)
        except SQLAlchemyError:  # the page that says so must not fail over this
            return False
    return held.holds_demo
