"""What the migrations' text says, against Alembic's own reading."""

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask import Flask

from app.infra.revisions import revisions

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def test_the_text_says_what_alembic_reads() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    read = revisions(MIGRATIONS / "versions")
    assert read.known == {script.revision for script in scripts.walk_revisions()}
    assert read.newest == set(scripts.get_heads())


@pytest.mark.parametrize(
    ("third", "newest"), [('"0002"', {"0003"}), ('("0001", "0002")', {"0003"}), ("None", None)]
)
def test_the_newest_are_those_that_none_builds_on(
    tmp_path: Path, third: str, newest: set[str] | None
) -> None:
    below = {"0001": "None", "0002": '"0001"', "0003": third}
    for own, down in below.items():
        (tmp_path / f"{own}.py").write_text(
            f'revision: str = "{own}"\ndown_revision: str | None = {down}\n'
        )
    read = revisions(tmp_path)
    assert read.known == set(below)
    assert read.newest == (newest or {"0002", "0003"})


def test_the_command_is_flask_migrates_own_once_it_is_asked(app: Flask) -> None:
    runner = app.test_cli_runner()
    assert "Perform database migrations." in runner.invoke(args=["--help"]).output
    assert "Migration script directory" in runner.invoke(args=["db", "--help"]).output
    assert runner.invoke(args=["db", "heads"]).exit_code == 0
