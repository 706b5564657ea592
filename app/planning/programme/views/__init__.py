"""Pages of the programme. Each module adds its routes to the one blueprint."""

from flask import Blueprint

bp = Blueprint("programme", __name__)


from app.planning.programme.views import (  # noqa: E402, F401 - they need the blueprint above
    board,
    choice,
    feeds,
    lanes,
    load,
    programme,
)
