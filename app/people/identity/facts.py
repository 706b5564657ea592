"""What identity tells. No secret and no address stands in a fact."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from app.kernel.actor import Role
from app.kernel.fact import Fact
from app.people.identity.values import SignInWay


@dataclass(frozen=True)
class AccountFact(Fact):
    subject_kind: ClassVar[str] = "account"
    account_id: int

    @property
    def subject_id(self) -> str:
        return str(self.account_id)


@dataclass(frozen=True)
class AccountCreated(AccountFact):
    person_id: int | None


@dataclass(frozen=True)
class OwnerRecorded(AccountFact):
    """The owner of an account said who they are: name and country are in the directory."""

    person_id: int


@dataclass(frozen=True)
class AccountClosed(AccountFact):
    pass


@dataclass(frozen=True)
class AccountReopened(AccountFact):
    """A blocked account may sign in again."""


@dataclass(frozen=True)
class SignedIn(AccountFact):
    way: SignInWay


@dataclass(frozen=True)
class SignedOut(AccountFact):
    pass


@dataclass(frozen=True)
class SessionsEnded(AccountFact):
    """The owner ended sessions on other devices; `sessions` counts them."""

    sessions: int


@dataclass(frozen=True)
class NewDeviceUsed(AccountFact):
    """Somebody signed in with a browser that the account was not used in before."""

    sign_in_id: int


@dataclass(frozen=True)
class SignInsFailed(AccountFact):
    """Wrong passwords for an account within the hour that ends when this is told."""

    tries: int


@dataclass(frozen=True)
class UnknownSignInsFailed(Fact):
    """Passwords tried for addresses without an account within the hour that ends when this is
    told.
    """

    subject_kind: ClassVar[str] = "account"
    tries: int

    @property
    def subject_id(self) -> str:
        return "0"


@dataclass(frozen=True)
class RequestsRefused(AccountFact):
    """Somebody who was signed in asked for what their roles do not allow, within the hour that ends
    when this is told.
    """

    requests: int


@dataclass(frozen=True)
class VirusesRefused(Fact):
    """Files with a virus came from an account, 0 for whoever was not signed in, within the hour that
    ends when this is told.
    """

    subject_kind: ClassVar[str] = "account"
    account_id: int
    files: int

    @property
    def subject_id(self) -> str:
        return str(self.account_id)


@dataclass(frozen=True)
class ProviderLinked(AccountFact):
    """The owner let the single sign-on of their institution open the account."""


@dataclass(frozen=True)
class ProviderUnlinked(AccountFact):
    """The single sign-on opens the account no more."""


@dataclass(frozen=True)
class SignInLinkRequested(AccountFact):
    """Whoever writes the letter asks `services.issue_sign_in_link` for the token: it never stands
    in the journal.
    """


@dataclass(frozen=True)
class PasswordChanged(AccountFact):
    pass


@dataclass(frozen=True)
class PreferencesChanged(AccountFact):
    pass


@dataclass(frozen=True)
class RoleGranted(AccountFact):
    grant_id: int
    role: Role
    scope: str
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True)
class IdentityConfirmed(AccountFact):
    """At the first sign-in the owner of the address said that name and country are right."""


@dataclass(frozen=True)
class IdentityDenied(AccountFact):
    """The owner of the address is not the person whom a focal point wrote down with it; the account
    was closed.
    """

    person_id: int | None


@dataclass(frozen=True)
class IdentityDenialSettled(AccountFact):
    """The secretariat has seen to an address that belonged to somebody else."""


@dataclass(frozen=True)
class AccountInvited(AccountFact):
    """Somebody got an account without asking for one, and is told how to sign in.

    Whoever writes the letter asks `services.issue_invitation_token` for the link's token.
    """

    invitation_id: int


@dataclass(frozen=True)
class InvitationHandedOver(AccountFact):
    """An organizer was shown the link of an invitation, to hand it over without a letter."""

    invitation_id: int


@dataclass(frozen=True)
class RoleEnded(AccountFact):
    grant_id: int
    valid_until: date


@dataclass(frozen=True)
class AddressChangeAsked(AccountFact):
    """Another address was written down for the account: its owner confirms it there, and the old
    one is told. Whoever writes the letter asks `services.issue_address_token` for the link's token.
    """

    change_id: int


@dataclass(frozen=True)
class AddressChangeRevoked(AccountFact):
    change_id: int


@dataclass(frozen=True)
class AddressChanged(AccountFact):
    """The account signs in with another address; its sessions and links of before have ended."""


@dataclass(frozen=True)
class ApiTokenIssued(AccountFact):
    token_id: int


@dataclass(frozen=True)
class ApiTokenRevoked(AccountFact):
    token_id: int


@dataclass(frozen=True)
class FeedTokenIssued(AccountFact):
    token_id: int


@dataclass(frozen=True)
class FeedTokenRevoked(AccountFact):
    token_id: int


@dataclass(frozen=True)
class FeedTokenRotated(AccountFact):
    token_id: int


@dataclass(frozen=True)
class FeedTokenUsed(Fact):
    """A program asked for the calendar: told once a day for each kind of program, however often it
    asks.
    """

    subject_kind: ClassVar[str] = "feed-token"
    token_id: int
    client: str

    @property
    def subject_id(self) -> str:
        return str(self.token_id)


@dataclass(frozen=True)
class PresidencyFact(Fact):
    """Base: about one term of the presidency."""

    subject_kind: ClassVar[str] = "presidency"
    term_id: int
    country_code: str

    @property
    def subject_id(self) -> str:
        return str(self.term_id)


@dataclass(frozen=True)
class PresidencyDesignated(PresidencyFact):
    valid_from: date
    valid_until: date


@dataclass(frozen=True)
class PresidencyTermEnded(PresidencyFact):
    """Earlier than planned: `valid_until` is the first day without, and may lie ahead."""

    valid_until: date
