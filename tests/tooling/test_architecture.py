"""The picture of the packages is drawn from the import contracts; documents name files that exist."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.architecture.source import ROOT
from tooling import architecture

PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
PICTURE = (ROOT / architecture.PICTURE).read_text(encoding="utf-8")
DOCUMENTS = ("CONTRIBUTING.md", "docs/architecture.md")
TOPS = {path.name for path in ROOT.iterdir()} | {"app"}
SMALL = """
[tool.importlinter]
[[tool.importlinter.contracts]]
name = "Wings"
type = "layers"
containers = ["app"]
layers = ["office", "people", "kernel"]
[[tool.importlinter.contracts]]
name = "Floors"
type = "layers"
containers = ["app.office"]
layers = ["home | demo", "privacy"]
[[tool.importlinter.contracts]]
name = "Rooms"
type = "layers"
containers = ["app.office.home", "app.people.directory"]
layers = ["(views) : (api)", "(values)"]
[[tool.importlinter.contracts]]
name = "Other"
type = "forbidden"
"""


def boxes(svg: str) -> set[str]:
    return {text for text in ET.fromstring(svg).itertext() if text.strip()}


def test_committed_picture_is_the_one_the_contracts_draw() -> None:
    """Mended by `python -m tooling.architecture`."""
    assert architecture.drawing(architecture.plan_of(PYPROJECT)) == PICTURE


def test_picture_has_every_package() -> None:
    packages = {path.parent.name for path in ROOT.glob("app/*/*/__init__.py")}
    assert packages - {"static"} - boxes(PICTURE) == set()


def test_plan_reads_wings_floors_and_rooms() -> None:
    plan = architecture.plan_of(SMALL)
    assert plan.wings == [["office"], ["people"], ["kernel"]]
    assert plan.floors == {"office": [["home", "demo"], ["privacy"]]}
    assert plan.rooms == [["views", "api"], ["values"]]


def test_drawing_changes_with_the_contracts() -> None:
    before = architecture.drawing(architecture.plan_of(SMALL))
    after = architecture.drawing(architecture.plan_of(SMALL.replace('"people"', '"guests"')))
    assert "guests" in boxes(after) - boxes(before)


def paths_named_in(text: str) -> set[str]:
    """Returns what stands in backticks and looks like a path of this repository, without its line."""
    quoted = re.findall(r"`([\w./-]+)`", text)
    return {name for name in quoted if "/" in name.strip("./") and name.split("/")[0] in TOPS} | {
        name for name in quoted if re.fullmatch(r"[\w-]+\.(py|toml|md)", name)
    }


def missing(text: str, root: Path) -> set[str]:
    return {
        name
        for name in paths_named_in(text)
        if not (root / name).exists() and name != "__init__.py"
    }


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_named_in_a_document_exists(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    assert paths_named_in(text)
    assert missing(text, ROOT) == set()


def test_missing_path_is_seen() -> None:
    text = "See `app/web/nowhere.py`, `app/web/errors.py`, `nothing.py` and `./run test`."
    assert missing(text, ROOT) == {"app/web/nowhere.py", "nothing.py"}


def test_walks_name_what_there_is_and_are_short() -> None:
    """The first step to the last of each walk, by the names that the code has now."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    walks = text.partition("## Walks\n")[2].partition("\n## ")[0].strip().split("\n\n")
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "app").rglob("*.py"))
    assert len(walks) == 4
    for walk in walks:
        names = dict.fromkeys(re.findall(r"`(\w+)`", walk.partition("The panel that")[0]))
        assert len(names) <= 8
        assert [n for n in names if not re.search(rf"(?:def|class) {n}\b|^{n}\b", code, re.M)] == []
