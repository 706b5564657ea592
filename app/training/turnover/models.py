"""Tables of the courses that posts ask for, and of the counts that countries without names declare."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.orm import Base, BigId


class PostCourse(Base):
    """A course that is asked of whoever holds the post, beside the counted course, which every
    target post asks for (`Post.is_target`).
    """

    __tablename__ = "post_course"

    # A post that was written down wrongly is taken out with what it asked for.
    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), primary_key=True)


class Declaration(Base):
    """What the focal point of a country that gives no names counted on a day, in her own list. The
    last one stands until the next.
    """

    __tablename__ = "declaration"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    country_code: Mapped[str] = mapped_column(String(2), ForeignKey("country.code"), index=True)
    declared_on: Mapped[date]


class DeclaredCount(Base):
    """Of an institution: its posts, how many of them somebody holds, and how many of those with a
    valid certificate of the counted course.
    """

    __tablename__ = "declared_count"
    __table_args__ = (
        CheckConstraint("0 <= trained AND trained <= serving AND serving <= posts", name="parts"),
    )

    declaration_id: Mapped[int] = mapped_column(ForeignKey("declaration.id"), primary_key=True)
    institution_id: Mapped[int] = mapped_column(
        ForeignKey("institution.id", ondelete="CASCADE"), primary_key=True
    )
    posts: Mapped[int]
    serving: Mapped[int]
    trained: Mapped[int]
