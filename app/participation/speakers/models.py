"""The table of speakers from outside."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base
from app.kernel.text import LocalizedText


class OutsideSpeaker(Base):
    """Somebody without an account who speaks at one event: a person of their own, as a guest is.

    `state`: asked, confirmed, declined. `lines`: who they are, in their own words. `photo`: a small
    JPEG that we wrote ourselves. Of the key in their link the hash is stored, and the random bits
    it was made from. `taken_out_at`: the office named them no longer, and the link is dead.
    """

    __tablename__ = "outside_speaker"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, autoincrement=False
    )
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="asked")
    lines: Mapped[LocalizedText]
    photo: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    has_photo: Mapped[bool] = mapped_column(default=False)
    bits: Mapped[str] = mapped_column(String(64))
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    taken_out_at: Mapped[datetime | None]
