"""Registration for programs: the same service, the same refusals."""

from uuid import UUID

from flask import Response, jsonify
from pydantic import BaseModel
from spectree import Response as Answers

from app.events.api import bp
from app.events.services.registration import cancel_registration, register
from app.infra import clock
from app.infra.database import transaction
from app.web.guards import current_actor, requires, signed_in
from app.web.openapi import spec


class RegistrationAnswer(BaseModel):
    """`is_new` is false when the place was held already; nothing was written then."""

    id: int
    event_id: UUID
    is_new: bool


class CancellationAnswer(BaseModel):
    event_id: UUID
    was_registered: bool


@bp.post("/events/<uuid:event_id>/registrations")
@requires(signed_in)
@spec.validate(resp=Answers(HTTP_200=RegistrationAnswer, HTTP_201=RegistrationAnswer), tags=["registrations"])
def register_self(event_id: UUID) -> tuple[Response, int]:
    """Registers the token's owner: 201, or 200 when the place was held already.

    409 when the event is full, unpublished or has started; 410 when it is cancelled or over.
    """
    with transaction() as db:
        place = register(db, actor=current_actor(), event_id=event_id, now=clock.now())
    answer = RegistrationAnswer(id=place.id, event_id=event_id, is_new=place.is_new)
    return jsonify(answer.model_dump(mode="json")), 201 if place.is_new else 200


@bp.delete("/events/<uuid:event_id>/registrations")
@requires(signed_in)
@spec.validate(resp=Answers(HTTP_200=CancellationAnswer), tags=["registrations"])
def cancel_own_registration(event_id: UUID) -> Response:
    """Gives the place of the token's owner back; 409 once the event has started."""
    with transaction() as db:
        had_place = cancel_registration(db, actor=current_actor(), event_id=event_id, now=clock.now())
    return jsonify(CancellationAnswer(event_id=event_id, was_registered=had_place).model_dump(mode="json"))
