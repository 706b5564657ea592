"""Reading the project's own code. Every check is a function of source text, so that a planted
defect can prove it. Text without the word that a check is about is not parsed: parsing all of `app`
takes two seconds.
"""

import ast
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app"
WINGS: Mapping[str, tuple[str, ...]] = {
    "people": ("directory", "identity", "factors", "access"),
    "planning": (
        "scheduling",
        "calendars",
        "holidays",
        "events",
        "arranging",
        "agenda",
        "cases",
        "cycles",
        "series",
        "programme",
        "seasons",
    ),
    "participation": (
        "registrations",
        "attendance",
        "invitations",
        "materials",
        "surveys",
        "meetings",
        "speakers",
    ),
    "training": (
        "library",
        "exchange",
        "learning",
        "authoring",
        "packages",
        "national",
        "certificates",
        "recognised",
        "requests",
        "turnover",
        "refreshers",
        "deadlines",
    ),
    "followup": (
        "practices",
        "agreements",
        "plans",
        "general_plan",
        "bodies",
        "matrix",
        "guidelines",
        "review",
        "congress",
    ),
    "office": (
        "privacy",
        "reports",
        "yearly",
        "handover",
        "progress",
        "search",
        "outbox",
        "inbox",
        "notifications",
        "setup",
        "status",
        "writing",
        "history",
        "merging",
        "backups",
    ),
}
"""The wings and their domains, in the order in which the work happens. `home` and `demo` have no rooms."""
WITHOUT_ROOMS = {"home", "demo"}
ROOMS = {
    "views",
    "api",
    "cli",
    "tasks",
    "forms",
    "wording",
    "exports",
    "services",
    "queries",
    "models",
    "schema",
    "policy",
    "rules",
    "facts",
    "values",
}
PURE_ROOMS = {"rules", "policy", "values", "facts"}
NO_HOME = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}
MAX_CHARTER = 10
MADE_BY_TOOLS = {
    ".git",
    ".venv",
    ".tools",
    "var",
    "node_modules",
    "__pycache__",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
    ".import_linter_cache",
    "LC_MESSAGES",
}
EVERYTHING = {"Exception", "BaseException"}
HTTP_METHODS = {"get", "post", "put", "patch", "delete"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def python_files(*folders: str) -> list[Path]:
    return sorted(
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if "vendor" not in path.parts
    )


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def own_files() -> list[Path]:
    """What is, or is about to be, in the repository; where git is missing, whatever no tool has put
    there.
    """
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
    except (FileNotFoundError, subprocess.CalledProcessError):
        return [
            path
            for path in ROOT.rglob("*")
            if path.is_file() and not MADE_BY_TOOLS & set(path.parts)
        ]
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def functions(tree: ast.AST) -> Iterator[Function]:
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node


def called(node: ast.AST) -> str:
    """The last part of what a call calls: `db.commit()` is "commit"."""
    if not isinstance(node, ast.Call):
        return ""
    target = node.func
    return (
        target.attr
        if isinstance(target, ast.Attribute)
        else target.id
        if isinstance(target, ast.Name)
        else ""
    )


def route_methods(function: Function) -> set[str]:
    """The HTTP methods that the function's route decorators name; empty where it is no view."""
    methods: set[str] = set()
    for decorator in function.decorator_list:
        if called(decorator) in HTTP_METHODS:
            methods.add(called(decorator).upper())
        elif called(decorator) == "route":
            assert isinstance(decorator, ast.Call)
            given = next((word.value for word in decorator.keywords if word.arg == "methods"), None)
            methods |= set(ast.literal_eval(given)) if given else {"GET"}
    return methods


def commits(source: str) -> list[str]:
    if "commit" not in source:
        return []
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return [f"line {call.lineno}" for call in calls if called(call) == "commit"]


def catches_everything(source: str) -> list[str]:
    """Returns where everything is caught and not raised again."""
    found: list[str] = []
    if "except" not in source and "suppress" not in source:
        return found
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ExceptHandler):
            named = (
                {inner.id for inner in ast.walk(node.type) if isinstance(inner, ast.Name)}
                if node.type
                else EVERYTHING
            )
        elif called(node) == "suppress" and isinstance(node, ast.Call):
            named = {argument.id for argument in node.args if isinstance(argument, ast.Name)}
        else:
            continue
        if named & EVERYTHING and not raises_again(node):
            found.append(f"line {node.lineno}")
    return found


def raises_again(node: ast.AST) -> bool:
    last = node.body[-1] if isinstance(node, ast.ExceptHandler) else None
    return isinstance(last, ast.Raise) and last.exc is None


def writes_on_get(source: str) -> list[str]:
    """Views that open a transaction for GET. In a view of several methods it must stand under an
    `if` on the method.
    """
    found: list[str] = []
    if "transaction" not in source:
        return found
    for function in functions(ast.parse(source)):
        methods = route_methods(function)
        if "GET" not in methods:
            continue
        guarded = set()
        for node in ast.walk(function):
            if (
                isinstance(node, ast.If)
                and "method" in ast.unparse(node.test)
                and methods != {"GET"}
            ):
                guarded |= {id(inner) for branch in node.body for inner in ast.walk(branch)}
        if any(
            called(node) == "transaction" and id(node) not in guarded for node in ast.walk(function)
        ):
            found.append(function.name)
    return found


def charter_defects(source: str) -> list[str]:
    tree = ast.parse(source)
    charter = ast.get_docstring(tree)
    if not charter:
        return ["no charter"]
    defects = [
        f"charter of {lines} lines" for lines in [charter.count("\n") + 1] if lines > MAX_CHARTER
    ]
    return defects + (["more than a charter"] if len(tree.body) > 1 else [])


def unknown_rooms(package: Path) -> list[str]:
    """Modules of a domain that bear no room's name, seen from the package itself; inside a room
    names are free.
    """
    names = {
        path.stem
        for path in package.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    return sorted(names - ROOMS - {"__init__"})
