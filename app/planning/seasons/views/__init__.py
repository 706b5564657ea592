"""Pages of season planning, for organizers and the presidency. All of them work without scripts."""

from flask import Blueprint

bp = Blueprint("seasons", __name__)

from app.planning.seasons.views import accepting, comparing, pages, wish  # noqa: E402, F401 - they need the blueprint above
