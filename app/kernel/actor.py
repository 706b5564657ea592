"""Who acts: a frozen value, so that nothing below the edge asks a request who is signed in."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from app.kernel.reference import REFERENCE_ZONE
from app.kernel.text import Language


class Role(StrEnum):
    ORGANIZER = "organizer"
    PRESIDENCY = "presidency"
    CONVENOR = "convenor"
    FOCAL_POINT = "focal-point"
    OFFICIAL = "official"
    AUTHOR = "author"


@dataclass(frozen=True)
class Grant:
    """A role that holds today. Scope: a country code for focal points, a working group's slug for
    convenors, or "".
    """

    role: Role
    scope: str = ""


@dataclass(frozen=True)
class EndedGrant:
    """A role handed over lately. It acts no more since `ended_on`, and may be read until before
    `readable_until`.
    """

    role: Role
    scope: str
    ended_on: date
    readable_until: date

    @property
    def grant(self) -> Grant:
        return Grant(self.role, self.scope)


@dataclass(frozen=True)
class Actor:
    """A person (or the system) with the roles that hold at the moment of acting.

    `timezone` is the reader's IANA zone; `country` an ISO 3166-1 alpha-2 code or "". Account 0 is
    nobody. `outgoing` are roles handed over lately, without those held again: they read
    (`as_reader`) and do nothing else. `counts_only` are the countries of these roles that give no
    names: their focal point speaks for them and reads nobody.
    """

    account_id: int = 0
    person_id: int | None = None
    name: str = ""
    grants: frozenset[Grant] = frozenset()
    language: Language = "es"
    timezone: str = REFERENCE_ZONE
    country: str = ""
    is_system: bool = False
    outgoing: frozenset[EndedGrant] = frozenset()
    counts_only: frozenset[str] = frozenset()

    @property
    def signed_in(self) -> bool:
        return self.account_id != 0

    def holds(self, role: Role, scope: str | None = None) -> bool:
        """Returns True while a grant of the role is in force; with a scope, one for exactly that
        scope.
        """
        return any(g.role is role and (scope is None or g.scope == scope) for g in self.grants)

    def scopes(self, role: Role) -> frozenset[str]:
        return frozenset(g.scope for g in self.grants if g.role is role)

    def countries_named(self) -> frozenset[str]:
        """Returns the countries whose people the actor reads as their focal point."""
        return self.scopes(Role.FOCAL_POINT) - self.counts_only - {""}

    def as_reader(self) -> "Actor":
        """Returns the actor as a reader, for whom a role that was handed over lately holds as well.
        Only for reading, so never handed to a service.
        """
        return (
            replace(self, grants=self.grants | {ended.grant for ended in self.outgoing})
            if self.outgoing
            else self
        )

    def reads_as(self, role: Role, scope: str | None = None) -> bool:
        """Returns True while a grant of the role is in force or ended lately enough to be read."""
        return self.as_reader().holds(role, scope)

    def ended_on(self, role: Role, scope: str) -> date | None:
        """Returns the first day on which the actor no longer had a role that they still read with;
        None for one that is in force, or never was. What came on that day or later is the
        successor's.
        """
        days = [e.ended_on for e in self.outgoing if (e.role, e.scope) == (role, scope)]
        return days[0] if days else None

    def acts_as(self, role: Role, scope: str | None = None) -> bool:
        """Returns True while a grant is in force of its own, asked of a reader too: what a page
        offers to do, beyond reading.
        """
        ended = {one.grant for one in self.outgoing}
        return any(
            g.role is role and (scope is None or g.scope == scope) and g not in ended
            for g in self.grants
        )


ANONYMOUS = Actor()
SYSTEM = Actor(name="Convoca", is_system=True)
