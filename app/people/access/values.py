"""Values of people and access: accounts as they are listed, and requests for access."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.kernel.actor import Grant
from app.kernel.paging import Paging
from app.kernel.text import LocalizedText
from app.people.identity.values import AddressOutcome, HeldRole


class AccountState(StrEnum):
    """Invited and lapsed: nobody has signed in yet, and the invitation still works or does not."""

    ACTIVE = "active"
    INVITED = "invited"
    LAPSED = "lapsed"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class AccountFilter:
    """What to list: words of name or address, a state, a role (a value of Role); "" for all."""

    words: str = ""
    state: str = ""
    role: str = ""


@dataclass(frozen=True)
class GrantRow:
    """A role given; `ends_on` is the first day without it."""

    id: int
    held: HeldRole
    is_over: bool

    @property
    def grant(self) -> Grant:
        return Grant(self.held.role, self.held.scope)


@dataclass(frozen=True)
class AccountRow:
    """An account as it is listed. `roles` are those of today and of the future; `invitation_id` is
    the invitation not used yet, which lapses or lapsed at `lapses_at`.
    """

    id: int
    name: str
    email: str
    country_code: str
    country: LocalizedText | None
    state: AccountState
    roles: tuple[GrantRow, ...] = ()
    last_sign_in: datetime | None = None
    invitation_id: int | None = None
    lapses_at: datetime | None = None
    person_id: int | None = None


@dataclass(frozen=True)
class AccountsPage:
    rows: Sequence[AccountRow]
    paging: Paging


@dataclass(frozen=True)
class RoleChoice:
    """A role that the actor may give: `key` is "role:scope"."""

    key: str
    grant: Grant
    scope_name: LocalizedText | None


@dataclass(frozen=True)
class RoleSpan:
    """Local dates; `valid_until` is the first day without."""

    valid_from: date
    valid_until: date | None = None


@dataclass(frozen=True)
class Invitee:
    """A colleague who is to sign in. `country_code` is "" for who serves in no Member Country."""

    full_name: str
    email: str
    country_code: str
    grant: Grant
    span: RoleSpan


class RequestDecision(StrEnum):
    """Held: the address belongs to somebody elsewhere, so the secretariat decides who is meant."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    HELD = "held"


@dataclass(frozen=True)
class RequestOutcome:
    """`is_invited`: a letter of invitation was written; it is not where somebody else signs in with
    the address, or the person has an account.
    """

    decision: RequestDecision
    is_invited: bool = False


@dataclass(frozen=True)
class AccessWish:
    """What somebody typed who asks for access."""

    full_name: str
    email: str
    country_code: str
    institution: str
    reason: str
    language: str


@dataclass(frozen=True)
class RequestRow:
    """A request that waits. `is_mine`: it waits for the actor and not for somebody else first;
    `gets_post`: whoever lets them in says which post they hold.
    """

    id: int
    full_name: str
    email: str
    country_code: str
    country: LocalizedText | None
    institution: str
    reason: str
    asked_at: datetime
    is_mine: bool
    gets_post: bool


@dataclass(frozen=True)
class Corrected:
    """What was put right on a record: names of fields, and what became of another address."""

    changed: tuple[str, ...]
    address: AddressOutcome

    @property
    def is_nothing(self) -> bool:
        return not self.changed and self.address is AddressOutcome.SAME


@dataclass(frozen=True)
class Placement:
    """Where an accepted person serves; `same_as` as in `directory.values.Newcomer`."""

    institution_id: int
    post_title: str
    valid_from: date
    same_as: int | None = None
