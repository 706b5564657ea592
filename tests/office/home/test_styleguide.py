"""The sheet of components: every macro of templates/components is on it, and only the demo has it."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.test_static import TEMPLATES

SHEET = (TEMPLATES / "office/home/styleguide.html").read_text("utf-8")
OF_ONE_PAGE = {
    "autosave.html",
    "counter.html",
    "findings.html",
    "history.html",
    "kept_form.html",
    "letter.html",
    "letters_ahead.html",
    "pagination.html",
    "stat.html",
    "status.html",
    "time.html",
}
"""Older parts that stand inside others or on few pages."""


def test_every_component_is_on_the_sheet() -> None:
    shown = set(re.findall(r"components/(\w+\.html)", SHEET))
    assert shown | OF_ONE_PAGE >= {page.name for page in (TEMPLATES / "components").iterdir()}


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_state_of_the_sheet_has_a_word(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setitem(app.config, "DEMO", True)
    page = client.get(f"/styleguide?lang={language}").text.split("<main")[1]
    for states in re.findall(r'class="status status--\w+">(.*?)</span>', page, re.S):
        assert re.sub(r"<svg.*?</svg>", "", states, flags=re.S).strip()
    for part in ("refusal", "stages", "segments", "chip", "block--clash", "empty", "has-error"):
        assert re.search(rf'class="[^"]*\b{part}\b', page), part
    assert page.count('"btn btn-sm btn-primary"') + page.count('"btn btn-primary"') == 2, (
        "one among the buttons, one in the list of tasks"
    )


def test_only_the_demo_has_the_sheet(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "DEMO", False)
    assert client.get("/styleguide").status_code == 404
