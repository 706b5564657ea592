"""Only queries read the tables of another package; the list of exceptions only shrinks."""

import ast
from functools import cache
from pathlib import Path

from tests.architecture.source import APP, ROOT, WINGS, python_files

ROOMS_THAT_READ = {"queries", "models", "schema"}
TABLES_BELOW = {
    "planning.arranging": {"planning.events"},
    "planning.agenda": {"planning.events"},
    "planning.cycles": {"planning.events"},
    "planning.series": {"planning.events"},
    "participation.registrations": {"planning.events"},
    "participation.attendance": {"planning.events"},
    "participation.invitations": {"participation.registrations"},
    "office.notifications": {"office.outbox"},
}
"""Packages whose own tables stand in a package below them (decision 28)."""
SEEDS = {"office.demo"}
"""The demo writes rows of every table."""
LIST = Path(__file__).with_name("foreign_models.txt")


def foreign_models(source: str, module: str) -> set[str]:
    """Returns the packages whose models the module imports and may not: `app.wing.package`."""
    wing, package, room = (*module.split(".")[1:4], "", "", "")[:3]
    own = f"{wing}.{package}"
    is_free = wing not in WINGS or own in SEEDS or room in ROOMS_THAT_READ
    if is_free or "models" not in source:
        return set()
    found = set()
    for node in ast.walk(ast.parse(source)):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
        elif isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        for parts in (name.split(".") for name in names):
            other = ".".join(parts[1:3])
            is_models = len(parts) > 3 and parts[0] == "app" and parts[3] == "models"
            if is_models and other != own and other not in TABLES_BELOW.get(own, ()):
                found.add(f"app.{other}")
    return found


@cache
def offences() -> list[str]:
    """Returns `module -> package` for each module that reads another package's tables itself."""
    found = set()
    for path in python_files("app"):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for other in foreign_models(path.read_text(encoding="utf-8"), module):
            found.add(f"{module} -> {other}")
    return sorted(found)


def test_only_listed_modules_read_the_tables_of_another_package() -> None:
    listed = LIST.read_text(encoding="utf-8").split("\n")[:-1]
    assert offences() == listed, "remove from the list what is mended; add nothing to it"


def test_no_view_reads_the_tables_of_another_package() -> None:
    edges = ("views", "api", "cli", "forms", "wording", "exports", "rules", "policy")
    assert [one for one in offences() if one.split(".")[3].split(" ")[0] in edges] == []


def test_the_check_sees_a_foreign_table() -> None:
    assert APP.is_dir()
    source = "from app.people.directory.models import Person\n"
    assert foreign_models(source, "app.planning.arranging.services.requests") == {
        "app.people.directory"
    }
    assert foreign_models(source, "app.planning.events.queries.life") == set()
    below = "from app.planning.events.models import Event\n"
    assert foreign_models(below, "app.planning.series.services") == set()
    assert foreign_models(below, "app.office.privacy.services") == {"app.planning.events"}
