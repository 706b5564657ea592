"""Files by content: the same bytes are one file, in a folder or in a bucket that speaks S3."""

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.infra import clock
from app.infra.files import FileDamaged, Files, key_of
from config import SettingsInvalid, read_settings
from tests.support.bucket import Bucket, serving_bucket
from tests.support.databases import ROOT, settings_for


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    with serving_bucket() as one:
        for name, value in one.environment.items():
            monkeypatch.setenv(name, value)
        yield one


def files_in(folder: Path, **changes: object) -> Files:
    return Files(settings_for(f"sqlite:///{folder}/a.sqlite3", folder, **changes))


def test_a_folder_keeps_the_same_bytes_once_under_their_name(tmp_path: Path) -> None:
    files = files_in(tmp_path)
    key = files.put(b"ficha")
    assert files.put(b"ficha") == key
    assert files.get(key) == b"ficha"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [key.partition("/")[2]]
    files.delete(key)
    with pytest.raises(FileNotFoundError):
        files.get(key)


def test_a_bucket_is_put_signed_got_and_emptied(tmp_path: Path, bucket: Bucket) -> None:
    files = files_in(tmp_path, files_url="s3://convoca/files")
    key = files.put("ñandú".encode())
    assert bucket.kept == {f"/convoca/files/{key}": "ñandú".encode()}
    assert files_in(tmp_path, files_url="s3://convoca/files").get(key) == "ñandú".encode()
    assert all(line.startswith("AWS4-HMAC-SHA256 ") for line in bucket.signed)
    files.delete(key)
    with pytest.raises(FileNotFoundError):
        files.get(key)


def test_other_bytes_in_a_folder_are_never_overwritten(tmp_path: Path) -> None:
    files = files_in(tmp_path)
    key = files.put(b"ficha")
    [path] = [path for path in tmp_path.rglob("*") if path.is_file()]
    path.write_bytes(b"another")
    with pytest.raises(FileDamaged, match=key):
        files.put(b"ficha")
    assert path.read_bytes() == b"another"


def test_other_bytes_in_a_bucket_are_never_overwritten(tmp_path: Path, bucket: Bucket) -> None:
    files = files_in(tmp_path, files_url="s3://convoca/files")
    content = bytes(6_000_000)  # more than what goes in one part by default
    key = files.put(content)
    assert files.put(content) == key
    bucket.kept[f"/convoca/files/{key}"] = b"another"
    with pytest.raises(FileDamaged, match=key):
        files.put(content)
    assert bucket.kept == {f"/convoca/files/{key}": b"another"}


def test_an_address_that_is_no_storage_is_said_at_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FILES_URL", "ftp://example.org/files")
    with pytest.raises(SettingsInvalid, match="FILES_URL"):
        read_settings()


KILLED_WHILE_WRITING = """
import sys
from pathlib import Path
from config import Settings
from app.infra.files import Files

files = Files(Settings(environment="development", convoca_data=Path(sys.argv[1])))
files.put(b"small")
files.put(bytes(100_000_000))
"""


def test_what_a_killed_process_left_half_written_is_swept_after_a_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a process that is killed while it writes, then what it wrote is read by nobody, stays
    while it may be somebody's, and goes a day later.
    """
    files, large = files_in(tmp_path), key_of(hashlib.sha256(bytes(100_000_000)).hexdigest())
    command = [sys.executable, "-c", KILLED_WHILE_WRITING, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT) as writer:
        while not (left := list(tmp_path.glob(f"files/{large}#*"))):
            assert writer.poll() is None
        writer.kill()
    assert [path for path in left if path.exists()], "it was quicker than this test"
    with pytest.raises(FileNotFoundError):
        files.get(large)
    assert files.sweep() == 0
    later = clock.now() + timedelta(days=1, hours=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert files.sweep() == len(left)
    assert [files.get(key_of(path.name)) for path in tmp_path.rglob("??/*")] == [b"small"]
    assert files_in(tmp_path, files_url="s3://convoca/files").sweep() == 0
    assert files_in(tmp_path, files_url=tmp_path.as_uri()).sweep() == 0
