"""Pages of terms, handovers and the journal."""

from flask import Blueprint

bp = Blueprint("handover", __name__)

from app.office.handover.views import audit, handover, presidency  # noqa: E402, F401 - they need the blueprint above
