"""Security headers on every answer; the policy lets no inline script or style run without the
request's nonce.
"""

import hashlib
import secrets
from http import HTTPStatus

from flask import Flask, Response, g, request

from app.web.guards import current_actor

FRESH_SECONDS = 300
"""How long anybody may keep an answer that is for everybody."""


def csp_nonce() -> str:
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(18)
    nonce: str = g.csp_nonce
    return nonce


def let_frame(origin: str) -> None:
    """Lets the page that is being made show a frame of another origin."""
    g.framed_origin = origin


def init_headers(app: Flask) -> None:
    app.after_request(_secure)


def _secure(response: Response) -> Response:
    headers = response.headers
    framed = f"; frame-src {g.framed_origin}" if "framed_origin" in g else ""
    headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'none'; script-src 'self' 'nonce-{csp_nonce()}'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; media-src 'self'; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'" + framed,
    )
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
    if current_actor().signed_in and request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-store")
        response.vary.add("Cookie")
    return response


def for_everybody(response: Response, status: int = 200) -> Response:
    """Lets the script of any site read the answer, and caches keep it for five minutes."""
    response.status_code = status
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    if status == HTTPStatus.OK:
        response.headers["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
        response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32], weak=True)
        response.make_conditional(request)
    return response
