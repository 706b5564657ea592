"""The API's description (OpenAPI 3.1), collected from the decorators of every domain's `api.py`.

Use: `@spec.validate(json=Model, resp=…, tags=[…])` under `@requires(…)`. A body or query that does not fit becomes an
RFC 9457 problem with status 422 naming each field.
"""

from typing import Any

from flask import Blueprint, Response, current_app, jsonify
from spectree import SecurityScheme, SpecTree
from spectree.models import SecureType, SecuritySchemeData

from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_
from app.web.guards import anyone, requires

NOT_VALID = N_("This value cannot be used: %(reason)s")
MISSING = N_("This value is missing.")


def refuse_invalid(_request: Any, _response: Any, error: Any, _instance: Any, _adapter: Any = None) -> None:
    """spectree's hook before it answers an invalid request: our own refusal instead."""
    if error:
        raise InvalidInput({_path(e["loc"]): _sentence(e) for e in error.errors()})


def _path(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or "body"


def _sentence(error: dict[str, Any]) -> Sentence:
    if error["type"] == "missing":
        return Sentence(MISSING)
    return Sentence(NOT_VALID, {"reason": error["msg"]})


spec = SpecTree(
    "flask",
    title="Convoca API",
    version="v1",
    path="api/v1/description",  # spectree describes nothing that lies under its own path
    mode="strict",
    before=refuse_invalid,
    validation_error_status=422,
    security_schemes=[SecurityScheme(name="bearer", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer"))],
    security={"bearer": []},
)
bp = Blueprint("openapi", __name__)


@bp.get("/api/v1/openapi.json")
@requires(anyone)
def openapi_json() -> Response:
    spec.app = current_app
    return jsonify(spec.spec)
