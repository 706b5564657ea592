"""Writes an archive. What is in it and why nobody's name is: docs/decisions/0081.

Each certificate is one line, encrypted with a key that its own code gives; each file another one,
encrypted with a key that its hash gives. So the archive may lie in public: whoever has the paper or
the file reads what the public page says of it, and nobody can go through the rest. The lines are
spread over parts by the first digits of their names, because a page in a folder can load no file
but a script, whole.
"""

import hashlib
import json
import os
import zlib
from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.infra.signing_key import SigningKey

FORMAT = 1
ROUNDS_OF_CODE, ROUNDS_OF_FILE = 1000, 1
"""Of PBKDF2. A code has 75 random bits, a hash more than anybody can try."""
NAME_BYTES, KEY_BYTES = 16, 32
LINES_A_PART = 500
HELD_LINES = 20_000
"""How many lines are in memory before they are added to their parts."""
SUMS, SIGNATURE = "SHA256SUMS", "SHA256SUMS.sig"
HERE = Path(__file__).parent
AS_THEY_ARE = ("check.py", "check.js", "README.txt", "LEEME.txt")


@dataclass(frozen=True, slots=True)
class ArchiveLine:
    """What can be looked up: by whom holds the secret, a code in stored form or a hash in small
    hexadecimals.
    """

    secret: str
    rounds: int
    content: Mapping[str, Any]


def keys_of(secret: str, *, salt: bytes, rounds: int) -> tuple[str, bytes]:
    """Returns the name of a line, in hexadecimals, and the key that opens it."""
    derived = hashlib.pbkdf2_hmac("sha256", secret.encode(), salt, rounds, NAME_BYTES + KEY_BYTES)
    return derived[:NAME_BYTES].hex(), derived[NAME_BYTES:]


def name_check(code: str, plain_name: str, *, salt: bytes) -> str:
    """Returns what stands for a name, so that a typed one can be compared and none be read."""
    return keys_of(f"{code}\n{plain_name}", salt=salt, rounds=ROUNDS_OF_CODE)[0]


def write_archive(
    folder: Path,
    *,
    entries: Iterable[ArchiveLine],
    expected: int,
    about: Mapping[str, Any],
    salt: bytes,
    pages: Mapping[str, bytes],
    key: "SigningKey | None",
) -> None:
    """Writes an archive into an empty folder. `expected` is about how many entries there are,
    `about` what the page says of the archive, `pages` further files by their paths. Without a key
    it is not signed. Memory does not grow with the number of entries.
    """
    width = _width_for(expected)
    (folder / "data").mkdir()
    for name in _append_lines(folder, entries, salt=salt, width=width):
        path = folder / "data" / f"{name}.js"
        text = "".join(sorted(path.read_text("ascii").splitlines(keepends=True)))
        _write(path, wrapped(name, text))
    told = {
        **about,
        "format": FORMAT,
        "salt": salt.hex(),
        "width": width,
        "rounds": {"code": ROUNDS_OF_CODE, "file": ROUNDS_OF_FILE},
    }
    _write(folder / "about.js", wrapped("about", _plain(told)))
    for name in AS_THEY_ARE:
        _write(folder / name, (HERE / name).read_bytes())
    for page, content in pages.items():
        _write(folder / page, content)
    _sign(folder, key)


def wrapped(name: str, text: str) -> bytes:
    """Returns a part of the archive as a script, the only file that a page in a folder may read.

    The text holds neither a backquote nor a dollar sign, so that it stands there as it is.
    """
    if "`" in text or "$" in text:
        raise ValueError("the text would not stand in the script as it is")
    return f'archive("{name}", String.raw`{text}`);\n'.encode()


def _append_lines(
    folder: Path, entries: Iterable[ArchiveLine], *, salt: bytes, width: int
) -> Iterator[str]:
    """Adds a line for each entry to its part; returns the names of the parts."""
    names: set[str] = set()
    held: defaultdict[str, list[str]] = defaultdict(list)

    def let_go() -> None:
        for name, lines in held.items():
            with (folder / "data" / f"{name}.js").open("a", encoding="ascii") as part:
                part.writelines(lines)
        names.update(held)
        held.clear()

    for number, entry in enumerate(entries, 1):
        line_name, key = keys_of(entry.secret, salt=salt, rounds=entry.rounds)
        sealed = b64encode(_encrypted(_plain(entry.content).encode(), key)).decode()
        held[f"x{line_name[:width]}"].append(f"{line_name} {sealed}\n")
        if number % HELD_LINES == 0:
            let_go()
    let_go()
    yield from sorted(names)


def _width_for(entries: int) -> int:
    """Returns how many digits name a part, so that each holds some hundred lines."""
    return next((width for width in (1, 2) if entries <= LINES_A_PART * 16**width), 3)


def _encrypted(content: bytes, key: bytes) -> bytes:
    """Returns the content compressed and encrypted by AES-256 in counter mode from zero on: no key
    is used twice, because each comes from another secret or another salt.

    Whether it was changed, the signed sums say.
    """
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CTR

    encryptor = Cipher(AES(key), CTR(bytes(16))).encryptor()
    encrypted: bytes = encryptor.update(zlib.compress(content, 9)) + encryptor.finalize()
    return encrypted


def _plain(content: Mapping[str, Any]) -> str:
    """Returns JSON that stands in a script as it is."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.replace("`", "\\u0060").replace("$", "\\u0024")


def _sign(folder: Path, key: "SigningKey | None") -> None:
    """Writes the hashes of all files, with their signature where there is a key; the page reads both
    from a script.
    """
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = "".join(f"{_hash(path)}  {path.relative_to(folder).as_posix()}\n" for path in paths)
    _write(folder / SUMS, sums.encode())
    told = {"sums": sums}
    if key is not None:
        signature = key.sign(sums.encode())  # as `openssl dgst -sha256 -verify` checks it
        _write(folder / SIGNATURE, signature)
        told |= {"signature": b64encode(signature).decode(), "key": public_key(key)}
    _write(folder / "sums.js", wrapped("sums", _plain(told)))


def public_key(key: "SigningKey") -> str:
    """Returns the public key as a browser reads it: DER in base64."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = key.certificate.public_key()
    return b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def certificates_of(key: "SigningKey") -> dict[str, bytes]:
    """Returns the certificate of a key with those above it as PEM, by a file name that its
    SHA-256 gives.
    """
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding

    chain = b"".join(one.public_bytes(Encoding.PEM) for one in (key.certificate, *key.chain))
    return {f"{key.certificate.fingerprint(SHA256()).hex()}.pem": chain}


def _hash(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _write(path: Path, content: bytes) -> None:
    """Writes a file through to the disk, so that an archive that has its name is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
