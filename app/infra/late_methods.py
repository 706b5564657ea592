"""Puts off what `@dataclass` writes until it is used.

The standard library compiles the text of five methods for each frozen class. With a thousand
classes that took a quarter of the time to start, and most of the methods are never called:
docs/decisions/0051.
"""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Method = Callable[..., Any]


@contextmanager
def methods_on_first_use() -> Iterator[None]:
    """Classes made meanwhile get a `__repr__`, `__eq__`, `__hash__` and so on that are written by
    the standard library itself, with what it was given, when they are called for the first time.

    `__init__` is written at once, because its signature is read. A version of Python whose
    functions have other names writes all at once, as it does outside.
    """
    library: Any = dataclasses  # its functions that write methods are private
    writers = {
        "_repr_fn": _one("__repr__"),
        "_cmp_fn": _comparison,
        "_hash_fn": _one("__hash__"),
        "_frozen_get_del_attr": _pair,
    }
    originals: dict[str, Any] = {name: getattr(library, name, None) for name in writers}
    if not all(originals.values()):
        yield
        return
    for name, writer in writers.items():
        setattr(library, name, writer(originals[name]))
    try:
        yield
    finally:
        for name, original in originals.items():
            setattr(library, name, original)


def late(name: str, write: Callable[[], Method]) -> Method:
    """Returns a method that writes the real one when first called, and puts it in its own place."""

    def first(self: object, *given: object) -> Any:
        method = write()
        method.__qualname__ = first.__qualname__
        for owner in type(self).__mro__:
            if owner.__dict__.get(name) is first:
                setattr(owner, name, method)
        return method(self, *given)

    first.__name__ = name
    return first


def _one(name: str) -> Callable[[Method], Method]:
    return lambda write: lambda *given: late(name, lambda: write(*given))


def _comparison(write: Method) -> Method:
    """`__eq__`, or `__lt__` and the others of a class with an order."""
    return lambda name, *given, **named: late(name, lambda: write(name, *given, **named))


def _pair(write: Method) -> Method:
    """What refuses to change and to delete a field of a frozen class."""
    return lambda *given: (
        late("__setattr__", lambda: write(*given)[0]),
        late("__delattr__", lambda: write(*given)[1]),
    )
