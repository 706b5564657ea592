"""What others cite: the titles of a version's sections."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.text import LocalizedText
from app.training.library.models import GuidelineSection


def section_titles(db: Session, guideline_version_id: int) -> dict[str, LocalizedText]:
    """Titles by section code, in the document's order. Open to everybody."""
    chosen = select(GuidelineSection.code, GuidelineSection.title)
    of_version = chosen.where(GuidelineSection.guideline_version_id == guideline_version_id)
    return dict(db.execute(of_version.order_by(GuidelineSection.position)).all())
