"""A key in SoftHSM, a security module made of software, as an authority would hand it over."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LIBRARIES = (
    Path("/usr/lib/softhsm/libsofthsm2.so"),  # Debian
    Path("/usr/lib64/pkcs11/libsofthsm2.so"),  # Fedora
    Path("/opt/homebrew/lib/softhsm/libsofthsm2.so"),  # macOS
)
PIN = "a PIN of the test"


@contextmanager
def in_security_module(folder: Path, pem: bytes) -> Iterator[dict[str, object]]:
    """Puts a key into a new token and its certificates into a file; gives the settings of both."""
    (folder / "tokens").mkdir()
    private, mark, certificates = pem.partition(b"-----BEGIN CERTIFICATE")
    (folder / "key.pem").write_bytes(private)
    (folder / "seal.pem").write_bytes(mark + certificates)
    (folder / "pin").write_text(f"{PIN}\n")
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    try:
        hand_over(folder, PIN)
        yield {
            "seal_file": folder / "seal.pem",
            "seal_passphrase_file": folder / "pin",
            "seal_module": next(filter(Path.exists, LIBRARIES)),
            "seal_token": "convoca",
            "seal_key": "seal",
        }
    finally:
        os.environ.pop("SOFTHSM2_CONF")
        if before is not None:
            os.environ["SOFTHSM2_CONF"] = before


def hand_over(folder: Path, pin: str) -> None:
    """Puts the key of the folder into a new token that opens with the PIN."""
    _do("--init-token", "--free", "--label", "convoca", "--so-pin", PIN, "--pin", pin)
    place = ("--token", "convoca", "--label", "seal", "--id", "01", "--pin", pin)
    _do("--import", str(folder / "key.pem"), *place)


def take_back() -> None:
    """Deletes the token."""
    _do("--delete-token", "--token", "convoca")


def _do(*arguments: str) -> None:
    subprocess.run(["softhsm2-util", *arguments], check=True, capture_output=True)
