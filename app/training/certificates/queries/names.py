"""Names on certificates: whether there are any to take away, and whether a typed one is right."""

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import Session

from app.training.certificates import rules
from app.training.certificates.models import Certificate, CertificateFile, NameErasure

_NAMED = select(func.count()).where(
    Certificate.person_id.in_(bindparam("people", expanding=True)),
    ~exists().where(NameErasure.certificate_id == Certificate.id),
)
_HASH = (
    select(NameErasure.name_hash)
    .join(Certificate, Certificate.id == NameErasure.certificate_id)
    .where(Certificate.code == bindparam("code"))
)
_FILES = (
    select(CertificateFile.sha256)
    .join(Certificate, Certificate.id == CertificateFile.certificate_id)
    .where(Certificate.code == bindparam("code"))
)


def certificates_with_name(db: Session, people: Collection[int]) -> int:
    """Returns how many certificates of these people have the name on them."""
    return db.scalar(_NAMED, {"people": list(people)}) or 0


def is_printed_name(db: Session, code: str, *, typed: str, secret: str) -> bool | None:
    """Returns whether the name is the one that was printed; None for a certificate whose name was
    not taken away.
    """
    kept = db.scalar(_HASH, {"code": code})
    return None if kept is None else rules.is_name_of(kept, code, typed, secret=secret)


def files_with_name(db: Session, code: str) -> Sequence[str]:
    """Returns the hashes under which the drawn files of a certificate lie."""
    return db.scalars(_FILES, {"code": code}).all()
