"""Packages in lists and on their own page, with where the reader stands."""

from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.training.packages import policy
from app.training.packages.models import (
    Package,
    PackageEnrolment,
    PackageResult,
    PackageVersion,
)
from app.training.packages.values import (
    ItemStanding,
    Manifest,
    PackageLine,
    PackagePage,
    PlayStatus,
    Standard,
    VersionLine,
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
_MINE = (
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
    asked = {"person_id": actor.person_id, "package_id": package_id}
    return list(db.execute(_MINE, asked))


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
    asked: Select[PackageVersion, int] = (
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
        for version, count in db.execute(asked)
    )
