"""What a thousand applications of one run need not each do again. Nothing here changes what any of them answers.

A test gets an application of its own, and making one meant compiling two functions for each of three hundred rules and,
at its first request, every template it shows: half the time of a test of a page.
"""

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule

_compiled: dict[object, Any] = {}


def collect_less_often() -> None:
    """With all modules and tests loaded, looking for cycles at the usual rate is a quarter of the time."""
    gc.set_threshold(50_000, 20, 50)


def share_templates(folder: Path) -> None:
    """Each template is compiled once per run; Jinja looks at the source before it believes the copy."""
    folder.mkdir(exist_ok=True)
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": FileSystemBytecodeCache(str(folder))}


def share_rules() -> None:
    """A rule's functions depend on its text and defaults alone: converters are looked up on the rule when called."""
    compile_builder: Callable[..., Any] = Rule._compile_builder

    def remembered(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in _compiled:
            _compiled[key] = compile_builder(rule, append_unknown)
        return _compiled[key]

    Rule._compile_builder = remembered  # type: ignore[assignment, method-assign]  # Werkzeug offers no other way in
