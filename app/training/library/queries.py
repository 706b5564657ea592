"""What others cite: a version of the Guidelines and the titles of its sections."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.text import LocalizedText
from app.training.library.models import GuidelineSection, GuidelineVersion
from app.training.library.values import DocumentLine, SectionText, VersionText


def section_titles(db: Session, guideline_version_id: int) -> dict[str, LocalizedText]:
    """Returns titles by section code, in the document's order. Open to everybody."""
    chosen = select(GuidelineSection.code, GuidelineSection.title)
    of_version = chosen.where(GuidelineSection.guideline_version_id == guideline_version_id)
    return dict(db.execute(of_version.order_by(GuidelineSection.position)).all())


def document_line(db: Session, guideline_version_id: int) -> DocumentLine:
    """Returns what a course rests on. Open to everybody."""
    version = db.get_one(GuidelineVersion, guideline_version_id)
    return DocumentLine(version.label, version.title, version.source_note)


def version_text(db: Session, guideline_version_id: int) -> VersionText:
    """Returns a version with the text of its sections. Open to everybody."""
    version = db.get_one(GuidelineVersion, guideline_version_id)
    rows = db.scalars(
        select(GuidelineSection)
        .where(GuidelineSection.guideline_version_id == version.id)
        .order_by(GuidelineSection.position)
    )
    return VersionText(
        id=version.id,
        label=version.label,
        title=version.title,
        adopted_on=version.adopted_on,
        pdf_url=version.pdf_url,
        sections=tuple(
            SectionText(
                code=row.code,
                title=row.title,
                summary=row.summary,
                page=row.page,
                is_verified=row.verified,
            )
            for row in rows
        ),
    )
