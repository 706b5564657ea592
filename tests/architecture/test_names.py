"""One word per thing: no class name stands for two things."""

import ast
from collections import defaultdict

from tests.architecture.source import name_of, python_files


def homes_of_classes() -> dict[str, list[str]]:
    homes: dict[str, list[str]] = defaultdict(list)
    for path in python_files("app"):
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)) if "class " in source else ():
            if isinstance(node, ast.ClassDef):
                homes[node.name].append(name_of(path))
    return homes


def test_no_class_name_occurs_twice() -> None:
    homes = homes_of_classes()
    assert len(homes) > 500
    twice = {name: files for name, files in homes.items() if len(files) > 1}
    assert twice == {}
