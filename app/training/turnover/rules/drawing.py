"""Where the points of a small line chart lie. Units of the drawing; the origin is top left, shares run
upwards.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.training.turnover.values import Coverage


@dataclass(frozen=True)
class Chart:
    """Lines and bands as "x,y x,y …"; a month that must not be shown, or with nobody serving,
    interrupts them.
    """

    width: int
    height: int
    lines: tuple[str, ...]
    bands: tuple[str, ...]
    last: tuple[float, float] | None


def trend(series: Sequence[Coverage | None], width: int, height: int) -> Chart:
    """Returns the line of the shares with the band down to what is sure, in a drawing of a size."""
    step = width / max(1, len(series) - 1)
    runs: list[list[tuple[float, float, float]]] = [[]]
    for place, coverage in enumerate(series):
        if coverage is None or coverage.share is None:
            runs.append([])
        else:
            low = coverage.share if coverage.low is None else coverage.low
            runs[-1].append(
                (round(place * step, 1), _down(coverage.share, height), _down(low, height))
            )
    runs = [run for run in runs if run]
    lines = tuple(_points((x, y) for x, y, _ in run) for run in runs)
    bands = tuple(
        _points([*((x, y) for x, y, _ in run), *((x, low) for x, _, low in reversed(run))])
        for run in runs
    )
    return Chart(width, height, lines, bands, (runs[-1][-1][0], runs[-1][-1][1]) if runs else None)


def _down(share: float, height: int) -> float:
    return round(height * (1 - share), 1)


def _points(pairs: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in pairs)
