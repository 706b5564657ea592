"""Names of files that are offered to keep."""

import re
from pathlib import Path

from flask import Flask, Response
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.http import parse_options_header

from app.web.downloads import name_file

APP = Path(__file__).resolve().parents[2] / "app"


def test_file_name_keeps_its_letters_beside_an_ascii_fallback(app: Flask) -> None:
    answer = Response()
    name_file(answer, "Ñuñoa – año.xlsx")
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"Nunoa  ano.xlsx\"; filename*=UTF-8''%C3%91u%C3%B1oa%20%E2%80%93%20a%C3%B1o.xlsx"
    )


def test_inline_file_opens_in_the_browser(app: Flask) -> None:
    answer = Response()
    name_file(answer, "report.pdf", inline=True)
    assert answer.headers["Content-Disposition"] == "inline; filename=report.pdf"


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1))
def test_any_name_is_read_back_as_it_was(name: str) -> None:
    answer = Response()
    name_file(answer, name)
    header = answer.headers["Content-Disposition"]
    assert header.isascii()
    assert parse_options_header(header)[1]["filename"] == name


def test_downloads_are_named_by_the_helpers_only() -> None:
    """A header written by hand loses ñ or breaks the answer."""
    by_hand = [
        path.relative_to(APP).as_posix()
        for path in APP.rglob("*.py")
        if re.search(r"Content-Disposition\"", path.read_text("utf-8"))
        and path.name != "downloads.py"
    ]
    assert by_hand == []
