"""The table of merges."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId


class PersonMerge(Base):
    """The record `gone_id` was joined to `kept_id`. `steps` is what was done, in order (see
    `services.join_rows`); `left_over` counts what an undo could not put back because it had changed.
    """

    __tablename__ = "person_merge"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    gone_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    merged_at: Mapped[datetime]
    merged_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    steps: Mapped[list[Any]]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    left_over: Mapped[int] = mapped_column(default=0, server_default="0")
