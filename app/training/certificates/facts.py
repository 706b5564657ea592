"""What happened to certificates. Ids and codes only: names stay in the certificate itself."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from app.kernel.fact import Fact
from app.training.certificates.values import CertificateKind, RevocationReason


@dataclass(frozen=True)
class CertificateIssued(Fact):
    subject_kind: ClassVar[str] = "certificate"

    code: str
    kind: CertificateKind
    person_id: int
    completed_on: date

    @property
    def subject_id(self) -> str:
        return self.code


@dataclass(frozen=True)
class CertificateRevoked(Fact):
    subject_kind: ClassVar[str] = "certificate"

    code: str
    person_id: int
    reason: RevocationReason

    @property
    def subject_id(self) -> str:
        return self.code
