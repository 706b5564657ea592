"""Flask's application without two questions that it asks many times in every request.

Both have one answer here. Together they were a fifth of the function calls of a page that says no.
"""

from collections import ChainMap
from collections.abc import Callable, MutableMapping
from typing import Any

from flask import Flask
from flask.templating import Environment


class SharedGlobals(Environment):
    """Templates share the environment's globals.

    Jinja lays a map of its own over them for each template, in Python. That map is copied and
    compared at each import, and nobody writes into it here.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The environment's globals, below `d` where a template was asked for with its own."""
        return ChainMap(d, self.globals) if d else self.globals


class Platform(Flask):
    """All hooks and views are plain functions, so that none is asked whether it is a coroutine."""

    jinja_environment = SharedGlobals

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func
