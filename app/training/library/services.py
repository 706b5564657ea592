"""How a version of the Guidelines enters the library."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor, Role
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound, Sentence
from app.kernel.seen import require_as_seen
from app.kernel.text import N_, LocalizedText
from app.training.library.facts import GuidelinesSectionWritten
from app.training.library.models import GuidelineSection, GuidelineVersion
from app.training.library.policy import require_may_write_sections
from app.training.library.queries import version_text
from app.training.library.rules import require_sound_section
from app.training.library.values import GuidelineContent, SectionDraft, SectionText

LONGEST_LABEL = 20
LABEL_TAKEN = N_("There is a version of this name already. Choose another.")
NO_LABEL = N_("Name the version in at most %(most)s characters, such as its year.")


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


def write_section(
    db: Session,
    *,
    actor: Actor,
    version_id: int,
    section_code: str,
    draft: SectionDraft,
    now: datetime,
    seen: str = "",
) -> None:
    """Writes the summary of a section and its page, and where the version's document is read.

    `seen`: the mark of the draft that the writer began from. Raises ChangedMeanwhile, NotFound,
    InvalidInput by field.
    """
    require_may_write_sections(actor)
    version = db.scalar(
        select(GuidelineVersion)
        .where(GuidelineVersion.id == version_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    section = db.scalar(
        select(GuidelineSection)
        .where(
            GuidelineSection.guideline_version_id == version_id,
            GuidelineSection.code == section_code,
        )
        .execution_options(populate_existing=True)
    )
    if version is None or section is None:
        raise NotFound
    require_sound_section(draft)
    standing = SectionDraft(section.summary, section.page, version.pdf_url)
    if draft == standing:
        return
    require_as_seen(seen, standing)
    section.summary, section.page, version.pdf_url = draft.summary, draft.page, draft.pdf_url
    db.flush()
    journal.record(db, GuidelinesSectionWritten(version_id, section_code), actor=actor, now=now)


def open_version(
    db: Session,
    *,
    actor: Actor,
    previous_id: int,
    label: str,
    adopted_on: date,
    changes: Sequence[SectionText],
) -> int:
    """Makes the next version out of the previous one and what changes, and returns its id.

    A change of a code that is there already replaces that section, others are added at the end;
    what is worded otherwise counts as not compared with the document yet. Raises InvalidInput.
    """
    if not (actor.is_system or actor.holds(Role.PRESIDENCY) or actor.holds(Role.ORGANIZER)):
        raise NotAllowed
    name = label.strip()
    if not 0 < len(name) <= LONGEST_LABEL:
        raise InvalidInput({"label": Sentence(NO_LABEL, {"most": LONGEST_LABEL})})
    if db.scalar(select(GuidelineVersion.id).where(GuidelineVersion.label == name)) is not None:
        raise InvalidInput({"label": Sentence(LABEL_TAKEN)})
    previous = version_text(db, previous_id)
    version = GuidelineVersion(
        label=name,
        title=previous.title,
        source_note=LocalizedText(),
        adopted_on=adopted_on,
    )
    db.add(version)
    db.flush()
    changed = {one.code: one for one in changes}
    known = {one.code for one in previous.sections}
    sections = [
        *(changed.get(one.code, one) for one in previous.sections),
        *(one for one in changes if one.code not in known),
    ]
    db.add_all(
        GuidelineSection(
            guideline_version_id=version.id,
            code=one.code,
            position=position,
            title=one.title,
            summary=one.summary,
            page=None if one.code in changed else one.page,
            verified=one.code not in changed and one.is_verified,
        )
        for position, one in enumerate(sections, start=1)
    )
    db.flush()
    return version.id
