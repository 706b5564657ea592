"""Reports the small changes that no test of a package notices: `./run mutate <package> [word …]`.

A package is a wing and a name, such as `participation/registrations`. Each comparison, boundary,
`and`, `or`, `not`, number, where-clause, check and refusal in its `policy`, `rules` and `queries`
is changed, one at a time, and the package's tests that reach the changed function run, without
browsers and on SQLite only. A change that they all pass is printed as a survivor: a test is
missing, or the line is not needed. Words limit the run to the files and functions whose names
contain one of them; words that begin with `tests/` are further tests to run.

Each change is made in the memory of a process of its own, which is a fork of this one after it has
loaded the application and the tests. No file is touched, so nothing needs to be put back. What a
database template holds was made before the change. It takes minutes for each package and is no part
of `./run test`.
"""

import ast
import gc
import importlib
import json
import os
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType, FunctionType

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("policy", "rules", "queries")
LONGEST_TEST = 60
"""Seconds. A change may make a loop endless: such a test fails after them."""

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
# Who handed a role over holds it and does not act in it any more.
METHODS = {"acts_as": "holds", "holds": "acts_as"}
CONDITIONS = ("where", "filter", "having", "and_", "or_")
IN_SQL = ("in_", "not_in", "is_", "is_not")


@dataclass(frozen=True)
class Mutant:
    """One change of one file: `before`, from `start` until `end` in bytes, becomes `after`."""

    path: str
    function: str
    """As Python names it (`Class.method`); a function inside another belongs to the outer one; ""
    is the module itself.
    """
    line: int
    start: int
    end: int
    before: str
    after: str

    def __str__(self) -> str:
        before, after = (" ".join(text.split()) for text in (self.before, self.after))
        return f"{self.path}:{self.line} {self.function}: {before} -> {after}"

    def make(self) -> None:
        """Changes this process: the code of the function, or the values of the module."""
        source = (ROOT / self.path).read_bytes()
        changed = source[: self.start] + self.after.encode() + source[self.end :]
        if self.function:
            self._change_code(compile(changed, str(ROOT / self.path), "exec"))
        else:
            self._change_values(ast.parse(changed))

    def _change_code(self, module: CodeType) -> None:
        after = {code.co_qualname: code for code in _codes(module)}[self.function]
        gc.unfreeze()  # else it does not tell of what was loaded before it was told to forget it
        for function in gc.get_objects():
            if isinstance(function, FunctionType):
                code = function.__code__
                if (code.co_filename, code.co_qualname) == (after.co_filename, self.function):
                    function.__code__ = after

    def _change_values(self, module: ast.Module) -> None:
        """Makes the assignments from the changed line on anew, and hands each value to all modules
        that have imported it.
        """
        name = self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        values = vars(sys.modules[name])
        for statement in module.body:
            if not isinstance(statement, ast.Assign | ast.AnnAssign):
                continue
            if (statement.end_lineno or 0) >= self.line:
                before = dict(values)
                code = compile(ast.Module([statement], []), self.path, "exec")
                exec(code, values)  # noqa: S102  # our own source with one change
                for word in [word for word in values if values[word] is not before.get(word)]:
                    _hand_on(word, before.get(word), values[word])


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _hand_on(name: str, before: object, after: object) -> None:
    for module in list(sys.modules.values()):
        if vars(module).get(name) is before:
            setattr(module, name, after)


def mutants(path: str, source: bytes) -> Iterator[Mutant]:
    """Yields the mutants of a file in the order of its lines."""
    offsets = [0]
    for line in source.splitlines(keepends=True):
        offsets.append(offsets[-1] + len(line))
    for function, node in _by_function(ast.parse(source)):
        for target, after in _changes(node):
            start = offsets[target.lineno - 1] + target.col_offset
            end = offsets[(target.end_lineno or 0) - 1] + (target.end_col_offset or 0)
            before = source[start:end].decode()
            if before == after.strip("()"):
                continue
            yield Mutant(path, function, target.lineno, start, end, before, after)


def _by_function(tree: ast.AST, name: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Yields functions and methods with their names, and a module's assignments with ""."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield from _by_function(node, f"{name}{node.name}.")
        elif isinstance(node, ast.FunctionDef):
            yield f"{name}{node.name}", node
        elif isinstance(node, ast.Assign | ast.AnnAssign) and not name:
            yield "", node


def _changes(node: ast.AST, *, is_truth: bool = False) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    """Yields what is replaced in a node and below it, and by which text.

    Annotations and f-strings stay. `is_truth`: the function around it returns True or False.
    """
    if isinstance(node, ast.JoinedStr | ast.arg):
        return
    if isinstance(node, ast.FunctionDef):
        is_truth = isinstance(node.returns, ast.Name) and node.returns.id == "bool"
    if isinstance(node, ast.Return) and is_truth and node.value is not None:
        yield from ((node.value, text) for text in ("True", "False"))
    yield from _own_changes(node)
    for name, value in ast.iter_fields(node):
        if name not in ("annotation", "returns", "decorator_list"):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _changes(child, is_truth=is_truth)


def _own_changes(node: ast.AST) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    match node:
        case ast.If(test) | ast.IfExp(test) if isinstance(test, ast.Name | ast.Call):
            yield test, f"(not {ast.unparse(test)})"
        case ast.comprehension(ifs=conditions):
            yield from ((condition, "True") for condition in conditions)
        case ast.Raise() | ast.Expr() if _is_check(node):
            yield node, "pass"
    if isinstance(node, ast.expr):
        yield from ((node, f"({text})") for text in _replacements(node))


def _replacements(node: ast.expr) -> Iterator[str]:  # noqa: PLR0912  # a case for each kind
    match node:
        case ast.Compare(left, [operator], [right]):
            other = COMPARISONS[type(operator)]()
            yield ast.unparse(ast.Compare(left, [other], [right]))
        case ast.Compare(left, operators, operands):
            for n, operator in enumerate(operators):
                changed = [*operators]
                changed[n] = COMPARISONS[type(operator)]()
                yield ast.unparse(ast.Compare(left, changed, operands))
        case ast.BoolOp(operator, values):
            for n in range(len(values)):
                rest = [*values[:n], *values[n + 1 :]]
                yield ast.unparse(ast.BoolOp(operator, rest) if len(rest) > 1 else rest[0])
        case ast.UnaryOp(ast.Not(), operand):
            yield ast.unparse(operand)
        case ast.BinOp(left, ast.Add(), right):
            yield ast.unparse(ast.BinOp(left, ast.Sub(), right))
        case ast.BinOp(left, ast.Sub(), right):
            yield ast.unparse(ast.BinOp(left, ast.Add(), right))
        case ast.Constant(bool(value)):
            yield str(not value)
        case ast.Constant(int(value)):
            yield str(value + 1)
        case ast.Call():
            yield from _calls(node)
        case ast.Tuple(elts=items) | ast.List(elts=items) if any(map(_is_in_sql, items)):
            for n, item in enumerate(items):
                if _is_in_sql(item):
                    yield ast.unparse(type(node)([*items[:n], *items[n + 1 :]], ast.Load()))


def _calls(node: ast.Call) -> Iterator[str]:
    """Yields the call with one condition less, or with the other function of a pair."""
    function = node.func
    if not isinstance(function, ast.Attribute | ast.Name):
        return
    value = function.value if isinstance(function, ast.Attribute) else None
    name = function.attr if isinstance(function, ast.Attribute) else function.id
    if name in CONDITIONS:
        for n in range(len(node.args)):
            rest = [*node.args[:n], *node.args[n + 1 :]]
            if rest:
                yield ast.unparse(ast.Call(function, rest, node.keywords))
            elif value is not None and not node.keywords:
                yield ast.unparse(value)
    elif value is None and name in NAMES:
        yield ast.unparse(ast.Call(ast.Name(NAMES[name]), node.args, node.keywords))
    elif value is not None and name in METHODS:
        other = ast.Attribute(value, METHODS[name])
        yield ast.unparse(ast.Call(other, node.args, node.keywords))


def _is_in_sql(node: ast.expr) -> bool:
    """Returns True for what looks like a condition of a statement."""
    is_method = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    return isinstance(node, ast.Compare) or (is_method and node.func.attr in IN_SQL)  # type: ignore[attr-defined]


def _is_check(node: ast.Raise | ast.Expr) -> bool:
    """Returns True for what only refuses: `raise`, and a call of a function named `require_…`."""
    if isinstance(node, ast.Raise):
        return True
    function = node.value.func if isinstance(node.value, ast.Call) else node.value
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name.lstrip("_").startswith("require")


class Trial:
    """A plugin of pytest that runs tests in forks instead of running them one after another."""

    def __init__(self, mutants_: list[Mutant]) -> None:
        self.mutants = mutants_
        self.survivors = 0
        self.has_failed = False

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        reaching = self._observe(session.items)
        for mutant in self.mutants:
            tests = reaching[f"{mutant.path}:{mutant.function}"]
            items = [item for item in session.items if item.nodeid in tests]
            if not mutant.function:
                items = session.items
            if self._passes(items, mutant):
                self.survivors += 1
                print(mutant, flush=True)
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.has_failed = self.has_failed or report.failed

    def _observe(self, items: list[pytest.Item]) -> dict[str, set[str]]:
        """Returns the tests that reach each function, and loads all that they load.

        Raises SystemExit unless all tests pass.
        """
        folder = str(ROOT / "app")
        found: defaultdict[str, set[str]] = defaultdict(set)
        running = ""

        def note(frame: FrameType, _event: str, _argument: object) -> None:
            path = frame.f_code.co_filename
            if path.startswith(folder):
                function = frame.f_code.co_qualname.partition(".<locals>")[0]
                found[f"{os.path.relpath(path, ROOT)}:{function}"].add(running)

        with tempfile.NamedTemporaryFile("r+") as file:
            if not (child := os.fork()):
                _be_quiet()
                threading.settrace(note)
                sys.settrace(note)
                for item, following in _with_next(items):
                    running = item.nodeid
                    item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
                sys.settrace(None)
                reached = {name: sorted(tests) for name, tests in found.items()}
                json.dump([reached, [*sys.modules]], file)
                file.flush()
                os._exit(self.has_failed)
            if os.waitpid(child, 0)[1]:
                raise SystemExit("The tests fail without any change: run them by themselves first.")
            file.seek(0)
            reached, modules = json.load(file)
        for name in modules:
            if name.startswith("app."):
                importlib.import_module(name)
        return defaultdict(set, {name: set(tests) for name, tests in reached.items()})

    def _passes(self, items: list[pytest.Item], mutant: Mutant) -> bool:
        if not (child := os.fork()):
            _be_quiet()
            was_noticed = True  # also by an error of whatever kind
            try:
                mutant.make()
                was_noticed = self._one_fails(items)
            finally:
                os._exit(was_noticed)
        return os.waitpid(child, 0)[1] == 0

    def _one_fails(self, items: list[pytest.Item]) -> bool:
        for item, following in _with_next(items):
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.has_failed:
                return True
        return False


def _be_quiet() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def _with_next(items: list[pytest.Item]) -> Iterable[tuple[pytest.Item, pytest.Item | None]]:
    return zip(items, [*items[1:], None], strict=True)


def chosen(package: str, words: list[str]) -> list[Mutant]:
    """Returns the mutants of the rooms of a package, or of those that a word names."""
    folder = ROOT / "app" / package
    paths = [path for room in ROOMS for path in folder.glob(f"{room}.py")]
    paths += [path for room in ROOMS for path in folder.glob(f"{room}/**/*.py")]
    found = []
    for path in sorted(paths):
        name = str(path.relative_to(ROOT))
        for mutant in mutants(name, path.read_bytes()):
            if not words or any(word in f"{name}:{mutant.function}" for word in words):
                found.append(mutant)
    return found


def main(arguments: list[str]) -> int:
    package, *words = arguments or [""]
    if not package or not (ROOT / "app" / package).is_dir():
        print(__doc__)
        return 2
    tests = [f"tests/{package}", *(word for word in words if word.startswith("tests/"))]
    found = chosen(package, [word for word in words if not word.startswith("tests/")])
    trial = Trial(found)
    options = ["-qs", "-p", "no:cacheprovider", "-o", f"timeout={LONGEST_TEST}"]
    sqlite = ["-m", "not browser", "-k", "not postgresql"]
    pytest.main([*options, *sqlite, *tests], plugins=[trial])
    print(f"{trial.survivors} of {len(found)} changes of app/{package} were not noticed")
    return 1 if trial.survivors else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
