"""Certificates, their ends, erasures and files as the record keeps them, and whether one stands on
it.
"""

import hmac
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session, aliased

from app.infra.record import AnyRow, Recorded, RecordLink, link_mac
from app.infra.record_check import is_kept
from app.infra.record_keys import content_of, key_of, keys_at_hand, mark_with
from app.training.certificates.models import (
    Certificate,
    CertificateFile,
    NameErasure,
    Revocation,
)
from app.training.certificates.values import fingerprint_of, without_name

SAME = (
    "code",
    "kind",
    "course_edition_id",
    "enrolment_id",
    "event_id",
    "achievement",
    "replaces_id",
    "country_code",
    "facts_sha256",
    "design",
    "completed_on",
    "last_valid_on",
    "issued_at",
)
"""The columns of a certificate that never change. `person_id` may, when two records of a person
become one, and is a key of this database only: whom it certifies is in the facts.
"""


def certificate_content(values: Mapping[str, Any]) -> str:
    """Returns what the mark of a certificate is of. It is the same before and after the name is
    taken away: the hash of the facts, the facts without the name, and that the two fit.
    """
    facts, bare = values["facts"], without_name(values["facts"])
    is_whole = fingerprint_of(facts) == values["facts_sha256"]
    fits = facts == bare if values.get("is_erased") else is_whole
    same = [values.get(name) for name in SAME]
    return content_of("certificate", *same, fingerprint_of(bare), fits)


def marked(db: Session, rows: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """Returns rows of new certificates with their marks."""
    keys = keys_at_hand(db)
    for row in rows:
        row["record_mark"] = mark_with(keys[-1], certificate_content(row)) if keys else None
    return rows


CERTIFICATES = Recorded(
    kind="certificate",
    called="Certificate %d of the database",
    model=Certificate,
    keys=(Certificate.id,),
    names=SAME,
    beside=(
        Certificate.facts,
        exists().where(NameErasure.certificate_id == Certificate.id).label("is_erased"),
    ),
    text=certificate_content,
    rises=True,
)
REVOCATIONS = Recorded(
    kind="revocation",
    called="The end of certificate %d of the database",
    model=Revocation,
    keys=(Revocation.certificate_id,),
    names=("certificate_id", "reason", "note", "revoked_at", "revoked_by", "proposed_by"),
)
ERASURES = Recorded(
    kind="erasure",
    called="The erasure of the name on certificate %d of the database",
    model=NameErasure,
    keys=(NameErasure.certificate_id,),
    names=("certificate_id", "name_hash", "erased_at"),
)
FILES = Recorded(
    kind="file",
    called="A file of certificate %d of the database",
    model=CertificateFile,
    keys=(CertificateFile.certificate_id, CertificateFile.media_type),
    names=("certificate_id", "media_type", "sha256", "size"),
    is_linked=False,
)
TABLES = (CERTIFICATES, REVOCATIONS, ERASURES, FILES)

_BY_CODE = CERTIFICATES.marked_rows().where(Certificate.code == bindparam("code"))
_BEFORE = aliased(RecordLink)
_LINKED = (
    select(
        RecordLink.id,
        RecordLink.kind,
        RecordLink.row_id,
        RecordLink.at,
        RecordLink.mac,
        _BEFORE.mac.label("before"),
    )
    .outerjoin(_BEFORE, _BEFORE.id == RecordLink.id - 1)
    .where(
        RecordLink.row_id == bindparam("id"),
        RecordLink.kind.in_([table.kind for table in TABLES]),
    )
)
_OF_CERTIFICATE = {
    table.kind: table.marked_rows().where(table.keys[0] == bindparam("id"))
    for table in (REVOCATIONS, ERASURES)
}


def stands_on_record(db: Session, code: str) -> bool:
    """Returns True for a certificate that this installation issued and that says today what it said
    then, ended or without a name by this installation alone; True for every one where no record is
    kept, or where it has not begun.
    """
    keys = keys_at_hand(db)
    if not keys or not is_kept(db):
        return True
    row = db.execute(_BY_CODE, {"code": code}).one_or_none()
    if row is None:
        return False
    links: dict[str, AnyRow] = {link.kind: link for link in db.execute(_LINKED, {"id": row.key_0})}
    if not _is_ours(keys, CERTIFICATES, row, links):
        return False
    for table in (REVOCATIONS, ERASURES):
        own = db.execute(_OF_CERTIFICATE[table.kind], {"id": row.key_0}).one_or_none()
        if own is None and table.kind in links:
            return False  # it was taken back, which nobody may
        if own is not None and not _is_ours(keys, table, own, links):
            return False
    return True


def is_file_on_record(db: Session, *, certificate_id: int, media_type: str) -> bool:
    """Returns True for a file of a certificate that this installation drew."""
    keys = keys_at_hand(db)
    if not keys or not is_kept(db):
        return True
    row = db.execute(_OF_FILE, {"id": certificate_id, "media_type": media_type}).one_or_none()
    return row is not None and bool(key_of(keys, FILES.content(row), row.record_mark))


_OF_FILE = FILES.marked_rows().where(
    CertificateFile.certificate_id == bindparam("id"),
    CertificateFile.media_type == bindparam("media_type"),
)


def strange_certificates(db: Session, ids: Sequence[int]) -> set[int]:
    """Returns those of some certificates that this installation did not issue as they are."""
    keys = keys_at_hand(db)
    if not keys or not is_kept(db):
        return set()
    rows = db.execute(_OF_IDS, {"ids": list(ids)})
    return {
        row.key_0 for row in rows if not key_of(keys, CERTIFICATES.content(row), row.record_mark)
    }


_OF_IDS = CERTIFICATES.marked_rows().where(Certificate.id.in_(bindparam("ids", expanding=True)))


def _is_ours(
    keys: Sequence[bytes], table: Recorded, row: AnyRow, links: Mapping[str, AnyRow]
) -> bool:
    """Returns True for a row that the last key marked; where it is linked, for one that any of them
    marked and that the link is of: two rows that changed places would each have the other's end.
    """
    number, link = key_of(keys, table.content(row), row.record_mark), links.get(table.kind)
    if link is None:
        return number == len(keys)
    return number > 0 and any(
        hmac.compare_digest(link.mac, link_mac(key, link.before or "", link, row.record_mark))
        for key in keys
    )
