"""Pages about letters that did not arrive."""

from flask import Blueprint

bp = Blueprint("outbox", __name__)

from app.office.outbox.views import messages  # noqa: E402, F401 - it registers its routes
