"""Values of national pages."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from app.kernel.text import LocalizedText


class LineKind(StrEnum):
    """In the order in which a page shows them."""

    NUMBER = "number"
    OFFICE = "office"
    LAW = "law"


class Freshness(StrEnum):
    """How far a page can be relied on. CHANGED: after the last check."""

    EMPTY = "empty"
    UNCHECKED = "unchecked"
    CHANGED = "changed"
    OLD = "old"
    CURRENT = "current"


@dataclass(frozen=True)
class LineDraft:
    """A law or protocol (name, day it was adopted, link), an office or an emergency number. What a
    kind does not have is empty. `spoken` are the languages that an office answers in, in words;
    `timezone` is the zone of `hours`, "" where there are none. `is_of_office` answers the question
    about a number or an address that looks like a person's own.
    """

    kind: LineKind
    name: LocalizedText
    about: LocalizedText = field(default_factory=LocalizedText)
    adopted_on: date | None = None
    url: str = ""
    address: str = ""
    telephone: str = ""
    email: str = ""
    hours: LocalizedText = field(default_factory=LocalizedText)
    timezone: str = ""
    spoken: LocalizedText = field(default_factory=LocalizedText)
    is_of_office: bool = False


@dataclass(frozen=True)
class PageLine:
    """A line as its reader sees it."""

    id: int
    draft: LineDraft


@dataclass(frozen=True)
class NationalPage:
    """The page of a country. `checked_on` is a day in the country's own zone."""

    code: str
    name: LocalizedText
    timezone: str
    notes: LocalizedText
    lines: tuple[PageLine, ...]
    checked_on: date | None
    freshness: Freshness

    def of(self, kind: LineKind) -> tuple[PageLine, ...]:
        return tuple(line for line in self.lines if line.draft.kind is kind)


@dataclass(frozen=True)
class PageState:
    """A country in the list of pages."""

    code: str
    name: LocalizedText
    lines: int
    checked_on: date | None
    freshness: Freshness
