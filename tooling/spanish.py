"""The Spanish side: small .po files, one per domain, which need no header of their own."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.catalog import Message
from babel.messages.pofile import PoFileParser

from tooling.messages import Key

PLACEHOLDER = re.compile(r"%\(\w+\)[sdif]|%[sdif]|\{\w*\}")


@dataclass(frozen=True)
class Entry:
    file: str
    message: Message

    @property
    def key(self) -> Key:
        return Key(self.ids[0], self.message.context)

    @property
    def place(self) -> str:
        return f"{self.file}:{self.message.lineno}"

    @property
    def ids(self) -> tuple[str, ...]:
        return (
            tuple(self.message.id)
            if isinstance(self.message.id, (tuple, list))
            else (self.message.id,)
        )

    @property
    def strings(self) -> tuple[str, ...]:
        string = self.message.string
        return tuple(string) if isinstance(string, (tuple, list)) else (string or "",)

    @property
    def is_translated(self) -> bool:
        return all(self.strings) and not self.message.fuzzy


class _Record(Catalog):
    """Keeps every entry of a file; a plain catalogue would silently let the second of two win."""

    def __init__(self, language: str) -> None:
        super().__init__(locale=language)
        self.all: list[Message] = []

    def __setitem__(self, id: Any, message: Message) -> None:  # noqa: A002 - the name of the method it overrides
        if message.id:
            self.all.append(message)
        else:
            super().__setitem__(id, message)


def read_entries(folder: Path) -> list[Entry]:
    entries = []
    for path in sorted(folder.rglob("*.po")):
        record = _Record(folder.name)
        with path.open("rb") as file:
            PoFileParser(record, abort_invalid=True).parse(file)
        entries += [
            Entry(str(path.relative_to(folder.parent.parent)), message) for message in record.all
        ]
    return entries


def defects_of(entry: Entry) -> Iterator[str]:
    if entry.message.fuzzy:
        yield "fuzzy"
    if not all(entry.strings):
        yield "no translation"
        return
    yield from _placeholder_defects(entry)
    for english, spanish in zip(entry.ids, entry.strings, strict=False):
        if _edges(english) != _edges(spanish):
            yield f"space or line break at the edge differs in {spanish!r}"


def _placeholder_defects(entry: Entry) -> Iterator[str]:
    """The last form must have exactly the placeholders of the English; a singular may say "one"
    without the number.
    """
    wanted = Counter(PLACEHOLDER.findall(entry.ids[-1]))
    *singulars, last = entry.strings
    if Counter(PLACEHOLDER.findall(last)) != wanted:
        yield f"placeholders differ in {last!r}"
    for singular in singulars:
        if not set(PLACEHOLDER.findall(singular)) <= set(wanted):
            yield f"placeholders differ in {singular!r}"


class _Anything(dict[str, int]):
    def __missing__(self, name: str) -> int:
        return 0


def formatting_defects_of(entry: Entry) -> Iterator[str]:
    """Of strings that are put together with `%` when they are shown, as every one of a template is:
    "80 % del" would be an error then, and the reader's page a 500. Write "80 %% del".
    """
    for text in dict.fromkeys((*entry.ids, *entry.strings)):
        try:
            text % _Anything()
        except (TypeError, ValueError):
            yield f"a bare % in {text!r}"


def is_formatted(entry: Entry, files: Iterable[str]) -> bool:
    """In the files that use it, or because something is put into it."""
    return (
        any(file.startswith(("templates/", "certificates/")) for file in files)
        or PLACEHOLDER.search(entry.ids[-1]) is not None
    )


def _edges(text: str) -> tuple[bool, bool]:
    return text[:1].isspace(), text[-1:].isspace()
