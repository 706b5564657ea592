"""What a thousand applications of one run need not each do again. Nothing here changes what any of
them answers.

A test gets an application of its own, and making one meant compiling two functions for each of
three hundred rules and, at its first request, every template it shows: half the time of a test of a
page.
"""

import gc
import importlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache

from tests.support import session

STATEMENTS = 4_000


def collect_less_often() -> None:
    """With all modules and tests loaded, looking for cycles at the usual rate is a quarter of the
    time.
    """
    gc.set_threshold(50_000, 20, 50)


def share_templates(folder: Path) -> None:
    """Each template is compiled once per run; Jinja looks at the source before it believes the
    copy.
    """
    folder.mkdir(exist_ok=True)
    Flask.jinja_options = {
        **Flask.jinja_options,
        "bytecode_cache": FileSystemBytecodeCache(str(folder)),
    }


def share_imports(tests: Iterable[Path], root: Path) -> None:
    """Imports those of the tests that no other worker has taken.

    On a bare clone pytest rewrites the assertions of each file that it imports, half the time of
    collecting them, and keeps what it wrote. So each file is rewritten by one worker, which tells
    the others by a file of that name.
    """
    taken = session.folder() / "imports"
    taken.mkdir(exist_ok=True)
    for path in tests:
        name = ".".join(path.relative_to(root).with_suffix("").parts)
        try:
            (taken / name).touch(exist_ok=False)
        except FileExistsError:
            continue
        with suppress(Exception):  # said when the test is collected
            importlib.import_module(name)


def freeze_collected() -> None:
    """Modules and tests stay to the end: no later collection looks through them."""
    gc.collect()
    gc.freeze()
