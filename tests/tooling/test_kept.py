"""What is kept between runs is made anew as soon as anything that makes it has changed."""

from pathlib import Path

import pytest

from tests.support import kept


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Path]:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(kept, "ROOT", tmp_path)
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "rules.py").write_text("LIMIT = 1")
    return []


def make(tmp_path: Path, made: list[Path]) -> str:
    kept.key.cache_clear()
    target, data = (
        tmp_path / f"run-{len(list(tmp_path.iterdir()))}" / "demo.sqlite3",
        tmp_path / "demo.data",
    )
    target.parent.mkdir()

    def build(at: Path) -> None:
        made.append(at)
        at.write_text("database")
        data.mkdir(exist_ok=True)
        (data / "file").write_text("file")

    kept.between_runs(build, target, data, folder=tmp_path / "kept")
    return target.read_text() + (data / "file").read_text()


def test_same_makers_make_it_once(made: list[Path], tmp_path: Path) -> None:
    assert make(tmp_path, made) == "databasefile"
    assert make(tmp_path, made) == "databasefile"
    assert len(made) in (1, 2), "2 when the hour turned meanwhile"
    hour_turned = len(made) == 2
    (tmp_path / "app" / "rules.py").write_text("LIMIT = 2")
    make(tmp_path, made)
    assert len(made) == 2 + hour_turned
    (tmp_path / "app" / "more.py").write_text("")
    make(tmp_path, made)
    assert len(made) == 3 + hour_turned


def test_nothing_is_kept_on_the_build_server(
    made: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    make(tmp_path, made)
    make(tmp_path, made)
    assert len(made) == 2
    assert not (tmp_path / "kept").exists()


def test_key_depends_on_the_hour(made: list[Path]) -> None:
    kept.key.cache_clear()
    assert kept.key("2026-11-26T17") != kept.key("2026-11-26T18")
