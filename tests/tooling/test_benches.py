"""Every benchmark runs to its end, in a size that proves nothing but that."""

from importlib import import_module
from typing import Any

import pytest

from tests.load import Figure, _thousand, serving, weight
from tests.load.__main__ import names
from tests.support import databases

SMALL: dict[str, dict[str, Any]] = {
    "attendance": {"ROWS": 20, "NAMES": 5},
    "certificates": {
        "PDFS": 1,
        "NAIVE": 1,
        "PART": 1,
        "PEOPLE": 1,
        "ISSUED": 3,
        "LOOKUPS": 2,
    },
    "closing": {"PEOPLE": 3, "KILLS": 0, "ENGINES": ("sqlite",)},
    "feeds": {"EVENTS": 10, "COLD": 1, "AGAIN": 1, "UNCHANGED": 1},
    "learning": {
        "LEARNERS": 1,
        "ANSWERS_EACH": 1,
        "WARM_UP": 1,
        "REPEATS": 1,
        "UNMEASURED": 1,
        "IMPORTED": 3,
        "IMPORTS": 1,
        "PROCESSES": 1,
        "CROWD": 2,
        "PACKAGE_MEGABYTES": 2,
        "PACKAGE_FILES": 2,
        "CROWD_WORKERS": 1,
        "CROWD_CLIENTS": 2,
        "ENGINES": ("postgresql",),
    },
    "letters": {"PEOPLE": 2, "WRITTEN": 1},
    "mixed": {
        "MINUTES": 0.03,
        "CLIENTS": 2,
        "SLOW": 4,
        "PEOPLE": 4,
        "LEARNERS": 1,
        "PLACES": 2,
    },
    "pages": {"EVENTS": 10, "TIMES": 1},
    "rush": {
        "CASES": (("postgresql", (1, 1), False),),
        "ATTEMPTS": 16,
        "PEOPLE": 8,
        "PLACES": 4,
        "CLIENTS": 2,
    },
    "scheduling": {"SIZES": (4_800,), "SHARE": 0.001},
    "search": {"DOCUMENTS": 20, "TIMES": 1},
    "seasons": {"SEEDS": (1,), "WEBINARS": 3},
    "serving": {
        "STARTS": 1,
        "ROUNDS": 1,
        "WORKERS": 1,
        "PAGES": ("/sign-in",),
    },
    "turnover": {"INSTITUTIONS": 22, "APPOINTMENTS": 220, "CERTIFICATES": 440, "TIMES": 1},
    "weight": {"TIMES": 1, "PAGES": ("lesson",), "LATENCY_MS": 0, "SLOWDOWN": 1},
}

OF_PROCESSES = {"certificates", "closing", "learning", "mixed", "rush", "serving"}


def test_every_bench_has_a_small_size() -> None:
    assert sorted(SMALL) == names()


@pytest.mark.parametrize(
    "bench",
    [
        pytest.param(name, marks=pytest.mark.linux("measures processes in /proc"))
        if name in OF_PROCESSES
        else name
        for name in sorted(SMALL)
    ],
)
def test_bench_runs_to_its_end(bench: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module = import_module(f"tests.load.{bench}")
    for name, value in SMALL[bench].items():
        monkeypatch.setattr(_thousand if name == "EVENTS" else module, name, value)
    for server in (
        serving,
        weight,
    ):  # what is served does not matter here, and the demo takes seconds to load
        monkeypatch.setattr(server, "demo_sqlite", databases.migrated_sqlite)
    figures = list(module.run())
    assert figures
    assert all(isinstance(figure, Figure) for figure in figures)
