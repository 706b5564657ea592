"""Pages of events. Each module adds its routes to the one blueprint."""

from flask import Blueprint

bp = Blueprint("events", __name__)

