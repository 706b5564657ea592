"""Pages of events. Each module adds its routes to the one blueprint."""

from flask import Blueprint

bp = Blueprint("events", __name__)


from app.events.views import (  # noqa: E402, F401 - they need the blueprint above
    board,
    cases,
    event,
    feeds,
    holidays,
    lanes,
    load,
    moves,
    participation,
    planning,
    programme,
    series,
    subscribe,
    tabs,
    ways,
)
