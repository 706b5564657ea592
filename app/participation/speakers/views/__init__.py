"""Pages of speakers from outside. Each module adds its routes to the one blueprint."""

from flask import Blueprint

bp = Blueprint("speakers", __name__)


from app.participation.speakers.views import (  # noqa: E402, F401 - they need the blueprint above
    naming,
    own,
)
