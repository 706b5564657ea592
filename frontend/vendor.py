"""Copy the pinned third-party browser files into app/web/static/vendor.

For whoever upgrades, with Node at hand: change the exact version in package.json, run
`npm install --package-lock-only` here, then `python frontend/vendor.py`, and put the new file
names into templates/layout/base.html. Nobody else needs Node: what it writes is committed.
A second run writes the same bytes.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENDOR = HERE.parent / "app" / "web" / "static" / "vendor"
LOCK = VENDOR / "vendor.lock.json"


@dataclass(frozen=True)
class Wanted:
    """One file of one package; `name` is what the copy is called."""

    package: str
    path: str
    name: str


WANTED = (
    Wanted("bootstrap", "dist/css/bootstrap.min.css", "bootstrap"),
    Wanted("htmx.org", "dist/htmx.min.js", "htmx"),
)


def integrity(content: bytes) -> str:
    """The Subresource Integrity value (W3C SRI §3.1), sha384."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode("ascii")


def file_name(name: str, version: str, suffix: str, content: bytes) -> str:
    return f"{name}-{version}.{hashlib.sha256(content).hexdigest()[:8]}{suffix}"


def install() -> None:
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is needed to upgrade the vendored files, and only for that.")
    subprocess.run([npm, "ci", "--ignore-scripts"], cwd=HERE, check=True)


def vendor(wanted: Wanted) -> dict[str, str]:
    """Copy one file and its licence; return its line of the lock."""
    package = HERE / "node_modules" / wanted.package
    manifest = json.loads((package / "package.json").read_text("utf-8"))
    content = (package / wanted.path).read_bytes()
    target = file_name(wanted.name, manifest["version"], Path(wanted.path).suffix, content)
    (VENDOR / target).write_bytes(content)
    licence = f"{wanted.name}-{manifest['version']}.LICENSE.txt"
    (VENDOR / licence).write_bytes((package / "LICENSE").read_bytes())
    return {
        "file": target,
        "name": wanted.name,
        "package": wanted.package,
        "source": wanted.path,
        "version": manifest["version"],
        "licence": manifest["license"],
        "licence_file": licence,
        "integrity": integrity(content),
    }


def main() -> None:
    install()
    VENDOR.mkdir(parents=True, exist_ok=True)
    for old in VENDOR.iterdir():
        old.unlink()
    entries = [vendor(wanted) for wanted in WANTED]
    LOCK.write_text(json.dumps({"files": entries}, indent=2) + "\n", "utf-8")
    for entry in entries:
        print(entry["file"], entry["licence"])


if __name__ == "__main__":
    main()
