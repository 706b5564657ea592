"""The Guidelines as values: a version with its sections, titles only."""

from dataclasses import dataclass
from datetime import date

from app.kernel.text import LocalizedText


@dataclass(frozen=True)
class SectionContent:
    """`is_verified` is false while nobody compared the title with the document itself."""

    code: str
    title: LocalizedText
    is_verified: bool = True


@dataclass(frozen=True)
class GuidelineContent:
    label: str
    title: LocalizedText
    source_note: LocalizedText
    sections: tuple[SectionContent, ...]


@dataclass(frozen=True)
class DocumentLine:
    """A version as its readers are told of it. `source_note`: which copy the authors had, what was
    checked, and what is left to whoever adopts it.
    """

    label: str
    title: LocalizedText
    source_note: LocalizedText


@dataclass(frozen=True)
class SectionText:
    """A section as an installation holds it: title, and a summary in the office's own words.

    `page` is that of the document behind `pdf_url` of its version.
    """

    code: str
    title: LocalizedText
    summary: LocalizedText
    page: int | None = None
    is_verified: bool = True


@dataclass(frozen=True)
class VersionText:
    """A version with all its sections, in the document's order."""

    id: int
    label: str
    title: LocalizedText
    adopted_on: date | None
    pdf_url: str
    sections: tuple[SectionText, ...]

    def address_of(self, section: SectionText) -> str:
        """Returns where the document is read, opened at the section's page where browsers can do
        that; "" without a document.
        """
        if not self.pdf_url or section.page is None:
            return self.pdf_url
        return f"{self.pdf_url}#page={section.page}"


@dataclass(frozen=True)
class SectionDraft:
    """What the secretariat writes of a section: a summary in its own words, the page of the document
    on which the section begins, and where the document of the version can be read.
    """

    summary: LocalizedText
    page: int | None = None
    pdf_url: str = ""
