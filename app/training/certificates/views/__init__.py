"""Pages of certificates. Each module adds its routes to the one blueprint."""

from flask import Blueprint

bp = Blueprint("certificates", __name__)


from app.training.certificates.views import (  # noqa: E402, F401 - they need the blueprint above
    correcting,
    credentials,
    ending,
    events,
    files,
    own,
    papers,
    printing,
    register,
    renewals,
    verify,
)
