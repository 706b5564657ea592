"""Pages of inviting. Each module adds its routes to the one blueprint."""

from flask import Blueprint

bp = Blueprint("invitations", __name__)


from app.participation.invitations.views import (  # noqa: E402, F401 - they need the blueprint above
    guests,
    inviting,
    nominations,
)
