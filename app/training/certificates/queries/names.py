"""Names on certificates: whether there are any to take away, with which keys they are hashed, and
whether a typed one is right.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import Session

from app.infra.exchange import SealedColumn
from app.infra.installation import secret_keys
from app.infra.sealing import CannotUnseal
from app.training.certificates import rules
from app.training.certificates.models import Certificate, CertificateFile, NameErasure, NameKey

PURPOSE = "certificate-names"
NAME_KEYS = SealedColumn("keys of names that were taken away", NameKey.sealed, PURPOSE)
_KEYS = select(NameKey.sealed).order_by(NameKey.id.desc())
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


def name_keys(db: Session) -> list[str | None]:
    """Returns the keys of names, the newest first; None for one that no listed key of the site
    opens.
    """
    return [_opened(db, sealed) for sealed in db.scalars(_KEYS)]


def _opened(db: Session, sealed: str) -> str | None:
    try:
        return secret_keys(db).unseal(sealed, purpose=PURPOSE)
    except CannotUnseal:
        return None


def is_printed_name(db: Session, code: str, *, typed: str) -> bool | None:
    """Returns whether the name is the one that was printed; None for a certificate whose name was
    not taken away. Raises NamesNotComparable where the key that tells cannot be read.
    """
    kept = db.scalar(_HASH, {"code": code})
    if kept is None:
        return None
    keys = name_keys(db)
    if any(key and rules.is_name_of(kept, code, typed, secret=key) for key in keys):
        return True
    if not all(keys):
        raise rules.NamesNotComparable
    return False


def files_with_name(db: Session, code: str) -> Sequence[str]:
    """Returns the hashes under which the drawn files of a certificate lie."""
    return db.scalars(_FILES, {"code": code}).all()
