"""Puts off what `@dataclass` writes until it is used.

The standard library compiles the text of five methods for each frozen class. With a thousand
classes that took a quarter of the time to start, and most of the methods are never called:
docs/decisions/0051.
"""

import dataclasses
import sys
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
    library: Any = dataclasses  # what writes methods is private
    writers = _writers()
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


def _writers() -> dict[str, Callable[[Any], Any]]:
    """What stands in for each writer of methods, by its name in `dataclasses`."""
    if sys.version_info >= (3, 13):
        return {"_FuncBuilder": _late_builder}
    return {
        "_repr_fn": _one("__repr__"),
        "_cmp_fn": _comparison,
        "_hash_fn": _one("__hash__"),
        "_frozen_get_del_attr": _pair,
    }


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


def _late_builder(builder: Any) -> Any:
    """The class that collects the methods of one dataclass, since Python 3.13."""

    class LateBuilder(builder):
        def __init__(self, names: dict[str, Any]) -> None:
            super().__init__(names)
            self.put_off: dict[str, Callable[[Any], None]] = {}

        def add_fn(self, name: str, *given: Any, **named: Any) -> None:
            if name == "__init__":
                super().add_fn(name, *given, **named)
            else:
                self.put_off[name] = lambda own: own.add_fn(name, *given, **named)

        def add_fns_to_class(self, owner: type) -> None:
            super().add_fns_to_class(owner)
            for name, add in self.put_off.items():
                self._add_late(owner, name, add)

        def _add_late(self, owner: type, name: str, add: Callable[[Any], None]) -> None:
            def add_alone(target: type) -> None:
                alone = builder(self.globals)
                add(alone)
                alone.add_fns_to_class(target)

            def write() -> Method:
                target = type(owner.__name__, (), {})
                add_alone(target)
                method: Method = vars(target)[name]
                return method

            if vars(owner).get(name) is not None:  # `__hash__` is None until it is added
                add_alone(owner)  # keeps the method of the class, or raises TypeError
                return
            method = late(name, write)
            method.__qualname__ = f"{owner.__qualname__}.{name}"
            setattr(owner, name, method)

    return LateBuilder
