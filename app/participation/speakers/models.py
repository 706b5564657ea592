"""The table of speakers from outside."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base
from app.kernel.text import LocalizedText


class OutsideSpeaker(Base):
    """Somebody without an account who speaks at one event: a person of their own, as a guest is."""

    __tablename__ = "outside_speaker"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, autoincrement=False
    )
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), index=True)
    # asked, confirmed, declined; the public reads only of who confirmed.
    state: Mapped[str] = mapped_column(String(10), default="asked")
    # Who they are, in their own words.
    lines: Mapped[LocalizedText]
    # A small JPEG that we wrote ourselves: what was sent may hold a place, or a program. Lists do not
    # load it; `has_photo` says whether there is one.
    photo: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    has_photo: Mapped[bool] = mapped_column(default=False)
    # The key in the link, readable only with the site's key; found by its hash.
    sealed_key: Mapped[str] = mapped_column(Text, default="", server_default="")
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    # Speaks under a chosen name, which is all that is kept: no address, organisation, words or photo.
    is_protected: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    # The office named them no longer: the link is dead.
    taken_out_at: Mapped[datetime | None]
