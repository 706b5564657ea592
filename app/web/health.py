"""Is the process alive (`/healthz`), and can it serve (`/readyz`)?"""

from flask import Blueprint, Response, jsonify
from sqlalchemy import text

from app.infra.database import reading
from app.web.guards import anyone, requires

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@requires(anyone)
def healthz() -> Response:
    return jsonify(status="ok")


@bp.get("/readyz")
@requires(anyone)
def readyz() -> Response:
    with reading() as db:
        db.execute(text("SELECT 1 FROM journal_entry LIMIT 1"))
    return jsonify(status="ready")
