"""How a version of the Guidelines enters the library."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor, Role
from app.kernel.refusal import NotAllowed
from app.training.library.models import GuidelineSection, GuidelineVersion
from app.training.library.values import GuidelineContent


def keep_guidelines(db: Session, *, actor: Actor, content: GuidelineContent) -> int:
    """Writes the version and its sections and returns its id; the same label again only mends
    titles and marks.

    A section that was cited once stays: one that is missing from `content` is not removed.
    """
    if not (actor.is_system or actor.holds(Role.AUTHOR) or actor.holds(Role.ORGANIZER)):
        raise NotAllowed
    version = db.scalar(select(GuidelineVersion).where(GuidelineVersion.label == content.label))
    if version is None:
        version = GuidelineVersion(label=content.label, adopted_on=None)
        db.add(version)
    version.title, version.source_note = content.title, content.source_note
    db.flush()
    known = {
        section.code: section
        for section in db.scalars(
            select(GuidelineSection).where(GuidelineSection.guideline_version_id == version.id)
        )
    }
    for position, given in enumerate(content.sections, start=1):
        section = known.get(given.code) or GuidelineSection(
            guideline_version_id=version.id, code=given.code
        )
        section.position, section.title, section.verified = position, given.title, given.is_verified
        db.add(section)
    db.flush()
    return version.id
