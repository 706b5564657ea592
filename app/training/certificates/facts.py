"""What happened to certificates. Ids and codes only: names stay in the certificate itself."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from app.kernel.fact import Fact
from app.training.certificates.values import CertificateKind, RevocationReason


@dataclass(frozen=True)
class CertificateFact(Fact):
    """Base: about the certificate with a code."""

    subject_kind: ClassVar[str] = "certificate"

    code: str

    @property
    def subject_id(self) -> str:
        return self.code


@dataclass(frozen=True)
class CertificatePrintAsked(Fact):
    """Certificates are to be put into one file for a printer, in the background; `country` is ""
    for a list over all countries.
    """

    subject_kind: ClassVar[str] = "certificate-print"

    print_id: UUID
    country: str
    pages: int

    @property
    def subject_id(self) -> str:
        return str(self.print_id)


@dataclass(frozen=True)
class CertificatesAsked(Fact):
    """Certificates of one kind are to be issued to all who earned them at an event; they are, in
    the background.
    """

    subject_kind: ClassVar[str] = "event"

    event_id: UUID
    kind: CertificateKind

    @property
    def subject_id(self) -> str:
        return str(self.event_id)


@dataclass(frozen=True)
class CertificateIssued(CertificateFact):
    kind: CertificateKind
    person_id: int
    completed_on: date


@dataclass(frozen=True)
class CertificateCorrected(CertificateFact):
    """A new certificate says what the one with the code `replaces` said, with the name or the
    institution corrected.
    """

    person_id: int
    replaces: str


@dataclass(frozen=True)
class CertificateLetterAsked(CertificateFact):
    """The letter about it is to be sent to its holder once more."""

    person_id: int


@dataclass(frozen=True)
class RevocationProposed(CertificateFact):
    """Somebody proposed to revoke it; it stands until somebody else confirms that."""

    person_id: int
    reason: RevocationReason


@dataclass(frozen=True)
class RevocationWithdrawn(CertificateFact):
    """What was proposed, to revoke it or to mend that, was withdrawn: by whoever proposed it or by
    somebody else who may.
    """

    person_id: int


@dataclass(frozen=True)
class SuccessorProposed(CertificateFact):
    """Somebody proposed to issue another in place of this revoked one; nothing is issued until
    somebody else confirms that.
    """

    person_id: int


@dataclass(frozen=True)
class CertificateRevoked(CertificateFact):
    person_id: int
    reason: RevocationReason


@dataclass(frozen=True)
class CertificateNameErased(CertificateFact):
    """The holder's name was taken away from it; only its hash is kept."""

    person_id: int


@dataclass(frozen=True)
class CertificateTextSet(Fact):
    """The office wrote what certificates of a kind say from now on."""

    subject_kind: ClassVar[str] = "certificate-text"

    kind: CertificateKind

    @property
    def subject_id(self) -> str:
        return self.kind


@dataclass(frozen=True)
class CertificateTextReset(Fact):
    """Certificates of a kind say again what they said first."""

    subject_kind: ClassVar[str] = "certificate-text"

    kind: CertificateKind

    @property
    def subject_id(self) -> str:
        return self.kind


@dataclass(frozen=True)
class CertificateLookSet(Fact):
    """The office chose the colours and the logo of certificates from now on."""

    subject_kind: ClassVar[str] = "certificate-look"

    deep: str
    accent: str
    has_logo: bool

    @property
    def subject_id(self) -> str:
        return "1"


@dataclass(frozen=True)
class SignatorySet(Fact):
    """Who signs certificates from one day on was entered or changed; `valid_until` is the first day
    without them.
    """

    subject_kind: ClassVar[str] = "signatory"

    term_id: int
    valid_from: date
    valid_until: date | None
    has_signature: bool

    @property
    def subject_id(self) -> str:
        return str(self.term_id)


@dataclass(frozen=True)
class SignatoryRemoved(Fact):
    """A term of a signatory was taken out; what they signed stays as it is."""

    subject_kind: ClassVar[str] = "signatory"

    term_id: int

    @property
    def subject_id(self) -> str:
        return str(self.term_id)
