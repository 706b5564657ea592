"""The blueprint of home, the desk and the pages about this place."""

from flask import Blueprint

bp = Blueprint("home", __name__)
