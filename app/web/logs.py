"""One line a request, by its route and never by its path: paths may hold keys. No names, no
addresses. `refused` names the rule that said no, of which attempts to get round one are part.
"""

import logging
import re
import sys
from time import perf_counter
from typing import Any

import structlog
from flask import Flask, Response, g, request

from app.web.errors import request_id, route
from app.web.guards import current_actor
from config import Settings

log = structlog.get_logger()
KEY = re.compile(r"(token|_key|nonce)$")
"""What arguments of addresses are called that hold the key of a link."""
LINK_FAULTS = (404, 410)
FAULTS = {400: "not-valid", 422: "not-valid", 429: "too-many-tries"}
"""What is said of an answer whose rule did not reach `web/errors.py` or `web/mistakes.py`."""
# Probes and assets would drown the rest.
SILENT = {"static", "health.healthz", "health.readyz", "metrics.metrics"}


def init_logs(app: Flask, settings: Settings) -> None:
    """Lines go to standard error: standard output belongs to what a command prints."""
    in_production = settings.environment == "production"
    last: Any = (
        structlog.processors.JSONRenderer()
        if in_production
        else structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([structlog.processors.format_exc_info] if in_production else []),
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.ERROR if settings.environment == "test" else logging.INFO
        ),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id())


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = request_id()
    if request.endpoint not in SILENT:
        refused = _refused_by(response.status_code)
        milliseconds = round((perf_counter() - g.get("began", perf_counter())) * 1000, 1)
        log.info(
            "request",
            method=request.method,
            route=route(),
            status=response.status_code,
            ms=milliseconds,
            account=current_actor().account_id,
            **({"refused": refused} if refused else {}),
        )
    return response


def _refused_by(status: int) -> str:
    """Returns the name of the rule that refused this request, "" where none did."""
    if "refused" in g:
        return str(g.refused)
    arguments = request.url_rule.arguments if request.url_rule else ()
    if status in LINK_FAULTS and any(map(KEY.search, arguments)):
        return "link-not-valid"
    return FAULTS.get(status, "")
