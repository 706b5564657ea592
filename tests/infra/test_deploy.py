"""What is shipped for operators: the page names every setting, the limits of the proxy are the
application's.
"""

import re
from pathlib import Path

import pytest
from flask import Flask

from app.web.bodies import takes_up_to
from config import LARGEST_BODY, Settings

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "deploy.md"
CADDYFILE = ROOT / "deploy" / "Caddyfile"
MEBIBYTE = 1024 * 1024


def test_every_setting_is_explained() -> None:
    table = PAGE.read_text(encoding="utf-8").split("## Settings")[1]
    names = {
        name
        for line in table.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`([A-Z_]+)`", line.split("|")[1])
    }
    assert names == {field.upper() for field in Settings.model_fields}


def directives(name: str) -> list[str]:
    """The arguments of a directive where it stands in the shipped Caddyfile."""
    return re.findall(rf"^\s*{name} (\S+)$", CADDYFILE.read_text(encoding="utf-8"), re.MULTILINE)


def directive(name: str) -> str:
    [value] = directives(name)
    return value


def test_proxy_lets_through_what_the_largest_route_takes(app: Flask) -> None:
    largest = max(getattr(view, "most_bytes", 0) for view in app.view_functions.values())
    assert largest <= LARGEST_BODY < largest + MEBIBYTE
    packages, others, content = directives("max_size")
    assert others == f"{LARGEST_BODY // MEBIBYTE}MiB"
    assert packages == f"{Settings().largest_package // MEBIBYTE}MiB"
    assert content == "1MiB"
    assert LARGEST_BODY % MEBIBYTE == 0


def test_route_that_takes_more_than_the_proxy_is_refused() -> None:
    with pytest.raises(ValueError, match="LARGEST_BODY"):
        takes_up_to(LARGEST_BODY + 1)


def test_proxy_buffers_bodies_and_limits_how_long_they_take() -> None:
    """The text only: the effect was measured with Caddy, which is not installed where the tests
    run.
    """
    assert directive("request_buffers") == "1MiB"
    assert (directive("read_header"), directive("read_body"), directive("idle")) == (
        "10s",
        "5m",
        "2m",
    )


@pytest.mark.parametrize(
    "unit", sorted((ROOT / "deploy").glob("*.service")), ids=lambda path: path.name
)
def test_services_keep_what_they_write_to_themselves(unit: Path) -> None:
    assert "UMask=0077" in unit.read_text(encoding="utf-8").splitlines()
