"""Values of identity."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.kernel import dated
from app.kernel.actor import Actor, Grant, Role
from app.kernel.text import N_, LocalizedText


class SignInWay(StrEnum):
    """How somebody signed in."""

    PASSWORD = "password"  # noqa: S105 - the name of a way, not a secret
    LINK = "link"
    DEMO = "demo"
    PROVIDER = "provider"
    PASSKEY = "passkey"


class RefusedKind(StrEnum):
    """What is counted of what was refused: a password, a request that the actor's roles do not
    allow, or a file with a virus.
    """

    PASSWORD = "password"  # noqa: S105 - the name of a kind, not a secret
    REQUEST = "request"
    VIRUS = "virus"


class DeviceKind(StrEnum):
    """What somebody signs in with, as far as the browser tells."""

    COMPUTER = "computer"
    PHONE = "phone"
    TABLET = "tablet"
    UNKNOWN = ""


@dataclass(frozen=True)
class SignInOrigin:
    """From where a session is used. `system` is its maker's word, such as "Windows"; `network` the
    address without the part that names one machine, such as "190.7.12.x".
    """

    kind: DeviceKind = DeviceKind.UNKNOWN
    system: str = ""
    network: str = ""


@dataclass(frozen=True)
class SessionSpan:
    """How long a session lasts: `idle` without use, `whole` at most."""

    idle: timedelta
    whole: timedelta


@dataclass(frozen=True)
class OwnSession:
    """An open session as its owner reads it; `is_here` for the one that asks."""

    id: int
    origin: SignInOrigin
    since: datetime
    seen_at: datetime
    is_here: bool


class Confirmation(StrEnum):
    """Whether somebody whom another person wrote down has said at the first sign-in that name and
    country are right.
    """

    NOT_NEEDED = ""
    ASKED = "asked"
    DENIED = "denied"


@dataclass(frozen=True)
class HalfSignIn:
    """A right password or link whose account has a second factor, which is still to come."""

    account_id: int
    way: SignInWay


@dataclass(frozen=True)
class PersonWrittenDown:
    """Who an account was made for: the name, the country, and institution and post of each present
    appointment.
    """

    name: str
    country: LocalizedText | None
    posts: tuple[tuple[LocalizedText, LocalizedText], ...]


class AddressOutcome(StrEnum):
    """What became of another address of somebody. Invited: nobody had signed in, so a letter of
    invitation goes there; uninvited: there is no account, because somebody else signs in with it;
    asked: it holds once its owner has confirmed it.
    """

    SAME = "same"
    INVITED = "invited"
    UNINVITED = "uninvited"
    ASKED = "asked"


@dataclass(frozen=True)
class DeniedAccount:
    """An account that was made for `name` of `country` with an address whose owner is somebody
    else.
    """

    account_id: int
    email: str
    name: str
    country: LocalizedText | None


@dataclass(frozen=True)
class Limit:
    """At most `count` tries at one door within `span`."""

    count: int
    span: timedelta


@dataclass(frozen=True)
class Door:
    """What tries are counted by: an account as it was typed, or the network address it was typed
    from.
    """

    key: str
    limit: Limit


class LinkState(StrEnum):
    """What a sign-in link is good for."""

    WORKS = "works"
    USED = "used"
    LAPSED = "lapsed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class WaitingAddress:
    """Another address that waits for its owner to confirm it; `standing` is that of its link."""

    email: str
    standing: LinkState
    at: datetime
    name: str = ""


@dataclass(frozen=True)
class LinkStanding:
    """The state of a sign-in link and the instant that goes with it: when it was used, or when it
    lapsed.
    """

    state: LinkState
    at: datetime | None = None


@dataclass(frozen=True)
class InvitationStanding:
    """The state of the link in a letter of invitation, with whom it invites as what.

    `at` is when it was used or lapsed, or when it will lapse.
    """

    state: LinkState
    at: datetime | None = None
    name: str = ""
    role: Role | None = None
    scope_name: LocalizedText | None = None


@dataclass(frozen=True)
class AccountInvitationRow:
    """An invitation as the secretariat reads it; `sent_at` None: the letter is being written."""

    id: int
    account_id: int
    person_id: int | None
    name: str
    email: str
    role: Role | None
    scope: str
    sent_at: datetime | None
    lapses_at: datetime | None
    used_at: datetime | None


@dataclass(frozen=True)
class FocalSpan:
    """Days on which somebody is designated focal point; `valid_until` is the first day without."""

    valid_from: date
    valid_until: date | None


@dataclass(frozen=True)
class OpenSignIn:
    """A session that stands: who acts in it, how and when it began, and when it was last used, some
    minutes behind. `confirmation` is that of the account.
    """

    id: int
    actor: Actor
    way: SignInWay
    since: datetime
    seen_at: datetime
    confirmation: str

    @property
    def is_authenticated(self) -> bool:
        """Returns True: Flask-Login asks it of whom a session stands for."""
        return True


@dataclass(frozen=True)
class HeldRole:
    """A role as its holder reads it; `valid_until` is the first day without it."""

    role: Role
    scope: str
    scope_name: LocalizedText | None
    valid_from: date
    valid_until: date | None

    @property
    def last_day(self) -> date | None:
        return dated.last_day(self.valid_until)


@dataclass(frozen=True)
class AccountReach:
    """Whose account it is: the country of its person, "" for none, and its roles of today and of
    the future.
    """

    country: str
    grants: frozenset[Grant]


@dataclass(frozen=True)
class TokenInfo:
    id: int
    label: str
    created_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class FeedKey:
    """What the token in a calendar's address opens."""

    token_id: int
    account_id: int


@dataclass(frozen=True)
class FeedAddress:
    """An address of the personal calendar that works. `client`: the program that used it last, ""
    while none has.
    """

    made_at: datetime
    used_at: datetime | None = None
    client: str = ""


@dataclass(frozen=True)
class AccountPage:
    """What somebody may see of the own account. `roles` are those of today and of the future."""

    email: str
    country: LocalizedText | None
    roles: tuple[HeldRole, ...] = ()
    api_tokens: tuple[TokenInfo, ...] = ()


@dataclass(frozen=True)
class SecurityPage:
    """What somebody may see of how the own account is protected. `password_set_at` is None while it
    has no password; `sessions` begin with the one that asks, then the latest used.
    """

    email: str
    password_set_at: datetime | None
    has_keys: bool
    sessions: tuple[OwnSession, ...]
    span: SessionSpan
    provider_linked_at: datetime | None


SCOPE_BY_COUNTRY = frozenset({Role.PRESIDENCY, Role.FOCAL_POINT, Role.OFFICIAL})
SCOPE_BY_GROUP = frozenset({Role.CONVENOR})


@dataclass(frozen=True)
class Persona:
    """Somebody invented, whom anyone may be in the demonstration."""

    slug: str
    label: str

    @property
    def email(self) -> str:
        return f"{self.slug}@example.org"


PERSONAS = (
    Persona("organizer", N_("Organizer, Executive Secretariat")),
    Persona("presidency", N_("Presidency pro tempore")),
    Persona("convenor-protection", N_("Convenor, Protection group")),
    Persona("convenor-labour", N_("Convenor, Labour Migration group")),
    Persona("official-hn", N_("Official, Honduras")),
    Persona("official-gt", N_("Official, Guatemala")),
    Persona("focal-point-hn", N_("Focal point, Honduras")),
    Persona("focal-point-gt", N_("Focal point, Guatemala")),
    Persona("focal-point-ca", N_("Focal point, Canada, which gives no names")),
    Persona("organizer-second", N_("Organizer (second person), Executive Secretariat")),
)


@dataclass(frozen=True)
class InOffice:
    """Somebody who has a role and can sign in; `scope` is the country of the presidency."""

    account_id: int
    name: str
    scope: str
