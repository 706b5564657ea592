"""Pages of the rule book. Each module adds its routes to the one blueprint."""

from flask import Blueprint

bp = Blueprint("scheduling", __name__)

from app.planning.scheduling.views import licences, pairs, rule_book  # noqa: E402, F401 - they need the blueprint above
