"""The blueprint of packages."""

from flask import Blueprint

bp = Blueprint("packages", __name__)
