"""The port of `app/web`: what every page needs from the packages above. `app/wiring` fills it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import Flask, url_for

from app.infra.platform import platform
from app.kernel.actor import Actor

if TYPE_CHECKING:  # these read the port themselves
    from app.web.kept_forms import Shelf
    from app.web.letters_ahead import LettersPort

MOST_PATHS = 4096
MenuEntry = tuple[str, str, Callable[[Actor], bool]]
"""The msgid of a label, an endpoint, and who may open it."""


@dataclass
class Site:
    load_actor: Callable[[], Actor]
    """Turns the session or the bearer token of a request into an actor."""
    is_confirmed: Callable[[], bool]
    """True when the actor signed in, or confirmed who they are, within the last half hour."""
    kept_forms: "Shelf"
    letters_ahead: "LettersPort"
    navigation: Sequence[MenuEntry]
    person_menu: Sequence[MenuEntry]
    """What stands behind the initials of whoever is signed in."""
    stands_under: Mapping[str, str]
    """Which entry of the navigation is marked on pages whose address does not begin with its own:
    the entry's endpoint, by the page's endpoint or by the blueprint of all its pages.
    """
    links: Mapping[str, str]
    """Endpoints of the header's and the footer's links, by name."""
    zones: Sequence[ZoneInfo] = ()
    """Held because ZoneInfo itself remembers only eight: the others would be read from files at
    each page.
    """
    paths: Callable[..., str] = field(
        default_factory=lambda: lru_cache(maxsize=MOST_PATHS, typed=True)(url_for)
    )
    """`url_for`, which remembers the addresses that pages held last: see `path_of`."""
    has_accounts: bool = False
    """True once an account was found: accounts are never deleted."""


def site(app: Flask | None = None) -> Site:
    return platform(app).port(Site)
