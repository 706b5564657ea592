"""What the API's description says beyond what spectree collects: every status that a route answers,
as the code has it.

Refusals are RFC 9457 problem documents. 400, 401, 405 and 500 come from every address, 403 where a
role is needed, 404 where the address names something, 413 and 415 where a body is taken, 422 where
a body or a query is. Whatever else a route answers it names in `Answers("HTTP_409", …)`.
"""

import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from flask import Flask
from pydantic import BaseModel, ConfigDict, Field

from app.web.bodies import KILOBYTE, LARGEST_JSON
from app.web.guards import anyone, policy_of
from app.web.texts import Words

PARAMETER = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
BELOW = re.compile(r"/\{(\w+)\}(?:/[a-z-]+)?")
MADE, JSON = ("201", "202"), "application/json"
FIRST_REFUSAL = 400
MEANINGS = {
    400: "The request cannot be read",
    401: "The bearer token is missing or holds no longer",
    403: "The roles of the token's owner do not allow this",
    404: "It does not exist, or is not for the token's owner to see",
    405: "This address has no such method",
    409: "A rule says no; `title` is its name",
    410: "It was cancelled, closed or is over",
    412: "It was changed since it was read, so nothing was written",
    413: "The body is too large",
    415: "The body is not JSON",
    422: "Values cannot be used; `errors` names them by their fields",
    429: "There are too many of them, or too many tries",
    500: "Something failed on our side",
    503: "Something that is needed does not answer at the moment",
}
HEADERS = {
    401: {"WWW-Authenticate": "Bearer"},
    405: {"Allow": "The methods that this address has"},
    429: {"Retry-After": "Seconds to wait, where waiting helps"},
}
EVERYWHERE = (400, 401, 405, 429, 500, 503)
REQUIRED, COMPONENT = "required", "#/components/schemas/Problem"


class FieldError(BaseModel):
    """`field` is a path such as `title.es`, or `body`."""

    field: str
    sentence: Words


class Problem(BaseModel):
    """RFC 9457. `detail` is in the reader's language, `sentence` in each. Some rules add members:
    `findings` and `free_slots` of a time that is taken, `occurrences` of a series, `misfits` of a
    season.
    """

    model_config = ConfigDict(extra="allow")

    type: str = Field(json_schema_extra={"format": "uri-reference"})
    title: str = Field(description="The rule's name, which does not change")
    status: int
    detail: str
    sentence: Words
    request_id: str
    errors: list[FieldError] = Field([], description="At most fifty; with 422 only")
    error_count: int = Field(0, description="How many there are in all; with 422 only")


def described(app: Flask, collected: dict[str, Any]) -> dict[str, Any]:
    """Returns `collected` with every status, security and problem documents of the routes of this
    application.
    """
    description = deepcopy(collected)
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = description["components"]["schemas"]
    schemas |= schema.pop("$defs") | {"Problem": schema}
    for name in [name for name in schemas if name.startswith("ValidationError.")]:
        del schemas[name]  # what spectree would answer; see refuse_invalid
    own = {PARAMETER.sub(r"{\1}", rule.rule) for rule in app.url_map.iter_rules()}
    for path in description["paths"].keys() - own:
        del description["paths"][path]  # another application of this process was described first
    for rule in app.url_map.iter_rules():
        operations = description["paths"].get(PARAMETER.sub(r"{\1}", rule.rule), {})
        for method, operation in operations.items():
            if method.upper() in (rule.methods or ()):
                _complete(
                    operation,
                    app.view_functions[rule.endpoint],
                    names_something=bool(rule.arguments),
                )
    _link(description["paths"], schemas)
    return description


def _link(paths: dict[str, dict[str, Any]], schemas: dict[str, Any]) -> None:
    """Says of what was made, where its answer has an `id`, which operations that leads to."""
    for path, operations in paths.items():
        responses = operations.get("post", {"responses": {}})["responses"]
        for answer in [responses[code] for code in MADE if code in responses]:
            schema = answer["content"][JSON]["schema"]["$ref"].rpartition("/")[2]
            links = {
                re.sub(r"\W", "", operation["operationId"]): {
                    "operationId": operation["operationId"],
                    "parameters": {named[1]: "$response.body#/id"},
                }
                for there, below in paths.items()
                if (named := BELOW.fullmatch(there.removeprefix(path)))
                for operation in below.values()
            }
            if links and "id" in schemas[schema]["properties"]:
                answer["links"] = links


def _complete(
    operation: dict[str, Any], view: Callable[..., Any], *, names_something: bool
) -> None:
    takes_body = "requestBody" in operation
    statuses = {*EVERYWHERE}
    if policy_of(view) is anyone:
        operation["security"] = []
    else:
        operation["security"] = [{"bearer": []}]
        statuses.add(403)
    if names_something:
        statuses.add(404)
    if takes_body:
        statuses |= {413, 415}
    if takes_body or any(one["in"] == "query" for one in operation["parameters"]):
        statuses.add(422)
    responses = operation["responses"]
    del responses["422"]
    statuses |= {
        int(code)
        for code, answer in responses.items()
        if int(code) >= FIRST_REFUSAL and "content" not in answer
    }
    largest = getattr(view, "most_bytes", LARGEST_JSON) // KILOBYTE
    for status in statuses - {
        int(code) for code, answer in responses.items() if "content" in answer
    }:
        responses[str(status)] = _problem(
            status,
            f": at most {largest} KB" if status == 413 else "",  # noqa: PLR2004
        )
    operation["responses"] = dict(sorted(responses.items()))
    for one in operation["parameters"]:
        if (
            one["schema"].get("format") == "int32"
        ):  # spectree's guess; the numbers of rows are longer
            one["schema"]["format"] = "int64"


def _problem(status: int, more: str = "") -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": MEANINGS[status] + more,
        "content": {"application/problem+json": {"schema": {"$ref": COMPONENT}}},
    }
    if status in HEADERS:
        answer["headers"] = {
            name: {"description": meaning, "schema": {"type": "string"}}
            for name, meaning in HEADERS[status].items()
        }
    return answer


def needs(*names: str) -> Callable[[dict[str, Any]], None]:
    """Returns a function for `json_schema_extra` that marks members as required. The model gives
    them defaults, because the code refuses their absence with a sentence of its own.
    """

    def describe(schema: dict[str, Any]) -> None:
        schema[REQUIRED] = sorted({*schema.get(REQUIRED, ()), *names})
        for name in names:
            member = schema["properties"][name]
            member.pop("default", None)
            kinds = [kind for kind in member.pop("anyOf", ()) if kind != {"type": "null"}]
            for kind in kinds:
                member |= kind

    return describe


def without_defaults(schema: dict[str, Any]) -> None:
    """Takes the defaults out of the schema of a change, for `json_schema_extra`: a member that is
    left out keeps its value.
    """
    for member in schema["properties"].values():
        member.pop("default", None)
