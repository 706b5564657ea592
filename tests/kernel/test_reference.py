"""The reference zone and its one home."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

from app.kernel.reference import REFERENCE_ZONE, reference_day

APP = Path(__file__).parents[2] / "app"
LISTS_OF_ZONES = {APP / "web/locale.py", APP / "people/directory/values.py"}
DEFINITION = re.compile(rf"(=\s*|return\s+|ZoneInfo\()\"{re.escape(REFERENCE_ZONE)}\"")


def test_reference_zone_is_defined_in_one_module() -> None:
    homes = [
        path
        for path in APP.rglob("*.py")
        if path not in LISTS_OF_ZONES and DEFINITION.search(path.read_text(encoding="utf-8"))
    ]
    assert homes == [APP / "kernel/reference.py"]


def test_reference_day_begins_six_hours_after_utc() -> None:
    assert reference_day(datetime(2027, 3, 1, 5, 59, tzinfo=UTC)) == date(2027, 2, 28)
    assert reference_day(datetime(2027, 3, 1, 6, tzinfo=UTC)) == date(2027, 3, 1)
