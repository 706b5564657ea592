"""A form that is sent twice makes one thing: what each sent form made, for a day.

An edge that opens a transaction calls its service through `once`. The key comes from
`web.form_token.press_key`; "" means that nobody can press twice (a program, a command).
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.infra.database import lock_by_name
from app.infra.orm import Base

KEPT = timedelta(days=1)


class SentForm(Base):
    """`key` is a hash of the very form and of what was typed in it; `made_id` names what it
    made.
    """

    __tablename__ = "sent_form"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    made_id: Mapped[str] = mapped_column(String(64))
    sent_at: Mapped[datetime] = mapped_column(index=True)


def once(db: Session, key: str, make: Callable[[], object], *, now: datetime) -> str:
    """Returns the id of what this very form made: now by calling `make`, or before.

    What `make` refuses is not remembered: the form may be mended and sent again.
    """
    made = _made_before(db, key) if key else ""
    if not made:
        made = str(make())
        if key:
            db.execute(delete(SentForm).where(SentForm.sent_at < now - KEPT))
            db.add(SentForm(key=key, made_id=made, sent_at=now))
            db.flush()
    return made


def _made_before(db: Session, key: str) -> str:
    """Returns what an earlier press of the same button made, "" without one.

    The second of two presses waits here until the first is through: on SQLite because writers
    queue, on PostgreSQL at a lock on the key.
    """
    lock_by_name(db, key)
    return db.scalar(select(SentForm.made_id).where(SentForm.key == key)) or ""
