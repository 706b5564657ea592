"""Under which hash the drawn files lie."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.training.certificates.models import Certificate, CertificateFile, NameErasure
from app.training.certificates.rules import NameTakenAway


def keep_file(
    db: Session,
    *,
    now: datetime,
    certificate_id: int,
    media_type: str,
    sha256: str,
    size: int,
) -> str:
    """Notes under which hash the PDF or the picture lies; the first one noted stays. Returns the
    hash that holds. Refuses with NameTakenAway where the name went while the file was drawn.
    """
    db.execute(select(Certificate.id).where(Certificate.id == certificate_id).with_for_update())
    if db.get(NameErasure, certificate_id) is not None:
        raise NameTakenAway
    kept = db.get(CertificateFile, (certificate_id, media_type))
    if kept is not None:
        return kept.sha256
    db.add(
        CertificateFile(
            certificate_id=certificate_id,
            media_type=media_type,
            sha256=sha256,
            size=size,
            stored_at=now,
        )
    )
    return sha256


def forget_files(db: Session, *, code: str) -> None:
    """Deletes the rows that say where the drawn files of a certificate lay."""
    of_code = select(Certificate.id).where(Certificate.code == code).scalar_subquery()
    db.execute(delete(CertificateFile).where(CertificateFile.certificate_id == of_code))
