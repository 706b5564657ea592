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
    """The package by the version its reader takes and has not finished; then by the newest one that
    they finished; then by the newest. A withdrawn one is for those who began it, and for authors.
    """
    package = package_of(db, slug)
    newest = newest_version(db, package.id)
    mine = _enrolments(db, actor, package.id)
    if package.withdrawn_at is not None and not mine and not policy.may_import(actor):
        raise NotFound
    enrolment: PackageEnrolment | None = None
    version = newest
    if mine:
        open_ = next((row for row in mine if row[0].completed_at is None), mine[0])
        enrolment, version = open_[0], open_[1]
    return PackagePage(
        package.id,
        package.slug,
        package.title,
        package.summary,
        package.origin,
        package.withdrawn_at is not None,
        version.id,
        version.number,
        newest.number,
        Manifest.from_dict(version.manifest),
        version.unpacked_bytes,
        enrolment.id if enrolment is not None else None,
        enrolment.completed_at if enrolment is not None else None,
        standings(db, enrolment) if enrolment is not None else {},
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
