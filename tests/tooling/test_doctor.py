import subprocess
import sys
from pathlib import Path

import pytest

from tooling import doctor, machine
from tooling.doctor import Finding, report


def test_only_what_serving_needs_makes_it_fail(capsys: pytest.CaptureFixture[str]) -> None:
    assert report([Finding("Chromium", "missing", "./run test", serving_needs_it=False)]) == 0
    assert report([Finding("Catalogues", "not compiled: es", "compile them")]) == 1
    assert "mend with: compile them" in capsys.readouterr().out


def test_a_changed_lock_is_seen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    (tmp_path / ".venv").mkdir()
    (tmp_path / "requirements.lock").write_text("flask==3.1.3\n")
    checksum = subprocess.run(
        ["cksum"], input=b"flask==3.1.3\n", capture_output=True, check=True
    ).stdout.decode()
    (tmp_path / ".venv" / "synced").write_text(f"serve {checksum}")
    assert doctor.lock().mend == ""
    (tmp_path / "requirements.lock").write_text("flask==3.1.4\n")
    assert doctor.lock().mend


def test_missing_libraries_are_named_by_their_debian_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(machine, "loads", lambda *names: "harfbuzz" not in names[0])
    monkeypatch.setattr(machine, "chromium", lambda: None)
    monkeypatch.setattr(machine, "offers", lambda _package: False)
    assert set(machine.missing_packages("serve")) == {"libharfbuzz-subset0", "fonts-dejavu-core"}
    assert "chromium" in set(machine.missing_packages("test"))
    monkeypatch.setattr(machine, "loads", lambda *names: "libical.so.3" not in names)
    monkeypatch.setattr("shutil.which", lambda name: None if name == "npm" else f"/usr/bin/{name}")
    assert set(machine.missing_packages("serve")) == set()
    assert set(machine.missing_packages("test")) == {"chromium", "libical3", "npm"}
    readers = {"qpdf", "zbarimg", "pdftotext"}
    monkeypatch.setattr("shutil.which", lambda name: None if name in readers else name)
    missing = {"chromium", "libical3", "qpdf", "zbar-tools", "poppler-utils"}
    assert set(machine.missing_packages("test")) == missing


def test_headless_shell_is_preferred_and_nothing_fails_without_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "os-release").write_text('NAME="Debian"\nID=debian\n')
    monkeypatch.setattr(machine, "OS_RELEASE", tmp_path / "os-release")
    monkeypatch.setattr(machine, "loads", lambda *_: True)
    programs = {*machine.TEST_PROGRAMS, "uv", "chromium"}
    monkeypatch.setattr("shutil.which", lambda name: name if name in programs else None)
    assert machine.chromium() == "chromium"
    monkeypatch.setattr(machine, "offers", lambda _package: False)
    machine.main(["test"])
    machine.main(["test", "--offered"])
    machine.main(["test", "--advice"])
    assert capsys.readouterr().out.split() == ["chromium-headless-shell"], (
        "asked for once, before the update"
    )
    monkeypatch.setattr(machine, "offers", lambda _package: True)
    machine.main(["test", "--offered"])
    assert capsys.readouterr().out.split() == ["chromium-headless-shell"]
    programs.remove("chromium")
    machine.main(["test", "--offered"])
    assert capsys.readouterr().out.split() == ["chromium-headless-shell"]
    programs.add("chromium-headless-shell")
    machine.main(["test"])
    assert capsys.readouterr().out.split() == []
    assert machine.chromium() == "chromium-headless-shell"


def test_the_lacking_library_is_told_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "loads", lambda *names: "harfbuzz" not in names[0])
    assert "apt-get install" in doctor.pango().mend or sys.platform == "darwin"


def test_changed_calendar_readers_are_seen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    monkeypatch.setattr(machine, "loads", lambda *_: True)
    for folder in (tmp_path / name for name in doctor.READERS):
        (folder / "node_modules").mkdir(parents=True)
        (folder / "package-lock.json").write_text('{"lockfileVersion": 3}')
    for folder in (tmp_path / name for name in doctor.READERS):
        assert doctor.readers().mend == "./run test"
        lock = (folder / "package-lock.json").read_bytes()
        checksum = subprocess.run(
            ["cksum"], input=lock, capture_output=True, check=True
        ).stdout.decode()
        (folder / "node_modules" / "synced").write_text(checksum)
    assert doctor.readers().mend == ""
    (folder / "package-lock.json").write_text('{"lockfileVersion": 4}')
    assert doctor.readers().mend == "./run test"
    assert doctor.readers().serving_needs_it is False
