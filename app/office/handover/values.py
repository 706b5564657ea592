"""Handing over as values: who holds an office until a day, who from then on, and what stands on the
page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from app.kernel.actor import Role
from app.kernel.text import LocalizedText


@dataclass
class JournalPort:
    """Filled by `app/wiring`."""

    words: Mapping[str, Mapping[str, str]]
    """By parameter of facts the msgids of its values, where packages above know them."""


class OfficeKind(StrEnum):
    """What passes from one to the next: the presidency from country to country, a focal point
    within one.
    """

    PRESIDENCY = "presidency"
    FOCAL_POINT = "focal-point"

    @property
    def role(self) -> Role:
        return Role(self.value)


@dataclass(frozen=True)
class Holder:
    """Somebody who acts in a term. `grant_id` 0: designated, without an account yet."""

    person_id: int
    name: str
    grant_id: int = 0


@dataclass(frozen=True)
class PresidencyYear:
    """[since, until) of one country; `until` None while nobody knows."""

    id: int
    country_code: str
    country: LocalizedText
    since: date
    until: date | None
    holders: tuple[Holder, ...] = ()

    def has(self, person_id: int | None) -> bool:
        return any(one.person_id == person_id for one in self.holders)


@dataclass(frozen=True)
class Handover:
    """From one term to the next. `incoming` None: no successor is named yet."""

    office: OfficeKind
    outgoing: PresidencyYear
    incoming: PresidencyYear | None

    @property
    def on(self) -> date | None:
        """Returns the first day of the successor."""
        return self.incoming.since if self.incoming else self.outgoing.until


@dataclass(frozen=True)
class DraftHandedOver:
    """An event not published yet. `held_until`: when its time becomes free again; None: it holds
    none.
    """

    id: UUID
    title: LocalizedText
    starts_at: datetime | None
    ends_at: datetime | None
    timezone: str
    held_until: datetime | None
    is_waiting: bool


@dataclass(frozen=True)
class RoleHeld:
    """Who holds which role, from–until; `scope` in words."""

    role: Role
    scope: LocalizedText | None
    name: str
    since: date
    until: date | None


@dataclass(frozen=True)
class Note:
    text: str
    written_at: datetime
    by: str


@dataclass(frozen=True)
class RosterState:
    """How many officials serve, and how many of them nobody confirmed within 90 days."""

    total: int
    to_confirm: int
