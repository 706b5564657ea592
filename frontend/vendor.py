"""Copy the pinned third-party browser files into app/web/static/vendor.

For whoever upgrades, with Node at hand: change the exact version in package.json, run
`npm install --package-lock-only` here, then `.venv/bin/python frontend/vendor.py`, and put the new
file names into templates/layout/base.html and app/web/static/tokens.css. Nobody else needs Node:
what it writes is committed. A second run writes the same bytes.
"""

import base64
import hashlib
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

HERE = Path(__file__).resolve().parent
VENDOR = HERE.parent / "app" / "web" / "static" / "vendor"
LOCK = VENDOR / "vendor.lock.json"


LATIN = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x100),
    *map(ord, "ıŒœŸ–—‘’“”•…′″‹›€™←↑→↓−"),
)
"""Spanish, English, French and Portuguese, with the marks and arrows of our own pages."""
LATIN_EXTENDED = (*range(0x100, 0x250), *range(0x1E00, 0x1F00))
KEPT_FEATURES = ["kern", "ccmp", "locl", "liga", "mark", "mkmk"]


@dataclass(frozen=True)
class Wanted:
    """One file of one package; `name` is what the copy is called. A font keeps only `characters`."""

    package: str
    path: str
    name: str
    characters: Iterable[int] = ()


def _face(part: str, weight: int, characters: Iterable[int]) -> Wanted:
    path = f"files/source-sans-3-{part}-{weight}-normal.woff2"
    return Wanted("@fontsource/source-sans-3", path, f"source-sans-3-{part}-{weight}", characters)


WANTED = (
    Wanted("htmx.org", "dist/htmx.min.js", "htmx"),
    Wanted("scorm-again", "dist/esm/scorm12.min.js", "scorm12"),
    Wanted("scorm-again", "dist/esm/scorm2004.min.js", "scorm2004"),
    _face("latin", 400, LATIN),
    _face("latin", 600, LATIN),
    _face("latin-ext", 400, LATIN_EXTENDED),
    _face("latin-ext", 600, LATIN_EXTENDED),
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


def cut(content: bytes, characters: Iterable[int]) -> bytes:
    """The font with these characters only, without hinting; the same bytes at each run."""
    options = subset.Options()
    options.flavor, options.hinting, options.notdef_outline = "woff2", False, True
    options.layout_features = KEPT_FEATURES
    options.drop_tables += ["BASE", "STAT"]
    with TTFont(io.BytesIO(content), recalcTimestamp=False) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=characters)
        subsetter.subset(font)
        out = io.BytesIO()
        subset.save_font(font, out, options)
    return out.getvalue()


def vendor(wanted: Wanted) -> dict[str, str]:
    """Copy one file and its licence; return its line of the lock."""
    package = HERE / "node_modules" / wanted.package
    manifest = json.loads((package / "package.json").read_text("utf-8"))
    content = (package / wanted.path).read_bytes()
    if wanted.characters:
        content = cut(content, wanted.characters)
    target = file_name(wanted.name, manifest["version"], Path(wanted.path).suffix, content)
    (VENDOR / target).write_bytes(content)
    licence = f"{wanted.package.rsplit('/', 1)[-1].removesuffix('.org')}-{manifest['version']}.LICENSE.txt"
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
