"""What a thousand applications of one run need not each do again. Nothing here changes what any of
them answers.

A test gets an application of its own, and making one meant compiling two functions for each of
three hundred rules and, at its first request, every template it shows: half the time of a test of a
page.
"""

import gc
from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache

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


def freeze_collected() -> None:
    """Modules and tests stay to the end: no later collection looks through them."""
    gc.collect()
    gc.freeze()
