"""What the repository must hold at its top, and what no file of it may hold."""

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, name_of, own_files, python_files

# Written in two halves, so that this file does not hold what it forbids.
REGISTRY_HOSTS = tuple(
    "".join(halves)
    for halves in (
        ("pypi", ".org"),
        ("python", "hosted.org"),
        ("registry.np", "mjs.org"),
        ("npm", "js.com"),
        ("yarn", "pkg.com"),
        ("crates", ".io"),
        ("ruby", "gems.org"),
        ("conda.ana", "conda.org"),
        ("proxy.gol", "ang.org"),
        ("docker", ".io"),
        ("gh", "cr.io"),
        ("un", "pkg.com"),
        ("jsdel", "ivr.net"),
    )
)
SIX = ("flask", "flask-login", "flask-sqlalchemy", "icalendar", "weasyprint", "pytest")


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = [*project["project"]["dependencies"], *project["dependency-groups"]["test"]]
    return {re.split(r"[<>=~!\[; ]", line, maxsplit=1)[0].lower() for line in lines}


@pytest.mark.parametrize("package", SIX)
def test_r51_the_six_packages_are_declared_locked_and_installed(package: str) -> None:
    assert package in declared()
    pinned = re.compile(rf"^{package}==(\S+)", re.MULTILINE)
    found = pinned.search((ROOT / "requirements-test.lock").read_text(encoding="utf-8"))
    assert found, f"{package} is not in the lock"
    assert found[1] == version(package)


def test_r51_what_serves_is_locked_apart_from_what_tests() -> None:
    serving = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert re.search(r"^flask==", serving, re.MULTILINE)
    assert not re.search(r"^pytest==", serving, re.MULTILINE)


@pytest.mark.parametrize("name", ["config.py", "pyproject.toml", "README.md"])
def test_r52_files_at_the_top(name: str) -> None:
    assert (ROOT / name).stat().st_size > 0


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("app", "factory.py"),
        ("migrations", "versions/*.py"),
        ("templates", "**/*.html"),
        ("certificates", "**/*.html"),
        ("tests", "**/test_*.py"),
    ],
)
def test_r52_folders_at_the_top_are_used(name: str, pattern: str) -> None:
    assert list((ROOT / name).glob(pattern))


def test_r52_the_code_reads_settings_templates_migrations_and_certificate_designs() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in python_files("app"))
    for use in ("from config import", "render_template(", '"migrations"', '"certificates"'):
        assert use in code, use


def test_r52_the_readme_names_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(r"\./run(?! *[a-z])", readme)
    assert "./run test" in readme


def hosts_named_in(path: Path) -> list[str]:
    text = path.read_bytes().decode("utf-8", errors="ignore").lower()
    return [host for host in REGISTRY_HOSTS if host in text]


def test_no_file_names_a_package_registry() -> None:
    found = {name_of(path): hosts for path in own_files() if (hosts := hosts_named_in(path))}
    assert found == {}


def test_a_registry_is_seen(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").write_text(f'registry = "https://{REGISTRY_HOSTS[0].upper()}/simple"')
    assert hosts_named_in(tmp_path / "uv.lock") == [REGISTRY_HOSTS[0]]
