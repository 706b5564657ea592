"""Pages: the connection to a meeting program, and what it did for one event."""

from flask import Blueprint

bp = Blueprint("meetings", __name__)

from app.participation.meetings.views import connection, event_meeting  # noqa: E402, F401
