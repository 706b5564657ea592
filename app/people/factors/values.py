"""Values of second factors."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.kernel.actor import Role


class FactorKind(StrEnum):
    """What somebody sets up to prove, besides a password or a letter, that the account is theirs."""

    CODE_APP = "code-app"
    PASSKEY = "passkey"


@dataclass(frozen=True)
class PasskeyInfo:
    id: int
    name: str
    set_up_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class FactorState:
    """The second factors of one account. `app_since`: None without an application that shows codes.
    `is_app_readable`: False when the application's secret was changed since, so that no code of it
    can be checked any more.
    """

    app_since: datetime | None = None
    is_app_readable: bool = True
    passkeys: tuple[PasskeyInfo, ...] = ()
    codes_left: int = 0

    @property
    def is_protected(self) -> bool:
        return self.app_since is not None or bool(self.passkeys)

    @property
    def count(self) -> int:
        """Returns how many factors there are besides recovery codes."""
        return len(self.passkeys) + (self.app_since is not None)


@dataclass(frozen=True)
class PublicKey:
    """What is known of a passkey to check what it answers."""

    id: int
    account_id: int
    public_key: bytes
    sign_count: int


@dataclass(frozen=True)
class PasskeyPlace:
    """Where pages stand for a browser: passkeys are made for the name of a host, and answer at that
    address only.
    """

    address: str

    @property
    def host(self) -> str:
        return (
            self.address.partition("://")[2].rpartition("@")[2].partition("/")[0].partition(":")[0]
        )


@dataclass(frozen=True)
class Obliged:
    """Somebody whose role demands a second factor, and who has none. `due_on`: the first day on which
    the account reaches nothing but setting one up.
    """

    account_id: int
    name: str
    email: str
    roles: tuple[tuple[Role, str], ...]
    due_on: date


@dataclass(frozen=True)
class LostFactorsNote:
    """What an organizer told about somebody's lost factors. `is_own`: the reader told it, or is the
    person, and cannot be the second.
    """

    account_id: int
    name: str
    note: str
    told_at: datetime
    told_by: str
    is_own: bool
    mark: str
