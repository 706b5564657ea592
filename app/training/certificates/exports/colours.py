"""The art of a certificate in the colours of the office, and without the mark where it has a logo.

The art knows three colours, the ground, the deep one and the accent, and tints between them. One
affine map takes them to others and the tints along, in the drawing and in the picture of it.
"""

import re
from collections.abc import Sequence
from functools import cache

from app.training.certificates.rules import AS_DRAWN, COLOUR, GROUND, rgb_of
from app.training.certificates.values import PaperLook, PrintedPaper

Rgb = tuple[float, float, float]
Matrix = tuple[float, ...]
"""Three rows of four numbers, as Pillow takes them: the factors of red, green, blue, and what is
added.
"""

_MARKS = re.compile(r'<g fill="#17495a" transform="translate\(148\.5 (28\.4|171\.2)\).*?</g>', re.S)
SEAL_AT = "171.2"
HEART = (
    '<circle cx="148.5" cy="171.2" r="5" fill="none" stroke="#b57a1e" stroke-width=".3"/>'
    '<circle cx="148.5" cy="171.2" r="2.4" fill="#17495a"/>'
)
"""What stands in the middle of the seal in the place of the mark."""


def art_of(art: str, paper: PrintedPaper | None) -> str:
    """Returns the drawing as a certificate has it; None for the one of an older design."""
    if paper is None:
        return art
    if paper.look.logo:
        art = _MARKS.sub(lambda mark: HEART if mark.group(1) == SEAL_AT else "", art)
    matrix = matrix_to(paper.look)
    if matrix is None:
        return art
    return COLOUR.sub(lambda colour: _written(_moved(rgb_of(colour.group()), matrix)), art)


def matrix_to(look: PaperLook) -> Matrix | None:
    """Returns the map from the colours of the art to those of a look; None where nothing changes."""
    if (look.deep, look.accent) == (AS_DRAWN.deep, AS_DRAWN.accent):
        return None
    return _matrix(look.deep, look.accent)


@cache
def _matrix(deep: str, accent: str) -> Matrix:
    ground = rgb_of(GROUND)
    before = [_minus(rgb_of(colour), ground) for colour in (AS_DRAWN.deep, AS_DRAWN.accent)]
    after = [_minus(rgb_of(colour), ground) for colour in (deep, accent)]
    shares = _shares(*before)
    rows = [
        [sum(after[one][channel] * shares[one][by] for one in (0, 1)) for by in range(3)]
        for channel in range(3)
    ]
    return tuple(
        number
        for channel, row in enumerate(rows)
        for number in (*row, ground[channel] - sum(a * b for a, b in zip(row, ground, strict=True)))
    )


def _shares(first: Rgb, second: Rgb) -> tuple[Rgb, Rgb]:
    """Returns by what to multiply a colour, counted from the ground, to learn how much of each of
    two it holds. What lies outside of the plane of both does not count.
    """
    aa, ab, bb = _times(first, first), _times(first, second), _times(second, second)
    over = aa * bb - ab * ab

    def share(one: Rgb, other: Rgb, by_one: float, by_other: float) -> Rgb:
        red, green, blue = (
            (by_one * a - by_other * b) / over for a, b in zip(one, other, strict=True)
        )
        return red, green, blue

    return share(first, second, bb, ab), share(second, first, aa, ab)


def _moved(colour: Rgb, matrix: Matrix) -> Rgb:
    red, green, blue = (
        sum(a * b for a, b in zip(matrix[start : start + 3], colour, strict=True))
        + matrix[start + 3]
        for start in (0, 4, 8)
    )
    return red, green, blue


def _written(colour: Rgb) -> str:
    return "#" + "".join(f"{min(255, max(0, round(part))):02x}" for part in colour)


def _minus(one: Rgb, other: Rgb) -> Rgb:
    red, green, blue = (a - b for a, b in zip(one, other, strict=True))
    return red, green, blue


def _times(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))
