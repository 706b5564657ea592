"""Facts about somebody's data, and what a country tells of them. They hold numbers only."""

from dataclasses import dataclass
from typing import ClassVar

from app.kernel.fact import Fact


@dataclass(frozen=True)
class PersonFact(Fact):
    """Base: about one person."""

    subject_kind: ClassVar[str] = "person"
    person_id: int

    @property
    def subject_id(self) -> str:
        return str(self.person_id)


@dataclass(frozen=True)
class ConsentChanged(PersonFact):
    """`change` is given or withdrawn."""

    purpose: str
    version: str
    change: str


@dataclass(frozen=True)
class PersonalRecordRead(PersonFact):
    """Somebody of the secretariat opened the data that Convoca keeps of the person."""


@dataclass(frozen=True)
class PersonErased(PersonFact):
    """Name and address were erased everywhere; certificates stay, with the name or without it (a
    CertificateNames).
    """

    certificate_names: str


@dataclass(frozen=True)
class RetentionRun(Fact):
    """Rows that need not be kept any longer were deleted; `kind` says which."""

    subject_kind: ClassVar[str] = "retention"
    kind: str
    rows: int

    @property
    def subject_id(self) -> str:
        return self.kind


@dataclass(frozen=True)
class CountryNoticeWritten(Fact):
    """A country's part of the privacy notice has a new wording; `version` is its number."""

    subject_kind: ClassVar[str] = "country-notice"
    country_code: str
    version: int

    @property
    def subject_id(self) -> str:
        return self.country_code
