"""Rules are functions of values: importing them must not even load a web framework or a
database.
"""

import ast
import subprocess
import sys

from tests.architecture.source import PURE_ROOMS, ROOT, WINGS, name_of, python_files

HEAVY = ("flask", "sqlalchemy", "werkzeug", "jinja2", "weasyprint")


def pure_modules() -> list[str]:
    modules = []
    for path in python_files("app"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if len(parts) > 3 and parts[1] in WINGS and parts[3] in PURE_ROOMS:
            modules.append(".".join(parts).removesuffix(".__init__"))
    return modules


def loaded_by(*modules: str) -> set[str]:
    script = f"import sys, {', '.join(modules)}; print(*(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_importing_the_rule_book_loads_no_flask() -> None:
    assert loaded_by("app.planning.scheduling.rules") == set()


def test_no_pure_room_loads_anything_heavy() -> None:
    modules = pure_modules()
    assert "app.planning.scheduling.rules" in modules
    assert loaded_by(*modules) == set()


def test_the_check_sees_a_room_that_is_not_pure() -> None:
    assert {"flask", "sqlalchemy"} <= loaded_by("app.infra.database")


def test_the_kernel_imports_only_python_and_itself() -> None:
    strangers = []
    for path in python_files("app/kernel"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            known = sys.stdlib_module_names
            outside = [
                name
                for name in names
                if name.split(".")[0] not in known and not name.startswith("app.kernel")
            ]
            strangers += [f"{name_of(path)}: {name}" for name in outside]
    assert strangers == []
