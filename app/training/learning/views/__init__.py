"""Pages of learning; opening one writes nothing. Each module adds its routes to the one blueprint."""

from flask import Blueprint

bp = Blueprint("learning", __name__)


from app.training.learning.views import (  # noqa: E402, F401 - they need the blueprint above
    courses,
    lessons,
    quiz,
)
