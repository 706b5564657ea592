"""What holds of every answer, whoever asked: headers that keep it in its place, nothing that runs
without leave.
"""

import re

from werkzeug.test import TestResponse

from tests.security.html import Document

CSP = re.compile(
    r"default-src 'none'; script-src 'self' 'nonce-(?P<nonce>[\w-]{20,})'; style-src 'self'; img-src 'self' data:; "
    r"font-src 'self'; media-src 'self'; connect-src 'self'; form-action 'self'; "
    r"base-uri 'none'; frame-ancestors 'none'"
    r"(?:; frame-src https?://[a-z0-9.:-]+)?"
)
DRAWING = re.compile(r"default-src 'none'; style-src 'unsafe-inline'; sandbox")
"""Of a figure of a course, an SVG whose shapes carry their own style: nothing in it runs."""
SUSPECT = re.compile(
    r"<style|<script(?![^>]*\ssrc=)|[\s\"'/](?:style|on\w+)\s*="
    r"|\shref\s*=\s*[\"']?\s*(?:javascript|data|&)",
    re.IGNORECASE,
)
"""What a document must hold somewhere before anything in it can run or paint without leave."""


def faults(answer: TestResponse, *, is_personal: bool) -> list[str]:
    """What is wrong with an answer; a personal one may not be kept by the browser."""
    headers, is_html = answer.headers, answer.mimetype == "text/html"
    policy = CSP.fullmatch(headers.get("Content-Security-Policy", ""))
    is_drawing = answer.mimetype == "image/svg+xml" and DRAWING.fullmatch(
        headers.get("Content-Security-Policy", "")
    )
    found = (
        []
        if policy or is_drawing
        else [f"Content-Security-Policy {headers.get('Content-Security-Policy')}"]
    )
    if headers.get("X-Content-Type-Options") != "nosniff":
        found.append("no nosniff")
    if headers.get("Referrer-Policy") not in ("same-origin", "no-referrer"):
        found.append("Referrer-Policy")
    if is_html and is_personal and "no-store" not in headers.get("Cache-Control", ""):
        found.append(f"kept by the browser: {headers.get('Cache-Control')}")
    if is_html and answer.status_code < 300 and policy:
        found += _runs_without_leave(answer, policy["nonce"])
    return found


def _runs_without_leave(answer: TestResponse, nonce: str) -> list[str]:
    text = answer.get_data(as_text=True)
    if not SUSPECT.search(text):
        return []  # reading the whole document costs as much as making it
    document = Document(text)
    inline = [
        f"inline <{tag}>" for tag, given in document.inline if tag == "style" or given != nonce
    ]
    return inline + document.handlers
