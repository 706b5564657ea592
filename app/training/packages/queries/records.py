"""Uploads that wait for a decision, and learners of a package, as far as the actor may see them."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select
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
    PackageUpload,
    PackageVersion,
)
from app.training.packages.values import LearnerLine, Report, Upload


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
