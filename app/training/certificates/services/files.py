"""Under which hash the drawn files lie."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.training.certificates.models import CertificateFile


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
    hash that holds.
    """
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
