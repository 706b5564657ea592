"""The shell of ./run: what it says and what it refuses, without installing anything."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tooling.doctor import READERS

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 120


def shell(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    given = {**os.environ, **environment}
    return subprocess.run(
        ["/bin/sh", ROOT / "run", *words],
        cwd="/",
        env=given,
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_names_every_command() -> None:
    done = shell("help")
    assert done.returncode == 0
    for command in ("serve", "test", "bench", "mutate", "doctor", "flask", "deps"):
        assert f"./run {command}" in done.stdout


def test_an_unknown_command_is_refused() -> None:
    done = shell("dance")
    assert done.returncode == 2
    assert "./run doctor" in done.stderr


def test_without_python_it_says_how_to_get_it(tmp_path: Path) -> None:
    (tmp_path / "dirname").symlink_to("/usr/bin/dirname")
    done = shell("serve", PATH=str(tmp_path))
    assert done.returncode == 2
    assert "apt-get install python3" in done.stderr


def test_an_old_python_is_refused(tmp_path: Path) -> None:
    (tmp_path / "dirname").symlink_to("/usr/bin/dirname")
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = -V ] && echo Python 3.9.2 && exit 0\nexit 1\n')
    old.chmod(0o755)
    done = shell("serve", PATH=str(tmp_path))
    assert done.returncode == 2
    assert "3.11 or newer is needed" in done.stderr
    assert "Python 3.9.2" in done.stderr


@pytest.mark.parametrize(
    ("versions", "chosen"),
    [
        (["3.11", "3.13"], "3.13"),
        (["3.13", "3.11", "3.9"], "3.13"),
        (["3.11", "3.99"], "3.11"),
        (["3.99"], "3.99"),
        (["3.9", "3.12"], "3.12"),
    ],
)
def test_the_newest_python_that_is_tested_is_taken(
    tmp_path: Path, versions: list[str], chosen: str
) -> None:
    for version in versions:
        folder = tmp_path / version
        folder.mkdir()
        major, minor = version.split(".")
        (folder / "python3").write_text(f"#!/bin/sh\necho {major}{minor:0>2}\n")
        (folder / "python3").chmod(0o755)
    path = ":".join(str(tmp_path / version) for version in versions)
    script = f'. {ROOT}/tooling/setup.sh; PATH="{path}"; find_python; echo "$SYSTEM_PYTHON"'
    done = subprocess.run(["/bin/sh", "-euc", script], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1] == str(tmp_path / chosen / "python3"), done.stderr


@pytest.mark.parametrize("name", ["run", "tooling/setup.sh"])
def test_the_scripts_stay_short_and_are_plain_posix(name: str) -> None:
    assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) <= LONGEST
    assert subprocess.run(["/bin/sh", "-n", ROOT / name], check=False).returncode == 0


def test_both_entrances_are_executable() -> None:
    assert os.access(ROOT / "run", os.X_OK)
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_readers_are_installed_once_for_each_change_of_their_lock(tmp_path: Path) -> None:
    """With an npm that only notes that it was called; the real one deletes node_modules first, and
    so does this.
    """
    locks = [tmp_path / folder / "package-lock.json" for folder in READERS]
    for lock in locks:
        lock.parent.mkdir(parents=True)
        lock.write_text("{}")
    calls = tmp_path / "calls"
    npm = tmp_path / "npm"
    npm.write_text(f'#!/bin/sh\nrm -rf node_modules && mkdir node_modules && echo "$@" >>{calls}\n')
    npm.chmod(0o755)
    script = f". {ROOT}/tooling/setup.sh; sync_readers; sync_readers"
    for content, times in (("{}", 2), ("{ }", 3)):
        locks[1].write_text(content)
        env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
        subprocess.run(["/bin/sh", "-euc", script], cwd=tmp_path, env=env, check=True)
        assert len(calls.read_text().splitlines()) == times
    assert all(line.startswith("ci --ignore-scripts") for line in calls.read_text().splitlines())


def test_readers_that_cannot_be_installed_end_the_run(tmp_path: Path) -> None:
    readers = tmp_path / READERS[0]
    readers.mkdir(parents=True)
    (readers / "package-lock.json").write_text("{}")
    (tmp_path / "npm").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "npm").chmod(0o755)
    env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    script = f". {ROOT}/tooling/setup.sh; sync_readers; echo went on"
    done = subprocess.run(
        ["/bin/sh", "-euc", script],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "went on" not in done.stdout
    assert not (readers / "node_modules" / "synced").exists()


STUB = """#!/bin/sh
echo "$@" >>calls
case "$*" in
    *tooling.changed*) echo tests/architecture; echo tests/planning/series/test_series.py ;;
    *"$BREAKS"*) echo "planted: $2"; exit 1 ;;
esac
"""


def checked(
    tmp_path: Path, *words: str, breaks: str = "nothing", command: str = "test"
) -> tuple[int, str, str]:
    """Exit status, output and calls of Python of `./run test …` where Python is a stub."""
    (tmp_path / "tooling").mkdir()
    (tmp_path / "tooling" / "setup.sh").write_text("PYTHON=./python\nset_up() { :; }\n")
    shutil.copy(ROOT / "run", tmp_path / "run")
    (tmp_path / "python").write_text(STUB)
    (tmp_path / "python").chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", tmp_path / "run", command, *words],
        env={**os.environ, "BREAKS": breaks, "TEST_WORKERS": "5"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, (tmp_path / "calls").read_text()


def test_static_checks_run_beside_all_tests(tmp_path: Path) -> None:
    status, _said, calls = checked(tmp_path)
    assert status == 0
    assert "-m pytest -n 5 --dist worksteal" in calls
    for tool in (
        "ruff check",
        "ruff format",
        "mypy",
        "tooling.floors",
        "djlint",
        "tooling.catalogue check",
    ):
        assert f"-m {tool}" in calls


@pytest.mark.parametrize(("server", "times"), [("true", 1), ("", 0)])
def test_on_the_build_server_one_process_compiles_for_all_workers(
    tmp_path: Path, server: str, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", server)
    _status, _said, calls = checked(tmp_path)
    assert calls.count("-m pytest --collect-only") == times
    assert calls.rfind("--collect-only") < calls.find("-m pytest -n 5")


@pytest.mark.parametrize("broken", ["mypy", "djlint", "pytest"])
def test_whatever_is_broken_fails_the_run_and_the_rest_is_still_told(
    tmp_path: Path, broken: str
) -> None:
    status, said, calls = checked(tmp_path, breaks=broken)
    assert status == 1
    assert f"planted: {broken}" in said
    assert f"Not clean: {broken}" in said or broken == "pytest"
    assert "-m tooling.catalogue check" in calls
    assert "-m pytest" in calls


def test_changed_runs_what_was_selected(tmp_path: Path) -> None:
    status, _said, calls = checked(tmp_path, "--changed", "v1")
    assert status == 0
    assert "-m tooling.changed v1" in calls
    assert "tests/architecture tests/planning/series/test_series.py" in calls
    assert "mypy" in calls
    assert "djlint" not in calls


def test_arguments_go_to_pytest_alone(tmp_path: Path) -> None:
    _status, _said, calls = checked(tmp_path, "tests/web", "-x")
    assert "-m pytest tests/web -x" in calls
    assert "mypy" not in calls


def test_database_of_another_version_ends_the_start(tmp_path: Path) -> None:
    status, _said, calls = checked(tmp_path, breaks="tooling.due", command="serve")
    assert status == 1
    assert calls.splitlines() == ["-m tooling.due"]
