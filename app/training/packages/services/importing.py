"""Writes packages: an upload after its dry run, and its acceptance as a version, or its end."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.training.packages import policy
from app.training.packages.facts import PackageAccepted, PackageWithdrawn
from app.training.packages.models import Package, PackageFile, PackageUpload, PackageVersion
from app.training.packages.queries.catalogue import newest_version, package_of
from app.training.packages.queries.records import keys_in_use
from app.training.packages.rules import words as rules
from app.training.packages.rules.archive import shown
from app.training.packages.values import Inspection, PackageWords, PackedFile

KEPT = timedelta(days=1)
RESERVED = {"import"}
LONGEST_FILENAME = 120


def keep_upload(
    db: Session,
    *,
    actor: Actor,
    inspection: Inspection,
    stored: PackedFile,
    sha256: str,
    package_slug: str,
    now: datetime,
) -> UUID:
    """Stores the result of a dry run for a day. `package_slug`: the package that gets a new
    version, "" for a new package. Raises SamePackage where a version has the same bytes.
    """
    policy.require_may_import(actor)
    if inspection.is_blocked:
        raise rules.BlockedPackage
    package = package_of(db, package_slug) if package_slug else None
    if package is not None:
        _require_new(db, package.id, sha256)
    row = PackageUpload(
        id=uuid4(),
        package_id=package.id if package else None,
        sha256=sha256,
        file_key=stored.key,
        filename=shown(stored.path.rpartition("/")[2])[:LONGEST_FILENAME],
        size_bytes=stored.size,
        report=inspection.report(),
        uploaded_by=actor.account_id or None,
        uploaded_at=now,
    )
    db.add(row)
    db.flush()
    return row.id


def _require_new(db: Session, package_id: int, sha256: str) -> None:
    number = db.scalar(
        select(PackageVersion.number).where(
            PackageVersion.package_id == package_id, PackageVersion.sha256 == sha256
        )
    )
    if number is not None:
        raise rules.SamePackage(number=number)


def accept_upload(
    db: Session,
    *,
    actor: Actor,
    upload_id: UUID,
    words: PackageWords | None,
    files: Sequence[PackedFile],
    now: datetime,
) -> str:
    """Makes an upload a version; returns the package's slug. `files` are stored before, so that no
    row names a file that is missing. `words` is None for a further version. Learners of an older
    version finish that one.
    """
    policy.require_may_import(actor)
    upload = db.scalar(select(PackageUpload).where(PackageUpload.id == upload_id).with_for_update())
    if upload is None or upload.uploaded_by != (actor.account_id or None):
        raise NotFound
    if upload.package_id is not None:
        package = db.get_one(Package, upload.package_id, with_for_update=True)
        _require_new(db, package.id, upload.sha256)
        number = newest_version(db, package.id).number + 1
        package.withdrawn_at = None
    else:
        package, number = _added(db, actor, words, now), 1
    version = PackageVersion(
        package_id=package.id,
        number=number,
        sha256=upload.sha256,
        file_key=upload.file_key,
        filename=upload.filename,
        size_bytes=upload.size_bytes,
        unpacked_bytes=upload.report["unpacked_bytes"],
        manifest=upload.report["manifest"],
        accepted_by=actor.account_id or None,
        accepted_at=now,
    )
    db.add(version)
    db.flush()
    db.add_all(
        PackageFile(
            version_id=version.id,
            path=file.path,
            file_key=file.key,
            media_type=file.media_type,
            size_bytes=file.size,
        )
        for file in files
    )
    db.delete(upload)
    db.flush()
    fact = PackageAccepted(package.id, number, version.sha256)
    journal.record(db, fact, actor=actor, now=now)
    return package.slug


def _added(db: Session, actor: Actor, words: PackageWords | None, now: datetime) -> Package:
    given = words or PackageWords(LocalizedText(), LocalizedText(), "")
    rules.require_sound(given)
    taken = set(db.scalars(select(Package.slug))) | RESERVED
    package = Package(
        slug=rules.slug_for(given.title.in_(), taken),
        title=given.title,
        summary=given.summary,
        origin=given.origin,
        added_by=actor.account_id or None,
        added_at=now,
        withdrawn_at=None,
    )
    db.add(package)
    db.flush()
    return package


def discard_upload(db: Session, *, actor: Actor, upload_id: UUID) -> frozenset[str]:
    """Deletes an upload. Returns the keys of files that no row of packages names any more."""
    policy.require_may_import(actor)
    own = (PackageUpload.id == upload_id) & (PackageUpload.uploaded_by == actor.account_id)
    return _let_go(db, own)


def let_go_of_old_uploads(db: Session, *, actor: Actor, now: datetime) -> frozenset[str]:
    """Deletes uploads that nobody accepted or discarded within a day; returns keys as
    `discard_upload` does.
    """
    policy.require_may_import(actor)
    return _let_go(db, PackageUpload.uploaded_at < now - KEPT)


def _let_go(db: Session, gone: ColumnElement[bool]) -> frozenset[str]:
    keys = set(db.scalars(delete(PackageUpload).where(gone).returning(PackageUpload.file_key)))
    db.flush()
    return frozenset(keys) - keys_in_use(db, keys) if keys else frozenset()


def withdraw_package(db: Session, *, actor: Actor, slug: str, now: datetime) -> None:
    """Ends new enrolments in the package. A second call changes nothing; a new version reopens it."""
    policy.require_may_import(actor)
    package = package_of(db, slug)
    if package.withdrawn_at is None:
        package.withdrawn_at = now
        db.flush()
        journal.record(db, PackageWithdrawn(package.id), actor=actor, now=now)
