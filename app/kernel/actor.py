"""Who acts: a frozen value, so that nothing below the edge asks a request who is signed in."""

from dataclasses import dataclass
from enum import StrEnum

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
    """A role that holds today. Scope: a country code for focal points, a working group's slug for convenors, or ""."""

    role: Role
    scope: str = ""


@dataclass(frozen=True)
class Actor:
    """A person (or the system) with the roles that hold at the moment of acting.

    `timezone` is the reader's IANA zone; `country` an ISO 3166-1 alpha-2 code or "". Account 0 is nobody.
    """

    account_id: int = 0
    person_id: int | None = None
    name: str = ""
    grants: frozenset[Grant] = frozenset()
    language: Language = "es"
    timezone: str = "America/Costa_Rica"
    country: str = ""
    is_system: bool = False

    @property
    def signed_in(self) -> bool:
        return self.account_id != 0

    def holds(self, role: Role, scope: str | None = None) -> bool:
        """Whether a grant of the role stands; with a scope, one for exactly that scope."""
        return any(g.role is role and (scope is None or g.scope == scope) for g in self.grants)

    def scopes(self, role: Role) -> frozenset[str]:
        return frozenset(g.scope for g in self.grants if g.role is role)


ANONYMOUS = Actor()
SYSTEM = Actor(name="Convoca", is_system=True)
