"""Pages about letters: what each kind says, and which ones one wants."""

from flask import Blueprint

bp = Blueprint("notifications", __name__)

from app.office.notifications.views import texts, wishes  # noqa: E402, F401 - they register their routes
