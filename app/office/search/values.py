"""Words of the search as values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.kernel.actor import Actor
from app.kernel.text import LocalizedText


class HitKind(StrEnum):
    """What can be found, in the order in which it is shown."""

    EVENT = "event"
    PERSON = "person"
    PAGE = "page"
    AGREEMENT = "agreement"
    MATERIAL = "material"
    LESSON = "lesson"
    NATIONAL = "national"


INDEXED = (
    HitKind.EVENT,
    HitKind.AGREEMENT,
    HitKind.MATERIAL,
    HitKind.LESSON,
    HitKind.NATIONAL,
)
"""Kinds whose words stand in the index. People and pages are few and are read where they are."""


@dataclass(frozen=True)
class SearchPage:
    """A page that is found by its name, or by the `words` that people use for what is done there
    (msgids, in every language). `of_country`: its address names a country that the reader answers
    for. `arguments`: other parts of its address.
    """

    title: str
    endpoint: str
    policy: Callable[[Actor], bool]
    words: str = ""
    of_country: bool = False
    arguments: tuple[tuple[str, str], ...] = ()


@dataclass
class SearchPages:
    """A port that `app/wiring` fills."""

    pages: Sequence[SearchPage]


@dataclass(frozen=True)
class SearchWords:
    """What is stored of one thing: its subject, and its words as people wrote them."""

    subject: str
    title: str
    body: str


@dataclass(frozen=True)
class Hit:
    """Something found, as its reader may see it. `endpoint` and `arguments` are its address;
    `detail` is a second line, `at` the instant it begins, with the zone in which it is held and
    whether it has hours or only a day.
    """

    kind: HitKind
    title: LocalizedText
    endpoint: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    detail: LocalizedText = field(default_factory=LocalizedText)
    at: datetime | None = None
    timezone: str = ""
    has_hours: bool = True
