"""A launch as the player needs it, and the files it asks for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.people.directory.models import Person
from app.training.packages import policy
from app.training.packages.models import (
    Package,
    PackageEnrolment,
    PackageFile,
    PackageResult,
    PackageSession,
    PackageVersion,
)
from app.training.packages.rules import runtime
from app.training.packages.values import Manifest, PackedFile, Play, VisitEntry, VisitMode

LONGEST_NAME = 255

_SESSION = (
    select(PackageSession, PackageEnrolment, PackageVersion, Package)
    .join(PackageEnrolment, PackageEnrolment.id == PackageSession.enrolment_id)
    .join(PackageVersion, PackageVersion.id == PackageEnrolment.version_id)
    .join(Package, Package.id == PackageVersion.package_id)
    .where(PackageSession.id == bindparam("session_id"))
)
_FILE = (
    select(PackageFile)
    .join(PackageEnrolment, PackageEnrolment.version_id == PackageFile.version_id)
    .where(
        PackageEnrolment.id == bindparam("enrolment_id"),
        PackageFile.path == bindparam("path"),
        exists().where(
            PackageSession.enrolment_id == PackageEnrolment.id,
            PackageSession.expires_at > bindparam("now"),
        ),
    )
)


def own_play(db: Session, *, actor: Actor, session_id: UUID) -> Play:
    """Returns the actor's own launch. Raises NotFound for anybody else's."""
    person_id = policy.require_taker(actor)
    row = db.execute(_SESSION, {"session_id": session_id}).one_or_none()
    if row is None or row[1].person_id != person_id:
        raise NotFound
    return _play(*row, data={})


def play_of(db: Session, *, session_id: UUID, now: datetime) -> Play:
    """Returns what a launch plays, for whoever holds its key. Raises NotFound once its day is over."""
    row = db.execute(_SESSION, {"session_id": session_id}).one_or_none()
    if row is None or row[0].expires_at <= now:
        raise NotFound
    session, enrolment, version, package = row
    manifest = Manifest.from_dict(version.manifest)
    item = manifest.item(session.item_key)
    result = db.get(PackageResult, (enrolment.id, session.item_key))
    person = db.get_one(Person, enrolment.person_id)
    if item is None:
        raise NotFound
    data = runtime.data_model(
        item,
        manifest.standard,
        learner=(enrolment.id.hex, person.full_name[:LONGEST_NAME]),
        entry=VisitEntry(session.entry),
        mode=VisitMode(session.mode),
        seconds=result.seconds if result is not None else 0,
        kept={e: value for e, value in session.state.items() if e not in runtime.NOT_CARRIED},
    )
    return _play(session, enrolment, version, package, data=data)


def _play(
    session: PackageSession,
    enrolment: PackageEnrolment,
    version: PackageVersion,
    package: Package,
    *,
    data: dict[str, str],
) -> Play:
    manifest = Manifest.from_dict(version.manifest)
    item = manifest.item(session.item_key)
    if item is None:
        raise NotFound
    return Play(
        session_id=session.id,
        enrolment_id=enrolment.id,
        standard=manifest.standard,
        item=item,
        mode=VisitMode(session.mode),
        entry=VisitEntry(session.entry),
        state=data,
        sequence=session.sequence,
        package_id=package.id,
        version_id=version.id,
        package_slug=package.slug,
        package_title=package.title,
        is_closed=session.closed_at is not None,
        expires_at=session.expires_at,
    )


def file_of(db: Session, *, enrolment_id: UUID, path: str, now: datetime) -> PackedFile:
    """Returns a file of the version that is taken, by its whole path.

    Raises NotFound, also once half a day has passed since the last launch.
    """
    row = db.scalar(_FILE, {"enrolment_id": enrolment_id, "path": path, "now": now})
    if row is None:
        raise NotFound
    return PackedFile(row.path, row.file_key, row.media_type, row.size_bytes)
