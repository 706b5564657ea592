"""Tables of the library."""

from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId
from app.kernel.text import LocalizedText


class GuidelineVersion(Base):
    """A version of the Guidelines, which editions of courses rest on. `source_note` says where its
    text is from.
    """

    __tablename__ = "guideline_version"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    label: Mapped[str] = mapped_column(String(20), unique=True)
    title: Mapped[LocalizedText]
    source_note: Mapped[LocalizedText]
    # Certificates on an older version are superseded from this day on.
    adopted_on: Mapped[date | None]
    pdf_url: Mapped[str] = mapped_column(String(500), default="", server_default="")


class GuidelineSection(Base):
    __tablename__ = "guideline_section"
    __table_args__ = (UniqueConstraint("guideline_version_id", "code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    guideline_version_id: Mapped[int] = mapped_column(ForeignKey("guideline_version.id"))
    code: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]
    # False while nobody compared the title with the document itself.
    verified: Mapped[bool] = mapped_column(default=True)
    title: Mapped[LocalizedText]
    # In the office's own words; the document is quoted by title and page only.
    summary: Mapped[LocalizedText] = mapped_column(
        default=LocalizedText, server_default=text("'{}'")
    )
    page: Mapped[int | None]
