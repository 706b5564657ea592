"""The page for operators names every setting, and no other."""

import re
from pathlib import Path

from config import Settings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "deploy.md"


def test_every_setting_is_explained() -> None:
    table = PAGE.read_text(encoding="utf-8").split("## Settings")[1]
    names = {name for line in table.splitlines() if line.startswith("| `")
             for name in re.findall(r"`([A-Z_]+)`", line.split("|")[1])}  # fmt: skip
    assert names == {field.upper() for field in Settings.model_fields}
