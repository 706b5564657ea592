"""The events API: bearer tokens only, JSON in and out, problems as RFC 9457."""

from flask import Blueprint

bp = Blueprint("events_api", __name__, url_prefix="/api/v1")

from app.planning.arranging.api import events  # noqa: E402, F401 - it needs the blueprint above
