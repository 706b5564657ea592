"""A change selects the tests that reach it by imports, nearest first, and always architecture and
authorization.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from tooling import changed

FILES = {
    "app/series/__init__.py": "",
    "app/series/services/__init__.py": "from app.series.services.planning import plan\n"
    "from app.series.services.moving import move\n",
    "app/series/services/planning.py": "from app.series.rules import fits\ndef plan(): ...\n",
    "app/series/services/moving.py": "def move(): ...\n",
    "app/series/rules.py": "def fits(): ...\n",
    "app/series/views.py": "from app.series import services\ndef page(): services.plan()\n",
    "app/factory.py": "import app.series.views\n",
    "app/other/services.py": "from app.series.services.planning import plan\ndef follow(): plan()\n",
    "tests/support/actors.py": "from app.series.services import move\n",
    "tests/series/test_rules.py": "from app.series.rules import fits\n",
    "tests/series/test_planning.py": "from app.series.services import plan\n",
    "tests/series/test_moving.py": "from app.series.services import move\n",
    "tests/series/test_views.py": "from tests.support.actors import sign_in\n",
    "tests/other/test_services.py": "def test_it():\n    from app.other import services\n    services.follow()\n",
    "tests/other/test_patched.py": "PATCHED = 'app.series.services.planning'\n",
    "tests/unconcerned/test_it.py": "from app.factory import make\n",
    "tests/journeys/test_walk.py": "PATH = '/series/plan'\n",
    "templates/series/plan.html": "",
    "README.md": "",
}


@pytest.fixture
def select(tmp_path: Path) -> Callable[..., list[str]]:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    def selection(*names: str) -> list[str]:
        chosen, left = changed.selected(
            tmp_path, names, [name for name in FILES if name.endswith(".py")]
        )
        assert left == []
        assert chosen[: len(changed.ALWAYS)] == list(changed.ALWAYS) or chosen == [
            changed.EVERYTHING
        ]
        return [name for name in chosen if name not in changed.ALWAYS]

    return selection


def test_rule_selects_all_that_reach_it_and_the_pages_of_its_views(
    select: Callable[..., list[str]],
) -> None:
    assert select("app/series/rules.py") == [
        "tests/series/test_rules.py",
        "tests/other/test_patched.py",
        "tests/series/test_planning.py",
        "tests/series/test_views.py",
        "tests/other/test_services.py",
    ]


def test_service_selects_those_who_import_its_names_not_its_neighbours(
    select: Callable[..., list[str]],
) -> None:
    assert select("app/series/services/moving.py") == ["tests/series/test_moving.py"]
    assert "tests/series/test_moving.py" not in select("app/series/services/planning.py")


def test_ways_through_helpers_of_everybody_count_only_when_the_helper_changed(
    select: Callable[..., list[str]],
) -> None:
    assert "tests/series/test_views.py" not in select("app/series/services/moving.py")
    assert select("tests/support/actors.py") == ["tests/series/test_views.py"]


def test_package_that_hands_names_on_concerns_all_that_import_from_it(
    select: Callable[..., list[str]],
) -> None:
    chosen = select("app/series/services/__init__.py")
    assert {"tests/series/test_planning.py", "tests/series/test_moving.py"} <= set(chosen)


def test_template_selects_its_package_and_the_walks_that_open_its_pages(
    select: Callable[..., list[str]],
) -> None:
    chosen = select("templates/series/plan.html")
    assert "tests/journeys/test_walk.py" in chosen
    assert {name for name in FILES if name.startswith("tests/series/")} <= set(chosen)


def test_ground_concerns_everything_and_a_readme_nothing(select: Callable[..., list[str]]) -> None:
    assert select("pyproject.toml") == [changed.EVERYTHING]
    assert select("README.md") == []


def test_what_would_be_too_much_is_left_farthest_first(
    select: Callable[..., list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changed, "ENOUGH", 2)
    (tmp_path / "tests/series/test_planning.py").write_text(
        "from app.series.services import plan\n" + "def test_x(): ...\n" * 2
    )
    (tmp_path / "tests/other/test_services.py").write_text(
        "from app.other.services import follow\ndef test_x(): ...\n"
    )
    names = [name for name in FILES if name.endswith(".py")]
    chosen, left = changed.selected(tmp_path, ["app/series/rules.py"], names)
    assert left == ["tests/other/test_services.py"]
    assert "tests/series/test_planning.py" in chosen


def test_every_named_place_exists() -> None:
    for name in (
        *changed.ALWAYS,
        *changed.CROSSROADS,
        *changed.WEIGHTS,
        *(m for ms in changed.MIRRORS.values() for m in ms),
    ):
        assert (changed.ROOT / name).exists(), name
