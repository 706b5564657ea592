"""Static files as they are served: our own made smaller, those of others byte for byte."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.web.assets import STATIC, asset, content_of

OWN = sorted(path.name for path in STATIC.iterdir() if path.suffix in {".css", ".js"})


@pytest.mark.parametrize("name", OWN)
def test_own_styles_and_scripts_are_served_smaller(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/static/{name}")
    assert answer.status_code == 200
    assert answer.mimetype == ("text/css" if name.endswith(".css") else "text/javascript")
    assert len(answer.data) < (STATIC / name).stat().st_size
    assert b"/*" not in re.sub(rb'"[^"]*"|`[^`]*`', b"", answer.data)
    assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_a_style_sheet_keeps_its_rules() -> None:
    sheet = content_of("tokens.css").decode()
    assert "prefers-color-scheme" in sheet
    assert sheet.count("{") == (STATIC / "tokens.css").read_text("utf-8").count("{")


def test_what_others_shipped_is_served_byte_for_byte(client: FlaskClient) -> None:
    for path in sorted((STATIC / "vendor").iterdir()):
        with client.get(f"/static/vendor/{path.name}") as answer:
            sent = answer.data
        assert sent == path.read_bytes(), path.name


def test_an_unchanged_file_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/static/app.css")
    again = client.get("/static/app.css", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "path", ["none.css", "../render.py", "%2e%2e/render.py", "vendor", "..%5cx.js"]
)
def test_no_path_leads_out_of_the_folder(client: FlaskClient, path: str) -> None:
    assert client.get(f"/static/{path}").status_code in {301, 308, 404}


def test_an_address_changes_with_what_is_served(app: Flask) -> None:
    with app.test_request_context():
        assert re.fullmatch(r"/static/app\.css\?v=[0-9a-f]{10}", asset("app.css"))
        assert asset("app.css")[-10:] != asset("base.css")[-10:]
