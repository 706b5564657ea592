"""One application for many tests: built once per worker and database engine, lent to one test after
another.

Building an application costs more than most tests that ask for one. The kept one always has the
same address of its database and the same data folder; what lies there is replaced between tests. It
is lent again only when nothing of it has changed: configuration, extensions, hooks, routes,
listeners of its engine. Extensions that a test replaced or added, such as the function that says
who has signed in, are set back. `FRESH_APP=1` builds one for each test.

A database on SQLite, too, is brought on by copies: `bring_to` keeps the file that a step left, such
as the account of a persona, and whoever takes the same steps from an empty database copies it.
"""

import hashlib
import os
import pickle
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, wraps
from operator import is_
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from flask import Flask
from sqlalchemy.engine import Engine

from app import create_app
from app.infra.database import database
from app.infra.platform import platform
from config import Settings
from tests.support import databases, session

VARIABLE = "FRESH_APP"
DEPTH = 6
OWN = (
    "app",
    "config",
    "huey",
    "flask_babel",
    "flask_security",
    "flask_login",
    "flask_wtf",
    "flask_compress",
)
"""Packages whose objects are looked into; of other objects only the identity is compared."""
MACHINES = ("Environment", "Map", "Config", "AppGroup")
"""Kinds of Flask's, Jinja's and Werkzeug's own objects that are looked into, too."""
COMES_WITH_USE = {
    "_got_first_request",
    "logger",
    "jinja_loader",
    "domain_instance",
    "cache",
    "_remap",
    "_matcher",
    "_rules_by_endpoint",
    "paths",
}
"""Attributes that a request fills in or sorts without changing any answer."""
PLAIN = {str, bytes, int, float, bool, type(None)}
UNTOUCHED = 10**18
"""When a copy of a database was changed last, says its file (nanoseconds since 1970; in 2001). The
first write to it changes that.
"""
Result = TypeVar("Result")
Given = ParamSpec("Given")
Look = Callable[[Any], Mapping[Any, object]]
_kept: dict[str, "Kept"] = {}
_origins: dict[Path, Path] = {}
"""Databases on SQLite, and the file that each was copied from last."""
_steps: dict[Path, bytes] = {}
"""Results of steps that this worker has met, by the file that the step left or would have left."""
_at_work: list[object] = []
"""The step that is taken just now. Those within it are parts of it."""


@dataclass(frozen=True)
class Kept:
    app: Flask
    settings: Settings
    held: list[tuple[dict[Any, Any], dict[Any, Any]]]
    portrait: "Portrait"


@dataclass(frozen=True)
class Portrait:
    """What an application consists of, in a fixed order. `objects` keeps alive what is compared by
    identity.
    """

    parts: list[object]
    objects: list[object]
    settled: dict[int, bool]
    looks: "list[Glance]"
    listeners: list[object]


@dataclass
class Glance:
    """What was found in one object that was looked into, to be compared without looking deeper:
    what lies deeper has a glance of its own.
    """

    of: Any
    look: Look
    names: list[Any]
    values: list[Any]
    raw: list[Any]

    def holds(self) -> bool:
        """Whether each part is still the same object, or an equal plain value."""
        raw = _raw(self.of)
        if raw and len(raw) == len(self.raw) and all(map(is_, raw, self.raw)):
            return True
        found = self.look(self.of)
        if list(found) != self.names or not all(map(_is_same, found.values(), self.values)):
            return False
        self.raw = raw
        return True


def _raw(value: Any) -> list[Any]:
    """Names and parts, with those that come with use; nothing where the parts lie elsewhere, which
    only a look can find.
    """
    kind: Any = type(value)
    if isinstance(value, dict) and kind.items is dict.items:
        return [*value, *value.values()]
    if isinstance(value, (list, tuple)):
        return [value, *value]
    if isinstance(value, Mapping):
        return []
    inner = getattr(value, "__dict__", {})
    return [*inner, *inner.values()]


def _is_same(one: object, other: object) -> bool:
    return one is other or (type(one) in PLAIN and type(one) is type(other) and one == other)


def are_fresh() -> bool:
    return VARIABLE in os.environ


def empty_folder(engine: str, at: Path) -> Path:
    """A new folder at `at`; for a kept application its data folder, emptied, to which `at`
    leads.
    """
    if are_fresh():
        at.mkdir(parents=True)
        return at
    folder = session.folder() / "apps" / f"{os.getpid()}-{engine}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    at.symlink_to(folder)
    return folder


def lend(settings: Settings) -> Flask:
    """The application with these settings: the kept one when it is as it was built, else a new
    one.
    """
    kept = _kept.pop(settings.database, None)
    if kept is not None:
        for own, before in kept.held:
            own.clear()
            own.update(before)
    if (
        kept is not None
        and kept.settings == settings
        and (
            is_as_drawn(kept.app, kept.portrait)
            or portrait(kept.app, kept.portrait.settled).parts == kept.portrait.parts
        )
    ):
        kept.app._got_first_request = False
    else:
        app = create_app(settings)
        kept = Kept(app, settings, _held(app), portrait(app))
    if not are_fresh():
        _kept[settings.database] = kept
    return kept.app


def _held(app: Flask) -> list[tuple[dict[Any, Any], dict[Any, Any]]]:
    """Returns what a test may replace, each with a copy: extensions, what the platform holds, what
    its ports hold.
    """
    held = platform(app)
    owners: list[dict[Any, Any]] = [app.extensions, vars(held), held.ports]
    owners += map(vars, held.ports.values())
    return [(own, dict(own)) for own in owners]


def copy_database(template: Path, own: Path) -> str:
    """Puts a copy of `template` at `own`; returns its address. `bring_to` can go on from there."""
    url = databases.sqlite_copy(template, own)
    _mark(own, template)
    return url


def _mark(own: Path, template: Path) -> None:
    """Notes that the two are alike."""
    os.utime(own, ns=(UNTOUCHED, UNTOUCHED))
    _origins[own.resolve()] = template


def bring_to(app: Flask, name: str, work: Callable[[], Result], *, often: bool = False) -> Result:
    """Does `work` on the database of an application; returns what it returns.

    On SQLite, as long as nothing but such steps has written to the database, the second in this run
    to take the same steps leaves a copy of it, of its letters and of the result, which the others
    take. The first leaves none unless the step is taken `often`, because most are taken once, and
    copies lie in memory. So `name` tells all that the work depends on, such as the time.
    """
    with app.app_context():
        engine = database.engine
    letters = platform(app).settings.data / "mail"
    own = Path(engine.url.database or "").resolve()
    origin = _origins.get(own)
    if _at_work or origin is None or not _is_as_copied(engine, own):
        return work()
    if _names(letters) != _names(_beside(origin)):
        return work()
    state = hashlib.sha256(f"{origin.name} {name}".encode()).hexdigest()[:20]
    template = session.folder() / f"{state}.sqlite3"
    result: Result
    if template in _steps and not template.exists():  # nothing was written
        result = _result(template)
        return result
    if not often and template not in _steps and _is_new(template.with_suffix(".seen")):
        return work()
    engine.dispose()
    if own.with_name(f"{own.name}-shm").exists():  # another process or application reads it
        return work()
    took: list[Path] = []

    def build(target: Path) -> None:
        took.append(target)
        _take(work, engine, letters, target)

    session.once(template.name, build)
    if template not in _steps:
        _steps[template] = template.with_suffix(".result").read_bytes()
    if template.exists() and took:
        _mark(own, template)
    elif template.exists():
        copy_database(template, own)
        if _beside(template).exists():
            shutil.copytree(_beside(template), letters, dirs_exist_ok=True)
    result = _result(template)
    return result


def _is_new(mark: Path) -> bool:
    """Whether no worker has left this mark before."""
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _result(template: Path) -> Any:
    """A new one each time: nobody sees what another test did to it."""
    return pickle.loads(_steps[template])


def step(work: Callable[Given, Result]) -> Callable[Given, Result]:
    """Makes a function of an application, and of what else it is given, a step for `bring_to`. It
    must not depend on anything else.
    """

    @wraps(work)
    def taken(*given: Given.args, **named: Given.kwargs) -> Result:
        app: Any = named.get("app") or given[0]
        rest = [(name, value) for name, value in sorted(named.items()) if name != "app"]
        name = f"{work.__module__}.{work.__qualname__} {given[1:]} {rest}"
        if " at 0x" in name:  # what tells no more of itself than where it lies
            return work(*given, **named)
        return bring_to(app, name, lambda: work(*given, **named))

    return taken


def _take(work: Callable[[], object], engine: Engine, letters: Path, target: Path) -> None:
    """Takes a step and leaves its result, and the database and the letters when it wrote any."""
    own = Path(engine.url.database or "").resolve()
    _at_work.append(work)
    try:
        result = work()
    finally:
        _at_work.clear()
    target.with_suffix(".result").write_bytes(pickle.dumps(result))
    if _is_as_copied(engine, own):
        return
    engine.dispose()
    databases.settle(own)
    shutil.copyfile(own, target)
    if letters.exists():
        shutil.copytree(letters, _beside(target))


def _is_as_copied(engine: Engine, own: Path) -> bool:
    """Whether nobody has written to a database on SQLite since it was copied, nor is about to."""
    pool: Any = engine.pool
    log = own.with_name(f"{own.name}-wal")
    return (
        engine.dialect.name == "sqlite"
        and not pool.checkedout()
        and own.stat().st_mtime_ns == UNTOUCHED
        and not (log.exists() and log.stat().st_size)
    )


def _beside(template: Path) -> Path:
    """The folder of the letters that were written before a database was kept."""
    return template.with_suffix(".mail")


def _names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder)) if folder.exists() else []


def portrait(app: Flask, settled: dict[int, bool] | None = None) -> Portrait:
    """`settled` is what an earlier portrait of the same application found, which spares a later one
    half of its time.
    """
    parts: list[object] = []
    objects: list[object] = []
    seen: set[int] = set()
    known = {} if settled is None else settled
    looks: list[Glance] = []

    def draw(value: object, depth: int) -> None:
        kind: Any = type(value)
        if kind in PLAIN:
            parts.append(value)
            return
        objects.append(value)
        look = _way_into(kind)
        if look is None or depth == 0 or id(value) in seen or is_settled(value, known):
            parts.append(id(value))
            return
        seen.add(id(value))
        parts.append(kind)
        found = look(value)
        looks.append(Glance(value, look, list(found), list(found.values()), _raw(value)))
        for name, part in found.items():
            parts.append(name)
            draw(part, depth - 1)

    draw(vars(app), DEPTH)
    listeners = _listeners(app)
    parts += map(id, listeners)
    return Portrait(parts, objects, known, looks, listeners)


def is_as_drawn(app: Flask, drawn: Portrait) -> bool:
    """Whether each part is still the very same. Where it is not, only another portrait can say that
    all is alike nevertheless.
    """
    listeners = _listeners(app)
    return (
        len(listeners) == len(drawn.listeners)
        and all(map(is_, listeners, drawn.listeners))
        and all(glance.holds() for glance in drawn.looks)
    )


def _listeners(app: Flask) -> list[object]:
    """What listens to the engines and their pools, with the names of what it listens for."""
    found: list[object] = []
    with app.app_context():
        for engine in database.engines.values():
            listened_to: list[Any] = [
                engine.dispatch,
                engine.pool.dispatch,
                engine.dialect.dispatch,
            ]
            for dispatch in listened_to:
                for event in sorted(dispatch._event_names):
                    found += [event, *getattr(dispatch, event)]
    return found


def is_settled(value: Any, known: dict[int, bool]) -> bool:
    """True for what cannot change without being replaced: a tuple, a frozen set or a frozen
    dataclass, whose parts cannot either. Its identity says all.

    `known` holds verdicts by identity; a portrait keeps alive what it has verdicts about.
    """
    kind: Any = type(value)
    look = _way_into(kind)
    if look is None:
        return True
    if not _is_frozen(kind):
        return False
    verdict = known.get(id(value))
    if verdict is None:
        verdict = all(is_settled(part, known) for part in look(value).values())
        known[id(value)] = verdict
    return verdict


@cache
def _is_frozen(kind: type) -> bool:
    parameters = getattr(kind, "__dataclass_params__", None)
    return kind in (tuple, frozenset) or (parameters is not None and parameters.frozen)


@cache
def _way_into(kind: type) -> Look | None:
    """How the parts of a container, or of an object that is looked into, are found; None for any
    other kind, of which only the identity is compared.

    Goes by the type itself, because a lazy value pretends to be of the type that it will give.
    """
    if kind in PLAIN:
        return None
    if issubclass(kind, Mapping):
        return _of_mapping
    if issubclass(kind, (list, tuple)):
        return lambda value: dict(enumerate(value))
    if issubclass(kind, (set, frozenset)):
        return lambda value: {id(part): part for part in value}
    if issubclass(kind, (type, Flask)) or any("__call__" in vars(base) for base in kind.__mro__):
        return None
    if kind.__name__ in MACHINES or kind.__module__.partition(".")[0] in OWN:
        return _of_object
    return None


def _of_mapping(value: Mapping[Any, object]) -> Mapping[Any, object]:
    return {
        name: part
        for name, part in value.items()
        if name not in COMES_WITH_USE and not _is_hollow(part)
    }


def _of_object(value: object) -> Mapping[Any, object]:
    return {
        name: part
        for name, part in getattr(value, "__dict__", {}).items()
        if name not in COMES_WITH_USE
    }


def _is_hollow(value: Any) -> bool:
    """True for what a look-up in a `defaultdict` leaves behind."""
    return issubclass(type(value), dict) and all(map(_is_hollow, value.values()))
