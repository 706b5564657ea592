"""Limits in wall time, longer on a machine that has other things to do."""

import os

LONGEST = 6.0


def factor() -> float:
    """How many processes want each processor, between 1 and `LONGEST`."""
    return min(LONGEST, max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)))


def scaled(seconds: float) -> float:
    return seconds * factor()
