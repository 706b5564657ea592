"""Pages of events. Each module adds its routes to the one blueprint."""

from flask import Blueprint

bp = Blueprint("events", __name__)


from app.planning.arranging.views import (  # noqa: E402, F401 - they need the blueprint above
    drafts,
    event,
    life,
    planning,
    requests,
    tabs,
)
