"""Tables of the survey. Who answered and what was answered are stored apart, and nothing joins
them: on SQLite neither has a rowid, which would number both in the order of the answers.
"""

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base


class SurveyBallot(Base):
    """This person has answered the survey of this event. There is one row each, even after a double
    click.
    """

    __tablename__ = "survey_ballot"
    __table_args__ = ({"sqlite_with_rowid": False},)

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class SurveyAnswer(Base):
    """One answer. `person_id` is set only where the person chose to be named. The key is random and
    only the day is stored, so that the order of answers tells nothing.
    """

    __tablename__ = "survey_answer"
    __table_args__ = (
        *(
            CheckConstraint(f"{name} IS NULL OR {name} BETWEEN 1 AND 5", name=name)
            for name in ("useful", "clear", "timely", "applied")
        ),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    language: Mapped[str] = mapped_column(String(2))
    useful: Mapped[int | None]
    clear: Mapped[int | None]
    timely: Mapped[int | None]
    applied: Mapped[int | None]
    comment: Mapped[str] = mapped_column(Text, default="")
    answered_on: Mapped[date]
