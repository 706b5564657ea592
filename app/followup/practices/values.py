"""Words of good practices as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.kernel.text import LocalizedText

NO_TEXT = LocalizedText()


class Category(StrEnum):
    """What institutions and civil society show at the congress (requirement R5 of the first
    user).
    """

    GOOD_PRACTICE = "good-practice"
    SUCCESS_STORY = "success-story"
    REGULATION = "regulation"
    POLICY = "policy"


class OrganisationType(StrEnum):
    MINISTRY = "ministry"
    WOMENS_MECHANISM = "womens-mechanism"
    WOMENS_ORGANISATION = "womens-organisation"
    CIVIL_SOCIETY = "civil-society"
    INTERNATIONAL = "international"
    ACADEMIA = "academia"
    OTHER = "other"


class PracticeStatus(StrEnum):
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"


@dataclass(frozen=True)
class PracticeDraft:
    """What somebody puts forward; `country_code` "" for an organisation of the whole region."""

    category: Category
    title: LocalizedText
    summary: LocalizedText
    organisation: str
    organisation_type: OrganisationType
    country_code: str = ""
    url: str = ""


@dataclass(frozen=True)
class Practice:
    """As its reader sees it. `note` and `submitted_by` only for the secretariat."""

    id: UUID
    category: Category
    title: LocalizedText
    summary: LocalizedText
    organisation: str
    organisation_type: OrganisationType
    country: LocalizedText
    url: str
    status: PracticeStatus
    submitted_at: datetime
    event_title: LocalizedText | None = None
    submitted_by: str = ""
    note: str = ""


@dataclass(frozen=True)
class RepositoryFields:
    """What the secretariat adds for the practice repository of the UN Network on Migration: numbers
    of the Global Compact's objectives and guiding principles and of the Sustainable Development
    Goals, and three texts.
    """

    objectives: tuple[int, ...] = ()
    goals: tuple[int, ...] = ()
    principles: tuple[int, ...] = ()
    benefits: LocalizedText = NO_TEXT
    lessons: LocalizedText = NO_TEXT
    recommendations: LocalizedText = NO_TEXT


@dataclass(frozen=True)
class RepositoryEntry:
    """What the platform knows for the form of the practice repository. `partners`: bodies that held
    the event where it was shown. `came` is None where fewer than five people are on record.
    `certified` and `serving` are of the practice's country or, for one of the whole region, of the
    `countries` whose figures anybody may read; `declared`: how many of the serving a country that
    gives no names declared.
    """

    practice: Practice
    fields: RepositoryFields = RepositoryFields()
    partners: tuple[str, ...] = ()
    came: int | None = None
    countries: int = 0
    certified: int = 0
    serving: int = 0
    declared: int = 0
