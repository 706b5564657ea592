"""Packages as their readers may see them: the catalogue, what a launch plays, records, personal data."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, bindparam, exists, func, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.refusal import NotAllowed, NotFound
from app.people.directory.models import Person
from app.training.packages import policy
from app.training.packages.models import (
    Package,
    PackageEnrolment,
    PackageFile,
    PackageResult,
    PackageSession,
    PackageUpload,
    PackageVersion,
)
from app.training.packages.rules import runtime
from app.training.packages.values import (
    ItemStanding,
    LearnerLine,
    Manifest,
    PackageLine,
    PackagePage,
    PackedFile,
    Play,
    PlayStatus,
    Report,
    Standard,
    Upload,
    VersionLine,
    VisitEntry,
    VisitMode,
)

_NEWEST = (
    select(PackageVersion.package_id, func.max(PackageVersion.number).label("number"))
    .group_by(PackageVersion.package_id)
    .subquery()
)
_LINES = (
    select(Package, PackageVersion)
    .join(_NEWEST, _NEWEST.c.package_id == Package.id)
    .join(
        PackageVersion,
        (PackageVersion.package_id == Package.id) & (PackageVersion.number == _NEWEST.c.number),
    )
    .where(Package.withdrawn_at.is_(None))
)
_TAKEN = (
    select(PackageVersion.package_id, PackageEnrolment.completed_at)
    .join(PackageVersion, PackageVersion.id == PackageEnrolment.version_id)
    .where(PackageEnrolment.person_id == bindparam("person_id"))
    .order_by(PackageEnrolment.started_at)
)
_OWN_ENROLMENTS = (
    select(PackageEnrolment, PackageVersion)
    .join(PackageVersion, PackageVersion.id == PackageEnrolment.version_id)
    .where(
        PackageEnrolment.person_id == bindparam("person_id"),
        PackageVersion.package_id == bindparam("package_id"),
    )
    .order_by(PackageVersion.number.desc())
)


def packages(db: Session, *, actor: Actor) -> tuple[PackageLine, ...]:
    """Returns every package that can be begun, by title; two statements. Open to everybody."""
    states: dict[int, tuple[str, Any]] = {}
    if actor.person_id is not None:
        for package_id, completed_at in db.execute(_TAKEN, {"person_id": actor.person_id}):
            state = "done" if completed_at is not None else "in-progress"
            states[package_id] = (state, completed_at)
    lines = [
        PackageLine(
            package.slug,
            package.title,
            package.summary,
            package.origin,
            version.unpacked_bytes,
            Standard(version.manifest["standard"]),
            *states.get(package.id, ("not-started", None)),
        )
        for package, version in db.execute(_LINES)
    ]
    return tuple(sorted(lines, key=lambda line: line.title.in_().casefold()))


def package_of(db: Session, slug: str) -> Package:
    """Raises NotFound."""
    package = db.scalar(select(Package).where(Package.slug == slug))
    if package is None:
        raise NotFound
    return package


def newest_version(db: Session, package_id: int) -> PackageVersion:
    return db.scalars(
        select(PackageVersion)
        .where(PackageVersion.package_id == package_id)
        .order_by(PackageVersion.number.desc())
        .limit(1)
    ).one()


def package_page(db: Session, *, actor: Actor, slug: str) -> PackagePage:
    """Returns the package in the version that its reader takes and has not finished, else in the
    newest one that they finished, else in the newest. A withdrawn one is for those who began it and
    for authors.
    """
    package = package_of(db, slug)
    newest = newest_version(db, package.id)
    own_rows = _enrolments(db, actor, package.id)
    if package.withdrawn_at is not None and not own_rows and not policy.may_import(actor):
        raise NotFound
    enrolment: PackageEnrolment | None = None
    version = newest
    if own_rows:
        enrolment, version = next(
            (row for row in own_rows if row[0].completed_at is None), own_rows[0]
        )
    return PackagePage(
        id=package.id,
        slug=package.slug,
        title=package.title,
        summary=package.summary,
        origin=package.origin,
        is_withdrawn=package.withdrawn_at is not None,
        version_id=version.id,
        version_number=version.number,
        newest_number=newest.number,
        manifest=Manifest.from_dict(version.manifest),
        unpacked_bytes=version.unpacked_bytes,
        enrolment_id=enrolment.id if enrolment is not None else None,
        completed_at=enrolment.completed_at if enrolment is not None else None,
        standings=standings(db, enrolment) if enrolment is not None else {},
    )


def _enrolments(
    db: Session, actor: Actor, package_id: int
) -> list[Row[PackageEnrolment, PackageVersion]]:
    if actor.person_id is None:
        return []
    whose = {"person_id": actor.person_id, "package_id": package_id}
    return list(db.execute(_OWN_ENROLMENTS, whose))


def standings(db: Session, enrolment: PackageEnrolment) -> dict[str, ItemStanding]:
    """Returns where an enrolment stands in each item that was opened."""
    rows = select(PackageResult).where(PackageResult.enrolment_id == enrolment.id)
    return {
        row.item_key: ItemStanding(
            PlayStatus(row.status),
            float(row.score) if row.score is not None else None,
            row.seconds,
            row.completed_at,
        )
        for row in db.scalars(rows)
    }


def versions_of(db: Session, *, actor: Actor, package_id: int) -> tuple[VersionLine, ...]:
    """Returns every version with how many take or took it, newest first; for authors."""
    policy.require_may_import(actor)
    learners = (
        select(func.count())
        .where(PackageEnrolment.version_id == PackageVersion.id)
        .correlate(PackageVersion)
        .scalar_subquery()
    )
    versions: Select[PackageVersion, int] = (
        select(PackageVersion, learners)
        .where(PackageVersion.package_id == package_id)
        .order_by(PackageVersion.number.desc())
    )
    return tuple(
        VersionLine(
            version.number,
            version.sha256,
            version.filename,
            version.size_bytes,
            version.accepted_at,
            count,
        )
        for version, count in db.execute(versions)
    )


# A launch as the player needs it, and the files it asks for.

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
        learner=(enrolment.id.hex, person.own_name[:LONGEST_NAME]),
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


# Uploads that wait for a decision, and learners of a package, as far as the actor may see them.


def upload_of(db: Session, *, actor: Actor, upload_id: UUID) -> Upload:
    """Returns an upload of the actor. Raises NotFound for another's, and for one that was accepted
    or discarded.
    """
    policy.require_may_import(actor)
    row = db.get(PackageUpload, upload_id)
    if row is None or row.uploaded_by != actor.account_id:
        raise NotFound
    package = db.get(Package, row.package_id) if row.package_id is not None else None
    return Upload(
        id=row.id,
        file_key=row.file_key,
        sha256=row.sha256,
        filename=row.filename,
        size_bytes=row.size_bytes,
        report=Report.from_dict(row.report),
        package_id=row.package_id,
        package_slug=package.slug if package else "",
        package_title=package.title if package else None,
        uploaded_at=row.uploaded_at,
    )


def keys_in_use(db: Session, keys: Collection[str]) -> frozenset[str]:
    """Returns those of the keys that a row of packages names."""
    named: set[str] = set()
    for column in (PackageUpload.file_key, PackageVersion.file_key, PackageFile.file_key):
        named.update(db.scalars(select(column).where(column.in_(list(keys)))))
    return frozenset(named)


def learners_of(db: Session, *, actor: Actor, package_id: int) -> tuple[LearnerLine, ...]:
    """Returns who took the package: all for authors and organizers, those of their own country for
    focal points. One statement.
    """
    if not policy.may_see_learners(actor):
        raise NotAllowed
    score, seconds = func.avg(PackageResult.score), func.sum(PackageResult.seconds)
    learners = (
        select(PackageEnrolment, PackageVersion.number, Person, score, seconds)
        .join(PackageVersion, PackageVersion.id == PackageEnrolment.version_id)
        .join(Person, Person.id == PackageEnrolment.person_id)
        .outerjoin(PackageResult, PackageResult.enrolment_id == PackageEnrolment.id)
        .where(PackageVersion.package_id == package_id)
        .group_by(PackageEnrolment.id, PackageVersion.number, Person.id)
        .order_by(Person.sort_key, PackageVersion.number)
    )
    if not policy.sees_all(actor):
        learners = learners.where(Person.country_code.in_(sorted(policy.countries_seen(actor))))
    return tuple(
        LearnerLine(
            person_id=person.id,
            name=person.full_name,
            country=person.country_code or "",
            version_number=number,
            started_at=enrolment.started_at,
            completed_at=enrolment.completed_at,
            score=float(mean) if mean is not None else None,
            seconds=int(total or 0),
        )
        for enrolment, number, person, mean, total in db.execute(learners)
    )


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns what packages keep of a person: what they took, its result, and what was answered."""
    own_enrolments = select(PackageEnrolment.id).where(PackageEnrolment.person_id == person_id)
    taken = db.execute(
        select(PackageEnrolment, PackageVersion.number, Package.slug)
        .join(PackageVersion, PackageVersion.id == PackageEnrolment.version_id)
        .join(Package, Package.id == PackageVersion.package_id)
        .where(PackageEnrolment.person_id == person_id)
        .order_by(PackageEnrolment.started_at)
    )
    results = db.scalars(
        select(PackageResult)
        .where(PackageResult.enrolment_id.in_(own_enrolments))
        .order_by(PackageResult.changed_at)
    )
    visits = db.scalars(
        select(PackageSession)
        .where(PackageSession.enrolment_id.in_(own_enrolments))
        .order_by(PackageSession.opened_at)
    )
    return {
        "taken": [
            {
                "package": slug,
                "version": number,
                "started_at": row.started_at.isoformat(),
                "completed_at": row.completed_at.isoformat() if row.completed_at else None,
            }
            for row, number, slug in taken
        ],
        "results": [
            {
                "item": row.item_key,
                "status": row.status,
                "score": str(row.score) if row.score is not None else None,
                "seconds": row.seconds,
            }
            for row in results
        ],
        "visits": [
            {"item": row.item_key, "at": row.opened_at.isoformat(), "recorded": row.state}
            for row in visits
        ],
    }
