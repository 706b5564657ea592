"""The blueprint of people and access."""

from flask import Blueprint

bp = Blueprint("access", __name__)
