"""Tables of the sheets of earlier years."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId


class HistoryImport(Base):
    """A sheet that somebody uploaded. `kind` is a ImportKind, `state` a HistoryState; `country_code`
    the only country that its rows may be of, null where a column says it.

    `rows` are those of the sheet until it is saved, and then `left` those that did not enter, as
    [number, cells, reason by language]; nobody is named in either once ninety days have passed.
    `meanings`: field by the place of its column; `headings`: field by the simplified heading, which
    is how later sheets are read; `answers` by the key of the question; `corrections` what was typed
    over cells, in its order, each a Correction. `hidden` columns were not
    read, nor were `sheets` beyond the first. `size` counts rows, of which `done` have been looked at
    while it is saved; `entered`, `known` and `left` add up to it in the end. `kept`: rows of the
    database that an undo left.
    """

    __tablename__ = "history_import"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    country_code: Mapped[str | None] = mapped_column(ForeignKey("country.code"), index=True)
    filename: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10))
    rows: Mapped[list[Any]]
    left: Mapped[list[Any]]
    meanings: Mapped[dict[str, Any]]
    headings: Mapped[dict[str, Any]]
    answers: Mapped[dict[str, Any]]
    corrections: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    hidden: Mapped[int] = mapped_column(default=0)
    sheets: Mapped[int] = mapped_column(default=1)
    size: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    entered: Mapped[int] = mapped_column(default=0)
    known: Mapped[int] = mapped_column(default=0)
    kept: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    saved_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class HistoryRow(Base):
    """A row of the database that an import added: its table, key and the mark of what stood in it.
    `number` is that of the row of the sheet.
    """

    __tablename__ = "history_row"
    __table_args__ = (Index("ix_history_row_import_id_id", "import_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("history_import.id"))
    number: Mapped[int]
    table_name: Mapped[str] = mapped_column(String(40))
    key: Mapped[list[Any]]
    mark: Mapped[str] = mapped_column(String(16))
