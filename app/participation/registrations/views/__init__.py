"""Pages of registrations. Each module adds its routes to the one blueprint."""

from flask import Blueprint

bp = Blueprint("registrations", __name__)


from app.participation.registrations.views import (  # noqa: E402, F401 - they need the blueprint above
    registering,
    registrations,
)
