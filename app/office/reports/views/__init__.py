"""Pages of reports. Each module adds its routes to the one blueprint."""

from flask import Blueprint

bp = Blueprint("reports", __name__)


from app.office.reports.views import donor, event  # noqa: E402, F401 - they need the blueprint above
