"""Methods that `@dataclass` writes on first use do what those written at once do."""

import dataclasses
import sys
from contextlib import AbstractContextManager, nullcontext
from dataclasses import FrozenInstanceError, dataclass, field
from typing import Any

import pytest

from app.infra.late_methods import methods_on_first_use

LATE = ("__repr__", "__eq__", "__hash__", "__lt__", "__setattr__", "__delattr__")
WRITERS = ("_FuncBuilder",) if sys.version_info >= (3, 13) else ("_repr_fn", "_cmp_fn", "_hash_fn")
ORIGINALS = {name: dataclasses.__dict__[name] for name in WRITERS}


def made(*, during: AbstractContextManager[None]) -> tuple[type[Any], type[Any], type[Any]]:
    with during:

        @dataclass(frozen=True, order=True)
        class Pair:
            left: int
            right: list[int] = field(default_factory=list, compare=False, repr=False)

        @dataclass(frozen=True, order=True)
        class Triple(Pair):
            last: str = ""

        @dataclass(slots=True)
        class Slotted:
            one: int

    return Pair, Triple, Slotted


def told(classes: tuple[type[Any], type[Any], type[Any]]) -> list[object]:
    pair, triple, slotted = classes
    refused: list[object] = []
    for change in (
        lambda: setattr(pair(1), "left", 2),
        lambda: delattr(pair(1), "left"),
        lambda: delattr(triple(1), "last"),
        lambda: setattr(triple(1), "new", 2),
        lambda: pair(1) < triple(1),
        lambda: hash(slotted(1)),
        lambda: pair(1) == 1 or pair(right=1),
    ):
        with pytest.raises((FrozenInstanceError, TypeError)) as error:
            change()
        refused.append((error.type, str(error.value)))
    return [
        *refused,
        [repr(one) for one in (pair(1), triple(1, [2], "é"), slotted(3))],
        [pair(1, [1]) == pair(1, [2]), pair(1) == triple(1), triple(1) == triple(2)],
        [hash(pair(1, [1])), hash(triple(1, [], "a")), slotted(1) == slotted(1)],
        sorted([pair(2), pair(1)]) == [pair(1), pair(2)],
        [one.__doc__ for one in classes],
        [dataclasses.replace(pair(1), left=5), dataclasses.astuple(triple(1))][1],
    ]


def test_late_methods_do_what_methods_written_at_once_do() -> None:
    late = made(during=methods_on_first_use())
    before = [vars(owner)[name] for owner in late for name in LATE if vars(owner).get(name)]
    assert {method.__module__ for method in before} == {"app.infra.late_methods"}
    assert len(before) == 14
    for _twice in range(2):  # as first called, and as written then
        assert told(late) == told(made(during=nullcontext()))
    pair = late[0]
    after = [vars(pair)[name] for name in LATE]
    assert {method.__module__ for method in after}.isdisjoint({"app.infra.late_methods"})
    assert {method.__qualname__ for method in after} == {
        vars(made(during=nullcontext())[0])[name].__qualname__ for name in LATE
    }


def test_library_is_given_back_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), methods_on_first_use():
        1 / (dataclasses.__dict__[WRITERS[0]] is ORIGINALS[WRITERS[0]])
    assert {name: dataclasses.__dict__[name] for name in ORIGINALS} == ORIGINALS


def test_own_methods_of_a_class_stay() -> None:
    with methods_on_first_use():

        @dataclass(frozen=True)
        class Own:
            one: int

            def __repr__(self) -> str:
                return "mine"

        with pytest.raises(TypeError, match="Cannot overwrite attribute __lt__ in class Ordered"):

            @dataclass(order=True)
            class Ordered:
                one: int

                def __lt__(self, other: object) -> bool:  # type: ignore[misc]
                    return False

    assert repr(Own(1)) == "mine"
    assert Own(1) == Own(1)


def test_another_library_writes_methods_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataclasses, WRITERS[-1], None)
    with methods_on_first_use():
        for name in WRITERS[:-1]:
            assert dataclasses.__dict__[name] is ORIGINALS[name]
        assert dataclasses.__dict__[WRITERS[-1]] is None
