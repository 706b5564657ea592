"""What the application need not ask of each request holds of all that it consists of."""

from collections.abc import Callable, Iterator
from inspect import iscoroutinefunction
from typing import Any

from flask import Flask


def hooks_of(app: Flask) -> Iterator[Callable[..., Any]]:
    yield from app.view_functions.values()
    for kept in (
        app.before_request_funcs,
        app.after_request_funcs,
        app.teardown_request_funcs,
        app.template_context_processors,
    ):
        for hooks in kept.values():
            yield from hooks
    yield from app.teardown_appcontext_funcs
    for by_code in app.error_handler_spec.values():
        for by_kind in by_code.values():
            yield from by_kind.values()


def test_no_view_and_no_hook_is_a_coroutine(app: Flask) -> None:
    hooks = list(hooks_of(app))
    assert len(hooks) > 500
    assert [hook for hook in hooks if iscoroutinefunction(hook)] == []


def test_globals_of_one_template_are_no_other_templates(app: Flask) -> None:
    environment = app.jinja_env
    own = environment.from_string("{{ word }}{{ csp_nonce is defined }}", {"word": "own"})
    other = environment.from_string("{{ word }}{{ csp_nonce is defined }}")
    assert (own.render(), other.render()) == ("ownTrue", "True")
    assert "word" not in environment.globals
