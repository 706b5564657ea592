"""Pages of agreements. Each module adds its routes to the one blueprint."""

from flask import Blueprint

bp = Blueprint("agreements", __name__)


from app.followup.agreements.views import (  # noqa: E402, F401 - they need the blueprint above
    agreement,
    closing,
    event,
    findings,
    inserts,
    issues,
    listing,
    recording,
)
