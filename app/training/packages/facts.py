"""What happens to packages and to who takes them."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.kernel.fact import Fact


@dataclass(frozen=True)
class OfPackage(Fact):
    """Base of what happens to a package."""

    subject_kind: ClassVar[str] = "package"
    package_id: int

    @property
    def subject_id(self) -> str:
        return str(self.package_id)


@dataclass(frozen=True)
class PackageAccepted(OfPackage):
    """A first or a further version; `sha256` is that of the uploaded archive."""

    number: int
    sha256: str


@dataclass(frozen=True)
class PackageWithdrawn(OfPackage):
    """Nobody begins it any more; who has begun finishes, and results stay."""


@dataclass(frozen=True)
class PackageStarted(OfPackage):
    enrolment_id: UUID
    person_id: int


@dataclass(frozen=True)
class PackageCompleted(OfPackage):
    """As the package itself recorded it: participation, from which no certificate follows."""

    enrolment_id: UUID
    person_id: int
    completed_at: datetime
