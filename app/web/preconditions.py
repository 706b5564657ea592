"""Preconditions of the API (RFC 9110, 13.1.1): what is read has an ETag, which a change may name in
If-Match.
"""

from typing import Any

from flask import Response, jsonify, request
from pydantic import BaseModel, Field

from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_

IF_MATCH = "If-Match"


class NotAsRead(Refusal):
    kind = Kind.STALE
    rule = "not-as-read"
    msgid = N_(
        "This was changed since you read it, so nothing was written. Read it again: its ETag is another one now."
    )


class IfMatch(BaseModel):
    """For the description of the API; `is_as_read` reads the header itself."""

    if_match: str | None = Field(
        None,
        alias=IF_MATCH,
        description="The ETag that you read, or *; 412 when what stands is something else",
    )


def tagged(body: dict[str, Any]) -> Response:
    """As JSON, with the ETag of just this: who may see less reads another one."""
    response = jsonify(body)
    response.add_etag()
    # A proxy that compresses on the way makes another tag of it (Caddy: "…-gzip"), and If-Match
    # would bring that one.
    response.headers["Cache-Control"] = "no-store, no-transform"
    return response


def is_as_read(body: dict[str, Any]) -> bool | None:
    """Returns whether what would be sent now is what If-Match names; None for a request that does
    not say.
    """
    if IF_MATCH not in request.headers:
        return None
    return request.if_match.contains(str(tagged(body).get_etag()[0]))
