"""One application for many tests: built once per worker and database engine, lent to one test after
another.

Building an application costs more than most tests that ask for one. The kept one always has the
same address of its database and the same data folder; what lies there is replaced between tests. It
is lent again only when nothing of it has changed: configuration, extensions, hooks, routes,
listeners of its engine. `FRESH_APP=1` builds one for each test.
"""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

from app import create_app
from app.infra.database import database
from config import Settings
from tests.support import session

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
    "convoca_paths",
}
"""Attributes that a request fills in or sorts without changing any answer."""
PLAIN = {str, bytes, int, float, bool, type(None)}
_kept: dict[str, "Kept"] = {}


@dataclass(frozen=True)
class Kept:
    app: Flask
    settings: Settings
    portrait: "Portrait"


@dataclass(frozen=True)
class Portrait:
    """What an application consists of, in a fixed order. `objects` keeps alive what is compared by
    identity.
    """

    parts: list[object]
    objects: list[object]


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
    if (
        kept is not None
        and kept.settings == settings
        and portrait(kept.app).parts == kept.portrait.parts
    ):
        kept.app._got_first_request = False
    else:
        app = create_app(settings)
        kept = Kept(app, settings, portrait(app))
    if not are_fresh():
        _kept[settings.database] = kept
    return kept.app


def portrait(app: Flask) -> Portrait:
    parts: list[object] = []
    objects: list[object] = []
    seen: set[int] = set()

    def draw(value: object, depth: int) -> None:
        if type(value) in PLAIN:
            parts.append(value)
            return
        objects.append(value)
        inside = _inside(value)
        if inside is None or depth == 0 or id(value) in seen:
            parts.append(id(value))
            return
        seen.add(id(value))
        parts.append(type(value))
        for name, part in inside.items():
            parts.append(name)
            draw(part, depth - 1)

    draw(vars(app), DEPTH)
    with app.app_context():
        for engine in database.engines.values():
            listened_to: list[Any] = [
                engine.dispatch,
                engine.pool.dispatch,
                engine.dialect.dispatch,
            ]
            for dispatch in listened_to:
                for event in sorted(dispatch._event_names):
                    draw(list(getattr(dispatch, event)), 1)
    return Portrait(parts, objects)


def _inside(value: Any) -> Mapping[Any, object] | None:
    """The parts of a container or of an object that is looked into; None for any other.

    Asks for the type itself, because a lazy value pretends to be of the type that it will give.
    """
    kind = type(value)
    if issubclass(kind, Mapping):
        return {
            name: part
            for name, part in value.items()
            if name not in COMES_WITH_USE and not _is_hollow(part)
        }
    if issubclass(kind, (list, tuple)):
        return dict(enumerate(value))
    if issubclass(kind, (set, frozenset)):
        return {id(part): part for part in value}
    if issubclass(kind, (type, Flask)) or callable(value):
        return None
    if kind.__name__ in MACHINES or kind.__module__.partition(".")[0] in OWN:
        return {
            name: part
            for name, part in getattr(value, "__dict__", {}).items()
            if name not in COMES_WITH_USE
        }
    return None


def _is_hollow(value: Any) -> bool:
    """True for what a look-up in a `defaultdict` leaves behind."""
    return issubclass(type(value), dict) and all(map(_is_hollow, value.values()))
