"""Letters that people wrote, and to whom each went."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId
from app.kernel.text import LocalizedText


class WrittenLetter(Base):
    """Subject and text as they were written, with their placeholders. `audiences` are keys such as
    "absent" or "group:protection". The id is chosen before the form is sent. `country_code`: of the
    country whose focal point wrote to its officials, else "".
    """

    __tablename__ = "written_letter"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("event.id"), index=True)
    country_code: Mapped[str] = mapped_column(String(2), index=True, default="")
    audiences: Mapped[list[Any]]
    subject: Mapped[LocalizedText]
    text: Mapped[LocalizedText]
    people: Mapped[int]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    written_at: Mapped[datetime] = mapped_column(index=True)


class LetterReader(Base):
    """Its number is that of the reader's message in the outbox ("written.<id>"). The invitation is
    the one whose link the letter bears; who is no person yet has nothing else.
    """

    __tablename__ = "letter_reader"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    letter_id: Mapped[UUID] = mapped_column(ForeignKey("written_letter.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitation.id"))
