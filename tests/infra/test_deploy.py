"""What is shipped for operators: the page names every setting, the limits of the proxy are the
application's.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask

from app.web.bodies import takes_up_to
from config import LARGEST_BODY, Settings
from tooling.machine import FALLBACK_FONT, PANGO

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
    """The text only: the effect was measured with Caddy."""
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


@pytest.mark.parametrize(
    "unit", sorted((ROOT / "deploy").glob("*.service")), ids=lambda path: path.name
)
def test_services_may_write_where_the_page_has_backups_go(unit: Path) -> None:
    [folder] = re.findall(r"^BACKUP_FOLDER=(\S+)", PAGE.read_text("utf-8"), re.MULTILINE)
    [writable] = re.findall(r"^ReadWritePaths=(.+)$", unit.read_text("utf-8"), re.MULTILINE)
    assert f"-{folder}" in writable.split(), "- : also where there is none"


def test_pages_are_led_from_http_to_https_and_programs_are_told() -> None:
    """The text; that Caddy answers so was tried with 2.6.2."""
    plain = (
        CADDYFILE.read_text("utf-8").split("\nhttp://{$CONVOCA_HOST:", 1)[1].split("\n}\n", 1)[0]
    )
    programs, pages = re.findall(r"\thandle ?(.*) \{\n(?:\t\t#.*\n)*\t\t(\w+)", plain)
    assert (programs, pages) == (("/api/*", "respond"), ("", "redir"))
    assert re.search(r'respond "[^"]+" 403$', plain, re.M)


def test_caddy_takes_the_file_as_the_page_has_it_written(tmp_path: Path) -> None:
    """Where there is a Caddy to ask: its installation would begin to serve on the machine."""
    file = tmp_path / "Caddyfile"
    shutil.copy(CADDYFILE, file)
    edits = re.findall(r"^sudo (sed -i '.+') /etc/caddy/Caddyfile", PAGE.read_text("utf-8"), re.M)
    assert len(edits) == 2
    for edit in edits:
        subprocess.run([*shlex.split(edit), file], check=True)
    assert "request_buffers" not in file.read_text("utf-8")
    if shutil.which("caddy") is None:
        return
    done = subprocess.run(
        ["caddy", "validate", "--adapter", "caddyfile", "--config", file],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


UNITS = sorted((ROOT / "deploy").glob("*.service"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_takes_the_services_as_they_are(unit: Path, tmp_path: Path) -> None:
    """Where there is a systemd to ask. It also looks for the programs, so they stand elsewhere."""
    if shutil.which("systemd-analyze") is None:
        return
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    text = unit.read_text(encoding="utf-8")
    assert text.count("/srv/convoca/.venv/bin/python -m") == len(re.findall("^Exec", text, re.M))
    for one in UNITS:
        copy = one.read_text(encoding="utf-8").replace(
            "/srv/convoca/.venv/bin/python", str(program)
        )
        (tmp_path / one.name).write_text(copy)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / unit.name],
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if str(tmp_path) in line]
    assert (done.returncode, said) == (0, [])


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))
    return loaded


OF_OTHERS = ("AWS_",)


def test_compose_names_settings_services_and_volumes_that_exist(compose: dict[str, Any]) -> None:
    """No Docker runs here: the file was held against the schema of the Compose specification."""
    services, settings = compose["services"], {name.upper() for name in Settings.model_fields}
    for name, service in services.items():
        assert set(service.get("depends_on", ())) <= set(services), name
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source[0] in "./$" or source in compose["volumes"], (name, volume)
        if service.get("image") == "convoca":
            own = {one for one in service["environment"] if not one.startswith(OF_OTHERS)}
            assert own <= settings, name
        else:
            assert re.fullmatch(r"[\w./-]+:[\w.-]+", service["image"]), "a version that stays"
            assert not service["image"].endswith(":latest")
    assert services["web"].keys() & {"ports"} == set(), "only the proxy is reached from outside"
    [told] = compose["x-convoca"]["environment"].keys() & {"BACKUP_FOLDER"}
    assert told


def test_image_has_what_the_program_opens_and_dumps_of_its_server(compose: dict[str, Any]) -> None:
    text = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    for package in (*PANGO, FALLBACK_FONT):
        assert package in text
    server = compose["services"]["database"]["image"].partition(":")[2]
    assert f"postgresql-client-{server}" in text
    [command] = re.findall(r"^CMD (.+)$", text, re.MULTILINE)
    unit = (ROOT / "deploy" / "convoca-web.service").read_text(encoding="utf-8")
    [started] = re.findall(r"^ExecStart=\S+ -m (.+)$", unit, re.MULTILINE)
    assert yaml.safe_load(command)[:-1] == shlex.split(started)[:-1]


def test_options_of_the_update_on_the_page_exist() -> None:
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if "/run update " in line]
    options = {word for line in lines for word in line.split() if word.startswith("--")}
    helped = subprocess.run(
        [sys.executable, "-m", "tooling.update", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert options
    assert options <= set(re.findall(r"--[a-z]+", helped))
