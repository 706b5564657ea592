"""Files by content: the same bytes are one file, in a folder or in a bucket that speaks S3."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.infra.files import FileDamaged, Files
from config import SettingsInvalid, read_settings
from tests.support.bucket import Bucket, serving_bucket
from tests.support.databases import settings_for


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
