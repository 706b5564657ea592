"""One application for each need and worker, which tests use one after another: on an empty database
of either engine, and on the demo.

A new one has compiled no statement and no template yet: 5 s of the processor where a test opens
every page. So the application's database and its data folder have the same address for every test,
and what lies there is replaced in between; and what templates compile to is kept for the whole run.
Whoever adds a route, a hook or a listener asks for `own_app`: Flask refuses most of that once an
application has answered. A file whose tests all add the same says so by a fixture `additions`.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import FileSystemBytecodeCache

from app import create_app
from app.infra.crowds import Crowds
from app.infra.platform import platform
from config import Settings
from tests.support import session
from tests.support.lifetime import close_app

Additions = Callable[[Flask], object]
_lent: dict[tuple[str, Additions | None], tuple[Settings, Flask]] = {}


def made(settings: Settings) -> Flask:
    """Makes an application, of which each template is compiled once in a run."""
    app = create_app(settings)
    folder = session.folder() / "templates"
    folder.mkdir(exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(folder))
    return app


def empty_folder(need: str, at: Path) -> Path:
    """Empties the data folder of this worker's application and makes `at` lead to it."""
    folder = session.folder() / "apps" / f"{os.getpid()}-{need}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    at.symlink_to(folder)
    return folder


@contextmanager
def lent(settings: Settings, additions: Additions | None = None) -> Iterator[Flask]:
    """Lends the application with these settings; sets back afterwards what a test may replace.

    One to which a file of tests adds something is kept as long as that file's tests run.
    """
    kept = _lent.get((settings.database, additions))
    if kept is None or kept[0] != settings:
        for other in [key for key in _lent if key[1] not in (None, additions)]:
            del _lent[other]
        kept = _lent[settings.database, additions] = (settings, made(settings))
        if additions is not None:
            additions(kept[1])
    app = kept[1]
    before = [(own, dict(own)) for own in _replaceable(app)]
    platform(app).crowds = Crowds()  # nobody has asked this test's server for anything yet
    try:
        yield app
    finally:
        for own, values in before:
            own.clear()
            own.update(values)
        close_app(app)


def _replaceable(app: Flask) -> list[dict[Any, Any]]:
    """Returns the configuration, the extensions, what the platform holds, and what its ports hold,
    such as the function that says who has signed in.
    """
    held = platform(app)
    replaceable: list[dict[Any, Any]] = [app.config, app.extensions, vars(held), held.ports]
    replaceable += map(vars, held.ports.values())
    return replaceable
