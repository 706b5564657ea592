"""Pages of attendance: the list and its history, reports of meeting programs, the door, lists to
take along.
"""

from flask import Blueprint

bp = Blueprint("attendance", __name__)

from app.participation.attendance.views import door, exporting, importing, sheet  # noqa: E402, F401 - they need the blueprint above
