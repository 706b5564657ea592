"""Checks a code or a file with the archive that lies beside this program, and nothing else.

It needs Python 3.9 or later and the program `openssl`; no network, no platform. It goes into each
archive as it is. `python3 check.py CODE` or `python3 check.py FILE`, with `--lang es` in Spanish.
With `--key FILE` the archive must be signed by the certificate in that PEM file, which you have
from elsewhere: without it the archive vouches for itself.

Ends with 0 when what was asked for is genuine and held on the archive's day, 3 when it is genuine
and held no more, 4 when nothing proves it, 5 when it was changed, 6 when the archive was.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import unicodedata
import zlib
from base64 import b64decode
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

HOLDS, ENDED, UNRECOGNISED, CHANGED, ARCHIVE_CHANGED = 0, 3, 4, 5, 6
CODE_LENGTH = 16
SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SEAL = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")
WORDS = {
    "signed": (
        "La copia del registro está íntegra y la firmó {signer} (SHA-256 de su certificado: {print}).",
        "The archive is whole and signed by {signer} (SHA-256 of its certificate: {print}).",
    ),
    "unsigned": (
        "La copia del registro está íntegra y nadie la firmó: confíe en ella tanto como en quien se la dio.",
        "The archive is whole and nobody signed it: trust it as far as whoever gave it to you.",
    ),
    "changed": (
        "Esta copia del registro está dañada o fue alterada: {what}. No responde nada.",
        "This archive is damaged or was changed: {what}. It answers nothing.",
    ),
    "no-code": ("Esto no es un código de certificado.", "This is not a certificate code."),
    "unknown": (
        "Hasta el {day} no se había emitido ningún certificado con este código.",
        "Up to {day} no certificate with this code was issued.",
    ),
    "known-file": (
        "Es, byte por byte, un archivo que se emitió ({kind}), con el nombre que lleva.",
        "It is, byte for byte, a file that was issued ({kind}), with the name on it.",
    ),
    "other-file": (
        "La copia del registro no conoce estos bytes. Eso no dice nada en contra de quien se lo entregó: "
        "escriba el código y compare cada línea.",
        "The archive does not know these bytes. That says nothing against whoever gave them to "
        "you: type the code and compare each line.",
    ),
    "no-seal": ("El PDF no lleva sello.", "The PDF has no seal."),
    "whole": (
        "El sello está íntegro y es de quien emitió: no se cambió ni se añadió nada.",
        "The seal is whole and the issuer's: nothing was changed or added.",
    ),
    "stranger": (
        "El sello está íntegro, pero no es de quien emitió: es de {name}.",
        "The seal is whole, but not the issuer's: it is of {name}.",
    ),
    "added": (
        "Lo sellado está íntegro, pero se añadió algo detrás, que puede tapar lo que dice.",
        "What was sealed is whole, but something was added behind it, which may cover what it says.",
    ),
    "broken": (
        "El sello está roto: se cambió lo que sellaba.",
        "The seal is broken: what it sealed was changed.",
    ),
    "as-of": ("El {day}, según el registro: {word}.", "On {day}, by the register: {word}."),
    "over": (
        "Desde entonces pasó su último día de vigencia.",
        "Its last valid day has passed since then.",
    ),
    "same-name": ("El nombre coincide.", "The name matches."),
    "other-name": ("El nombre no coincide.", "The name does not match."),
}


class ArchiveChanged(Exception):
    """The archive is not what was signed."""


def openssl(*arguments: str, content: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *arguments], input=content, capture_output=True, check=False)


class Archive:
    """The files of an archive, each compared with the hash that was signed before it is believed."""

    def __init__(self, folder: Path, key: Path | None) -> None:
        self.folder = folder
        sums = (folder / "SHA256SUMS").read_bytes()
        lines = (line.split("  ", 1) for line in sums.decode().splitlines())
        self.sums = {path: sha256 for sha256, path in lines}
        self.about = json.loads(self.read("about"))
        self.is_signed = self._is_signed(sums, key)

    def _is_signed(self, sums: bytes, key: Path | None) -> bool:
        signature = self.folder / "SHA256SUMS.sig"
        if not signature.exists() and key is None and not self.about["signer"]:
            return False
        own = self.folder / "keys" / f"{self.about['fingerprint']}.pem"
        public = openssl("x509", "-in", str(key or own), "-noout", "-pubkey").stdout
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "key.pem"
            path.write_bytes(public)
            how = ("-sha256", "-verify", str(path), "-signature", str(signature))
            if openssl("dgst", *how, content=sums).returncode:
                raise ArchiveChanged("SHA256SUMS")
        return True

    def content(self, path: str) -> bytes:
        content = (self.folder / path).read_bytes()
        if hashlib.sha256(content).hexdigest() != self.sums.get(path):
            raise ArchiveChanged(path)
        return content

    def read(self, name: str) -> str:
        """Returns the text of a part, which stands in a script."""
        path = "about.js" if name == "about" else f"data/{name}.js"
        text = self.content(path).decode()
        return text[text.index("`") + 1 : text.rindex("`")]

    def keys_of(self, secret: str, rounds: int) -> tuple[str, str]:
        salt = bytes.fromhex(self.about["salt"])
        derived = hashlib.pbkdf2_hmac("sha256", secret.encode(), salt, rounds, 48)
        return derived[:16].hex(), derived[16:].hex()

    def look_up(self, secret: str, kind: str) -> dict[str, Any] | None:
        name, key = self.keys_of(secret, self.about["rounds"][kind])
        part = f"x{name[: self.about['width']]}"
        if f"data/{part}.js" not in self.sums:
            return None
        for line in self.read(part).splitlines():
            if line.startswith(f"{name} "):
                how = ("-d", "-aes-256-ctr", "-K", key, "-iv", "0" * 32)
                opened = openssl("enc", *how, content=b64decode(line.split(" ")[1])).stdout
                found: dict[str, Any] = json.loads(zlib.decompress(opened))
                return found
        return None

    def seal_keys(self) -> bytes:
        names = [path for path in self.sums if re.fullmatch(r"keys/[0-9a-f]{64}\.pem", path)]
        return b"".join(self.content(path) for path in sorted(names))


def read_code(typed: str) -> str:
    """Returns a code as it is kept, "" for what is none."""
    code = re.sub(r"[\s_.\-\u00ad\u2010-\u2015\u2212]+", "", typed.strip().split("/")[-1]).upper()
    code = code.translate(str.maketrans("OIL", "011"))
    if len(code) != CODE_LENGTH or any(symbol not in SYMBOLS for symbol in code):
        return ""
    *values, last = (SYMBOLS.index(symbol) for symbol in code)
    total = 0
    for value in values:
        total = (total ^ value) << 1
        total = total ^ 37 if total & 32 else total
    return code if total == last else ""


def seal_of(pdf: bytes, keys: bytes) -> tuple[str, str]:
    """Returns what the first seal of a PDF says, a key of WORDS, and whose it is."""
    found = SEAL.search(pdf)
    if found is None:
        return "no-seal", ""
    start, length, behind, rest = (int(number) for number in found.groups())
    covered = pdf[start : start + length] + pdf[behind : behind + rest]
    with tempfile.TemporaryDirectory() as folder:
        signature, signed, known = (Path(folder) / name for name in ("sig", "signed", "known.pem"))
        try:
            signature.write_bytes(_der(bytes.fromhex(pdf[length + 1 : behind - 1].decode())))
        except ValueError:
            return "broken", ""
        signed.write_bytes(covered)
        known.write_bytes(keys)
        how = [
            *("-verify", "-binary", "-inform", "DER", "-in", str(signature)),
            *("-content", str(signed), "-out", str(Path(folder) / "content")),
        ]
        if openssl("cms", *how, "-noverify").returncode or start:
            return "broken", ""
        trust = ("-CAfile", str(known), "-partial_chain", "-no_check_time", "-purpose", "any")
        is_known = bool(keys) and not openssl("cms", *how, *trust).returncode
        given = openssl("cms", *how, "-noverify", "-signer", f"{folder}/signer").returncode == 0
        shown = openssl("x509", "-in", f"{folder}/signer", "-noout", "-subject").stdout
        name = shown.decode(errors="replace").strip() if given else ""
    if behind + rest != len(pdf):
        return "added", name
    return ("whole" if is_known else "stranger"), name


def _der(padded: bytes) -> bytes:
    """Returns the signature without the zeros that fill its room."""
    digits = padded[1] & 0x7F if padded[1] & 0x80 else 0
    length = int.from_bytes(padded[2 : 2 + digits], "big") if digits else padded[1]
    return padded[: 2 + digits + length]


def plain_name(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name.replace("’", "'")).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("what", metavar="CODE|FILE")
    parser.add_argument("--lang", choices=("es", "en"), default="en")
    parser.add_argument("--key", type=Path, metavar="PEM")
    parser.add_argument("--name", help="the name on the paper, to be compared")
    parser.add_argument("--archive", type=Path, default=Path(__file__).resolve().parent)
    asked = parser.parse_args()

    def say(key: str, **blanks: str) -> None:
        print(WORDS[key][asked.lang == "en"].format(**blanks))

    try:
        archive = Archive(asked.archive, asked.key)
        return check(archive, asked, say)
    except (ArchiveChanged, OSError, ValueError, KeyError, zlib.error) as problem:
        say("changed", what=str(problem) or type(problem).__name__)
        return ARCHIVE_CHANGED


def check(archive: Archive, asked: argparse.Namespace, say: Callable[..., None]) -> int:
    about = archive.about
    day = about["day"][asked.lang]
    say(
        "signed" if archive.is_signed else "unsigned",
        signer=about["signer"],
        print=about["fingerprint"],
    )
    path, seal = Path(asked.what), ""
    if path.is_file():
        content = path.read_bytes()
        file = archive.look_up(hashlib.sha256(content).hexdigest(), "file")
        if file is None:
            say("other-file")
        else:
            say("known-file", kind=file["kind"][asked.lang])
        if content.startswith(b"%PDF"):
            seal, name = seal_of(content, archive.seal_keys())
            say(seal, name=name)
        if file is None:
            return CHANGED if seal in ("broken", "added", "stranger") else UNRECOGNISED
        code = file["code"]
    else:
        code = read_code(asked.what)
        if not code:
            say("no-code")
            return UNRECOGNISED
    record = archive.look_up(code, "code")
    if record is None:
        say("unknown", day=day)
        return UNRECOGNISED
    say("as-of", day=day, word=record["word"][asked.lang])
    print(record["sentence"][asked.lang])
    for label, text in record["facts"][asked.lang]:
        print(f"{label}: {text}")
    if asked.name and record.get("name_check"):
        found, _ = archive.keys_of(f"{code}\n{plain_name(asked.name)}", about["rounds"]["code"])
        is_same = found == record["name_check"]
        say("same-name" if is_same else "other-name")
        if not is_same:
            return UNRECOGNISED
    last = record["last_valid_on"]
    is_over = bool(last) and last < datetime.now().astimezone().date().isoformat()
    if is_over and record["holds"]:
        say("over")
    return ENDED if is_over or not record["holds"] else HOLDS


if __name__ == "__main__":
    sys.exit(main())
