"""Formats files: `format` writes Python files, templates and style sheets as the checks want them,
`check` names the style sheets that are laid out otherwise (ruff and djhtml check theirs).

Designs of certificates are left out: what was issued hangs on their bytes. What is served has no
spaces (app/web/assets.py, app/web/spaces.py).
"""

import subprocess
import sys
from pathlib import Path

import cssbeautifier

ROOT = Path(__file__).resolve().parents[1]
STATIC = ROOT / "app" / "web" / "static"


def laid_out(sheet: str) -> str:
    """Returns a style sheet as the formatter writes it."""
    options = cssbeautifier.default_options()
    options.indent_size = 2
    options.space_around_combinator = True
    options.end_with_newline = True
    return str(cssbeautifier.beautify(sheet, options))


def main(arguments: list[str]) -> int:
    """Formats everything, or checks our own style sheets; returns 1 where one is to be formatted."""
    if arguments not in (["format"], ["check"]):
        print(__doc__)
        return 2
    if arguments == ["format"]:
        for tool in (["ruff", "format", "-q", "."], ["djhtml", "--tabwidth", "2", "templates"]):
            # djhtml says by its status that it changed a file
            subprocess.run([sys.executable, "-m", *tool], cwd=ROOT, check=False)
    others = [
        path
        for path in sorted(STATIC.glob("*.css"))
        if laid_out(path.read_text("utf-8")) != path.read_text("utf-8")
    ]
    for path in others:
        if arguments == ["format"]:
            path.write_text(laid_out(path.read_text("utf-8")), "utf-8")
        else:
            print(f"{path.name}: run `./run format`", file=sys.stderr)
    return int(bool(others) and arguments == ["check"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
