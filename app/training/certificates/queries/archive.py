"""Certificates as an archive holds them: all, in parts, each with the files that were drawn."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.training.certificates.models import Certificate, CertificateFile
from app.training.certificates.queries.record import strange_certificates
from app.training.certificates.queries.register import CertificateRecord, record_from, records

_PART = (
    records()
    .add_columns(Certificate.id.label("id"))
    .where(Certificate.id > bindparam("after"))
    .order_by(Certificate.id)
    .limit(bindparam("most"))
)
_FILES = select(
    CertificateFile.certificate_id, CertificateFile.sha256, CertificateFile.media_type
).where(CertificateFile.certificate_id.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True)
class ArchivedCertificate:
    """A certificate with the hashes of its files, each with its media type. `is_ours` is False for
    one that this installation did not issue as it is.
    """

    id: int
    record: CertificateRecord
    files: tuple[tuple[str, str], ...]
    is_ours: bool = True


def archived_certificates(
    db: Session, *, after: int, most: int, today: date
) -> list[ArchivedCertificate]:
    """Returns the certificates that follow the one with the id `after`, at most so many; not scoped,
    for the archive, which names nobody.
    """
    rows = db.execute(_PART, {"after": after, "most": most}).all()
    strange = strange_certificates(db, [row.id for row in rows])
    files: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for certificate_id, sha256, media_type in db.execute(_FILES, {"ids": [row.id for row in rows]}):
        files[certificate_id].append((sha256, media_type))
    return [
        ArchivedCertificate(
            row.id, record_from(row, today), tuple(files[row.id]), is_ours=row.id not in strange
        )
        for row in rows
    ]


def certificates_and_files(db: Session) -> tuple[int, int]:
    """Returns how many certificates and how many files of theirs there are."""
    counts = [db.scalar(select(func.count()).select_from(one)) for one in TABLES]
    return counts[0] or 0, counts[1] or 0


TABLES = (Certificate, CertificateFile)
