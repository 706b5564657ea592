"""`python -m tests.load` runs every benchmark, `python -m tests.load scheduling` one of them."""

import json
import os
import sys
from importlib import import_module
from pathlib import Path

from tests.support import postgresql, session


def names() -> list[str]:
    return sorted(
        path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_")
    )


def main(asked: list[str]) -> int:
    unknown = set(asked) - set(names())
    if unknown:
        print(
            f"No such benchmark: {', '.join(sorted(unknown))}. There are: {', '.join(names())}.",
            file=sys.stderr,
        )
        return 2
    os.environ[postgresql.LASTS] = "1"
    folder = session.begin()
    try:
        for name in asked or names():
            for figure in import_module(f"tests.load.{name}").run():
                line = {
                    "bench": name,
                    "figure": figure.figure,
                    "value": figure.value,
                    "unit": figure.unit,
                }
                print(json.dumps({**line, **figure.about}, ensure_ascii=False), flush=True)
    finally:
        session.end(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
