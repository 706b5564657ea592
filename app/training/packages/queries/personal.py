"""What packages keep of one person: what they took, what it came to, and what was answered."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.training.packages.models import (
    Package,
    PackageEnrolment,
    PackageResult,
    PackageSession,
    PackageVersion,
)


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    mine = select(PackageEnrolment.id).where(PackageEnrolment.person_id == person_id)
    taken = db.execute(
        select(PackageEnrolment, PackageVersion.number, Package.slug)
        .join(PackageVersion, PackageVersion.id == PackageEnrolment.version_id)
        .join(Package, Package.id == PackageVersion.package_id)
        .where(PackageEnrolment.person_id == person_id)
        .order_by(PackageEnrolment.started_at)
    )
    results = db.scalars(
        select(PackageResult)
        .where(PackageResult.enrolment_id.in_(mine))
        .order_by(PackageResult.changed_at)
    )
    visits = db.scalars(
        select(PackageSession)
        .where(PackageSession.enrolment_id.in_(mine))
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
