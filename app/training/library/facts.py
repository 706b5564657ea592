"""What happened to the Guidelines' text. Ids and codes only."""

from dataclasses import dataclass
from typing import ClassVar

from app.kernel.fact import Fact


@dataclass(frozen=True)
class GuidelinesSectionWritten(Fact):
    """The summary of a section, its page or the document's address were written down."""

    subject_kind: ClassVar[str] = "guideline_version"

    version_id: int
    section_code: str

    @property
    def subject_id(self) -> str:
        return str(self.version_id)
