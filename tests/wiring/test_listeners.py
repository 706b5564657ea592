"""Who listens to which fact: what is wired exists, and no two listeners or facts share a name."""

import importlib
import inspect
import pkgutil
from collections import Counter
from collections.abc import Iterator

import pytest

import app
from app.infra.journal import Handler
from app.kernel.fact import Fact
from app.wiring.listeners import HANDLERS

MOVED = {"events": "arranging"}
"""Where handlers stand whose names, kept in deliveries, are older than their package (decision 50)."""
ALL = [(kind, handler) for kind, handlers in HANDLERS.items() for handler in handlers]


def kinds_below(kind: type[Fact]) -> Iterator[type[Fact]]:
    for one in kind.__subclasses__():
        yield one
        yield from kinds_below(one)


def test_every_key_is_a_fact_that_a_domain_records() -> None:
    for kind in HANDLERS:
        assert issubclass(kind, Fact)
        assert ".facts" in kind.__module__
        assert not kind.__subclasses__(), "an entry's listeners are looked up by its very class"


@pytest.mark.parametrize(
    ("kind", "handler"), ALL, ids=[f"{kind.__name__}-{one.name}" for kind, one in ALL]
)
def test_handler_exists_and_takes_what_it_is_given(kind: type[Fact], handler: Handler) -> None:
    package, function = handler.name.split(".")
    assert handler.run.__name__ == function
    assert f".{MOVED.get(package, package)}." in f"{handler.run.__module__}."
    given = (object(), object()) if handler.inside or handler.at_once else (object(),)
    named = {"actor": object()} if handler.at_once else {}
    inspect.signature(handler.run).bind(*given, now=object(), **named)


def test_a_name_kept_in_deliveries_means_one_handler() -> None:
    meanings: dict[str, set[Handler]] = {}
    for _kind, handler in ALL:
        meanings.setdefault(handler.name, set()).add(handler)
    assert {name: found for name, found in meanings.items() if len(found) > 1} == {}


def test_a_name_kept_in_the_journal_means_one_fact() -> None:
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if ".facts" in module.name:
            importlib.import_module(module.name)
    names = Counter(
        kind.__name__ for kind in set(kinds_below(Fact)) if kind.__module__.startswith("app.")
    )
    assert [name for name, count in names.items() if count > 1] == []
