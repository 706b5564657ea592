"""Draws docs/pictures/architecture.svg from the import contracts of pyproject.toml: `python -m
tooling.architecture`.

The left half shows the wings and their packages, the right half the rooms of a package. A box may
import only from boxes below it, and packages side by side do not import each other.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PICTURE = Path("docs/pictures/architecture.svg")
APP = "app"
BOX, GAP, PADDING, LABEL = 30, 8, 8, 128
LEFT, RIGHT, MARGIN, HEADING = 640, 300, 16, 40
STYLE = (
    "text{font:14px system-ui,sans-serif;fill:#1c282d;dominant-baseline:central}"
    ".heading{font-weight:600;font-size:16px}.wing{font-weight:600}"
    ".band{fill:#f1f5f6;stroke:#b8c4c8}.box{fill:#fff;stroke:#5b6f77}"
)

Layer = Sequence[str]
"""Names side by side, of one height."""


@dataclass(frozen=True)
class Plan:
    """The layers of the application, those within each wing, and those of a package, highest
    first.
    """

    wings: Sequence[Layer]
    floors: Mapping[str, Sequence[Layer]]
    rooms: Sequence[Layer]


def plan_of(pyproject: str) -> Plan:
    """Reads the contracts of the kind "layers". The one that holds in many packages is of rooms."""
    contracts = tomllib.loads(pyproject)["tool"]["importlinter"]["contracts"]
    wings: Sequence[Layer] = ()
    rooms: Sequence[Layer] = ()
    floors: dict[str, Sequence[Layer]] = {}
    for contract in contracts:
        if contract["type"] != "layers":
            continue
        layers, containers = _layers(contract), contract["containers"]
        if containers == [APP]:
            wings = layers
        elif len(containers) == 1:
            floors[containers[0].removeprefix(f"{APP}.")] = layers
        else:
            rooms = layers
    return Plan(wings, floors, rooms)


def _layers(contract: Mapping[str, Any]) -> Sequence[Layer]:
    """Import-linter divides names by | or :, and puts those in brackets that a package may lack."""
    return [re.findall(r"\w+", layer) for layer in contract["layers"]]


def drawing(plan: Plan) -> str:
    """Returns the picture as SVG, the same for the same plan."""
    wings, wings_end = _wings(plan)
    rooms, rooms_end = _stack(
        plan.rooms, MARGIN * 2 + LEFT, MARGIN + HEADING, RIGHT, height=BOX + GAP
    )
    width, height = LEFT + RIGHT + 3 * MARGIN, max(wings_end, rooms_end) + MARGIN
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img">',
        "<title>Wings and packages, and the rooms of a package; each imports only from below</title>",
        f"<style>{STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        _text("Wings and their packages", MARGIN, MARGIN + BOX / 2, "heading"),
        _text("Rooms of a package", MARGIN * 2 + LEFT, MARGIN + BOX / 2, "heading"),
        *wings,
        *rooms,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _wings(plan: Plan) -> tuple[list[str], int]:
    """Draws a band for each wing; returns its lines and where the last one ends."""
    lines: list[str] = []
    y = MARGIN + HEADING
    for (wing,) in plan.wings:
        floors = plan.floors.get(wing, ())
        height = len(floors) * (BOX + GAP) - GAP + 2 * PADDING if floors else BOX + GAP
        lines.append(_rect(MARGIN, y, LEFT, height, "band"))
        lines.append(_text(wing, MARGIN + PADDING, y + height / 2, "wing"))
        boxes, _ = _stack(
            floors, MARGIN + LABEL, y + PADDING, LEFT - LABEL - PADDING, height=BOX + GAP
        )
        lines += boxes
        y += height + GAP
    return lines, y - GAP


def _stack(
    layers: Sequence[Layer], x: int, y: int, width: int, *, height: int
) -> tuple[list[str], int]:
    lines = [
        line for n, layer in enumerate(layers) for line in _row(layer, x, y + n * height, width)
    ]
    return lines, y + len(layers) * height - GAP


def _row(names: Layer, x: int, y: int, width: int) -> Iterator[str]:
    each = (width - GAP * (len(names) - 1)) / len(names)
    for n, name in enumerate(names):
        left = x + n * (each + GAP)
        yield _rect(left, y, each, BOX, "box")
        yield _text(name, left + each / 2, y + BOX / 2, "name", anchor="middle")


def _rect(x: float, y: float, width: float, height: float, kind: str) -> str:
    return (
        f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="4"/>'
    )


def _text(words: str, x: float, y: float, kind: str, *, anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(words)}</text>'


if __name__ == "__main__":
    plan = plan_of((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (ROOT / PICTURE).write_text(drawing(plan), encoding="utf-8")
    print(f"{PICTURE} is drawn.")
