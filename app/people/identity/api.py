"""The API's answer about the owner of a bearer token."""

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel
from spectree import Response as Answers

from app.web.guards import current_actor, requires, signed_in
from app.web.openapi import spec

bp = Blueprint("identity_api", __name__, url_prefix="/api/v1")


class RoleOut(BaseModel):
    role: str
    scope: str


class Me(BaseModel):
    """`roles` are those that hold today; `timezone` is an IANA name, `country` ISO 3166-1 alpha-2
    or empty.
    """

    account_id: int
    name: str
    language: str
    timezone: str
    country: str
    roles: list[RoleOut]


@bp.get("/me")
@requires(signed_in)
@spec.validate(resp=Answers(HTTP_200=Me), tags=["identity"])
def me() -> Response:
    """Whose token this is, with the roles that hold today."""
    actor = current_actor()
    roles = [
        RoleOut(role=g.role.value, scope=g.scope)
        for g in sorted(actor.grants, key=lambda g: (g.role, g.scope))
    ]
    body = Me(
        account_id=actor.account_id,
        name=actor.name,
        language=actor.language,
        timezone=actor.timezone,
        country=actor.country,
        roles=roles,
    )
    return jsonify(body.model_dump())
