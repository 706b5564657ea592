"""Under which hash the drawn files lie."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, exists, or_, select
from sqlalchemy.orm import Session

from app.infra.record_keys import mark
from app.training.certificates.models import (
    Certificate,
    CertificateFile,
    CertificateFileBegun,
    CertificatePrint,
    NameErasure,
)
from app.training.certificates.queries.record import FILES
from app.training.certificates.rules import NameTakenAway
from app.training.certificates.values import SealLack

ABANDONED_AFTER = timedelta(hours=1)
"""Longer than any worker takes between storing a file and noting it."""

_ABANDONED = (
    select(CertificateFileBegun)
    .where(CertificateFileBegun.begun_at < bindparam("before"))
    .order_by(CertificateFileBegun.begun_at, CertificateFileBegun.sha256)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_IS_NAMED = select(
    or_(
        exists().where(CertificateFile.sha256 == bindparam("sha256")),
        exists().where(CertificatePrint.sha256 == bindparam("sha256")),
    )
)


def begin_file(db: Session, *, sha256: str, now: datetime) -> None:
    """Records that these bytes are about to be stored, so that they are found again if nobody comes
    to naming them.
    """
    begun = db.get(CertificateFileBegun, sha256, with_for_update=True)
    if begun is None:
        db.add(CertificateFileBegun(sha256=sha256, begun_at=now))
    else:
        begun.begun_at = now


def keep_file(
    db: Session,
    *,
    now: datetime,
    certificate_id: int,
    media_type: str,
    sha256: str,
    size: int,
    seal_lacks: SealLack | None = None,
) -> str:
    """Notes under which hash the PDF or the picture lies; the first one noted stays. Returns the
    hash that holds. Refuses with NameTakenAway where the name went while the file was drawn.

    Of bytes that are not noted, because another file was or the name is gone, the mark of
    `begin_file` stays.
    """
    db.execute(select(Certificate.id).where(Certificate.id == certificate_id).with_for_update())
    if db.get(NameErasure, certificate_id) is not None:
        raise NameTakenAway
    kept = db.get(CertificateFile, (certificate_id, media_type))
    if kept is not None:
        return kept.sha256
    values = {
        "certificate_id": certificate_id,
        "media_type": media_type,
        "sha256": sha256,
        "size": size,
    }
    db.add(
        CertificateFile(
            **values,
            seal_lacks=seal_lacks or "",
            stored_at=now,
            record_mark=mark(db, FILES.content_of(values)),
        )
    )
    end_file(db, sha256=sha256)
    return sha256


def end_file(db: Session, *, sha256: str) -> None:
    """Deletes the mark of `begin_file`: the bytes are named by a row, or deleted."""
    db.execute(delete(CertificateFileBegun).where(CertificateFileBegun.sha256 == sha256))


def abandoned_file(db: Session, *, now: datetime) -> tuple[str, bool] | None:
    """Returns the hash of a file whose worker is gone, and whether no row names it; None where
    there is none. Locked until the transaction ends: whoever draws the same bytes anew waits.
    """
    begun = db.scalar(_ABANDONED, {"before": now - ABANDONED_AFTER})
    if begun is None:
        return None
    return begun.sha256, not db.scalar(_IS_NAMED, {"sha256": begun.sha256})


def forget_files(db: Session, *, code: str) -> None:
    """Deletes the rows that say where the drawn files of a certificate lay."""
    of_code = select(Certificate.id).where(Certificate.code == code).scalar_subquery()
    db.execute(delete(CertificateFile).where(CertificateFile.certificate_id == of_code))
