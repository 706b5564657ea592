"""Which test files a change concerns: `python -m tooling.changed [base]` prints them, one on a
line.

What changed is what differs from `base` in git, committed or not; by default from where this branch
left `main`, and on `main` itself from the commit before. Imports are followed by name: whoever
imports from a package's `__init__` depends on the module that defines the name, not on its
neighbours. Views answer by address, so they are looked for in the folder of tests that mirrors
their package. The nearest tests come first, up to what two minutes hold; what is left out is said
on stderr, for `./run test` to run. Prints `tests` when the change concerns everything.
"""

import ast
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EVERYTHING = "tests"
ALWAYS = (
    "tests/architecture/test_doors.py",
    "tests/architecture/test_foreign_models.py",
    "tests/architecture/test_forms.py",
    "tests/architecture/test_names.py",
    "tests/architecture/test_purity.py",
    "tests/architecture/test_rooms.py",
    "tests/architecture/test_tree.py",
    "tests/security/test_matrix.py",
    "tests/web/test_guards.py",
)
"""Architecture and authorization: cheap beside what they protect."""
CROSSROADS = (
    "app/factory.py",
    "app/wiring/",
    "app/__init__.py",
    "app/office/demo/",
    "tests/support/",
    "tests/journeys/world.py",
    "tests/journeys/steps.py",
    "tests/security/world.py",
)
"""Files that lead from everywhere to everywhere. Ways through them say nothing, unless such a file
itself changed.
"""
GROUND = (
    "tests/conftest.py",
    "tests/support/apps.py",
    "tests/support/databases.py",
    "tests/support/session.py",
    "pyproject.toml",
    "requirements",
    "app/factory.py",
    "app/infra/database.py",
    "app/infra/orm.py",
)
"""Where a change concerns every test."""
MIRRORS = {
    "certificates/": ("tests/training/certificates",),
    "courses/": ("tests/courses", "tests/training/learning"),
    "docs/": ("tests/tooling",),
    "CONTRIBUTING.md": ("tests/tooling",),
    "deploy/": ("tests/infra/test_deploy.py",),
    "migrations/": ("tests/infra/test_migrations.py", "tests/planning/scheduling/test_schema.py"),
    "reference/": ("tests/infra/test_body.py", "tests/office/demo"),
    "run": ("tests/tooling",),
    "tooling/": ("tests/tooling",),
    ".ci/": ("tests/tooling",),
    "translations/": (
        "tests/tooling/test_catalogue.py",
        "tests/infra/test_language.py",
        "tests/web/test_locale.py",
    ),
    "app/web/static/": ("tests/web/test_static.py",),
    "frontend/": ("tests/web/test_static.py",),
}
WINGS = ("people", "planning", "participation", "training", "followup", "office")
EDGES = ("views", "api", "cli", "tasks", "forms")
WEIGHTS = {"tests/journeys": 12, "tests/feeds": 12, "tests/security": 50}
ENOUGH = 600
"""How many ordinary tests two minutes hold on two cores; a browser's or a walk through the whole
site counts more.
"""


@dataclass
class Module:
    """One Python file. `names`: what its imports bind, as the module and the name there ("" for a
    module itself).
    """

    path: str
    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    attributes: dict[str, set[str]] = field(default_factory=dict)
    bare: set[str] = field(default_factory=set)
    """Names that stand by themselves, without an attribute behind them."""
    words: set[str] = field(default_factory=set)
    """Whole strings: some name a module to a tool."""

    @property
    def is_package(self) -> bool:
        return self.path.endswith("__init__.py")


class Imports:
    """The import graph of `paths`, which are relative to `root`. Its nodes are files."""

    def __init__(self, root: Path, paths: Iterable[str]) -> None:
        self.modules = {module_name(path): _read(root, path) for path in paths}
        self.users: dict[str, set[str]] = defaultdict(set)
        for module in self.modules.values():
            for need in self._needs(module):
                self.users[need].add(module.path)

    def distances(self, changed: Iterable[str]) -> dict[str, int]:
        """How many imports lead from each file to the nearest of `changed`; files that none reaches
        are left out.
        """
        begin = set(changed)
        found = dict.fromkeys(begin, 0)
        latest = begin
        while latest:
            open_ways = {
                path for path in latest if path in begin or not path.startswith(CROSSROADS)
            }
            handed_on = {f"{path}#" for path in open_ways & begin}
            latest = {
                user for path in open_ways | handed_on for user in self.users[path]
            } - found.keys()
            found |= dict.fromkeys(latest, 1 + max(found.values()))
        return found

    def _needs(self, module: Module) -> Iterator[str]:
        """The files a module depends on. A package that only hands on a name is written with a
        trailing "#".
        """
        for bound, (source, name) in module.names.items():
            whole = f"{source}.{name}" if name else source
            if whole in self.modules:
                yield from self._of_module(whole, module, bound)
            elif source in self.modules:
                yield from self._defining(source, name)
        for word in module.words & self.modules.keys():
            if "." in word:
                yield self.modules[word].path

    def _of_module(self, name: str, user: Module, bound: str) -> Iterator[str]:
        wanted = self.modules[name]
        if not wanted.is_package or bound in user.bare or "." in bound:
            yield wanted.path
            return
        yield f"{wanted.path}#"
        for attribute in user.attributes.get(bound, ()):
            yield from self._defining(name, attribute)

    def _defining(self, source: str, name: str, depth: int = 8) -> Iterator[str]:
        module = self.modules[source]
        origin, original = (
            module.names.get(name, ("", "")) if module.is_package and depth else ("", "")
        )
        if f"{source}.{name}" in self.modules:
            yield self.modules[f"{source}.{name}"].path
        elif origin in self.modules:
            yield f"{module.path}#"
            yield from (
                self._defining(origin, original, depth - 1)
                if original
                else [self.modules[origin].path]
            )
        else:
            yield module.path


def module_name(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _read(root: Path, path: str) -> Module:
    """Imports at any depth count: this house imports late where that spares a start."""
    module, loads = Module(path), Counter[str]()
    for node in ast.walk(ast.parse((root / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            module.names |= {one.asname or one.name: (one.name, "") for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            module.names |= {one.asname or one.name: (node.module, one.name) for one in node.names}
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module.attributes.setdefault(node.value.id, set()).add(node.attr)
            loads[node.value.id] -= 1
        elif isinstance(node, ast.Name):
            loads[node.id] += 1
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            module.words.add(node.value)
    module.bare = {name for name, times in loads.items() if times > 0}
    return module


def selected(
    root: Path, changed: Iterable[str], paths: Iterable[str]
) -> tuple[list[str], list[str]]:
    """The tests to run and those that would have been too many, nearest first. `paths`: all Python
    files there are.
    """
    names = sorted(changed)
    if any(name.startswith(GROUND) for name in names):
        return [EVERYTHING], []
    every = sorted(paths)
    tests = [path for path in every if is_test(path)]
    imports = Imports(root, every)
    far = imports.distances(name for name in names if name in every)
    ranks = {path: float(far[path]) for path in tests if path in far}
    for path in far:
        for test in _of_the_same_package(path, tests):
            ranks[test] = min(ranks.get(test, 99), far[path] + 0.5)
    for name in names:
        for test in _mirroring(root, name, tests):
            ranks[test] = 0
    wanted = [
        test
        for test in sorted(ranks, key=lambda test: (ranks[test], test))
        if not test.startswith(ALWAYS)
    ]
    chosen, left, weight = list(ALWAYS), list[str](), 0
    for test in wanted:
        more = weight + _weight(root, test)
        if more <= ENOUGH or ranks[test] == 0:
            chosen.append(test)
            weight = more
        else:
            left.append(test)
    return chosen, left


def is_test(path: str) -> bool:
    return path.startswith("tests/") and path.rpartition("/")[2].startswith("test_")


def package_of(path: str) -> tuple[str, list[str]]:
    """The package of a file of `app/`, `templates/` or `tests/` with its wing, and the parts inside it."""
    _, *parts = path.split("/")
    depth = 2 if parts[:1] and parts[0] in WINGS else 1
    return "/".join(parts[:depth]), parts[depth:]


def _of_the_same_package(path: str, tests: Iterable[str]) -> Iterator[str]:
    """For an edge of a package, the tests that ask its pages by address."""
    package, inside = package_of(path)
    room = "".join(inside[:1]).removesuffix(".py")
    if path.startswith("app/") and room in EDGES:
        words = ("views", "pages", room)
        for test in tests:
            folder, _, name = test.rpartition("/")
            if folder == f"tests/{package}" and any(word in name for word in words):
                yield test


def _mirroring(root: Path, name: str, tests: Iterable[str]) -> Iterator[str]:
    """The tests of a file that nobody imports: a template, a catalogue, a stylesheet, a course."""
    folders = [
        folder for prefix, mirror in MIRRORS.items() if name.startswith(prefix) for folder in mirror
    ]
    package, _ = package_of(name)
    if name.startswith("templates/") and (root / "tests" / package).is_dir():
        folders.append(f"tests/{package}")
        yield from (
            test
            for test in tests
            if test.startswith("tests/journeys/")
            and f"/{package.rpartition('/')[2]}" in _text(root, test)
        )
    elif name.startswith(("templates/", "app/web/static/")):
        folders += ["tests/web", "tests/office/home", "tests/journeys/test_every_page.py"]
    elif name.startswith("translations/"):
        inside = "/".join(Path(name).with_suffix("").parts[2:])
        folders += [f"tests/{inside}/test_wording.py"]
    yield from (test for test in tests if test.startswith(tuple(folders)))


def _text(root: Path, path: str) -> str:
    return (root / path).read_text(encoding="utf-8")


def _weight(root: Path, test: str) -> int:
    each = next((weight for folder, weight in WEIGHTS.items() if test.startswith(folder)), 1)
    return _text(root, test).count("def test_") * each


def git(*words: str) -> list[str]:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def default_base() -> str:
    """Where this branch left `main`; on `main`, or where there is none, the commit before."""
    head = git("rev-parse", "HEAD")
    for name in ("origin/main", "main"):
        try:
            base = git("merge-base", "HEAD", name)
        except subprocess.CalledProcessError:
            continue
        if base != head:
            return base[0]
    return "HEAD~1"


def main(arguments: list[str]) -> None:
    base = arguments[0] if arguments else default_base()
    untracked = git("ls-files", "--others", "--exclude-standard")
    changed = [*git("diff", "--name-only", base), *untracked]
    known = [*git("ls-files", "*.py"), *untracked]
    paths = [path for path in known if path.endswith(".py") and (ROOT / path).exists()]
    chosen, left = selected(
        ROOT, changed, [path for path in paths if not path.startswith("migrations/")]
    )
    if left:
        print(
            f"{len(left)} more files of tests are concerned from afar; ./run test runs them",
            file=sys.stderr,
        )
    print(*chosen, sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
