"""Figures for a system that watches (`/metrics`, OpenMetrics), behind the token METRICS_TOKEN; without
one there is no such page.

Requests are counted by class and status, never by path, person or address. They are of the process
that answers; what the checks found is of the installation.
"""

import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import TYPE_CHECKING, get_args

from flask import Blueprint, Flask, Response, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import reading
from app.infra.health import HealthCheck, HealthReport, State
from app.infra.platform import platform
from app.kernel.refusal import NotFound
from app.web.guards import READING, anyone, requires, works_without_actor
from app.web.limits import cost_of
from app.web.logs import SILENT
from config import MEGABYTE, Settings

if TYPE_CHECKING:  # 30 ms of each start, for those who have a token
    from prometheus_client import Counter, Histogram
    from prometheus_client.metrics_core import Metric

bp = Blueprint("metrics", __name__)
KEY = "convoca-metrics"
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
AGES = (
    ("queue", "waiting_since", "convoca_queue_oldest_seconds", "Age of the oldest job that is due"),
    ("backup", "made_at", "convoca_backup_age_seconds", "Age of the last backup"),
    ("backup", "drilled_at", "convoca_drill_age_seconds", "Age of the last trial of restoring"),
)
"""Check, its detail with an instant, and the figure made from it."""


@dataclass(frozen=True)
class MetricsPort:
    """What is asked of packages above: since when the oldest letter that has not left waits."""

    oldest_letter: Callable[[Session], datetime | None]


@dataclass(frozen=True)
class RequestFigures:
    """The figures of one process, and what writes them all."""

    requests: "Counter"
    durations: "Histogram"
    written: Callable[[], bytes]


def init_metrics(app: Flask, settings: Settings) -> None:
    if not settings.metrics_token:
        return
    from prometheus_client import CollectorRegistry, Counter, Histogram
    from prometheus_client.openmetrics.exposition import generate_latest

    registry = CollectorRegistry(auto_describe=False)
    registry.register(_OfTheInstallation(app))
    app.extensions[KEY] = RequestFigures(
        Counter(
            "convoca_requests",
            "Requests answered by this process",
            ("kind", "status"),
            registry=registry,
        ),
        Histogram(
            "convoca_request_duration_seconds",
            "Time until the answer, in this process",
            ("kind",),
            buckets=SECONDS,
            registry=registry,
        ),
        written=lambda: bytes(generate_latest(registry)),  # type: ignore[no-untyped-call]
    )
    app.after_request(_count)


@bp.get("/metrics")
@requires(anyone)
@works_without_actor
def metrics() -> Response:
    """Answers whoever sends the token; for everybody else there is nothing here."""
    figures: RequestFigures | None = current_app.extensions.get(KEY)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    expected = platform().settings.metrics_token
    is_right = hmac.compare_digest(token.strip().encode(), expected.encode())
    if figures is None or scheme.lower() != "bearer" or not is_right:
        raise NotFound
    answer = Response(
        figures.written(), content_type="application/openmetrics-text; version=1.0.0; charset=utf-8"
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def kind_of(response: Response) -> str:
    """Returns the class of a request in one word: that of its cost, where it has one."""
    if request.endpoint is None:
        return "nowhere"
    if cost := cost_of(current_app.view_functions[request.endpoint], request.path):
        return cost.name
    if request.method not in READING:
        return "change"
    return "page" if response.mimetype == "text/html" else "file"


def _count(response: Response) -> Response:
    if request.endpoint not in SILENT:
        figures: RequestFigures = current_app.extensions[KEY]
        kind = kind_of(response)
        figures.requests.labels(kind, str(response.status_code)).inc()
        if began := g.get("began"):
            figures.durations.labels(kind).observe(perf_counter() - began)
    return response


class _OfTheInstallation:
    """Asks the checks when somebody reads the figures."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def collect(self) -> "Iterator[Metric]":
        from prometheus_client.metrics_core import GaugeMetricFamily, StateSetMetricFamily

        report = platform(self._app).health.report()
        states = StateSetMetricFamily("convoca_check", "State of each check", labels=("name",))
        known = get_args(State)
        for check in report.checks:
            states.add_metric((check.name,), {state: state == check.state for state in known})
        yield states
        for name, words, value in _figures(report):
            yield GaugeMetricFamily(name, words, value=value)


def _figures(report: HealthReport) -> Iterator[tuple[str, str, float]]:
    checks = {check.name: check for check in report.checks}
    now = clock.now()
    for check, detail, name, words in AGES:
        since = _instant(checks.get(check), detail)
        # A queue without anything due is not behind; a backup never made has no age.
        if since is not None or check == "queue":
            yield name, words, (now - (since or now)).total_seconds()
    if "disk" in checks and "free_megabytes" in checks["disk"].details:
        free = checks["disk"].details["free_megabytes"] * MEGABYTE
        yield "convoca_disk_free_bytes", "Free on the disk of the data", free
    try:
        with reading() as db:
            oldest = platform().port(MetricsPort).oldest_letter(db)
    except SQLAlchemyError:
        return  # the check of the database says so
    age = (now - (oldest or now)).total_seconds()
    yield "convoca_outbox_oldest_seconds", "Age of the oldest letter that has not left", age


def _instant(check: HealthCheck | None, detail: str) -> datetime | None:
    written = check.details.get(detail) if check else None
    return datetime.fromisoformat(written) if written else None
