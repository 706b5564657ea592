"""Registration for programs: the same service, the same refusals."""

from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, ConfigDict, Field
from spectree import Response as Answers

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import both
from app.participation.registrations.rules import SENTENCES
from app.participation.registrations.services.registering import (
    cancel_registration,
    register,
    registered_already,
)
from app.participation.registrations.values import (
    CONSENT_VERSION,
    REQUIRED_CONSENT,
    ConsentPurpose,
    RegistrationStatus,
)
from app.planning.arranging.api import Strict
from app.web.description import needs
from app.web.guards import anyone, current_actor, requires, signed_in
from app.web.openapi import spec

bp = Blueprint("registrations_api", __name__, url_prefix="/api/v1")

Purpose = Annotated[ConsentPurpose, Field(strict=False)]


class RegistrationIn(Strict):
    """`consent_version` is that of the sentences the official read; `purposes` are those they
    agreed to.
    """

    model_config = ConfigDict(json_schema_extra=needs("consent_version"))

    consent_version: Annotated[
        str, Field(max_length=10, description="As GET /api/v1/consent has it")
    ] = ""
    purposes: Annotated[
        list[Purpose],
        Field(
            max_length=10,
            default_factory=lambda: [ConsentPurpose.ATTENDANCE_LIST],
            json_schema_extra={"default": [ConsentPurpose.ATTENDANCE_LIST.value]},
        ),
    ]


class ConsentSentence(BaseModel):
    """Nobody can register without agreeing to what `is_required`."""

    purpose: ConsentPurpose
    is_required: bool
    sentence: dict[str, str]


class ConsentOut(BaseModel):
    consent_version: str
    purposes: list[ConsentSentence]


class RegistrationAnswer(BaseModel):
    """`status`: registered, waiting (in order on the waiting list), pending (an organizer decides) or
    declined. `is_new` is false for somebody registered already; nothing was written then.
    """

    id: int
    event_id: UUID
    status: RegistrationStatus
    is_new: bool


class CancellationAnswer(BaseModel):
    event_id: UUID
    was_registered: bool


@bp.get("/consent")
@requires(anyone)
@spec.validate(resp=Answers(HTTP_200=ConsentOut), tags=["registrations"])
def current_consent() -> Response:
    """Returns the sentences to which whoever registers agrees, and their version, which is sent
    along.
    """
    purposes = [
        ConsentSentence(
            purpose=purpose, is_required=purpose in REQUIRED_CONSENT, sentence=both(msgid).as_dict()
        )
        for purpose, msgid in SENTENCES[CONSENT_VERSION].items()
    ]
    return jsonify(
        ConsentOut(consent_version=CONSENT_VERSION, purposes=purposes).model_dump(mode="json")
    )


@bp.post("/events/<uuid:event_id>/registrations")
@requires(signed_in)
@spec.validate(
    json=RegistrationIn,
    resp=Answers("HTTP_409", "HTTP_410", HTTP_200=RegistrationAnswer, HTTP_201=RegistrationAnswer),
    tags=["registrations"],
)
def register_self(event_id: UUID, json: RegistrationIn) -> tuple[Response, int]:
    """Registers the token's owner: 201, or 200 for somebody registered already. Where the capacity
    or the country's quota is full, the answer is waiting, and where an organizer decides, pending.

    403 where the event invites others only: the sentence says whom to ask. 409 when the
    event is unpublished, has started or its registration is closed; 410 when it is cancelled or
    over; 422 without consent to the attendance list in the current version.
    """
    consent: dict[str, Any] = {"consent_version": json.consent_version, "purposes": json.purposes}
    with reading() as db:
        answer = registered_already(
            db, actor=current_actor(), event_id=event_id, now=clock.now(), **consent
        )
    if answer is None:
        with transaction() as db:
            answer = register(
                db, actor=current_actor(), event_id=event_id, now=clock.now(), **consent
            )
    body = RegistrationAnswer(
        id=answer.id, event_id=event_id, status=answer.status, is_new=answer.is_new
    )
    return jsonify(body.model_dump(mode="json")), 201 if answer.is_new else 200


@bp.delete("/events/<uuid:event_id>/registrations")
@requires(signed_in)
@spec.validate(
    resp=Answers("HTTP_409", "HTTP_410", HTTP_200=CancellationAnswer), tags=["registrations"]
)
def cancel_own_registration(event_id: UUID) -> Response:
    """Cancels the registration of the token’s owner; 409 once the event has started."""
    with transaction() as db:
        was_registered = cancel_registration(
            db, actor=current_actor(), event_id=event_id, now=clock.now()
        )
    return jsonify(
        CancellationAnswer(event_id=event_id, was_registered=was_registered).model_dump(mode="json")
    )
