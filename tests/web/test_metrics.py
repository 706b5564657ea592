"""`/metrics`: figures for a system that watches, for whoever sends the token, without names."""

from pathlib import Path

import pytest
from flask import Flask
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from config import Settings
from tests.support import apps
from tests.support.actors import PERSONAS, sign_in
from tests.support.databases import settings_for
from tests.support.lifetime import close_app

TOKEN = "t" * 40
SENT = {"Authorization": f"Bearer {TOKEN}"}


def test_without_a_token_there_is_no_such_page(app: Flask) -> None:
    for headers in ({}, SENT, {"Authorization": "Bearer "}):
        assert app.test_client().get("/metrics", headers=headers).status_code == 404


def test_token_opens_figures_that_name_nobody(database_url: str, tmp_path: Path) -> None:
    app = apps.made(settings_for(database_url, tmp_path / "var", metrics_token=TOKEN))
    try:
        client = app.test_client()
        sign_in(client, "organizer")
        for path in ("/", "/account?x=secret-word", "/nowhere", "/healthz"):
            client.get(path)
        for wrong in (
            {},
            {"Authorization": f"Bearer {TOKEN}x"},
            {"Authorization": f"Basic {TOKEN}"},
        ):
            assert client.get("/metrics", headers=wrong).status_code == 404
        answer = app.test_client().get("/metrics", headers=SENT)
    finally:
        close_app(app)
    assert answer.status_code == 200
    assert answer.mimetype == "application/openmetrics-text"
    samples = {
        (one.name, *sorted(one.labels.values())): one.value
        for family in text_string_to_metric_families(answer.text)  # type: ignore[no-untyped-call]
        for one in family.samples
    }
    assert samples["convoca_requests_total", "200", "page"] == 2
    assert samples["convoca_requests_total", "404", "nowhere"] == 1
    assert samples["convoca_request_duration_seconds_count", "page"] == 2
    assert samples["convoca_disk_free_bytes",] > 0
    assert samples["convoca_outbox_oldest_seconds",] == 0
    assert ("convoca_backup_age_seconds",) not in samples, "none was ever made"
    for name in ("secret-word", "127.0.0.1", "/account", PERSONAS["organizer"].name, TOKEN):
        assert name not in answer.text
    states = [
        (labels, value) for (name, *labels), value in samples.items() if name == "convoca_check"
    ]
    assert (["database", "ok"], 1) in states


def test_short_token_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="32 characters"):
        Settings(metrics_token="short")
