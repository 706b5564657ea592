"""Pages of events. Each module adds its routes to the one blueprint."""

from flask import Blueprint

bp = Blueprint("events", __name__)


from app.events.views import event, feeds, lanes, load, participation, planning, programme, ways  # noqa: E402, F401 - they need the blueprint above
