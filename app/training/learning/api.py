"""`GET /api/v1/courses/<slug>/progress`: the bearer's own progress."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel
from spectree import Response as Answers

from app.infra.database import reading
from app.training.learning import policy
from app.training.learning.queries.courses import seat_of
from app.training.learning.rules import progress
from app.training.learning.values import Seat
from app.web.guards import current_actor, requires
from app.web.openapi import spec

bp = Blueprint("learning_api", __name__, url_prefix="/api/v1")


class BilingualText(BaseModel):
    es: str
    en: str


class ModuleProgress(BaseModel):
    """`state`: done, in-progress, not-started, locked or in-preparation."""

    number: int
    title: BilingualText
    minutes: int
    state: str
    percent: int


class CourseProgress(BaseModel):
    """`enrolment_id` is null while the course was not started, `completed_at` until it is
    complete.
    """

    course: str
    edition: str
    enrolment_id: UUID | None
    completed_at: datetime | None
    modules: list[ModuleProgress]


@bp.get("/courses/<slug>/progress")
@requires(policy.may_study)
@spec.validate(resp=Answers(HTTP_200=CourseProgress), tags=["courses"], skip_validation=True)
def own_progress(slug: str) -> Response:
    """Returns the progress of the person who holds the token; nobody else's can be asked for."""
    with reading() as db:
        seat = seat_of(db, actor=current_actor(), slug=slug)
    return jsonify(_resource(seat).model_dump(mode="json"))


def _resource(seat: Seat) -> CourseProgress:
    outline, standing = seat.outline, seat.standing
    modules: list[dict[str, Any]] = [
        {
            "number": module.number,
            "title": module.title.as_dict(),
            "minutes": module.minutes,
            "state": progress.module_state(outline, module, standing).value,
            "percent": progress.module_percent(module, standing),
        }
        for module in outline.modules
    ]
    return CourseProgress.model_validate(
        {
            "course": outline.slug,
            "edition": outline.label,
            "enrolment_id": seat.enrolment_id,
            "completed_at": standing.completed_at,
            "modules": modules,
        }
    )
