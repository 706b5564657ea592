"""Where the points of a small line chart lie. Units of the drawing; the origin is top left, shares run
upwards.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.training.turnover.values import Coverage, Estimate, SurvivalPoint


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


def stairs(curve: Sequence[SurvivalPoint], days: int, width: int, height: int) -> Chart:
    """Returns survival as a line that steps down on each day on which somebody left, with its band,
    over so many days.
    """
    line, upper, lower = [(0.0, 0.0)], [(0.0, 0.0)], [(0.0, 0.0)]
    for point in curve:
        x = round(width * point.day / days, 1)
        for run, share in ((line, point.share), (upper, point.high), (lower, point.low)):
            run += [(x, run[-1][1]), (x, _down(share, height))]
    for run in (line, upper, lower):
        run.append((float(width), run[-1][1]))
    return Chart(width, height, (_points(line),), (_points([*upper, *reversed(lower)]),), None)


def _down(share: float, height: int) -> float:
    return round(height * (1 - share), 1)


def _points(pairs: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in pairs)


@dataclass(frozen=True)
class Panel:
    """The drawing of a forecast: the past as `trend` draws it, and what is to come as a band with its
    median, from the x of today to the width. `shares` are those of the grid.
    """

    width: int
    height: int
    today: float
    past: Chart
    band: str
    median: str
    shares: Sequence[int]
    low: int
    high: int

    def y(self, share: float) -> float:
        return _scaled(share, self.height, self.low, self.high)


def panel(
    series: Sequence[Coverage | None],
    ahead: Sequence[tuple[float, Estimate]],
    *,
    serving: int,
    scale: tuple[int, int],
    size: tuple[int, int],
) -> Panel:
    """Returns the drawing of past months and of `ahead`: months from today, and how many of `serving`
    are certified. `scale` is the lowest and the highest share in per cent.
    """
    width, height = size
    low, high = scale
    last = ahead[-1][0]
    today = round(width * (len(series) - 1) / (len(series) - 1 + last), 1)

    def x(month: float) -> float:
        return round(today + (width - today) * month / last, 1)

    def y(certified: float) -> float:
        return _scaled(certified / serving, height, low, high)

    return Panel(
        width=width,
        height=height,
        today=today,
        past=_stretched(trend(series, round(today), 100), height, low, high),
        band=_points(
            [
                *((x(month), y(found.high)) for month, found in ahead),
                *((x(month), y(found.low)) for month, found in reversed(ahead)),
            ]
        ),
        median=_points((x(month), y(found.median)) for month, found in ahead),
        shares=tuple(range(low, high + 1, 20)),
        low=low,
        high=high,
    )


def scale_of(shares: Sequence[float]) -> tuple[int, int]:
    """Returns the lowest and the highest share of a scale in steps of 20 per cent that holds all."""
    low = int(min(shares) * 100 // 20 * 20)
    return max(0, low), min(100, max(low + 40, -int(-max(shares) * 100 // 20 * 20)))


def _scaled(share: float, height: int, low: int, high: int) -> float:
    return round(height * (high - 100 * share) / (high - low), 1)


def _stretched(chart: Chart, height: int, low: int, high: int) -> Chart:
    """Returns a drawing whose shares run over 100 units on another scale."""

    def moved(points: str) -> str:
        pairs = (pair.split(",") for pair in points.split())
        return _points((float(x), _scaled(1 - float(y) / 100, height, low, high)) for x, y in pairs)

    last = chart.last and (chart.last[0], _scaled(1 - chart.last[1] / 100, height, low, high))
    return Chart(
        chart.width,
        height,
        tuple(map(moved, chart.lines)),
        tuple(map(moved, chart.bands)),
        last,
    )
