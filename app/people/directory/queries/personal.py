"""What the directory keeps of one person."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.people.directory.models import (
    Appointment,
    CorrectionRequest,
    FocalPoint,
    Institution,
    Membership,
    Person,
    PersonCorrection,
    Post,
    WorkingGroup,
)


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Plain values; days as year-month-day, `until` the first day without."""
    person = db.get_one(Person, person_id)
    posts = db.execute(
        select(Appointment, Post.title, Institution.name)
        .join(Post, Post.id == Appointment.post_id)
        .join(Institution, Institution.id == Post.institution_id)
        .where(Appointment.person_id == person_id)
        .order_by(Appointment.valid_from, Appointment.id)
    )
    groups = db.execute(
        select(Membership, WorkingGroup.slug)
        .join(WorkingGroup, WorkingGroup.id == Membership.working_group_id)
        .where(Membership.person_id == person_id)
        .order_by(Membership.valid_from, Membership.id)
    )
    answers = (
        select(FocalPoint).where(FocalPoint.person_id == person_id).order_by(FocalPoint.valid_from)
    )
    return {
        "person": {
            "full_name": person.full_name,
            "email": person.email,
            "country": person.country_code,
            "language": person.language,
            "timezone": person.timezone,
            "sex": person.sex,
            "organisation": person.organisation,
            "is_guest": person.is_guest,
        },
        "posts": [
            {
                "institution": name.in_(),
                "post": title.in_(),
                **_span(row),
                "end_reason": row.end_reason,
                "confirmed_on": row.confirmed_on.isoformat() if row.confirmed_on else None,
            }
            for row, title, name in posts
        ],
        "corrections": [
            {
                "field": row.field,
                "before": row.before,
                "after": row.after,
                "at": row.corrected_at.isoformat(),
            }
            for row in db.scalars(
                select(PersonCorrection)
                .where(PersonCorrection.person_id == person_id)
                .order_by(PersonCorrection.id)
            )
        ],
        "corrections_asked": [
            {
                "full_name": row.full_name,
                "email": row.email,
                "post": row.post,
                "note": row.note,
                "at": row.asked_at.isoformat(),
                "decision": row.decision,
                "reason": row.reason,
            }
            for row in db.scalars(
                select(CorrectionRequest)
                .where(CorrectionRequest.person_id == person_id)
                .order_by(CorrectionRequest.id)
            )
        ],
        "working_groups": [{"group": slug, "role": row.role, **_span(row)} for row, slug in groups],
        "focal_point": [{"country": row.country_code, **_span(row)} for row in db.scalars(answers)],
    }


def _span(row: Appointment | Membership | FocalPoint) -> dict[str, str | None]:
    return {
        "from": row.valid_from.isoformat(),
        "until": row.valid_until.isoformat() if row.valid_until else None,
    }
