"""The rule book for programs."""

from flask import Blueprint

bp = Blueprint("scheduling_api", __name__, url_prefix="/api/v1")

from app.planning.scheduling.api import rules  # noqa: E402, F401 - it needs the blueprint above
