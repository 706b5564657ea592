"""What a thousand applications of one run need not each do again. Nothing here changes what any of
them answers.

A test gets an application of its own, and making one meant compiling two functions for each of
three hundred rules and, at its first request, every template it shows: half the time of a test of a
page.
"""

import gc

STATEMENTS = 4_000


def collect_less_often() -> None:
    """With all modules and tests loaded, looking for cycles at the usual rate is a quarter of the
    time.
    """
    gc.set_threshold(50_000, 20, 50)


def freeze_collected() -> None:
    """Modules and tests stay to the end: no later collection looks through them."""
    gc.collect()
    gc.freeze()
