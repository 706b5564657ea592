"""A newcomer who knows one domain knows all: the same rooms, small, with a charter at the door."""

from pathlib import Path

import pytest

from tests.architecture import source
from tests.architecture.source import (
    APP,
    NO_HOME,
    WINGS,
    WITHOUT_ROOMS,
    name_of,
    python_files,
)


def packages() -> list[Path]:
    return [APP / wing / name for wing, names in WINGS.items() for name in names]


def test_every_package_of_a_wing_is_known() -> None:
    existing = {
        (wing, path.parent.name) for wing in WINGS for path in (APP / wing).glob("*/__init__.py")
    }
    known = {(wing, name) for wing, names in WINGS.items() for name in names}
    assert existing == known | {("office", name) for name in WITHOUT_ROOMS}


@pytest.mark.parametrize("wing", WINGS)
def test_a_wing_has_a_charter_and_holds_packages_only(wing: str) -> None:
    assert source.charter_defects((APP / wing / "__init__.py").read_text(encoding="utf-8")) == []
    assert [path.name for path in (APP / wing).glob("*.py")] == ["__init__.py"]


@pytest.mark.parametrize("package", packages(), ids=lambda path: path.name)
def test_a_domain_has_only_known_rooms(package: Path) -> None:
    assert source.unknown_rooms(package) == []


@pytest.mark.parametrize("package", packages(), ids=lambda path: path.name)
def test_a_domain_has_a_charter_and_imports_nothing_at_its_door(package: Path) -> None:
    assert source.charter_defects((package / "__init__.py").read_text(encoding="utf-8")) == []


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    odd = [
        name_of(path)
        for path in python_files("app", "tooling", "tests")
        if NO_HOME & set(path.with_suffix("").parts)
    ]
    assert odd == []


def test_the_checks_see_what_they_look_for(tmp_path: Path) -> None:
    assert source.charter_defects("import flask\n") == ["no charter"]
    assert source.charter_defects('"""Owns x."""\nimport flask\n') == ["more than a charter"]
    assert source.charter_defects('"""' + "line\n" * 10 + 'last."""\n') == ["charter of 11 lines"]
    for name in ("__init__.py", "views.py", "engine.py"):
        (tmp_path / name).touch()
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "__init__.py").touch()
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "__init__.py").touch()
    assert source.unknown_rooms(tmp_path) == ["engine", "words"]
