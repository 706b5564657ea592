"""The API's description (OpenAPI 3.1), collected from the decorators of every domain's `api.py`.

Use: `@spec.validate(json=Model, resp=…, tags=[…])` under `@requires(…)`. A body or query that does
not fit becomes an RFC 9457 problem with status 422 naming each field.
"""

from typing import Annotated, Any

from flask import Blueprint, Response, current_app, jsonify
from pydantic import Field
from spectree import Response as Answers
from spectree import SecurityScheme, SpecTree
from spectree.models import SecureType, SecuritySchemeData

from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_
from app.web.description import described
from app.web.guards import anyone, requires

Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Day = Annotated[str, Field(json_schema_extra={"format": "date"})]
Uuid = Annotated[str, Field(json_schema_extra={"format": "uuid"})]
"""Texts of answers that are written as they are meant to be read; the format is for the
description.
"""

NOT_VALID = N_("This value cannot be used.")
TEXT, WHOLE, YES_OR_NO = (
    N_("This must be text."),
    N_("This must be a whole number."),
    N_("This must be true or false."),
)
SENTENCES = {
    "missing": N_("This value is missing."),
    "extra_forbidden": N_("This name is not known here."),
    "string_type": TEXT,
    "int_type": WHOLE,
    "int_parsing": WHOLE,
    "int_parsing_size": WHOLE,
    "int_from_float": WHOLE,
    "bool_type": YES_OR_NO,
    "bool_parsing": YES_OR_NO,
    "list_type": N_("This must be a list."),
    "dict_type": N_("This must be an object with named values."),
    "model_type": N_("This must be an object with named values."),
    "model_attributes_type": N_("This must be an object with named values."),
    "enum": N_("Choose one of: %(expected)s."),
    "literal_error": N_("Choose one of: %(expected)s."),
    "string_too_long": N_("Write at most %(max_length)s characters."),
    "string_too_short": N_("Write at least %(min_length)s characters."),
    "string_pattern_mismatch": N_("This is not written as expected."),
    "too_long": N_("Send at most %(max_length)s entries."),
    "greater_than_equal": N_("This must be at least %(ge)s."),
    "less_than_equal": N_("This must be at most %(le)s."),
}


def refuse_invalid(
    _request: Any, _response: Any, error: Any, _instance: Any, _adapter: Any = None
) -> None:
    """Raises our own refusal: spectree's hook before it answers an invalid request."""
    if error:
        defects = error.errors(include_url=False, include_input=False)
        raise InvalidInput({_path(defect["loc"]): _sentence(defect) for defect in defects})


def _path(location: tuple[int | str, ...]) -> str:
    """Returns the place of an error within the body. `[key]` is pydantic's mark for the name of a
    member; the name itself stands before it.
    """
    return ".".join(str(part) for part in location if part != "[key]") or "body"


def _sentence(error: dict[str, Any]) -> Sentence:
    """Returns our own words for pydantic's kinds of error; a validator's ValueError carries its
    msgid (marked with N_).
    """
    context = error.get("ctx") or {}
    if error["type"] == "value_error":
        return Sentence(str(context["error"]))
    expected = str(context.get("expected", "")).replace(" or ", ", ").replace("'", "")
    return Sentence(SENTENCES.get(error["type"], NOT_VALID), {**context, "expected": expected})


spec = SpecTree(
    "flask",
    title="Convoca API",
    version="v1",
    path="api/v1/description",  # spectree describes nothing that lies under its own path
    mode="strict",
    before=refuse_invalid,
    validation_error_status=422,
    security_schemes=[
        SecurityScheme(
            name="bearer", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer")
        )
    ],
    security={"bearer": []},
)
# spectree passes over endpoints whose name begins with "openapi".
bp = Blueprint("api_description", __name__)


@bp.get("/api/v1/openapi.json")
@requires(anyone)
@spec.validate(resp=Answers("HTTP_200"), tags=["description"])
def openapi_json() -> Response:
    """This description."""
    spec.app = current_app
    return jsonify(described(current_app, spec.spec))
