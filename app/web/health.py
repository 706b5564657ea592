"""Is the process alive (`/healthz`), and can it serve (`/readyz`)?"""

from collections.abc import Mapping

from flask import Blueprint, Response, jsonify, request

from app.infra.health import HealthReport
from app.infra.platform import platform
from app.kernel.actor import Role
from app.web.guards import anyone, current_actor, requires, works_without_actor

bp = Blueprint("health", __name__)
ON_THE_MACHINE = frozenset({"127.0.0.1", "::1"})
NAMES_OF_THE_MACHINE = frozenset({"localhost", "127.0.0.1", "[::1]"})
PASSED_ON = ("X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via")
FOR_WHOM = ("X-Forwarded-For", "Forwarded")
PROBES = ("health", "metrics")
"""Blueprints that machines ask, each process at its own port."""
UNAVAILABLE = 503


@bp.before_app_request
def _note_way() -> None:
    """Notes for the report whether a proxy passed the request on."""
    came: Mapping[str, str] = request.environ.get("werkzeug.proxy_fix.orig", {})
    platform().health.came(
        came.get("REMOTE_ADDR") or request.remote_addr or "",
        is_passed_on=any(name in request.headers for name in FOR_WHOM),
        is_probe=request.blueprint in PROBES,
    )


@bp.get("/healthz")
@requires(anyone)
def healthz() -> Response:
    return jsonify(status="ok")


@bp.get("/readyz")
@requires(anyone)
@works_without_actor
def readyz() -> Response:
    """Answers one word to strangers, and what each check found to organizers and to probes on the
    machine itself.
    """
    health = platform().health
    report = health.report()
    response = jsonify(_told(report))
    response.headers["Cache-Control"] = "no-store"
    if report.status == "not ready":
        response.status_code = UNAVAILABLE
    return response


def _told(report: HealthReport) -> dict[str, object]:
    if not (_is_on_the_machine() or current_actor().holds(Role.ORGANIZER)):
        return {"status": report.status}
    checks = {check.name: {"state": check.state, **check.details} for check in report.checks}
    return {"status": report.status, "checks": checks}


def _is_on_the_machine() -> bool:
    """Returns True for a caller that no proxy stands before: behind one, everybody seems to come
    from this machine.
    """
    host = (
        request.host.rpartition(":")[0]
        if request.host.rpartition(":")[2].isdigit()
        else request.host
    )
    return (
        request.remote_addr in ON_THE_MACHINE
        and host in NAMES_OF_THE_MACHINE
        and not any(name in request.headers for name in PASSED_ON)
    )
