"""What every meeting program is asked for, whichever it is."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from app.kernel.refusal import Sentence
from app.kernel.text import N_

BUSY = N_("It is too busy right now.")
BROKEN = N_("It has an internal error right now (code %(status)s).")
UNREADABLE = N_("It answered something that cannot be read.")
WRONG_KEYS = N_("It does not accept the account, the client ID or the secret.")
WRONG_ACCOUNT = N_("It does not know this account.")
WRONG_HOST = N_("Nobody in that account hosts meetings under this address or number.")
NO_PERMISSION = N_("The application lacks a permission: %(scopes)s.")
NO_LICENCE = N_("The account or its licence does not allow this.")
TOLD_NO = N_("It refused with the code %(status)s.")
NO_OWN_LINKS = N_("It gives no links of their own to those registered.")
NO_REPORT_YET = N_("There is no participant report yet.")


class MeetingFailed(OSError):
    """The program did not do what it was asked. `sentence` says why and holds no secret;
    `is_passing`: the same request may succeed later by itself.
    """

    def __init__(self, msgid: str, *, is_passing: bool = False, **params: Any) -> None:
        super().__init__(msgid)
        self.sentence = Sentence(msgid, params)
        self.is_passing = is_passing


class MeetingMissing(MeetingFailed):
    """Somebody has removed the meeting in the program itself."""


class AddressRefused(MeetingFailed):
    """It takes no person with this address."""


@dataclass(frozen=True)
class MeetingKeys:
    """What opens an account. `account`: Zoom's account or Microsoft's tenant; `host`: the address
    or number of the user who holds the meetings; `has_own_links`: the account lets registered
    persons join by links of their own. The secret is in no text made of it.
    """

    account: str
    client_id: str
    secret: str = field(repr=False)
    host: str
    has_own_links: bool = False


@dataclass(frozen=True)
class MeetingOrder:
    """A meeting as it should be; instants are aware, `timezone` is for the program's own pages.
    `key` is the same whenever the same meeting is asked for.
    """

    key: str
    topic: str
    starts_at: datetime
    ends_at: datetime
    timezone: str


@dataclass(frozen=True)
class Registrant:
    """Somebody registered here, as the program is told of them."""

    email: str
    name: str


@dataclass(frozen=True)
class OwnLink:
    """A link to join that is one person's own; `ref`: what the program calls that person."""

    email: str
    ref: str
    url: str = field(repr=False)


@dataclass(frozen=True)
class MeetingMade:
    """`has_own_links`: whoever is registered joins by a link of their own."""

    external_id: str
    join_url: str
    has_own_links: bool = False


@dataclass(frozen=True)
class Stayed:
    """Somebody was in the meeting from joining until leaving; "" where no address is known. `ref`: of
    the own link that they joined by, "" for none.
    """

    name: str
    email: str
    joined_at: datetime
    left_at: datetime
    ref: str = ""


class MeetingProgram(Protocol):
    """Each method raises MeetingFailed when the program does not do it."""

    def check(self) -> None:
        """Raises MeetingFailed unless the keys are right and allow all that is needed."""

    def create(self, order: MeetingOrder, *, may_exist: bool) -> MeetingMade:
        """Creates the meeting; with `may_exist` it may have been created before, so it is looked
        for first.
        """

    def move(self, external_id: str, order: MeetingOrder) -> None:
        """Gives it another topic and time. Raises MeetingMissing when it is not there."""

    def cancel(self, external_id: str) -> None:
        """Removes it; what is not there any more is removed already."""

    def report(self, external_id: str, order: MeetingOrder) -> tuple[Stayed, ...]:
        """Returns who was there, from every sitting on that day."""

    def own_links(self, external_id: str) -> tuple[OwnLink, ...]:
        """Returns the links that the program has given to registered persons."""

    def admit(self, external_id: str, registrant: Registrant) -> OwnLink:
        """Registers somebody in the program, which writes nothing to them. The same address twice is
        one person.
        """

    def dismiss(self, external_id: str, ref: str) -> None:
        """Takes the link away; who is not there any more has none already."""
